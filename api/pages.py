"""The templates of all pages, what a page may load, and problems as people and machines read them."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.http.message import Reply
from api.http.negotiate import HTML, prefers_html
from api.http.problem import MEDIA_TYPE, Problem
from api.words import british, words

# A page loads styles, scripts and pictures of this server; whatever else came into it, a browser would not run or load.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Short name of a form → what people call it.
FORM_WORDS = {
    "html": "page",
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF/XML",
    "trig": "TriG",
    "nq": "N-Quads",
    "csv": "CSV",
    "tsv": "TSV",
    "md": "Markdown",
    "markdown": "Markdown",
    "json": "JSON",
    "xml": "XML",
    "srj": "SPARQL results in JSON",
}
SITE: dict[str, Any] = {"site_paths": set()}  # what the site's templates know beside words; the site fills it
_FOLDER = Path(__file__).resolve().parent


@cache
def templates() -> Environment:
    """Return the templates, read now: a worker cannot open a file."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(SITE, t=words("en"))
    environment.filters["british"] = british
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


@cache
def look() -> str:
    """Return a digest of templates and style: pages that were kept elsewhere are stale once it changes."""
    files = sorted(
        file for name in ("templates", "static", "words/en") for file in (_FOLDER / name).iterdir() if file.is_file()
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def page_reply(template: str, tag: str = "", status: int = 200, **values: Any) -> Reply:
    """Return a page as a reply; "" as its tag where it may not be kept."""
    body = templates().get_template(template).render(**values).encode()
    headers = {"Vary": "Accept", "Content-Security-Policy": POLICY}
    return Reply(status, body, HTML.content_type, headers, f"{tag}-{look()}" if tag else "")


def problem_reply(problem: Problem, accept: str) -> Reply:
    """Return a problem as a page for a browser, and as a problem document for everybody else."""
    if not prefers_html(accept):
        return Reply(problem.status, problem.document(), MEDIA_TYPE, problem.headers)
    title = HTTPStatus(problem.status).phrase
    search = problem.more.get("search", "")
    reply = page_reply("problem.html", status=problem.status, title=title, detail=problem.detail, search=search)
    reply.headers |= problem.headers
    return reply
