"""How far a list of statements reaches: the documents that they are read from, and the regions that have any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.site.listing import NOT_KNOWN, Choice, Filtered, values
from api.site.page import Wanted
from kg import names

_DOCUMENTS = """SELECT ?document (COUNT(DISTINCT ?statement) AS ?count) WHERE {
  ?statement a %s ; pko:evidencedBy/pko:inPassage/oa:hasSource ?document
} GROUP BY ?document ORDER BY DESC(?count) ?document"""
_REGIONS = "SELECT ?region WHERE { ?region a pko:ProbationRegion }"
_REGIONS_OF = """SELECT DISTINCT ?region WHERE {
  VALUES ?thing { %s } ?thing pko:inspects?/(^pko:affiliatedUnit/pko:parentUnit)? ?region .
  ?region a pko:ProbationRegion }"""
_OF_A_REGION = ("region", "unit", "addressee", "inspection")  # fields whose values belong to regions


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a list reaches.

    Attributes:
        documents: from which statements of the list are read, those with most first, with "slug" and "count".
        regions: labels of the regions that have any.
        others: whether there are regions that have none.
        unread: the region that the form asks for where it has none.
    """

    documents: list[dict[str, Any]]
    regions: list[str]
    others: bool
    unread: Choice | None


def reach(wanted: Wanted, kind: str, asked: Filtered, lists: Mapping[str, list[Choice]]) -> Reach:
    """Return how far the list of a class of statements reaches.

    Args:
        wanted: the request.
        kind: class of the statements, "pko:Finding".
        asked: the list as its form narrows it.
        lists: what the form offers: things that statements of the list are about, made in, or addressed to.
    """
    documents = [
        {**row, "slug": names.short(row["document"]).removeprefix("doc/")} for row in wanted.select(_DOCUMENTS % kind)
    ]
    read = _regions_of(wanted, [each.value for name in _OF_A_REGION for each in lists.get(name, ())])
    others = any(row["region"] not in read for row in wanted.select(_REGIONS))
    return Reach(documents, sorted(read.values()), others, _unread(wanted, asked, read))


def _unread(wanted: Wanted, asked: Filtered, read: Mapping[str, str]) -> Choice | None:
    """Return the region that the choices belong to, None where it has statements or there is no one region."""
    found = _regions_of(wanted, [asked.kept[name] for name in _OF_A_REGION if name in asked.kept])
    if len(found) != 1 or not read.keys().isdisjoint(found):
        return None
    ((region, label),) = found.items()
    return Choice(names.short(region), label)


def _regions_of(wanted: Wanted, things: Iterable[str]) -> dict[str, str]:
    """Return the labels of the regions to which regions, units and inspections belong, by IRI."""
    sought = [names.iri(each) for each in things if each != NOT_KNOWN]
    rows = wanted.select(_REGIONS_OF % values(sought)) if sought else []
    return {row["region"]: row["region label"] for row in rows}
