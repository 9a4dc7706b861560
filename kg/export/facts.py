"""What the graph says of many things at once: a few bulk queries, never one a thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg import names
from kg.export.kinds import local
from kg.store import Embedded, Table, Term

# Up to so many things are named in the query, a part at a time; for more, asking for all there are is faster.
_FEW = 5_000
_PART = 14_000  # characters of names in one query, which may have 20,000
_PLAIN = re.compile(r"[a-z][a-z-]*(?:/[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*)+")

_PROLOGUE = f"BASE <{names.ID}>\n" + "".join(
    f"PREFIX {prefix}: <{names.PREFIXES[prefix]}>\n"
    for prefix in ("dcterms", "oa", "org", "owl", "pko", "rdf", "rdfs", "skos", "wgs84")
)
_TEXTS = ("rdfs:label", "skos:prefLabel", "dcterms:title", "pko:summary", "skos:definition", "skos:editorialNote")
_DATES = (
    *("pko:validFrom", "pko:validTo", "pko:startedIn", "pko:endsIn", "pko:announcedStart", "pko:heldIn"),
    *("pko:reportPublishedOn", "pko:publishedOn", "pko:firstObserved", "pko:endedObserved", "pko:asOf"),
)
# Ways from a thing to a region, a unit, an area or an inspection that is known to belong to one.
HOMES = frozenset(
    (
        *("pko:servesRegion", "org:subOrganizationOf", "pko:contractArea", "pko:inPoliceArea", "pko:officeOf"),
        *("org:postIn", "pko:absenceIn", "pko:aboutUnit", "pko:ratesEachUnitOf", "pko:ofUnit", "pko:coveringUnit"),
        *("pko:affiliatedUnit", "pko:inspects", "pko:madeIn", "pko:addressedTo"),
    )
)
_OTHERS = ("wgs84:lat", "wgs84:long", "pko:latestRating", "pko:hasRating")
_SAID = f"""SELECT ?thing ?property ?value WHERE {{
  #things
  ?thing ?property ?value
  FILTER(?property IN (rdf:type, {", ".join((*_TEXTS, *_DATES, *sorted(HOMES), *_OTHERS))}))
}}"""
_EVIDENCE = """SELECT DISTINCT ?thing ?source ?quality WHERE {
  #things
  {
    { ?thing pko:evidencedBy/pko:inPassage/oa:hasSource ?source }
    UNION { ?thing pko:inPassage/oa:hasSource ?source }
    UNION { ?thing oa:hasSource ?source }
    UNION { ?thing a pko:SourceDocument BIND(?thing AS ?source) }
    OPTIONAL { ?source pko:sourceTier ?quality }
  }
  UNION { ?thing pko:evidencedBy ?row . ?row pko:rowSource ?source ; pko:rowQuality ?quality }
  UNION { ?thing pko:rowSource ?source ; pko:rowQuality ?quality }
  UNION { ?thing a pko:RegisterSource BIND(?thing AS ?source) }
}"""
_OFFSETS = """SELECT ?thing ?first ?end WHERE {
  #things
  ?thing oa:hasSelector ?selector . ?selector oa:start ?first ; oa:end ?end
}"""
_CLASSES = "SELECT ?class ?above WHERE { ?class a owl:Class OPTIONAL { ?class rdfs:subClassOf ?above } }"
_RANKS = """SELECT ?quality ?rank WHERE {
  VALUES ?scheme { <../vocab/quality> <../vocab/source-tier> }
  ?quality skos:inScheme ?scheme ; pko:ordinal ?rank
}"""
_SETTLED = """SELECT DISTINCT ?thing ?home WHERE {
  #things
  { ?thing a pko:ProbationRegion BIND(?thing AS ?home) }
  UNION { ?affiliation pko:affiliatedUnit ?thing ; pko:parentUnit ?home }
  UNION { ?home pko:oversees ?thing }
  UNION { ?thing a pko:PoliceArea ; pko:servesRegion ?home }
  UNION { ?thing pko:inspects ?home }
  UNION { ?thing pko:inspects ?unit . ?affiliation pko:affiliatedUnit ?unit ; pko:parentUnit ?home }
  ?home a pko:ProbationRegion
}"""

# Values of each property by the property's name, as in "pko:summary".
Said = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """IRIs of the documents and registers behind a thing, and short names of their tiers and qualities."""

    sources: set[str] = field(default_factory=set)
    qualities: set[str] = field(default_factory=set)


def said(store: Embedded, things: Iterable[str]) -> dict[str, Said]:
    """Return names, classes, dates and the like of each thing, by the property's name as in "pko:summary"."""
    found: dict[str, Said] = {}
    shorts: dict[str, str] = {}
    for thing, prop, value in _rows(store, _SAID, things):
        if value.language not in {"", "en"}:
            continue
        name = shorts.get(prop.value) or shorts.setdefault(prop.value, names.short(prop.value))
        found.setdefault(thing.value, {}).setdefault(name, []).append(value.value)
    return found


