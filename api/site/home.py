"""The first page: what this is, the search, the country's ratings, the latest inspections, and the ways on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from api.known import MARKS, known
from api.site.dates import DATED
from api.site.page import Page, Wanted, read, render
from kg import names

_LATEST = 8
_BEST_FIRST = ("outstanding", "good", "requires-improvement", "inadequate")
_PREFIXES = "".join(f"PREFIX {each}: <{names.PREFIXES[each]}>\n" for each in ("pko", "rdfs"))
_UNITS = """
  VALUES ?class { pko:ProbationRegion pko:ProbationDeliveryUnit }
  ?unit a ?class ; rdfs:label ?name .
  OPTIONAL { ?unit pko:unitStatus ?status }
  OPTIONAL { ?affiliation pko:affiliatedUnit ?unit ; pko:parentUnit ?region . ?region a pko:ProbationRegion }"""
# A row a latest overall rating; what its date is of, and how it is known, stand beside it.
_RATED = """SELECT DISTINCT ?region ?unit ?name ?status ?rating ?date ?dated ?known
  ?programme ?framework ?inspection ?statement
WHERE {%s
  %s
  ?unit pko:latestRating ?statement .
  ?statement pko:hasRating ?rating ; pko:madeIn ?inspection .
  ?inspection pko:underProgramme ?programme ; pko:usesFramework ?framework .
  OPTIONAL { ?statement pko:asOf ?as_of }
  %s
  %s
}
ORDER BY DESC(?framework) ?region ?unit ?statement"""
_UNRATED = f"""SELECT DISTINCT ?class ?region ?unit ?name ?status
WHERE {{{_UNITS}
  FILTER NOT EXISTS {{ ?unit pko:latestRating ?rated }}
}}
ORDER BY ?class ?region ?unit"""
_ENDED = names.VOCAB + "unit-status/ended"
_CURRENT = names.VOCAB + "unit-status/current"


def _rated(framework: str = "") -> str:
    """Return the query for latest overall ratings, under one framework if its IRI is given."""
    return _RATED % (_UNITS, f"VALUES ?framework {{ <{framework}> }}" if framework else "", DATED, known())


@dataclass(frozen=True, slots=True)
class _Tile:
    """A body with its latest overall rating, as one tile of a picture and one row of its table."""

    row: dict[str, Any]

    @property
    def rating(self) -> str:
        """Last part of the rating's name, such as "requires-improvement"."""
        return str(self.row["rating"]).rpartition("/")[2]

    @property
    def rank(self) -> int:
        """Place of the rating on the scale, 0 for the best."""
        return _BEST_FIRST.index(self.rating) if self.rating in _BEST_FIRST else len(_BEST_FIRST)

    @property
    def status(self) -> str:
        """Label of a status that is not the ordinary one, else ""."""
        return "" if self.row["status"] in {None, _CURRENT} else str(self.row["status label"])


@dataclass(frozen=True)
class _Picture:
    """Ratings that may be compared: of one programme and one framework of standards."""

    framework: str
    tiles: tuple[_Tile, ...]

    @property
    def title(self) -> str:
        """The framework's label."""
        return str(self.tiles[0].row["framework label"])

    @property
    def programme(self) -> dict[str, str]:
        """IRI and label of the programme."""
        row = self.tiles[0].row
        return {"iri": row["programme"], "label": row["programme label"]}

    @property
    def of_regions(self) -> bool:
        """Whether the bodies are regions, which belong to no region."""
        return all(each.row["region"] is None for each in self.tiles)

    @property
    def lines(self) -> list[tuple[str, str, list[_Tile]]]:
        """IRI and label of each region with its tiles, the best rating first."""
        found = []
        for iri, tiles in groupby(self.tiles, key=lambda each: each.row["region"]):
            kept = sorted(tiles, key=lambda each: (each.rank, each.row["unit label"]))
            found.append((iri, kept[0].row["region label"], kept))
        return found

    @cached_property
    def counts(self) -> list[tuple[str, str, int]]:
        """Each rating that was given: its name, its label and how many bodies have it."""
        tiles = sorted(self.tiles, key=lambda each: (each.rank, each.rating))
        groups = [list(group) for _, group in groupby(tiles, key=lambda each: each.rating)]
        return [(group[0].rating, str(group[0].row["rating label"]), len(group)) for group in groups]

    @property
    def address(self) -> str:
        """Address of the query behind the picture."""
        return _sparql(_rated(self.framework))


def _sparql(text: str) -> str:
    """Return the address of a query's answer, to which a format can be added."""
    return "/sparql?" + urlencode({"query": _PREFIXES + text})


def make(wanted: Wanted) -> bytes:
    """Return the first page."""
    unrated = wanted.select(_UNRATED)
    return render(
        "site_home.html",
        wanted,
        marks=MARKS,
        pictures=_pictures(wanted.select(_rated())),
        unrated=_by_region(unrated),
        unrated_regions=[row for row in unrated if row["class"] == names.DEF + "ProbationRegion"],
        unrated_query=_sparql(_UNRATED),
        inspections=_inspections(wanted.ask("inspections")),
    )


def _pictures(rows: list[dict[str, Any]]) -> list[_Picture]:
    """Return ratings in groups that may be compared: same programme, same framework."""
    kinds = groupby(sorted(rows, key=_comparable, reverse=True), key=_comparable)
    return [_Picture(framework, tuple(map(_Tile, group))) for (_, framework), group in kinds]


def _comparable(row: dict[str, Any]) -> tuple[str, str]:
    return row["programme"], row["framework"]


@dataclass(frozen=True, slots=True)
class _Region:
    """A region with those of its units that have no overall rating on record and have not ended."""

    iri: str
    label: str
    units: list[dict[str, Any]]

    @property
    def count(self) -> int:
        """Number of the units."""
        return len(self.units)


def _by_region(rows: Iterable[dict[str, Any]]) -> list[_Region]:
    """Return each region with its units."""
    kept = (row for row in rows if row["region"] and row["status"] != _ENDED)
    groups = [(iri, list(group)) for iri, group in groupby(kept, key=lambda row: row["region"])]
    return [_Region(iri, units[0]["region label"], units) for iri, units in groups]


@dataclass(frozen=True, slots=True)
class _Inspections:
    """The newest inspections, and how many there may be beside them.

    Attributes:
        latest: newest first, by the last date known of each.
        year: of the last of them.
        more: how many others are known by that year alone, so that they may be as new.
        undated: how many have no date at all.
    """

    latest: list[dict[str, Any]]
    year: str
    more: int
    undated: int


def _inspections(rows: Iterable[dict[str, Any]]) -> _Inspections:
    """Return the newest inspections of all; one that is known by its year alone comes after those of its months."""
    once = {row["inspection"]: row for row in rows}.values()
    dated = [(max(str(row["begun"] or ""), str(row["published"] or "")), row) for row in once]
    dated.sort(key=lambda each: each[0], reverse=True)
    latest, others = dated[:_LATEST], dated[_LATEST:]
    year = latest[-1][0][:4] if latest else ""
    more = sum(date == year for date, _ in others)
    return _Inspections([row for _, row in latest], year, more, sum(not date for date, _ in dated))


read("inspections")
HOME = Page("", make)
