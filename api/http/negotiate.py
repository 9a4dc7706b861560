"""Content negotiation: which of the forms on offer suits an Accept header best (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_RANGE = re.compile(r"^([\w!#$%&'*+.^`|~-]+)/([\w!#$%&'*+.^`|~-]+)$")
_QUALITY = re.compile(r"^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")
_MOST_RANGES = 300
_SHORT = 500  # a longer header is not remembered: it may be sent to fill the memory


class MediaRange(NamedTuple):
    """One part of an Accept header: main type, subtype ("*" for any), and quality from 0 to 1."""

    main: str
    sub: str
    quality: float


class Form(NamedTuple):
    """A form in which something can be sent.

    Attributes:
        name: short name, also the suffix of addresses: "ttl".
        content_type: as sent.
        media_types: under which it can be asked for; the first is its own.
    """

    name: str
    content_type: str
    media_types: tuple[str, ...]


TABLES = (
    Form("json", "application/sparql-results+json", ("application/sparql-results+json", "application/json")),
    Form("xml", "application/sparql-results+xml", ("application/sparql-results+xml",)),
    Form("csv", "text/csv; charset=utf-8", ("text/csv",)),
    Form("tsv", "text/tab-separated-values; charset=utf-8", ("text/tab-separated-values",)),
)
TRIPLES = (
    Form("ttl", "text/turtle; charset=utf-8", ("text/turtle", "application/x-turtle")),
    Form("jsonld", "application/ld+json", ("application/ld+json", "application/json")),
    Form("nt", "application/n-triples", ("application/n-triples", "text/plain")),
    Form("rdf", "application/rdf+xml", ("application/rdf+xml",)),
)
QUADS = (
    Form("trig", "application/trig", ("application/trig", "application/x-trig")),
    Form("nq", "application/n-quads", ("application/n-quads", "text/x-nquads")),
)
GRAPHS = TRIPLES + QUADS
HTML = Form("html", "text/html; charset=utf-8", ("text/html", "application/xhtml+xml"))


def ranges(accept: str) -> tuple[MediaRange, ...]:
    """Return the parts of an Accept header that can be read; what is malformed is passed over."""
    found = (_range(part) for part in _split(accept)[:_MOST_RANGES])
    return tuple(each for each in found if each is not None)


def _split(accept: str) -> list[str]:
    """Split at commas outside quoted strings."""
    return re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+', accept)


def _range(part: str) -> MediaRange | None:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    match = _RANGE.match(name.lower())
    if not match or (match[1] == "*" and match[2] != "*"):
        return None
    quality = next((piece[2:].strip() for piece in parameters if piece[:2].lower() == "q="), "1")
    return MediaRange(match[1], match[2], float(quality)) if _QUALITY.match(quality) else None


def choose(accept: str, forms: tuple[Form, ...]) -> Form | None:
    """Return the form that an Accept header likes best, the first of equals; None where it excludes all.

    A header that is absent, empty or cannot be read at all accepts anything.
    """
    return _remembered(accept, forms) if len(accept) <= _SHORT else _chosen(accept, forms)


def _chosen(accept: str, forms: tuple[Form, ...]) -> Form | None:
    wanted = ranges(accept)
    if not wanted:
        return forms[0]
    best, chosen = 0.0, None
    for form in forms:
        quality = _quality(wanted, form)
        if quality > best:
            best, chosen = quality, form
    return chosen


_remembered = lru_cache(maxsize=2048)(_chosen)


def _quality(wanted: tuple[MediaRange, ...], form: Form) -> float:
    """Return the quality that the most specific matching range gives to a form, 0 where none matches.

    A wildcard stands for the form's own media type alone; the others must be asked for by name.
    """
    own, *others = form.media_types
    main = own.partition("/")[0]
    for name in (own, *others):
        exact = [each.quality for each in wanted if f"{each.main}/{each.sub}" == name]
        if exact:
            return max(exact)
    for pair in ((main, "*"), ("*", "*")):
        wild = [each.quality for each in wanted if (each.main, each.sub) == pair]
        if wild:
            return max(wild)
    return 0.0


@lru_cache(maxsize=1024)
def prefers_html(accept: str) -> bool:
    """Tell whether an Accept header is a browser's: it names HTML before everything that it likes as much.

    >>> prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), prefers_html("*/*")
    (True, False)
    """
    wanted = ranges(accept)
    best = max(wanted, key=lambda each: each.quality, default=None)
    return best is not None and best.quality > 0 and f"{best.main}/{best.sub}" in HTML.media_types


def none_suits(forms: Iterable[Form]) -> str:
    """Return the sentence for an Accept header that takes none of the forms on offer."""
    offered = ", ".join(dict.fromkeys(form.media_types[0] for form in forms))
    return f"The Accept header takes none of the forms on offer: {offered}."


def named(name: str, forms: Iterable[Form]) -> Form | None:
    """Return the form with a short name, or that may be asked for by a media type."""
    name = name.strip().lower()
    return next((form for form in forms if name == form.name or name in form.media_types), None)


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip."""
    qualities = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameters = part.partition(";")
        text = parameters.strip().removeprefix("q=").strip() or "1"
        qualities[name.strip()] = float(text) if _QUALITY.match(text) else 0.0
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0
