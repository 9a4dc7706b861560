"""Files that never change while the server runs: the style sheet, the icon, and the context of JSON-LD.

Browsers ask each time whether a style or script is still the same (304): pages of a new version must not meet the
style of the old one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from api.http.message import Asked, Reply
from api.http.problem import Problem
from api.linked.things import only_get
from kg.jsonld import Context

_FOLDER = Path(__file__).resolve().parents[1] / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_DAY = "public, max-age=86400"


class StaticFiles:
    """The room of /static/: files read once, so that no path can lead to any other."""

    def __init__(self) -> None:
        """Read the files."""
        self._files = {file.name: file.read_bytes() for file in _FOLDER.iterdir() if file.suffix in _TYPES}

    async def __call__(self, asked: Asked) -> Reply:
        """Send a file."""
        only_get(asked)
        name = asked.path.removeprefix("/static/")
        content = self._files.get(name)
        if content is None:
            raise Problem(404, "There is no such file.")
        return Reply(200, content, _TYPES[Path(name).suffix], tag=hashlib.sha256(content).hexdigest()[:16])

    async def icon(self, asked: Asked) -> Reply:
        """Send the icon to a browser that asks for it where browsers always did, at /favicon.ico."""
        return await self(replace(asked, path="/static/icon.svg"))


class ContextFile:
    """The room of /context.jsonld: every term that documents in JSON-LD use."""

    def __init__(self, context: Context) -> None:
        """Write the context once."""
        self._content = json.dumps(context.document(), ensure_ascii=False, indent=1).encode()

    async def __call__(self, asked: Asked) -> Reply:
        """Send the context."""
        only_get(asked)
        tag = hashlib.sha256(self._content).hexdigest()[:16]
        return Reply(200, self._content, "application/ld+json", {"Cache-Control": _DAY}, tag=tag)
