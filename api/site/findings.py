"""Findings of inspections: filtered, counted by theme, each with its evidence."""

from __future__ import annotations

from typing import Any

from api.site import listing
from api.site.listing import Choice, Filter, Filtered
from api.site.page import Page, Wanted, render
from api.site.reach import reach
from api.words import words
from kg import names

_REGION = """{ SELECT DISTINCT ?statement WHERE {
    { ?statement pko:madeIn/pko:inspects $ } UNION { ?statement pko:aboutUnit $ }
    UNION { ?statement pko:aboutUnit/^pko:affiliatedUnit/pko:parentUnit $ } } }"""
_SOURCE = """{ SELECT DISTINCT ?statement WHERE {
    ?document pko:sourceTier $ . ?passage oa:hasSource ?document .
    ?claim pko:inPassage ?passage . ?statement pko:evidencedBy ?claim } }"""
_POLARITIES = {
    "strength": "?statement a pko:Strength .",
    "improvement": "?statement a pko:AreaForImprovement .",
    "other": "MINUS { VALUES ?presented { pko:Strength pko:AreaForImprovement } ?statement a ?presented }",
}
FILTERS = (
    Filter("region", _REGION, begins="region/"),
    Filter("unit", "?statement pko:aboutUnit $ ."),
    Filter("inspection", "?statement pko:madeIn $ .", begins="inspection/"),
    Filter("standard", "?statement pko:aboutStandard $ .", begins="vocab/framework/"),
    Filter("theme", listing.THEME, begins="vocab/theme/"),
    Filter("polarity", "", kind="fixed", fixed=_POLARITIES),
    Filter("year", listing.YEAR, kind="year"),
    Filter("source", _SOURCE, begins="vocab/source-tier/"),
    Filter("words", listing.WORDS, kind="words"),
)
BASE = """?statement a pko:Finding ; pko:summary ?summary .
  OPTIONAL { ?statement pko:madeIn ?inspection OPTIONAL { ?inspection pko:reportPublishedOn ?report } }"""
# Whether the source leaves it open if something is a strength or a weakness, and the editors read that from its words.
_READ = f"?statement pko:evidencedBy/pko:claimMode <{names.VOCAB}claim-mode/editorial-polarity>"
_READ_OF = f"SELECT DISTINCT {listing.BARE} WHERE {{ VALUES ?statement {{ %s }} {_READ} }}"
_ORDER = "ORDER BY DESC(STR(?report)) ?inspection ?statement"
_SHOWN = (
    *("rdf:type", "pko:summary", "pko:madeIn", "pko:aboutUnit", "pko:aboutStandard", "pko:theme"),
    *("pko:partOfStatement", "pko:asOf", "skos:editorialNote"),
)


def table_query(asked: Filtered) -> str:
    """Return the query behind a list: one row a finding, all in words."""
    return listing.query(f"""SELECT (COALESCE(SAMPLE(?word), "other finding") AS ?polarity)
  (EXISTS {{ {_READ} }} AS ?read_so_by_editors) ?summary
  (GROUP_CONCAT(DISTINCT ?unit; separator="; ") AS ?about) (GROUP_CONCAT(DISTINCT ?code; separator="; ") AS ?standards)
  (GROUP_CONCAT(DISTINCT ?subject; separator="; ") AS ?themes) (SAMPLE(?title) AS ?made_in) ?report
  (GROUP_CONCAT(DISTINCT ?tier; separator="; ") AS ?sources) ?statement
WHERE {{
  {asked.where(BASE)}
  OPTIONAL {{
    VALUES (?class ?word) {{ (pko:Strength "strength") (pko:AreaForImprovement "area for improvement") }}
    ?statement a ?class
  }}
  OPTIONAL {{ ?statement pko:aboutUnit/rdfs:label ?unit }}
  OPTIONAL {{ ?statement pko:aboutStandard/skos:notation ?code }}
  OPTIONAL {{ ?statement pko:theme/skos:prefLabel ?subject }}
  OPTIONAL {{ ?statement pko:madeIn/rdfs:label ?title }}
  OPTIONAL {{ ?statement pko:evidencedBy/pko:inPassage/oa:hasSource/pko:sourceTier/skos:prefLabel ?tier }}
}}
GROUP BY ?statement ?summary ?inspection ?report
{_ORDER}""")


