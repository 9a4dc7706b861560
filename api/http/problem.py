"""Problem documents (RFC 9457): what was wrong with a request, and what to do."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from kg.errors import KgError, StoreError, ThingNotFoundError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """A request that cannot be served.

    Attributes:
        status: HTTP status.
        detail: one sentence: what was read, what was expected, what to do.
        headers: further headers of the reply.
        more: further members of the document.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        """Take status and sentence, headers such as Retry-After, and further members."""
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more

    def document(self) -> bytes:
        """Return the problem document as JSON."""
        title = HTTPStatus(self.status).phrase
        members = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail, **self.more}
        return json.dumps(members, ensure_ascii=True).encode()


def of_error(error: KgError) -> Problem:
    """Return the problem that an error of the library means to the asker."""
    if isinstance(error, StoreError):
        return Problem(503, str(error), {"Retry-After": "30"})
    return Problem(404 if isinstance(error, ThingNotFoundError) else 400, str(error))
