"""The bearer token that opens the writes (RFC 6750), compared in constant time; guessing is slowed down."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict

from api.http.message import Asked
from api.http.problem import Problem

_MOST_FAILURES = 10
_SECONDS = 60.0
_MOST_CLIENTS = 10_000


class Doorkeeper:
    """Lets through who bears the token."""

    def __init__(self, token: str) -> None:
        """Take the token; with an empty one, nobody comes through."""
        self._token = token.encode()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, asked: Asked) -> None:
        """Let a request through, or refuse it.

        Raises:
            Problem: 403 where writes are off; 401 without the right token; 429 after repeated failures, for wrong
                tokens alone: whoever bears the right one is never shut out by others.
        """
        if not self._token:
            raise Problem(403, "This server takes no writes; its operator can allow them by setting a token.")
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(token.strip().encode(), self._token)
        if scheme.lower() == "bearer" and right:
            self._failures.pop(asked.client, None)
            return
        number, until = self._failures.get(asked.client, (0, 0.0))
        if number >= _MOST_FAILURES and time.monotonic() < until:
            wait = str(int(until - time.monotonic()) + 1)
            raise Problem(429, "Too many wrong tokens came from this address; wait.", {"Retry-After": wait})
        if token:
            self._note_failure(asked.client, 0 if time.monotonic() >= until else number)
        raise Problem(
            401,
            "A write needs the header Authorization: Bearer and the operator's token.",
            {"WWW-Authenticate": 'Bearer realm="writes"'},
        )

    def _note_failure(self, client: str, number: int) -> None:
        self._failures[client] = (number + 1, time.monotonic() + _SECONDS)
        self._failures.move_to_end(client)
        while len(self._failures) > _MOST_CLIENTS:
            self._failures.popitem(last=False)
