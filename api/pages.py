"""The templates of all pages, and what a page may load."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# A page shows text, one style sheet and links; whatever else came into it, a browser would not run or load it.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).resolve().parent


@cache
def templates() -> Environment:
    """Return the templates, read now: a worker cannot open a file."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


@cache
def look() -> str:
    """Return a digest of templates and style: pages that were kept elsewhere are stale once it changes."""
    files = sorted([*(_FOLDER / "templates").iterdir(), *(_FOLDER / "static").iterdir()])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]
