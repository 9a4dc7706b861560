"""Attributes of the nodes of a network, read off what the graph says of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kg import names
from kg.export import facts
from kg.export.facts import Evidence, Said
from kg.export.kinds import group_of, local, type_of
from kg.export.network import Attributes
from kg.store import Embedded

# Lists of delivery units are known from this day on: one that the first list shows may be older by any time.
_FIRST_LIST = "2023-04-11"
_STARTS = ("pko:validFrom", "pko:startedIn", "pko:announcedStart", "pko:heldIn", "pko:publishedOn")
_ENDS = ("pko:validTo", "pko:endsIn", "pko:endedObserved", "pko:reportPublishedOn")
_NOTES = ("pko:summary", "skos:definition", "skos:editorialNote")
_NAMES = ("rdfs:label", "skos:prefLabel", "dcterms:title")
# Of these "as of" tells the time for which they hold; of a register or a post holding, only when one looked.
_DATED = {"Statement", "StatedAbsence"}
_MOMENTS = {"change", "document"}
_TERM = re.compile(r"/([a-z][a-z0-9]*)[/#]([A-Z][A-Za-z]*)$")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the classes of a thing say of it.

    Attributes:
        classes: all of them, by local name.
        name: local name of the one that tells most.
        label: that one in words.
    """

    classes: frozenset[str]
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of the things of one network.

    Attributes:
        said: what the graph says of each.
        behind: documents and registers behind each.
        above: each class with those above it.
        ranks: tiers and qualities, 1 for the best.
        homes: regions of units, police areas and inspections.
        labels: of classes and regions.
        ratings: short name of the value and, where known, date of each rating that a thing has as its latest.
        offsets: of passages.
    """

    said: Mapping[str, Said]
    behind: Mapping[str, Evidence]
    above: Mapping[str, set[str]]
    ranks: Mapping[str, int]
    homes: Mapping[str, set[str]]
    labels: Mapping[str, str]
    ratings: Mapping[str, tuple[str, str]]
    offsets: Mapping[str, tuple[int, int]]
    _kinds: dict[tuple[str, ...], Kind] = field(default_factory=dict)

    def kind(self, thing: str) -> Kind:
        """Return what a thing's classes say of it."""
        classes = tuple(self.said.get(thing, {}).get("rdf:type", ()))
        if classes not in self._kinds:
            held = frozenset(map(local, classes))
            kind = type_of(held, self.above)
            full = next((name for name in classes if local(name) == kind), "")
            label = self.labels.get(full) or names.CLASS_WORDS.get(kind, kind)
            self._kinds[classes] = Kind(held, re.split("[:/]", kind)[-1], label)
        return self._kinds[classes]

    def regions(self, thing: str) -> set[str]:
        """Return the regions to which a thing belongs, as far as one step leads to something that belongs to one."""
        if thing in self.homes:
            return self.homes[thing]
        found: set[str] = set()
        for name, ways in self.said.get(thing, {}).items():
            if name in facts.HOMES:
                found.update(*(self.homes.get(way, ()) for way in ways))
        return found

    def evidence(self, thing: str) -> tuple[list[str], list[str]]:
        """Return the IRIs of the sources behind a thing, and their tiers and qualities, the best first."""
        behind = self.behind.get(thing)
        return self.sorted_evidence(behind.sources, behind.qualities) if behind else ([], [])

    def sorted_evidence(self, sources: Iterable[str], qualities: Iterable[str]) -> tuple[list[str], list[str]]:
        """Return sources in the order of their names, and qualities with the best first."""
        return sorted(sources), sorted(qualities, key=lambda quality: (self.ranks.get(quality, 99), quality))


def learn(store: Embedded, things: Iterable[str]) -> Knowledge:
    """Ask the store for all that nodes and the statements of edges need."""
    wanted = set(things)
    said = facts.said(store, wanted)
    latest = {rating for known in said.values() for rating in known.get("pko:latestRating", ())}
    rated = {thing: said[thing] for thing in latest & said.keys()} | facts.said(store, latest - said.keys())
    ways = {way for known in said.values() for name in facts.HOMES & known.keys() for way in known[name]}
    homes = facts.regions(store, wanted | ways)
    classes = {name for known in said.values() for name in known.get("rdf:type", ())}
    settled = {region for regions in homes.values() for region in regions}
    return Knowledge(
        said=said,
        behind=facts.evidence(store, wanted),
        above=facts.classes(store),
        ranks=facts.ranks(store),
        homes=homes,
        labels=store.labels(sorted(classes | settled)),
        ratings=_dated_ratings(store, rated),
        offsets=facts.offsets(store, (thing for thing in wanted if thing.startswith(names.ID + "passage/"))),
    )


