"""What somebody may have meant who named a thing that is not there: the things whose names are nearly that."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg import names
from kg.store import Embedded, Table, Term

MOST = 3
_NEAR = 78.0
_NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?thing ?name ?_class WHERE {
  ?thing a ?_class
  OPTIONAL { VALUES ?property { rdfs:label skos:prefLabel skos:altLabel dcterms:title } ?thing ?property ?name }
} ORDER BY ?thing"""
_ALL_NAMES = _NAMES.replace(" ?_class", "").replace("  ?thing a\n", "").replace("OPTIONAL ", "")
_OF_THIS_GRAPH = (names.ID, names.VOCAB, names.GRAPH)


def meant(store: Embedded, text: str, of: str = "") -> list[str]:
    """Return the short names of the things that a text may mean: those that bear it, else the nearest.

    Args:
        store: where they are named.
        text: a name, or a short name with a slip in it.
        of: IRI of the class that they should be of, "" for any.
    """
    from rapidfuzz import fuzz, process

    wanted, pool = _plain(_ending(text)), _named(store, of)
    bearing = _bearing(wanted, pool) or (_bearing(wanted, _named(store, "")) if of else [])
    if bearing:
        return bearing
    found = process.extract(wanted, [name for _, name in pool], scorer=fuzz.ratio, score_cutoff=_NEAR, limit=9)
    return _first(pool[position][0] for _, _, position in found)


def _bearing(wanted: str, pool: list[tuple[str, str]]) -> list[str]:
    return _first(thing for thing, name in pool if name == wanted)


def _first(things: Iterable[str]) -> list[str]:
    return [names.short(thing) for thing in dict.fromkeys(things)][:MOST]


def _named(store: Embedded, of: str) -> list[tuple[str, str]]:
    """Return things with each of their names, the end of their reference among these."""
    answer = store.query(_NAMES, {"_class": Term(of)}) if of else store.query(_ALL_NAMES)
    assert isinstance(answer, Table)
    rows = [(row[0].value, row[1].value if row[1] else "") for row in answer.rows if row[0]]
    ours = [(thing, name) for thing, name in rows if thing.startswith(_OF_THIS_GRAPH)]
    endings = [(thing, _ending(thing)) for thing in dict.fromkeys(thing for thing, _ in ours)]
    return [(thing, plain) for thing, name in [*endings, *ours] if (plain := _plain(name))]


def _ending(text: str) -> str:
    """Return what follows the type in a reference: "west-kent" of "pdu/west-kent"; a plain name as it is."""
    reference = names.short(text) if "://" in text else text
    return reference.partition("/")[2] or reference


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())
