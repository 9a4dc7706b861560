"""What the pages of ratings ask of the graph, and how the rows become tables: matrix, history, comparison, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlencode

from api.known import MARKS, known
from api.site.dates import DATED
from api.site.page import PREFIXES, Wanted
from api.site.rating_known import Fields

# A rating is of the year in which its report appeared, else of the year that its source gives.
_YEAR = "BIND(SUBSTR(STR(COALESCE(?published, ?as_of)), 1, 4) AS ?year)"
_RATINGS = (
    """SELECT DISTINCT ?framework ?unit ?unit_name ?inspection ?date ?dated ?year ?kind ?code ?standard_name
  ?rating ?rating_name ?known ?score ?maximum ?note ?remark ?statement
WHERE {
  {
    ?inspection pko:underProgramme %(programme)s .
    ?statement pko:madeIn ?inspection ; pko:hasRating ?rating ; pko:aboutUnit ?unit ; a ?kind .
    FILTER(?kind IN (pko:OverallRating, pko:StandardRating))
    ?rating skos:prefLabel ?rating_name .
    OPTIONAL { ?statement pko:aboutStandard ?standard . ?standard skos:notation ?code ; skos:prefLabel ?standard_name }
    OPTIONAL { ?statement pko:asOf ?as_of }
    """
    + known()
    + """
    OPTIONAL { ?statement pko:score ?score ; pko:maxScore ?maximum }
    OPTIONAL { SELECT ?statement (GROUP_CONCAT(?words; separator=" ") AS ?note)
      WHERE { ?statement pko:hasRating ?any ; skos:editorialNote ?words } GROUP BY ?statement }
  } UNION {
    ?inspection pko:underProgramme %(programme)s ; pko:inspects ?unit .
    FILTER NOT EXISTS { ?overall a pko:OverallRating ; pko:madeIn ?inspection }
  }
  ?unit rdfs:label ?unit_name .
  %(more)s
  OPTIONAL { ?inspection pko:usesFramework ?framework }
  """
    + DATED
    + """
  OPTIONAL { SELECT ?inspection (GROUP_CONCAT(?said; separator=" ") AS ?remark)
    WHERE { ?inspection a pko:Inspection ; skos:editorialNote ?said } GROUP BY ?inspection }
  """
    + _YEAR
    + """
  %(filter)s
}
ORDER BY ?framework ?unit_name ?date ?inspection ?kind ?code"""
)
_IN_REGION = """FILTER(?unit = %(region)s
    || EXISTS { ?affiliation pko:affiliatedUnit ?unit ; pko:parentUnit %(region)s }
    || EXISTS { ?unit pko:replacedBy %(region)s })"""
_STANDARDS = """SELECT DISTINCT ?framework ?code ?standard ?verification WHERE {
  ?standard a pko:Standard ; pko:inFramework ?framework ; skos:notation ?code .
  OPTIONAL { ?standard pko:verificationStatus ?verification }
} ORDER BY ?framework ?code"""
_COUNTS = (
    """SELECT ?programme ?programme_name ?class ?year ?rating ?rating_name (COUNT(DISTINCT ?statement) AS ?number)
  (COUNT(DISTINCT ?unreported) AS ?by_rating) (COUNT(DISTINCT ?of_derived) AS ?derived)
  (COUNT(DISTINCT ?of_second_hand) AS ?second_hand) (COUNT(DISTINCT ?of_unconfirmed) AS ?unconfirmed)
WHERE {
  %(programme)s
  ?statement a pko:OverallRating ; pko:hasRating ?rating ; pko:madeIn ?inspection ; pko:aboutUnit ?unit .
  ?rating skos:prefLabel ?rating_name .
  ?inspection pko:underProgramme ?programme .
  ?programme rdfs:label ?programme_name ; pko:startedIn ?started .
  VALUES ?class { pko:ProbationDeliveryUnit pko:ProbationRegion pko:CommunityRehabilitationCompany
    pko:NationalProbationServiceDivision pko:InternalBody }
  ?unit a ?class .
  %(more)s
  OPTIONAL { ?inspection pko:reportPublishedOn ?published }
  OPTIONAL { ?statement pko:asOf ?as_of }
  BIND(IF(BOUND(?published), ?nothing, ?statement) AS ?unreported)
  """
    + known()
    + """
  BIND(IF(?known = "derived", ?statement, ?nothing) AS ?of_derived)
  BIND(IF(?known = "second-hand", ?statement, ?nothing) AS ?of_second_hand)
  BIND(IF(?known = "unconfirmed", ?statement, ?nothing) AS ?of_unconfirmed)
  """
    + _YEAR
    + """
  %(filter)s
}
GROUP BY ?programme ?programme_name ?started ?class ?year ?rating ?rating_name
ORDER BY DESC(STR(?started)) ?class ?year ?rating"""
)
_RESULTS = (
    """SELECT DISTINCT ?standard ?standard_code ?code ?question ?question_name ?percentage ?cases ?drives ?rating
  ?known ?rating_statement ?statement
