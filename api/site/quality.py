"""/quality: what the shapes find in the dataset that is served, in plain words; how old and how complete it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from api.site.dates import DATED
from api.site.page import Page, Wanted, read, render
from kg import names
from kg.validate.engines import compiled, outcome
from kg.validate.report import Finding, findings_of
from kg.validate.run import load_shapes, reported

_OFFICES = """SELECT ?region (COUNT(DISTINCT ?office) AS ?offices) (COUNT(DISTINCT ?known) AS ?with_unit)
  (COUNT(DISTINCT ?placed) AS ?with_area) WHERE {
  ?office a pko:ProbationOffice ; pko:servesRegion ?region
  OPTIONAL { ?office pko:officeOf ?unit BIND(?office AS ?known) }
  OPTIONAL { ?office pko:locatedIn ?area BIND(?office AS ?placed) }
} GROUP BY ?region ORDER BY ?region"""
_REPORTS = f"""SELECT DISTINCT ?region ?inspection ?whole ?published ?date ?dated WHERE {{
  ?region a pko:ProbationRegion
  {{ ?inspection pko:inspects ?region }}
  UNION {{ ?unit org:subOrganizationOf ?region . ?inspection pko:inspects ?unit }}
  OPTIONAL {{ ?inspection pko:partOfInspection ?whole }}
  OPTIONAL {{ ?rating a pko:OverallRating ; pko:madeIn ?inspection ; pko:asOf ?as_of }}
  {DATED}
}} ORDER BY ?region DESC(?date) ?inspection"""
_REGISTERS = """SELECT ?region ?kind (MAX(STR(?on)) AS ?newest) WHERE {
  ?region a pko:ProbationRegion
  { ?thing pko:servesRegion ?region ; a pko:ProbationOffice BIND("offices" AS ?kind) }
  UNION { ?thing org:subOrganizationOf ?region ; a pko:ProbationDeliveryUnit BIND("units" AS ?kind) }
  UNION { ?thing pko:contractArea ?region ; a pko:ServiceContract BIND("contracts" AS ?kind) }
  ?thing pko:evidencedBy ?row . ?row pko:rowSource ?source . ?source pko:asOf ?on
} GROUP BY ?region ?kind"""
_WHERE = """SELECT DISTINCT ?thing ?unit ?source WHERE {
  VALUES ?thing { THINGS }
  OPTIONAL { { ?thing pko:servesRegion ?unit } UNION { ?thing pko:aboutUnit ?unit } UNION { ?thing pko:ofUnit ?unit }
    UNION { ?thing pko:addressedTo ?unit }
    UNION { ?thing pko:inspects ?unit
      FILTER NOT EXISTS { ?thing pko:inspects ?region . ?unit org:subOrganizationOf ?region } }
    UNION { ?thing pko:madeIn ?inspection . ?inspection pko:inspects ?unit
      FILTER NOT EXISTS { VALUES ?names { pko:aboutUnit pko:ofUnit pko:addressedTo } ?thing ?names ?named }
      FILTER NOT EXISTS { ?inspection pko:inspects ?region . ?unit org:subOrganizationOf ?region } }
    UNION { ?thing pko:contractArea ?unit } UNION { ?fieldwork_of pko:hasFieldwork ?thing ; pko:inspects ?unit } }
  OPTIONAL { ?thing pko:evidencedBy ?evidence .
    { ?evidence pko:inTable ?source } UNION { ?evidence pko:inPassage/oa:hasSource ?source } }
}"""
# Figures of completeness: a named query, and the column whose different values are counted.
_FIGURES = (
    ("inspections-without-a-rating", "inspection"),
    ("units-never-inspected", "unit"),
    ("services-without-a-contract", "statement"),
    ("statements-known-from-press-alone", "statement"),
    ("rows-of-low-quality", "row"),
    ("percentages-that-fit-no-count", "statement"),
    ("discrepancies", "discrepancy"),
)
_IRI = re.compile(r"https?://[A-Za-z0-9/._#-]{1,200}")
_TERM = re.compile(r"\b([a-z]+):([A-Za-z]+)\b")
_AT_ONCE = 50  # things that one query names; a query has a greatest length
_KINDS = ("units", "offices", "contracts")
for _name, _ in _FIGURES:
    read(_name)


@dataclass(frozen=True, slots=True)
class Kind:
    """Findings of one shape in the same words: the severity, what it asks for, and the things in question."""

    severity: str
    shape: str
    message: str
    findings: tuple[Finding, ...]

    @property
    def finding(self) -> str:
        """What was found, without how to mend it: the message up to its colon."""
        found, colon, _ = self.message.partition(": ")
        return f"{found}." if colon else found

    @property
    def mending(self) -> str:
        """How to mend it, "" where the message does not say."""
        return self.message.partition(": ")[2]


def make(wanted: Wanted) -> bytes:
    """Make the page, of what the build's own check found, or else of a check made now, which takes a second or two."""
    findings = findings_of(wanted.report) if wanted.report else _checked(wanted)
    counts = Counter(finding.severity for finding in findings)
    units, sources = _spread(wanted, findings)
    return render(
        "site_quality.html",
        wanted,
        conforms=not counts["Violation"],
        counts=counts,
        kinds=_by_kind(findings),
        in_words=lambda text: _in_words(wanted, text),
        units=units,
        sources=sources,
        ages=_ages(wanted),
        offices=wanted.select(_OFFICES),
        figures=[(name, _different(wanted, name, column)) for name, column in _FIGURES],
    )


