"""Where a search leads on: the pages of the site about a place, a service or an addressee that the text names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from api.words import words
from kg import names
from kg.search import Hit
from kg.search.index import ASKING
from kg.search.words import fold
from kg.store import Embedded, Table

_MOST = 3  # pages about one thing to which results lead
_MOST_WORDS = 24
_LONGEST = 8  # words of a name
# A figure, "22%" or "1,200": it means no place, though police areas have numbers for codes.
_FIGURE = re.compile(r"\d\s*(%|per\s?cent\b)|^[\d\s.,%£]+$", re.IGNORECASE)
_PLACE, _SERVICE = "id/place/", "vocab/service/"
_PREFIXES = "".join(f"PREFIX {prefix}: <{names.PREFIXES[prefix]}>\n" for prefix in ("rdfs", "skos", "org", "pko"))
_ADDRESSED = "SELECT DISTINCT ?body WHERE { ?statement a pko:Recommendation ; pko:addressedTo ?body }"
_SERVICES = f"SELECT ?service WHERE {{ ?service skos:inScheme <{names.VOCAB}service> }}"
_AREAS = "SELECT ?area WHERE { ?area a pko:Area }"
# The regions in which a thing lies: a county or nation may reach into several, and is of no one region then.
_REGIONS = """SELECT DISTINCT ?thing ?region WHERE {
  { ?thing a pko:ProbationRegion BIND(?thing AS ?region) }
  UNION { ?thing a pko:Area ; pko:inPoliceArea?/pko:servesRegion ?region }
  UNION { ?district pko:county|pko:nation ?thing ; pko:inPoliceArea/pko:servesRegion ?region }
  UNION { ?thing a pko:ProbationDeliveryUnit ; ^pko:affiliatedUnit/pko:parentUnit ?region }
  ?region a pko:ProbationRegion }"""
_NAMES = """SELECT DISTINCT ?thing ?name WHERE {
  ?thing rdfs:label|skos:prefLabel|skos:altLabel|skos:hiddenLabel|pko:acronym ?name }"""

Way = tuple[str, str]  # what a link says, and its address


@dataclass(frozen=True, slots=True)
class _Known:
    """What the dataset says of places, services and addressees.

    Attributes:
        named: the things that bear a name, by the name as it is searched for.
        labels: by IRI, of these things and of regions.
        regions: those in which each thing lies.
        addressed: whom some recommendation is addressed to.
        services: which services there are.
    """

    named: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    regions: Mapping[str, frozenset[str]]
    addressed: frozenset[str]
    services: frozenset[str]


class Ways:
    """Leads on from a search over the dataset as it is; what it says of places and addressees is read once."""

    def __init__(self, store: Callable[[], Embedded]) -> None:
        """Take what gives the dataset."""
        self._store = store
        self._known: _Known | None = None

    def forget(self) -> None:
        """Forget what was read: the dataset has changed."""
        self._known = None

    def of(self, text: str, hits: Iterable[Hit]) -> list[Way]:
        """Return the pages that answer what is often asked of the things that a text names, or that were found for it.

        Args:
            text: what somebody wrote.
            hits: what was found for it; it only adds to what the text names outright.
        """
        known = self._known = self._known or _read(self._store())
        named = _named(text, known)
        region = _region(named, known)
        near = (hit.iri for hit in hits if hit.iri not in known.addressed)  # whom nobody named is no addressee
        if _FIGURE.search(text):
            near = (each for each in near if not _is_place(each))
        found = (_way(each, known, region) for each in [*named, region, *near])
        return list(dict.fromkeys(way for way in found if way))[:_MOST]


def _read(store: Embedded) -> _Known:
    """Read what ways need of a dataset."""
    addressed, services, areas = (
        frozenset(row[0] for row in _rows(store, text)) for text in (_ADDRESSED, _SERVICES, _AREAS)
    )
    regions: dict[str, frozenset[str]] = {}
    for thing, region in _rows(store, _REGIONS):
        regions[thing] = regions.get(thing, frozenset()) | {region}
    telling = addressed | services | areas | regions.keys()
    named: dict[str, tuple[str, ...]] = {}
    for thing, name in _rows(store, _NAMES):
        if thing in telling:
            named[fold(name)] = (*named.get(fold(name), ()), thing)
    return _Known(named, store.labels(telling), regions, addressed, services)


def _rows(store: Embedded, text: str) -> list[list[str]]:
    """Return the rows of a question as texts."""
    table = store.query(_PREFIXES + text)
    assert isinstance(table, Table)
    return [[term.value for term in row if term is not None] for row in table.rows]


def _named(text: str, known: _Known) -> list[str]:
    """Return the things that a text names, in its order; the longest name wins: "west kent" is not Kent."""
    left: list[str] = fold(text).split()[:_MOST_WORDS]
    found: list[str] = []
    while left:
        sizes = [size for size in range(_LONGEST, 0, -1) if " ".join(left[:size]) in known.named]
        size = sizes[0] if sizes and left[0] not in ASKING else 0
        found += known.named[" ".join(left[:size])] if size else ()
        left = left[size or 1 :]
    return list(dict.fromkeys(found))


def _region(named: Iterable[str], known: _Known) -> str:
    """Return the one region in which all places and units lie that a text names; "" where that is not clear."""
    placed = [each for each in named if each in known.regions or _is_place(each)]
    found = [known.regions.get(each, frozenset()) for each in placed]
    return next(iter(found[0])) if found and len(found[0]) == 1 and len(set(found)) == 1 else ""


def _is_place(thing: str) -> bool:
    return thing.removeprefix(names.BASE).startswith(_PLACE)


def _way(thing: str, known: _Known, region: str) -> Way | None:
    """Return the page that answers what is often asked of a thing; None where there is none."""
    t, label = words("en"), known.labels.get(thing, "")
    if thing in known.addressed:
        return t("search.way_addressee", body=label), "/recommendations?" + _fields(addressee=thing)
    if thing in known.services:
        if region:
            said = t("search.way_service_region", service=label, region=known.labels[region])
            return said, "/provision?" + _fields(service=thing, region=region)
        return t("search.way_service", service=label), "/provision?" + _fields(service=thing)
    if _is_place(thing) and label:
        return t("search.way_place", place=label), "/areas?" + urlencode({"place": label})
    return None


def _fields(**things: str) -> str:
    """Return fields of an address that name things by their short names."""
    return urlencode({name: names.short(thing) for name, thing in things.items()}, safe="/")
