"""What is said about a thing by kind, what points to it by property, and its dated facts in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from api.addresses import link_of
from api.disputes import Disputed
from api.linked.around import Around, Dated
from api.linked.glance import DATED, capital, measure_of
from api.linked.ratings import BEGUN
from kg import names
from kg.store.patterns import Quad, is_named, term_of, value_of

MOST_STATEMENTS = 1000
MOST_SHOWN, MOST_LINKED = 30, 100
_OVERALL = names.DEF + "OverallRating"
_NOTE = names.PREFIXES["skos"] + "editorialNote"
_ORG, _DERIVED = names.PREFIXES["org"], names.GRAPH + "derived/"
# Group of statements → its classes, in the order of the page.
_GROUPS = {
    "ratings": ("OverallRating", "StandardRating", "TopicRating", "CollectiveRating", "NarrativeJudgement"),
    "results": ("KeyQuestionResult",),
    "strengths": ("Strength",),
    "improvements": ("AreaForImprovement",),
    "findings": ("Finding",),
    "recommendations": ("Recommendation", "RecommendationAssessment"),
    "figures": ("Measurement",),
    "responses": ("OfficialResponse",),
    "remarks": ("Remark", "Quotation"),
    "contracts": ("ServiceContract",),
    "posts": ("PostHolding",),
    "absences": ("StatedAbsence",),
    "coverage": ("AreaCoverage",),
    "affiliation": ("UnitAffiliation",),
    "descriptions": ("Description",),
    "assertions": ("Assertion",),
}
_GROUP_OF = {names.DEF + name: group for group, classes in _GROUPS.items() for name in classes}
_HIDDEN = {_DERIVED + "super-properties", _DERIVED + "inverses", _DERIVED + "symmetric-properties"}
_VALID = tuple(names.DEF + name for name in ("validFrom", "validTo"))
_STARTED = tuple(names.DEF + name for name in ("startedIn", "endsIn"))
# Property by which something dated points to a thing → the dates of that, and whether only the first of them counts.
_EVENTS = {
    names.DEF + "inspects": ((*BEGUN, names.DEF + "reportPublishedOn"), True),
    _ORG + "originalOrganization": ((names.DEF + "startedIn", names.DEF + "firstObserved"), True),
    _ORG + "resultingOrganization": ((names.DEF + "startedIn", names.DEF + "firstObserved"), True),
    names.DEF + "eventConcerns": (_STARTED, False),
    names.DEF + "reportsOn": ((names.DEF + "publishedOn",), True),
    _ORG + "member": (_VALID, False),
    names.DEF + "heldPost": (_VALID, False),
    names.DEF + "affiliatedUnit": (_VALID, False),
    names.DEF + "coveringUnit": (_VALID, False),
    names.DEF + "ownedBody": (_VALID, False),
    names.DEF + "owner": (_VALID, False),
}
_CLAIMED_BY, _SPEAKER = (names.DEF + name for name in ("claimedBy", "speaker"))
_NO_EVENTS = {names.DEF + name for name in ("categoryAsOf", "operatorAsOf", "retrievedOn")}
_PARTS = {names.DEF + "hasFieldwork": (names.DEF + "startsOn", names.DEF + "endsOn")}


class Statement(NamedTuple):
    """A statement.

    Attributes:
        iri, text, rating: its IRI, its words, and the rating that it gives.
        measure, of_part: the value that it gives, in words, and whether it is of a part that the source does not name.
        inspection, dated, note: where it was made, its date, and what editors note.
        known: the mark of how it is known, of a rating that no official text gives; "" of all else.
        doubtful: whether only rows of registers say it that are graded as derived or doubtful; a rating bears a mark.
        disputes: the disagreements of sources about it.
    """

    iri: str
    text: str
    rating: str
    measure: str
    of_part: bool
    inspection: str
    dated: Dated
    note: str
    known: str
    doubtful: bool
    disputes: tuple[Disputed, ...]


class Group(NamedTuple):
    """Statements of one kind: key of its words, how many there are, and the first of them."""

    key: str
    total: int
    statements: list[Statement]


class Relation(NamedTuple):
    """A property by which things point to the thing: its IRI, how many there are, and the first of them."""

    property: str
    total: int
    things: list[tuple[str, str]]


class Event(NamedTuple):
    """A dated fact: date, the property that gives it, what it is about ("" for the thing), whether it is doubtful."""

    date: str
    basis: str
    thing: str
    doubtful: bool = False


def with_kinds(around: Around) -> dict[str, list[str]]:
    """Return the statements about a thing, `MOST_STATEMENTS` at most, with their classes."""
    return {each: around.kinds(each) for each in around.description.statement_names[:MOST_STATEMENTS]}


def groups(around: Around, statements: dict[str, list[str]]) -> list[Group]:
    """Return the statements about a thing by kind, in the order of the page."""
    found: dict[str, list[str]] = {key: [] for key in (*_GROUPS, "others")}
    for each, kinds in statements.items():
        known = [kind for kind in _GROUP_OF if kind in kinds]
        found[_GROUP_OF[known[0]] if known else "others"].append(each)
    found["ratings"].sort(key=lambda each: _OVERALL not in statements[each])
    return [
        Group(key, len(each), [_statement(around, iri, key) for iri in each[:MOST_SHOWN]])
        for key, each in found.items()
        if each
    ]


def _statement(around: Around, iri: str, group: str) -> Statement:
    rating, inspection = (around.value(iri, names.DEF + name) for name in ("hasRating", "madeIn"))
    elsewhere = inspection if inspection != around.iri else ""
    dated = around.dated(iri, names.DEF + "asOf")
    if elsewhere and not dated.date:
        dated = around.dated(inspection, *BEGUN)
    known = around.known(iri) if rating else ""
    return Statement(
        iri=iri,
        text=around.label(iri),
        rating=rating,
        measure=measure_of(around, iri) if group == "figures" else "",
        of_part=group == "figures" and around.value(iri, names.DEF + "ofUnnamedPart") == "true",
        inspection=elsewhere,
        dated=dated,
        note=around.value(iri, _NOTE),
        known=known,
        doubtful=not known and around.stated_doubtfully(iri),
        disputes=around.disputes(iri),
    )


def relations(around: Around) -> list[Relation]:
    """Return what points to a thing by property.

    What follows from another of its links by a rule is left out, and the claims of somebody who says all of them in
    person: they stand under the words said.
    """
    found: dict[str, dict[str, None]] = {}
    for s, p, _, g in around.description.all_links:
        if is_named(s) and value_of(g) not in _HIDDEN:
            found.setdefault(p.value, {})[s.value] = None
    if found.get(_CLAIMED_BY, {}).keys() <= found.get(_SPEAKER, {}).keys():
        found.pop(_CLAIMED_BY, None)
    return [
        Relation(name, len(things), [(each, around.label(each)) for each in list(things)[:MOST_LINKED]])
        for name, things in sorted(found.items(), key=lambda each: around.label(each[0]))
    ]


def outgoing(around: Around) -> list[Quad]:
    """Return the facts of a thing that lead to other things, `MOST_SHOWN` at most."""
    facts = [quad for quads in around.facts.values() for quad in quads]
    return [quad for quad in facts if is_named(quad.object) and _leads(quad)][:MOST_SHOWN]


def _leads(quad: Quad) -> bool:
    """Whether a fact is drawn: not its class, its rows, its records and what rules derive from other facts."""
    left_out = ("#type", "#evidencedBy", "#hasCoverage", "#hasAffiliation", "#hasGeometry")
    return value_of(quad.graph_name) not in _HIDDEN and not quad.predicate.value.endswith(left_out)


def timeline(around: Around) -> list[Event]:
    """Return the dated facts of a thing, and of what happened to it, oldest first."""
    return sorted(set(_events(around)), key=lambda event: (event.date, event.thing, event.basis))


def _events(around: Around) -> Iterator[Event]:
    for name, quads in around.facts.items():
        if name not in _NO_EVENTS:
            for quad in quads:
                if _is_date(quad) and value_of(quad.graph_name) not in _HIDDEN:
                    yield Event(value_of(quad.object), name, "", around.doubtful(*around.rows_of(quad)))
        if name in _PARTS:
            for quad in quads:
                yield from _dates(around, value_of(quad.object), _PARTS[name])
    for name, (dates, first) in _EVENTS.items():
        for thing in around.pointing(name):
            found = list(_dates(around, thing, dates))
            yield from found[:1] if first else found


def _dates(around: Around, thing: str, properties: Iterable[str]) -> Iterator[Event]:
    for name in properties:
        dated: Dated = around.dated(thing, name)
        if dated.date:
            yield Event(dated.date, dated.basis, thing, around.stated_doubtfully(thing))


def _is_date(quad: Quad) -> bool:
    return not is_named(quad.object) and names.short(term_of(quad.object).datatype) in DATED


def trail(around: Around) -> list[tuple[str, str]]:
    """Return what a thing is part of, from the widest to the narrowest, with addresses: three steps at most."""
    steps: list[str] = []
    thing = around.iri
    while len(steps) < _MOST_STEPS:
        parents = next((found for name in _PARENTS if (found := around.values(thing, name))), [])
        if len(parents) != 1 or parents[0] in {around.iri, *steps}:
            break
        thing = parents[0]
        steps.insert(0, thing)
    return [(capital(around.label(each)), link_of(each)) for each in steps if link_of(each)]


_MOST_STEPS = 3
_PARENTS = (
    names.DEF + "madeIn",
    names.DEF + "partOfInspection",
    names.DEF + "underDomain",
    names.DEF + "keyQuestionOf",
    names.PREFIXES["skos"] + "broader",
    names.DEF + "inFramework",
    names.PREFIXES["skos"] + "inScheme",
    names.DEF + "officeOf",
    _ORG + "subOrganizationOf",
    names.DEF + "contractArea",
    names.DEF + "servesRegion",
    names.DEF + "county",
    names.DEF + "inTable",
    names.DEF + "inspects",
    names.DEF + "heldPost",
    names.DEF + "aboutUnit",
)