def _in_words(wanted: Wanted, text: str) -> str:
    """Return how to mend something with terms of the data model by their labels: “office of” for pko:officeOf."""
    terms = {name[0]: names.PREFIXES[name[1]] + name[2] for name in _TERM.finditer(text) if name[1] in names.PREFIXES}
    labels = wanted.store.labels(terms.values())
    said = {name: labels.get(iri) or names.PROPERTY_WORDS.get(name) for name, iri in terms.items()}
    return _TERM.sub(lambda name: f"“{said[name[0]]}”" if said.get(name[0]) else name[0], text)


@cache
def shapes() -> Any:
    """Return the shapes, compiled; called at the start, for a worker cannot open a file."""
    return compiled(load_shapes())


def _checked(wanted: Wanted) -> tuple[Finding, ...]:
    return reported(outcome(shapes(), wanted.store.triples_text()), wanted.store).findings


def _by_kind(findings: Iterable[Finding]) -> list[Kind]:
    """Gather the findings that say the same, the gravest and then the most frequent first."""
    found: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for each in findings:
        found[each.severity, each.shape, each.message].append(each)
    order = {"Violation": 0, "Warning": 1, "Info": 2}
    kinds = [Kind(*name, tuple(members)) for name, members in found.items()]
    return sorted(kinds, key=lambda kind: (order.get(kind.severity, 3), -len(kind.findings), kind.shape))


def _spread(wanted: Wanted, findings: tuple[Finding, ...]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the number of findings by unit and by source; one of no unit or source counts under None."""
    things = sorted({each.focus for each in findings if _IRI.fullmatch(each.focus)})
    parts = [" ".join(f"<{thing}>" for thing in things[at : at + _AT_ONCE]) for at in range(0, len(things), _AT_ONCE)]
    rows = [row for part in parts for row in wanted.select(_WHERE.replace("THINGS", part))]
    return _counted(findings, rows, "unit"), _counted(findings, rows, "source")


def _counted(findings: Iterable[Finding], rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    places: Mapping[str, dict[str | None, str]] = defaultdict(dict)
    for row in rows:
        if row[column]:
            places[row["thing"]][row[column]] = str(row.get(f"{column} label") or "")
    numbers: dict[str | None, Counter[str]] = defaultdict(Counter)
    labels: dict[str | None, str] = {}
    for finding in findings:
        known = places.get(finding.focus) or {None: ""}
        labels |= known
        for place in known:
            numbers[place][finding.severity] += 1
    ordered = sorted(numbers.items(), key=lambda each: (each[0] is None, -each[1].total(), labels[each[0]] or ""))
    return [{"iri": place, "label": labels[place], "counts": counts} for place, counts in ordered]


def _ages(wanted: Wanted) -> list[dict[str, Any]]:
    """Return, by region, the newest report, inspections that may be newer, and of when the newest registers are."""
    found: dict[str, dict[str, Any]] = {}
    for region, rows in groupby(wanted.select(_REPORTS), key=lambda row: row["region"]):
        kept = list(rows)
        found[region] = {"label": kept[0]["region label"], **_newest(kept)}
    for row in wanted.select(_REGISTERS):
        found.setdefault(row["region"], {"label": row["region label"]})[row["kind"]] = row["newest"]
    ages = [
        {"iri": region, "report": None, "later": [], **dict.fromkeys(_KINDS), **known}
        for region, known in found.items()
    ]
    return sorted(ages, key=lambda each: str(each["label"]))


def _newest(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the date of the newest report, and the inspections whose dates do not show that they are older.

    Parts of an inspection stand behind its own report, and so are not listed beside it.
    """
    newest = max((row["published"] for row in rows if row["published"]), default="")
    wholes = {row["inspection"] for row in rows if newest and row["published"] == newest}
    others = {row["inspection"]: row for row in rows if row["published"] != newest and row["whole"] not in wholes}
    return {"report": newest, "later": [row for row in others.values() if _may_be_later(row["date"], newest)]}


def _may_be_later(date: str | None, newest: str) -> bool:
    """Tell whether a date is later than another, or too coarse to tell.

    >>> [_may_be_later(date, "2025-06-12") for date in ("2025", "2025-03", "2026", None)]
    [True, False, True, True]
    """
    return not date or date >= newest[: len(date)]


def _different(wanted: Wanted, name: str, column: str) -> int:
    return len({row[column] for row in wanted.ask(name).dicts()})


PAGE = Page("quality", make)