def _dated_ratings(store: Embedded, rated: Mapping[str, Said]) -> dict[str, tuple[str, str]]:
    """Return value and date of each rating, where it has none itself that of the report in which it was published."""
    made = {rating: inspection for rating, known in rated.items() for inspection in known.get("pko:madeIn", ())}
    reports = facts.said(store, made.values())
    found = {}
    for rating, known in rated.items():
        published = reports.get(made.get(rating, ""), {})
        date = _text(known, ("pko:asOf",)) or _text(published, ("pko:reportPublishedOn",))
        if value := _concept(known, "pko:hasRating"):
            found[rating] = value, date
    return found


def attributes(thing: str, known: Knowledge) -> Attributes:
    """Return the attributes of one node, as kg.export.network describes them."""
    said, kind = known.said.get(thing, {}), known.kind(thing)
    group = group_of(thing, kind.classes)
    sources, qualities = known.evidence(thing)
    found: Attributes = {
        "label": _text(said, _NAMES) or _named(thing),
        "type": kind.name,
        "type_label": kind.label,
        "group": group,
        **_rating(said, known),
        "start": _start(said, kind.classes),
        "end": _end(said, kind.classes, group),
        "region": _region(thing, known),
        "source": sources,
        "quality": qualities,
        "note": _text(said, _NOTES),
    }
    return {name: value for name, value in found.items() if value} | _place(said) | _offsets(thing, known)


def _named(thing: str) -> str:
    """Return the short name of a thing; of a term of a vocabulary without a prefix, one made of its address."""
    short = names.short(thing)
    term = _TERM.search(short) if "://" in short else None
    return f"{term[1]}:{term[2]}" if term else short


def _start(said: Said, classes: Collection[str]) -> str:
    """Return when a thing began to exist or hold; an event, when it happened."""
    begun = _text(said, _STARTS) or ("" if _DATED.isdisjoint(classes) else _text(said, ("pko:asOf",)))
    seen = _text(said, ("pko:firstObserved",))
    return begun or (seen if seen > _FIRST_LIST else "")


def _end(said: Said, classes: Collection[str], group: str) -> str:
    """Return when a thing ended: an inspection with its report, what happens in a moment when it began."""
    ended = next((max(said[name]) for name in _ENDS if name in said), "")
    return ended or (_start(said, classes) if group in _MOMENTS else "")


def _rating(said: Said, known: Knowledge) -> Attributes:
    """Return a thing's own rating or the latest overall one with its date and statement; of several ones, none."""
    if own := _concept(said, "pko:hasRating"):
        return {"rating": own}
    latest = [rating for rating in said.get("pko:latestRating", ()) if rating in known.ratings]
    if len(latest) != 1:
        return {}
    rating, date = known.ratings[latest[0]]
    return {"rating": rating, "rating_date": date, "rating_statement": latest[0]}


def _region(thing: str, known: Knowledge) -> str:
    """Return the label of the one region to which a thing belongs."""
    found = known.regions(thing)
    region = next(iter(found)) if len(found) == 1 else ""
    return known.labels.get(region, names.short(region))


def _place(said: Said) -> Attributes:
    """Return latitude and longitude of a thing that has both, once each."""
    lat, long = said.get("wgs84:lat", ()), said.get("wgs84:long", ())
    return {"lat": float(lat[0]), "lon": float(long[0])} if len(lat) == len(long) == 1 else {}


def _offsets(thing: str, known: Knowledge) -> Attributes:
    """Return the code points of a passage, the end exclusive."""
    if thing not in known.offsets:
        return {}
    first, after = known.offsets[thing]
    return {"first_code_point": first, "end_code_point": after}


def _text(said: Said, properties: Iterable[str]) -> str:
    """Return the value of the first property that a thing has; of several values, the first in order."""
    return next((min(said[name]) for name in properties if name in said), "")


def _concept(said: Said, name: str) -> str:
    """Return the short name of the one concept that a property leads to."""
    found = said.get(name, ())
    return found[0].rpartition("/")[2] if len(found) == 1 else ""
