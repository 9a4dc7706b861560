"""What can be chosen on the pages of ratings, as the graph has it, and what was chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.site.page import Wanted
from api.words import words
from kg import names

_PROGRAMMES = """SELECT ?programme (STR(?from) AS ?started) (COUNT(?standard) AS ?detailed) WHERE {
  ?programme a pko:InspectionProgramme ; pko:startedIn ?from .
  ?inspection pko:underProgramme ?programme .
  OPTIONAL { ?standard pko:madeIn ?inspection ; a pko:StandardRating }
} GROUP BY ?programme ?from ORDER BY DESC(?started)"""
_REGIONS = "SELECT DISTINCT ?region WHERE { ?region a pko:ProbationRegion ; rdfs:label ?name } ORDER BY ?name"
_YEARS = """SELECT DISTINCT ?year WHERE {
  { ?inspection pko:reportPublishedOn ?date }
  UNION
  { ?rating a pko:OverallRating ; pko:madeIn ?inspection ; pko:asOf ?date
    FILTER NOT EXISTS { ?inspection pko:reportPublishedOn ?published } }
  BIND(SUBSTR(STR(?date), 1, 4) AS ?year)
} ORDER BY DESC(?year)"""
_UNITS = """SELECT DISTINCT ?unit ?name ?class WHERE {
  ?rating pko:hasRating ?value ; pko:aboutUnit ?unit .
  ?unit a ?class ; rdfs:label ?name .
  VALUES ?class { pko:ProbationDeliveryUnit pko:ProbationRegion pko:CommunityRehabilitationCompany
    pko:NationalProbationServiceDivision pko:InternalBody }
} ORDER BY ?class ?name"""
_INSPECTIONS = """SELECT ?inspection (COUNT(DISTINCT ?result) AS ?results) WHERE {
  ?result a pko:KeyQuestionResult ; pko:madeIn ?inspection
} GROUP BY ?inspection ORDER BY DESC(?results) ?inspection"""
_NAME = "SELECT DISTINCT ?_unit ?name WHERE { ?_unit a org:Organization ; rdfs:label ?name }"
_REFERENCE = re.compile(r"[a-z-]+(/[A-Za-z0-9.-]+)+")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: its short name, which the form sends, its label, and the group that it is listed under."""

    value: str
    label: str
    group: str = ""

    @property
    def iri(self) -> str:
        """Its IRI."""
        return names.iri(self.value)


class Mistaken(Exception):  # noqa: N818 - an answer, no fault
    """A field names nothing that can be chosen; the text is one sentence for the page."""


def programmes(wanted: Wanted) -> tuple[list[Choice], Choice]:
    """Return the programmes with inspections, newest first, and the newest under which standards have ratings."""
    rows = wanted.select(_PROGRAMMES)
    choices = [Choice(names.short(row["programme"]), row["programme label"]) for row in rows]
    return choices, next(choice for choice, row in zip(choices, rows, strict=True) if row["detailed"])


def regions(wanted: Wanted) -> list[Choice]:
    """Return the regions by name."""
    return [Choice(names.short(row["region"]), row["region label"]) for row in wanted.select(_REGIONS)]


def years(wanted: Wanted) -> list[Choice]:
    """Return the years from which inspections are recorded, newest first."""
    return [Choice(row["year"], row["year"]) for row in wanted.select(_YEARS)]


def units(wanted: Wanted) -> list[Choice]:
    """Return the bodies with a rating of any kind, by kind of body and name."""
    rows = wanted.select(_UNITS)
    return [Choice(names.short(row["unit"]), row["unit label"], row["class label"]) for row in rows]


def inspections(wanted: Wanted) -> list[Choice]:
    """Return the inspections with key question results, those with most first."""
    rows = wanted.select(_INSPECTIONS)
    return [Choice(names.short(row["inspection"]), row["inspection label"]) for row in rows]


def chosen(wanted: Wanted, name: str, choices: Sequence[Choice], default: Choice | None = None) -> Choice | None:
    """Return what a field names among choices, the default where it is empty.

    Raises:
        Mistaken: it names none of them.
    """
    value = names.short(wanted.one(name).strip())
    if not value:
        return default
    for choice in choices:
        if choice.value == value:
            return choice
    raise Mistaken(words(wanted.language)("ratings.unknown_" + name, value=value[:100]))


def body(wanted: Wanted, name: str, choices: Sequence[Choice]) -> Choice | None:
    """Return the body that a field names, also one without a rating.

    Raises:
        Mistaken: the graph knows no such body.
    """
    try:
        return chosen(wanted, name, choices)
    except Mistaken:
        value = names.short(wanted.one(name).strip())
        rows = wanted.select(_NAME, unit=value) if _REFERENCE.fullmatch(value) else []
        if not rows:
            raise
        return Choice(value, rows[0]["name"])