WHERE {
  VALUES ?inspection { %(inspection)s }
  ?statement a pko:KeyQuestionResult ; pko:madeIn ?inspection ; pko:aboutKeyQuestion ?question ;
    pko:percentage ?percentage .
  ?question skos:notation ?code ; skos:prefLabel ?question_name ; pko:keyQuestionOf ?standard .
  ?standard skos:notation ?standard_code .
  OPTIONAL { ?statement pko:drivesRating ?drives }
  OPTIONAL { ?statement pko:onSample ?sample . ?sample pko:sampleSize ?cases }
  OPTIONAL {
    ?rating_statement a pko:StandardRating ; pko:madeIn ?inspection ; pko:aboutStandard ?standard ;
      pko:hasRating ?rating
    """
    + known("rating_statement")
    + """
  }
} ORDER BY ?code ?statement"""
)
# Ratings on single matters by unit; those that an inspection of a region gives its units belong to theirs, too.
_MATTERS = """SELECT ?unit ?inspection (COUNT(DISTINCT ?statement) AS ?matters) WHERE {
  ?statement a pko:TopicRating ; pko:aboutUnit ?unit ; pko:madeIn ?in .
  { ?in pko:inspects ?unit BIND(?in AS ?inspection) }
  UNION { ?inspection pko:partOfInspection ?in ; pko:inspects ?unit }
} GROUP BY ?unit ?inspection"""
_ELSEWHERE = (
    """SELECT ?programme (COUNT(DISTINCT ?statement) AS ?number) WHERE {
  ?statement a pko:OverallRating ; pko:aboutUnit ?unit ; pko:madeIn ?inspection .
  ?inspection pko:underProgramme ?programme . ?programme pko:startedIn ?started .
  %(more)s
  OPTIONAL { ?inspection pko:reportPublishedOn ?published }
  OPTIONAL { ?statement pko:asOf ?as_of }
  """
    + _YEAR
    + """
  %(filter)s
} GROUP BY ?programme ?started ORDER BY DESC(STR(?started))"""
)
_DISPUTED = """SELECT DISTINCT ?statement ?discrepancy ?note WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?statement .
  ?statement a pko:Judgement .
  OPTIONAL { ?discrepancy pko:resolutionNote ?note }
} ORDER BY ?discrepancy"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its rows: what is shown, asked for and downloaded is one text.

    Attributes:
        rows: the answer, with labels beside IRIs.
        query: address of the query in the form where it can be changed.
        csv: address of the same rows as CSV.
    """

    rows: list[Fields]
    query: str
    csv: str


def ask(wanted: Wanted, text: str, name: str) -> Asked:
    """Ask a query of this module's own; its file has a name."""
    used = "".join(line for line in PREFIXES.splitlines(True) if re.search(rf"\b{line.split()[1]}", text))
    address = "/sparql?" + urlencode({"query": used + text})
    return Asked(wanted.select(text), address, f"{address}&name={name}&format=csv")


def ask_named(wanted: Wanted, question: str, **values: str) -> Asked:
    """Ask a named query."""
    address = f"/queries/{question}"
    return Asked(
        wanted.ask(question, **values).dicts(),
        "?".join(filter(None, (address, urlencode(values)))),
        f"{address}?{urlencode({**values, 'format': 'csv'})}",
    )


def ratings(wanted: Wanted, programme: str, region: str = "", year: str = "", units: Sequence[str] = ()) -> Asked:
    """Return the ratings under a programme and its inspections without one; all are IRIs but the year.

    They were found in the graph: nothing that a stranger wrote comes into the text of a query.
    """
    more = _IN_REGION % {"region": f"<{region}>"} if region else ""
    if units:
        more += f"VALUES ?unit {{ {' '.join(f'<{unit}>' for unit in units)} }}"
    asked = {"programme": f"<{programme}>", "more": more, "filter": _of_year(year)}
    return ask(wanted, _RATINGS % asked, "ratings")


def counts(wanted: Wanted, programme: str, region: str, year: str) -> Asked:
    """Return the numbers of overall ratings by programme, kind of body and year; "" is any."""
    only = f"VALUES ?programme {{ <{programme}> }}" if programme else ""
    more = _IN_REGION % {"region": f"<{region}>"} if region else ""
    asked = {"programme": only, "more": more, "filter": _of_year(year)}
    return ask(wanted, _COUNTS % asked, "ratings-counted")


def results(wanted: Wanted, inspection: str) -> Asked:
    """Return the key question results of an inspection."""
    return ask(wanted, _RESULTS % {"inspection": f"<{inspection}>"}, "key-questions")


def disputed(wanted: Wanted) -> dict[str, list[Fields]]:
    """Return the disagreements of sources by the rating or result that they are about."""
    found: dict[str, list[Fields]] = {}
    for row in wanted.select(_DISPUTED):
        found.setdefault(row["statement"], []).append(row)
    return found


def matters(wanted: Wanted) -> dict[tuple[str, str], int]:
    """Return how many single matters were rated, by unit and its inspection."""
    return {(row["unit"], row["inspection"]): row["matters"] for row in wanted.select(_MATTERS)}


