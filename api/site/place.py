"""The page of a passage: where it stands, its words where the document is at hand, and what it is evidence for."""

from __future__ import annotations

from typing import Any

from api.site import marked
from api.site.page import NotThere, Wanted, render
from api.site.passages import Span, contexts
from kg import names
from kg.description import called

_PASSAGE = """SELECT DISTINCT ?_passage ?document ?start ?end ?digest WHERE {
  ?_passage oa:hasSource ?document ; oa:hasSelector ?selector ; pko:textDigest ?digest .
  ?selector oa:start ?start ; oa:end ?end }"""
_CLAIMS = """SELECT DISTINCT ?_passage ?claim ?own ?statement ?summary ?note ?together WHERE {
  ?claim pko:inPassage ?_passage ; pko:asserts ?statement .
  OPTIONAL { ?claim dcterms:description ?own }
  OPTIONAL { ?claim skos:editorialNote ?of_claim }
  OPTIONAL { ?statement skos:editorialNote ?of_statement }
  BIND(COALESCE(?of_claim, ?of_statement) AS ?note)
  OPTIONAL { ?statement pko:summary ?summary }
  BIND(EXISTS { ?claim pko:inPassage ?other FILTER(?other != ?_passage) } AS ?together) } ORDER BY ?statement ?claim"""


def is_passage(thing: str) -> bool:
    """Whether an IRI is that of a passage or of its position."""
    return thing.startswith(names.ID + "passage/")


def make(wanted: Wanted, thing: str) -> bytes:
    """Make the page of a passage.

    Raises:
        NotThere: the graph does not say where it stands.
    """
    passage = thing.removesuffix("/position")
    found: dict[str, Any] | None = next(iter(wanted.select(_PASSAGE, passage=passage)), None)
    if found is None:
        raise NotThere("The graph does not say where this passage stands; /evidence lists the documents.")
    document = marked.described(wanted, found["document"])
    held, span = document["held"], Span(found["start"], found["end"])
    sentences = [
        number
        for number, each in enumerate(held.accounts if held else (), 1)
        if span.start < each.sentence.end and span.end > each.sentence.start
    ]
    return render(
        "site_passage.html",
        wanted,
        thing=passage,
        title=called(wanted.store, passage),
        document=document,
        span=span,
        digest=found["digest"],
        sentences=sentences,
        contexts=contexts(held, [(span, found["digest"])]) if held else [],
        statements=_statements(wanted, passage),
    )


def _statements(wanted: Wanted, passage: str) -> list[dict[str, Any]]:
    """Return what a passage is evidence for, each statement once."""
    rows = wanted.select(_CLAIMS, passage=passage)
    return list({row["statement"]: row for row in rows}.values())