def evidence(store: Embedded, things: Iterable[str]) -> dict[str, Evidence]:
    """Return the documents and registers behind each thing that has any."""
    found: dict[str, Evidence] = {}
    for thing, source, quality in _rows(store, _EVIDENCE, things):
        behind = found.setdefault(thing.value, Evidence())
        behind.sources.add(source.value)
        if quality:
            behind.qualities.add(quality.value.rpartition("/")[2])
    return found


def offsets(store: Embedded, passages: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return the first code point of each passage and the one after its last."""
    rows = _rows(store, _OFFSETS, passages)
    return {thing.value: (int(first.value), int(end.value)) for thing, first, end in rows}


def classes(store: Embedded) -> dict[str, set[str]]:
    """Return each class of the ontology with those above it, all by local name."""
    found: dict[str, set[str]] = {}
    for name, above in _all(store, _CLASSES):
        broader = found.setdefault(local(name.value), set())
        if above:
            broader.add(local(above.value))
    return {name: _closure(name, found) for name in found}


def ranks(store: Embedded) -> dict[str, int]:
    """Return source tiers and register qualities by short name with their rank, 1 for the best."""
    return {quality.value.rpartition("/")[2]: int(rank.value) for quality, rank in _all(store, _RANKS)}


def regions(store: Embedded, things: Iterable[str]) -> dict[str, set[str]]:
    """Return units, police areas and inspections with the regions to which they belong or belonged."""
    found: dict[str, set[str]] = {}
    for thing, home in _rows(store, _SETTLED, things):
        found.setdefault(thing.value, set()).add(home.value)
    return found


def _closure(name: str, above: dict[str, set[str]]) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        new = above.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _all(store: Embedded, query: str) -> Iterator[tuple[Term, ...]]:
    answer = store.query(_PROLOGUE + query)
    assert isinstance(answer, Table)
    return iter(answer.rows)  # type: ignore[arg-type]


def _rows(store: Embedded, query: str, things: Iterable[str]) -> Iterator[tuple[Term, ...]]:
    """Yield the answers about things: named in the query where they are few, else picked from all answers."""
    wanted = sorted(set(things))
    if len(wanted) > _FEW:
        held = set(wanted)
        yield from (row for row in _all(store, query) if row[0].value in held)
        return
    for part in parts(wanted):
        yield from _all(store, query.replace("#things", f"VALUES ?thing {{ {part} }}"))


def parts(things: Iterable[str], full: bool = False) -> Iterator[str]:
    """Yield the names of things as SPARQL writes them, so many at a time as one query takes.

    Args:
        things: IRIs.
        full: for a query without the prologue of this module.
    """
    part: list[str] = []
    length = 0
    for thing in things:
        name = f"<{thing}>" if full else _relative(thing)
        if length + len(name) > _PART:
            yield " ".join(part)
            part, length = [], 0
        part.append(name)
        length += len(name) + 1
    if part:
        yield " ".join(part)


def _relative(thing: str) -> str:
    """Return an IRI as SPARQL writes it, short where the base of the prologue allows it."""
    path = thing.removeprefix(names.ID)
    return f"<{path}>" if _PLAIN.fullmatch(path) else f"<{thing}>"
