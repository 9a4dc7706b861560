"""The access log: one line of JSON a request, control characters escaped, written in bunches."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import IO

import orjson

from kg.errors import StoreError

_SECONDS_BETWEEN_WRITES = 0.5
_MOST_CHARACTERS = 500
_MOST_LINES = 5_000


class AccessLog:
    """Where requests are noted.

    Args:
        target: a file, "-" for standard error, "" for none.
    """

    def __init__(self, target: str) -> None:
        """Open the file.

        Raises:
            StoreError: it cannot be written.
        """
        self._file: IO[str] | None = None
        try:
            if target:
                self._file = sys.stderr if target == "-" else Path(target).open("a", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise StoreError(
                f"The access log {target} cannot be written ({error.strerror}); name another file with --access-log."
            ) from None
        self._lines: list[str] = []
        self._second, self._formatted = 0, ""
        self._planned = False

    def note(
        self, *, method: str, path: bytes, query: bytes, status: int, size: int, seconds: float, client: str
    ) -> None:
        """Note a request; the line is written within half a second."""
        if self._file is None or len(self._lines) > _MOST_LINES:
            return
        address = path.decode("latin-1") + ("?" + query.decode("latin-1") if query else "")
        address = address[:_MOST_CHARACTERS]
        line = {
            "time": self._stamp(),
            "client": client,
            "method": method[:20],
            "path": address,
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 1),
        }
        plain = address.isascii() and address.isprintable()  # else every control character leaves as \uXXXX
        self._lines.append(orjson.dumps(line).decode() if plain else json.dumps(line, ensure_ascii=True))
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_later(_SECONDS_BETWEEN_WRITES, self.write)

    def _stamp(self) -> str:
        """Return the time of day, formatted once a second."""
        second = int(time.time())
        if second != self._second:
            self._second, self._formatted = second, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        return self._formatted

    def write(self) -> None:
        """Write what was noted; a log that cannot be written never stops the service."""
        self._planned = False
        lines, self._lines = self._lines, []
        if self._file is None or not lines:
            return
        try:
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()
        except (OSError, ValueError):
            self._file = None
