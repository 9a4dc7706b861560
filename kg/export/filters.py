"""Filters: which nodes and edges of a view stay.

An edge goes when it fails by itself, or when one of its ends goes. A node goes when it fails by itself. A node that has
lost all edges stays where one of them passed by itself and only its other end went (courts alone, when courts are asked
for), and goes where all of them failed (a unit that was there only through what another document says).

What has no date stays; an event without an end counts as over when it began. What has no source goes when sources are
asked for, unless an edge keeps it. What has no quality stays. A thing of no region stays where an edge leads to one of
the region, directly or over passages and claims.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from kg import names
from kg.documents.fields import is_day
from kg.errors import QuestionError
from kg.export.network import GROUPS, Attributes
from kg.export.views import did_you_mean
from kg.store import Embedded, Table

_POINT = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")
_EVENTS = {"inspection", "change", "document"}
_CARRIERS = {"passage", "claim"}
_SOURCES = f"""SELECT DISTINCT ?source WHERE {{
  VALUES ?class {{ <{names.DEF}SourceDocument> <{names.DEF}RegisterSource> }}
  ?source a ?class
}}"""

# Source, target and key of an edge, and its attributes.
Edge = tuple[str, str, str, Attributes]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to leave out of a view; nothing by default.

    Attributes:
        types: kinds of nodes that stay, as groups ("unit") or classes ("ProbationDeliveryUnit", "Finding").
        region: IRI or short name of the one region whose things stay, "region/london" or "london".
        since: what ended before goes, as YYYY, YYYY-MM or YYYY-MM-DD.
        until: what began after goes.
        sources: short names of documents and registers, "hmip-report-kss-2024"; what rests on others alone goes.
        quality: source tier or register quality, such as "press" or "b", below which the best of a thing must not be.
    """

    types: tuple[str, ...] = ()
    region: str = ""
    since: str = ""
    until: str = ""
    sources: tuple[str, ...] = ()
    quality: str = ""


def checked(store: Embedded, wanted: Filters, classes: Iterable[str], ranks: Mapping[str, int]) -> Filters:
    """Return filters with full IRIs in place of short names.

    Raises:
        QuestionError: a type, region, date, source or quality is unknown; says what was expected.
    """
    for name in wanted.types:
        known = sorted({*GROUPS, *(each for each in classes if ":" not in each)})
        if name not in known:
            raise _unknown("type", name, f"a group ({', '.join(GROUPS)}) or a class of the ontology", known)
    for name in (wanted.since, wanted.until):
        if name and not (_POINT.fullmatch(name) or is_day(name)):
            raise QuestionError(f"A date reads {name!r}; expected a day, month or year such as 2024-01-22 or 2024.")
    if wanted.since and wanted.until and _before(wanted.until, wanted.since):
        raise QuestionError(f"Nothing lies since {wanted.since} and until {wanted.until}; exchange the two dates.")
    if wanted.quality and wanted.quality not in ranks:
        expected = ", ".join(sorted(ranks, key=lambda name: (ranks[name], name)))
        raise _unknown("quality", wanted.quality, f"one of {expected}", list(ranks))
    found = tuple(_source(store, name) for name in wanted.sources)
    return replace(wanted, sources=found, region=_region(store, wanted.region))


def passing(
    nodes: Mapping[str, Attributes],
    edges: Collection[Edge],
    wanted: Filters,
    *,
    kinds: Mapping[str, Collection[str]],
    ranks: Mapping[str, int],
    region: str,
) -> tuple[set[str], list[Edge]]:
    """Return the nodes and edges that stay.

    Args:
        nodes: of the view, with their attributes.
        edges: of the view.
        wanted: filters with full IRIs.
        kinds: classes of each node, by local name, and its group.
        ranks: of tiers and qualities.
        region: label of the region asked for, "" for any.
    """
    sound = [edge for edge in edges if _holds(edge[3], wanted, ranks, False) and _sourced(edge[3], wanted)]
    ends = {end for edge in sound for end in edge[:2]}
    linked = {end for edge in edges for end in edge[:2]}
    stay = {
        node
        for node, found in nodes.items()
        if _holds(found, wanted, ranks, found["group"] in _EVENTS)
        and (not wanted.types or not set(wanted.types).isdisjoint(kinds[node]))
        and (node in ends or node not in linked)
        and (node in ends or _sourced(found, wanted))
    }
    if region:
        stay = _of_region(nodes, stay, sound, region)
    return stay, [edge for edge in sound if edge[0] in stay and edge[1] in stay]


def _holds(found: Attributes, wanted: Filters, ranks: Mapping[str, int], event: bool) -> bool:
    """Tell whether dates and quality of a node or edge are within what is wanted."""
    begun = found.get("start", "")
    over = found.get("end", "") or (begun if event else "")
    if wanted.since and over and _before(over, wanted.since):
        return False
    if wanted.until and begun and _before(wanted.until, begun):
        return False
    best = found.get("quality")
    return not wanted.quality or not best or ranks.get(best[0], 99) <= ranks[wanted.quality]


def _sourced(found: Attributes, wanted: Filters) -> bool:
    return not wanted.sources or not set(wanted.sources).isdisjoint(found.get("source", ()))


def _of_region(nodes: Mapping[str, Attributes], stay: set[str], edges: Iterable[Edge], region: str) -> set[str]:
    """Return those of `stay` in the region, and those of no region to which an edge leads from there."""
    beside: dict[str, set[str]] = {}
    for one, other, _, _ in edges:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    found = {node for node in stay if nodes[node].get("region") == region}
    waiting = list(found)
    while waiting:
        node = waiting.pop()
        new = {other for other in beside.get(node, ()) if other in stay and "region" not in nodes[other]} - found
        found |= new
        waiting += [other for other in new if nodes[other]["group"] in _CARRIERS]
    return found


def _before(one: str, other: str) -> bool:
    """Tell whether a date lies before another, as far as both are known: 2022 is before 2024-01, 2024 is not."""
    known = min(len(one), len(other))
    return one[:known] < other[:known]


def _source(store: Embedded, name: str) -> str:
    """Return the IRI of a document or register."""
    table = store.query(_SOURCES)
    assert isinstance(table, Table)
    known = sorted(row[0].value for row in table.rows if row[0])
    for candidate in (names.iri(name), names.iri(f"doc/{name}"), names.iri(f"source/{name}")):
        if candidate in known:
            return candidate
    slugs = [names.short(each).partition("/")[2] for each in known]
    raise _unknown("source", name, "a document or register such as hmip-report-kss-2024", slugs)


def _region(store: Embedded, name: str) -> str:
    """Return the IRI of a region."""
    if not name:
        return ""
    table = store.query(f"SELECT DISTINCT ?region WHERE {{ ?region a <{names.DEF}ProbationRegion> }}")
    assert isinstance(table, Table)
    known = sorted(row[0].value for row in table.rows if row[0])
    for candidate in (names.iri(name), names.iri(f"region/{name}")):
        if candidate in known:
            return candidate
    slugs = [names.short(each).partition("/")[2] for each in known]
    raise _unknown("region", name, f"one of {', '.join(slugs[:12])}", slugs)


def _unknown(what: str, name: str, expected: str, known: list[str]) -> QuestionError:
    return QuestionError(f'The graph has no {what} "{name}"; expected {expected}.{did_you_mean(name, known)}')
