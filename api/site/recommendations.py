"""Recommendations of inspections: to whom, on what, how far they were carried out, and which repeat earlier ones."""

from __future__ import annotations

from typing import Any

from api.site import listing
from api.site.listing import NOT_KNOWN, Choice, Filter, Filtered
from api.site.page import Page, Wanted, render
from api.site.reach import reach
from api.words import words
from kg import names

_PROGRESS = """{ SELECT DISTINCT ?statement WHERE {
    ?judged pko:assesses ?statement ; pko:progressLevel $ } }"""
_NOT_DONE = "not-shown-as-done"
_WITHOUT_PROGRESS = f"""MINUS {{
    ?judged pko:assesses ?statement ; pko:progressLevel <{names.VOCAB}progress/sufficient> }}"""
FILTERS = (
    Filter(
        "addressee",
        "?statement pko:addressedTo $ .",
        fixed={NOT_KNOWN: "MINUS { ?statement pko:addressedTo ?somebody }"},
    ),
    Filter(
        "inspection",
        "?statement pko:madeIn $ .",
        begins="inspection/",
        fixed={NOT_KNOWN: "MINUS { ?statement pko:madeIn ?some }"},
    ),
    Filter("theme", listing.THEME, begins="vocab/theme/"),
    Filter("year", listing.YEAR, kind="year", fixed={NOT_KNOWN: "FILTER(!BOUND(?report))"}),
    Filter(
        "progress",
        _PROGRESS,
        begins="vocab/progress/",
        fixed={NOT_KNOWN: "MINUS { ?judged pko:assesses ?statement }", _NOT_DONE: _WITHOUT_PROGRESS},
    ),
)
BASE = """?statement a pko:Recommendation ; pko:summary ?summary .
  OPTIONAL { ?statement pko:ordinal ?number }
  OPTIONAL { ?statement pko:madeIn ?inspection OPTIONAL { ?inspection pko:reportPublishedOn ?report } }"""
_ORDER = "ORDER BY DESC(STR(?report)) ?inspection ?number ?statement"
_SHOWN = (
    *("pko:summary", "pko:madeIn", "pko:addressedTo", "pko:aboutStandard", "pko:theme", "pko:ordinal"),
    *("pko:repeats", "pko:quotedAsEarlier", "pko:truncatedInSource", "skos:editorialNote"),
)


def table_query(asked: Filtered) -> str:
    """Return the query behind a list: one row a recommendation, all in words; an empty cell is not known."""
    return listing.query(f"""SELECT ?number (GROUP_CONCAT(DISTINCT ?body; separator="; ") AS ?addressee) ?summary
  (GROUP_CONCAT(DISTINCT ?subject; separator="; ") AS ?themes) (SAMPLE(?title) AS ?made_in) ?report
  (GROUP_CONCAT(DISTINCT ?level; separator="; ") AS ?progress) (SAMPLE(?still) AS ?still_required)
  (SAMPLE(?judged_on) AS ?progress_as_of) (SAMPLE(?repeated) AS ?repeats) (SAMPLE(?again) AS ?repeated_by) ?statement
WHERE {{
  {asked.where(BASE)}
  OPTIONAL {{ ?statement pko:addressedTo/rdfs:label ?body }}
  OPTIONAL {{ ?statement pko:theme/skos:prefLabel ?subject }}
  OPTIONAL {{ ?statement pko:madeIn/rdfs:label ?title }}
  OPTIONAL {{
    ?assessment pko:assesses ?statement ; pko:progressLevel/skos:prefLabel ?level .
    OPTIONAL {{ ?assessment pko:stillRequired ?still }}
    OPTIONAL {{ ?assessment pko:asOf ?judged_on }}
  }}
  OPTIONAL {{ ?statement pko:repeats ?repeated }}
  OPTIONAL {{ ?again pko:repeats ?statement }}
}}
GROUP BY ?statement ?number ?summary ?inspection ?report
{_ORDER}""")


def make(wanted: Wanted) -> bytes:
    """Make the page."""
    asked = listing.filtered(wanted, "/recommendations", FILTERS)
    lists = _lists(wanted)
    values: dict[str, Any] = {"asked": asked, "lists": listing.offered(wanted, asked, lists)}
    values["reach"] = reach(wanted, "pko:Recommendation", asked, lists)
    if not asked.wrong:
        values |= listing.page_of(wanted, asked, BASE, _ORDER, table_query(asked))
        values["shown"] = _recommendations(wanted, values["rows"], lists["standard"])
    return render("site_recommendations.html", wanted, **values)