def make(wanted: Wanted) -> bytes:
    """Make the page."""
    asked = listing.filtered(wanted, "/findings", FILTERS)
    lists = _lists(wanted)
    values: dict[str, Any] = {"asked": asked, "lists": listing.offered(wanted, asked, lists)}
    values["reach"] = reach(wanted, "pko:Finding", asked, lists)
    if not asked.wrong:
        values |= listing.page_of(wanted, asked, BASE, _ORDER, table_query(asked))
        values["readings"] = _readings(wanted, asked)
        values["shown"] = _findings(wanted, values["rows"], lists["standard"])
    return render("site_findings.html", wanted, **values)


def _lists(wanted: Wanted) -> dict[str, list[Choice]]:
    """Return what each field offers."""
    t = words(wanted.language)
    properties = {
        "unit": "pko:aboutUnit",
        "inspection": "pko:madeIn",
        "standard": "pko:aboutStandard",
        "theme": "pko:theme",
    }
    found = listing.choices(wanted, "pko:Finding", properties)
    return {
        "region": _regions(wanted, found["unit"]),
        **found,
        "polarity": [Choice(each, t(f"findings.polarity_{each}")) for each in _POLARITIES],
        "year": listing.years(wanted, "pko:Finding"),
        "source": listing.concepts(wanted, "vocab/source-tier"),
    }


def _regions(wanted: Wanted, units: list[Choice]) -> list[Choice]:
    """Return the regions that units are or are part of."""
    rows = wanted.select(f"""SELECT DISTINCT ?region WHERE {{
  VALUES ?unit {{ {listing.values(names.iri(unit.value) for unit in units)} }}
  ?unit (^pko:affiliatedUnit/pko:parentUnit)? ?region . ?region a pko:ProbationRegion }}""")
    return sorted(Choice(names.short(row["region"]), row["region label"]) for row in rows)


def _findings(wanted: Wanted, rows: list[dict[str, Any]], standards: list[Choice]) -> list[dict[str, Any]]:
    """Return what is shown of each finding of a page."""
    reports = {row["iri"]: row["report"] for row in rows}
    said, sources = listing.facts(wanted, reports, _SHOWN), listing.sources(wanted, list(reports))
    read = {row["iri"] for row in wanted.select(_READ_OF % listing.values(reports))}
    return [
        {
            "statement": each,
            "polarity": _polarity(said[each]["rdf:type"]),
            "read": each in read,
            "summary": said[each]["pko:summary"][0].label,
            "inspections": said[each]["pko:madeIn"],
            "report": report,
            "units": said[each]["pko:aboutUnit"],
            "standards": listing.coded(said[each]["pko:aboutStandard"], standards),
            "themes": said[each]["pko:theme"],
            "wholes": said[each]["pko:partOfStatement"],
            "dates": [one.value for one in said[each]["pko:asOf"]],
            "notes": [one.label for one in said[each]["skos:editorialNote"]],
            "sources": [one.label for one in sources[each]],
            "press": listing.press_alone(sources[each]),
        }
        for each, report in reports.items()
    ]


def _readings(wanted: Wanted, asked: Filtered) -> dict[str, dict[str, int]]:
    """Count the strengths and areas for improvement of a list, and those that the editors read so themselves."""
    rows = wanted.select(f"""SELECT ?word (COUNT(DISTINCT ?statement) AS ?total) (COUNT(DISTINCT ?by_editors) AS ?read)
WHERE {{
  {asked.where(BASE)}
  VALUES (?class ?word) {{ (pko:Strength "strength") (pko:AreaForImprovement "improvement") }}
  ?statement a ?class
  OPTIONAL {{ {_READ} BIND(?statement AS ?by_editors) }}
}} GROUP BY ?word""")
    return {row["word"]: row for row in rows}


def _polarity(classes: list[Choice]) -> str:
    """Return the word for what a finding is read as."""
    kinds = {names.short(each.value) for each in classes}
    return "strength" if "pko:Strength" in kinds else "improvement" if "pko:AreaForImprovement" in kinds else "other"


PAGE = Page("findings", make, (*(each.name for each in FILTERS), "page"))
