"""Source documents: what is known of them, and their text with every passage marked and what is said of it beside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from api.site.page import NotThere, Wanted, read, render
from api.site.passages import Piece, Span, lines, pieces
from api.site.shelf import Shelved, shelved
from api.words import words
from kg import names

_DESCRIBED = """SELECT DISTINCT ?_document ?label ?title ?publisher ?published ?tier ?tier_means
  ?licence ?address ?note ?copied ?length ?digest
WHERE {
  ?_document rdfs:label ?label
  OPTIONAL { ?_document dcterms:title ?title }
  OPTIONAL { ?_document pko:publishedBy ?publisher }
  OPTIONAL { ?_document pko:publishedOn ?published }
  OPTIONAL { ?_document pko:sourceTier ?tier . ?tier skos:definition ?tier_means }
  OPTIONAL { ?_document pko:licence ?licence }
  OPTIONAL { ?_document pko:webAddress ?address }
  OPTIONAL { ?_document skos:editorialNote ?note }
  OPTIONAL { ?_document pko:copiedFrom ?copied }
  OPTIONAL { ?_document pko:lengthInCodePoints ?length }
  OPTIONAL { ?_document pko:contentDigest ?digest }
} ORDER BY ?publisher ?title ?published ?copied LIMIT 1"""
_STATED = """SELECT DISTINCT ?_document ?start ?end ?claim ?own ?summary ?note ?statement WHERE {
  ?passage oa:hasSource ?_document ; oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  ?claim pko:inPassage ?passage ; pko:asserts ?statement .
  OPTIONAL { ?claim dcterms:description ?own }
  OPTIONAL { ?claim skos:editorialNote ?of_claim }
  OPTIONAL { ?statement skos:editorialNote ?of_statement }
  BIND(COALESCE(?of_claim, ?of_statement) AS ?note)
  OPTIONAL { ?statement pko:summary ?summary }
} ORDER BY ?start ?end ?statement ?claim"""
for _name in ("documents", "statements-of-a-document", "statements-about-a-thing", "evidence-of-a-statement"):
    read(_name)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: its pieces, and what is said of the passages that begin in it."""

    pieces: list[Piece]
    said: list[dict[str, Any]]


def all_documents(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the documents that the graph records statements of, the most productive first."""
    held = [row for row in wanted.ask("documents").dicts() if row["statements"]]
    return [{**row, **described(wanted, row["document"]), "statements": row["statements"]} for row in held]


def described(wanted: Wanted, document: str) -> dict[str, Any]:
    """Return what is known of a document; an unknown one has no label.

    Returns:
        columns of the query, "original" (the same of the document that it was copied from, if any), and "held".
    """
    found: dict[str, Any] = next(iter(wanted.select(_DESCRIBED, document=document)), {})
    copied = found.get("copied")
    original = described(wanted, copied) if copied and copied != document else None
    return {
        **found,
        "iri": document,
        "slug": names.short(document).removeprefix("doc/"),
        "original": original,
        "held": shelved(document),
    }


def known(wanted: Wanted, slug: str) -> dict[str, Any]:
    """Return what is known of the document of a slug.

    Raises:
        NotThere: there is no such document.
    """
    name = f"doc/{slug}"
    found = described(wanted, names.iri(name)) if names.REFERENCE.fullmatch(name) else {}
    if not found.get("digest"):
        raise NotThere(f'No document called "{slug}" is read in this graph; /evidence lists those that are.')
    return found


def statements(wanted: Wanted, document: str) -> list[dict[str, Any]]:
    """Return what a document states, one row a passage, claim and statement, in the order of the text.

    Returns:
        columns of the query, and "whole": whether the passage is the one that ends the claim. Where a claim is read
        from several, the others are words that it needs, such as the name of the unit. The summary is of what this
        document says, which may be less than the statement holds that another one words.
    """
    found = wanted.select(_STATED, document=document)
    last: dict[str, int] = {}
    stated: defaultdict[str, list[str]] = defaultdict(list)
    for row in found:
        if row["statement"] not in stated[row["claim"]]:
            stated[row["claim"]].append(row["statement"])
        last[row["claim"]] = max(row["end"], last.get(row["claim"], 0))
    return [
        {**row, "summary": _said(row, stated[row["claim"]], wanted.language), "whole": row["end"] == last[row["claim"]]}
        for row in found
    ]


def _said(row: dict[str, Any], stated: list[str], language: str) -> str | None:
    """Return the words of a row: those of its claim, with a number where the claim makes several statements."""
    if row["own"] and len(stated) > 1:
        number = stated.index(row["statement"]) + 1
        return words(language)("evidence.one_of", text=row["own"], number=number, count=len(stated))
    text: str | None = row["own"] or row["summary"]
    return text


def _once(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first row of each passage and statement, of the passages that end a claim."""
    found = {(row["start"], row["end"], row["statement"]): row for row in reversed(said) if row["whole"]}
    return list(reversed(found.values()))


def make(wanted: Wanted, slug: str) -> bytes:
    """Make the page of a document in full.

    Raises:
        NotThere: there is no such document.
    """
    document = known(wanted, slug)
    said = statements(wanted, document["iri"])
    held = shelved(slug)
    marked = _lines(held, said) if held else []
    return render("site_document.html", wanted, document=document, lines=marked, said=_once(said))


def _lines(document: Shelved, said: list[dict[str, Any]]) -> list[Line]:
    """Return the lines of a document with what is said of the passages that begin in each."""
    spans = sorted({Span(row["start"], row["end"]) for row in said})
    beginning = defaultdict(list)
    places = lines(document.text)
    at = 0
    for row in _once(said):
        while at + 1 < len(places) and places[at + 1].start <= row["start"]:
            at += 1
        beginning[at].append(row)
    return [Line(list(pieces(document.text, line, spans)), beginning[number]) for number, line in enumerate(places)]