def elsewhere(wanted: Wanted, region: str, year: str) -> list[Fields]:
    """Return the programmes with overall ratings of a region or year, newest first, and how many."""
    more = _IN_REGION % {"region": f"<{region}>"} if region else ""
    return wanted.select(_ELSEWHERE % {"more": more, "filter": _of_year(year)})


def _of_year(year: str) -> str:
    return f'FILTER(?year = "{year}")' if year else ""


@dataclass(slots=True)
class Line:
    """An inspection of a unit in a table.

    Attributes:
        first: the row that tells of unit, inspection and dates.
        overall: the row of the overall rating, None where none is recorded.
        cells: rows of ratings on standards by code.
    """

    first: Fields
    overall: Fields | None = None
    cells: dict[str, Fields] = field(default_factory=dict)

    def notes(self) -> list[tuple[str, str]]:
        """Return what the editors remark: codes that it is about ("" for all of it), and the remark."""
        found: dict[str, list[str]] = {}
        for code, row in [("", self.overall or {}), *self.cells.items()]:
            if row.get("note"):
                found.setdefault(row["note"], []).append(code)
        notes = [(", ".join(filter(None, codes)), note) for note, codes in found.items()]
        return [*notes, ("", self.first["remark"])] if self.first["remark"] else notes


@dataclass(frozen=True, slots=True)
class Matrix:
    """Units and standards of one framework; framework "" where none is recorded."""

    framework: str
    label: str
    standards: list[Fields]
    lines: list[Line]


def matrices(wanted: Wanted, rows: Iterable[Fields]) -> list[Matrix]:
    """Return one table a framework: what was judged by different standards never shares one."""
    grouped: dict[str, dict[tuple[str, str], Line]] = {}
    labels: dict[str, str] = {}
    for row in rows:
        framework = row["framework"] or ""
        labels[framework] = row.get("framework label") or ""
        line = grouped.setdefault(framework, {}).setdefault((row["unit"], row["inspection"]), Line(row))
        if row["code"]:
            line.cells[row["code"]] = row
        elif row["statement"]:
            line.overall = row
    standards: dict[str, list[Fields]] = {}
    for row in wanted.select(_STANDARDS):
        standards.setdefault(row["framework"], []).append(row)
    return [Matrix(each, labels[each], standards.get(each, []), [*lines.values()]) for each, lines in grouped.items()]


@dataclass(frozen=True, slots=True)
class Period:
    """Ratings in a row that may be compared: under one programme and one framework."""

    first: Fields
    rows: list[Fields]


def periods(rows: Iterable[Fields]) -> list[Period]:
    """Split a history where the programme or framework changes; without a framework nothing may be compared."""
    once = {row["statement"]: row for row in rows}.values()
    runs = [list(run) for _, run in groupby(once, lambda row: (row["programme"], row["framework"] or row["statement"]))]
    return [Period(run[0], run) for run in runs]


@dataclass(frozen=True, slots=True)
class Spread:
    """Overall ratings of one kind of body under one programme, by year."""

    first: Fields
    years: dict[str, list[Fields]]

    def most(self) -> int:
        """Return the number of ratings in the year that has most: the length of the longest bar."""
        return max(self.total(year) for year in self.years)

    def total(self, year: str) -> int:
        """Return the number of ratings in a year."""
        return sum(row["number"] for row in self.years[year])

    def marks(self, year: str, rating: str) -> list[tuple[str, int]]:
        """Return each mark that ratings of a year bear, and how many bear it."""
        rows = [row for row in self.years[year] if row["rating"] == rating]
        found = [(mark, sum(row[mark.replace("-", "_")] for row in rows)) for mark in MARKS]
        return [(mark, count) for mark, count in found if count]

    def scale(self) -> dict[str, str]:
        """Return the labels of the ratings that occur, by IRI, best first."""
        found = {row["rating"]: row["rating label"] for found in self.years.values() for row in found}
        return {rating: found[rating] for rating in sorted(found, key=_rank)}

    def number(self, year: str, rating: str) -> int:
        """Return how often a rating was given in a year."""
        return sum(row["number"] for row in self.years[year] if row["rating"] == rating)

    def segments(self, year: str) -> Iterator[tuple[float, float, str]]:
        """Yield start, width (in hundredths of the longest bar) and rating of each part of a year's bar."""
        start = 0.0
        for row in self.years[year]:
            width = 100 * row["number"] / self.most()
            yield round(start, 2), round(width, 2), row["rating"]
            start += width


_BEST_FIRST = ("outstanding", "good", "requires-improvement", "inadequate")


def _rank(rating: str) -> int:
    return _BEST_FIRST.index(rating.rpartition("/")[2])


def spreads(rows: Iterable[Fields]) -> list[Spread]:
    """Return the numbers by programme and kind of body: bodies of different kinds are never added up."""
    found: list[Spread] = []
    for _, run in groupby(rows, lambda row: (row["programme"], row["class"])):
        years: dict[str, list[Fields]] = {}
        ordered = sorted(run, key=lambda row: (row["year"] or "", _rank(row["rating"])))
        for row in ordered:
            years.setdefault(row["year"] or "", []).append(row)
        found.append(Spread(ordered[0], years))
    return found