def _lists(wanted: Wanted) -> dict[str, list[Choice]]:
    """Return what each field offers."""
    t = words(wanted.language)
    unknown = Choice(NOT_KNOWN, t("listing.not_known"))
    properties = {
        "addressee": "pko:addressedTo",
        "inspection": "pko:madeIn",
        "theme": "pko:theme",
        "standard": "pko:aboutStandard",
    }
    found = listing.choices(wanted, "pko:Recommendation", properties)
    return {
        "addressee": [*found["addressee"], unknown],
        "inspection": [*found["inspection"], unknown],
        "theme": found["theme"],
        "standard": found["standard"],
        "year": [*listing.years(wanted, "pko:Recommendation"), unknown],
        "progress": [
            Choice(_NOT_DONE, t("recommendations.not_done")),
            *listing.concepts(wanted, "vocab/progress"),
            unknown,
        ],
    }


def _recommendations(wanted: Wanted, rows: list[dict[str, Any]], standards: list[Choice]) -> list[dict[str, Any]]:
    """Return what is shown of each recommendation of a page."""
    reports = {row["iri"]: row["report"] for row in rows}
    said = listing.facts(wanted, reports, _SHOWN)
    sources = listing.sources(wanted, list(reports))
    progress, later = _progress(wanted, list(reports)), _later(wanted, list(reports))
    return [
        {
            "statement": each,
            "anchor": _anchor(each),
            "number": "".join(one.value for one in said[each]["pko:ordinal"][:1]),
            "summary": said[each]["pko:summary"][0].label,
            "addressees": said[each]["pko:addressedTo"],
            "inspections": said[each]["pko:madeIn"],
            "report": report,
            "standards": listing.coded(said[each]["pko:aboutStandard"], standards),
            "themes": said[each]["pko:theme"],
            "earlier": bool(said[each]["pko:quotedAsEarlier"]),
            "broken_off": bool(said[each]["pko:truncatedInSource"]),
            "sources": [one.label for one in sources[each]],
            "press": listing.press_alone(sources[each]),
            "progress": progress[each],
            "repeats": [(one, _anchor(one.value) if one.value in reports else "") for one in said[each]["pko:repeats"]],
            "repeated_by": [(one, _anchor(one.value) if one.value in reports else "") for one in later[each]],
            "notes": [one.label for one in said[each]["skos:editorialNote"]],
        }
        for each, report in reports.items()
    ]


def _anchor(statement: str) -> str:
    """Return where a recommendation stands within a page."""
    return names.short(statement).replace("/", "-")


def _progress(wanted: Wanted, statements: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the later judgements of progress on each recommendation."""
    rows = wanted.select(f"""SELECT ?statement ?assessment ?level ?still ?date ?inspection WHERE {{
  VALUES ?statement {{ {listing.values(statements)} }}
  ?assessment pko:assesses ?statement ; pko:progressLevel ?level .
  OPTIONAL {{ ?assessment pko:stillRequired ?still }} OPTIONAL {{ ?assessment pko:asOf ?date }}
  OPTIONAL {{ ?assessment pko:madeIn ?inspection }} }} ORDER BY ?date ?assessment""")
    found: dict[str, list[dict[str, Any]]] = {each: [] for each in statements}
    for row in rows:
        found[row["statement"]].append({**row, "level": row["level label"], "name": row.get("inspection label")})
    return found


def _later(wanted: Wanted, statements: list[str]) -> dict[str, list[Choice]]:
    """Return the later recommendations that repeat each one."""
    rows = wanted.select(f"""SELECT ?statement ?later WHERE {{
  VALUES ?statement {{ {listing.values(statements)} }} ?later pko:repeats ?statement }} ORDER BY ?later""")
    found: dict[str, list[Choice]] = {each: [] for each in statements}
    for row in rows:
        found[row["statement"]].append(Choice(row["later"], row["later label"]))
    return found


PAGE = Page("recommendations", make, (*(each.name for each in FILTERS), "page"))
