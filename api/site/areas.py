"""The page of places: which delivery unit serves a place, how that is known, and which courts and offices lie there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from api.disputes import disputes_of
from api.site.page import PREFIXES, Page, Wanted, read, render
from api.words import words
from kg import names
from kg.errors import QuestionError
from kg.store import Table

_NAMES = f"""SELECT DISTINCT ?area ?type ?name WHERE {{
  ?area a pko:Area ; rdfs:label|skos:altLabel|skos:hiddenLabel|pko:gssCode ?name .
  FILTER(?area != <{names.ID}place/unspecified-county>)
  OPTIONAL {{ ?area pko:areaType ?type }} }}"""
_TOWNS = """SELECT DISTINCT ?area ?site ?words WHERE {
  { ?site a pko:Court } UNION { ?site a pko:ProbationOffice }
  ?site pko:locatedIn ?area ; rdfs:label|pko:town|pko:address ?words }"""
_OF_AREAS = """SELECT ?area ?type ?site WHERE {
  VALUES (?area ?site) { PAIRS } ?area a pko:Area . OPTIONAL { ?area pko:areaType ?type } }"""
_ABOUT = """SELECT ?_area ?type ?code ?county ?nation ?police_area ?region ?same ?wide ?row WHERE {
  ?_area a pko:Area .
  OPTIONAL { ?_area pko:areaType ?type } OPTIONAL { ?_area pko:gssCode ?code } OPTIONAL { ?_area pko:county ?county }
  OPTIONAL { ?_area pko:nation ?nation } OPTIONAL { ?_area pko:inPoliceArea ?police_area }
  OPTIONAL { ?_area rdfs:label ?name . ?same a pko:ProbationRegion ; rdfs:label ?name }
  BIND(EXISTS { ?within pko:nation ?_area } AS ?wide)
  OPTIONAL { ?_area pko:inPoliceArea?/pko:servesRegion ?region } OPTIONAL { ?_area pko:evidencedBy ?row }
} ORDER BY ?row LIMIT 1"""
# The districts of a county or police area with the units that serve them today, each as of a day.
_DISTRICTS = f"""SELECT DISTINCT ?_area ?district ?unit ?extent ?statement ?as_of WHERE {{
  ?district pko:county|pko:inPoliceArea ?_area ; pko:areaType ?type .
  OPTIONAL {{
    ?statement pko:coveredArea ?district ; pko:coveringUnit ?unit ; pko:coverageExtent ?extent .
    ?unit pko:unitStatus ?status FILTER(?status != <{names.VOCAB}unit-status/ended>)
    OPTIONAL {{ ?statement pko:asOf ?told }}
    OPTIONAL {{ ?statement pko:evidencedBy/pko:rowSource/pko:asOf ?listed }}
    BIND(COALESCE(?told, ?listed) AS ?as_of) }} }}"""
# Who says that a unit serves a place: in a document, or in a register; and what editors note of it.
_SAYS = f"""SELECT DISTINCT ?_area ?statement ?agent ?source ?doubtful ?note WHERE {{
  ?statement pko:coveredArea ?_area ; pko:evidencedBy ?evidence .
  {{ ?evidence pko:claimedBy ?agent }} UNION {{ ?evidence pko:rowSource ?source }}
  BIND(EXISTS {{ ?evidence pko:rowQuality <{names.VOCAB}quality/c> }} AS ?doubtful)
  OPTIONAL {{ ?statement skos:editorialNote ?note }} }} ORDER BY ?statement ?agent ?source"""
_PLACED = """SELECT (COUNT(DISTINCT ?office) AS ?all) (COUNT(DISTINCT ?placed) AS ?known) WHERE {
  ?office a pko:ProbationOffice OPTIONAL { ?office pko:locatedIn ?area BIND(?office AS ?placed) } }"""
_ENDED = f"""SELECT DISTINCT ?_area ?unit ?extent ?statement WHERE {{
  ?statement pko:coveredArea ?_area ; pko:coveringUnit ?unit ; pko:coverageExtent ?extent .
  ?unit pko:unitStatus <{names.VOCAB}unit-status/ended> }} ORDER BY ?unit"""
_COURTS = f"""SELECT DISTINCT ?_area ?court ?kind ?status ?row WHERE {{
  ?court pko:locatedIn ?_area ; a pko:Court ; pko:courtType ?kind ; pko:openStatus ?status ; pko:evidencedBy ?row .
  ?row pko:inTable <{names.ID}table/courts> }} ORDER BY DESC(?status) ?court"""
_OFFICES = f"""SELECT DISTINCT ?_area ?office ?address ?postcode ?unit ?row WHERE {{
  ?office pko:locatedIn ?_area ; a pko:ProbationOffice ; pko:evidencedBy ?row .
  ?row pko:inTable <{names.ID}table/offices> .
  OPTIONAL {{ ?office pko:address ?address }} OPTIONAL {{ ?office pko:postcode ?postcode }}
  OPTIONAL {{ ?office pko:officeOf ?unit }} }} ORDER BY ?office"""
_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?(\s*\d[A-Za-z]{2})?")
_MOST_CHOICES = 30
_SAYERS = ("agent", "source")
_SERVES = "unit-that-serves-a-district"
read(_SERVES)

Row = dict[str, Any]


def make(wanted: Wanted) -> bytes:
    """Return the page: the form, and what is known of the place, or the places that a name may mean."""
    asked, area = wanted.one("place").strip(), wanted.one("area")
    choices = places(wanted, asked) if asked and not area else []
    if len(choices) == 1 and not choices[0]["site"]:
        area = names.short(choices[0]["area"])
    place = _place(wanted, area) if area else None
    problem = ""
    if area and place is None:
        problem = words(wanted.language)("areas.no_area", value=area[:80])
    elif asked and not choices and not area:
        problem = _nothing(wanted, asked)
        choices = [] if _POSTCODE.fullmatch(asked) else alike(wanted, asked)
    listed = [] if place else choices
    values = {"choices": listed[:_MOST_CHOICES], "more": max(0, len(listed) - _MOST_CHOICES), "place": place}
    return render("site_areas.html", wanted, asked=asked, problem=problem, **values)


def _nothing(wanted: Wanted, asked: str) -> str:
    """Return one sentence on a name that no place bears."""
    key = "areas.postcode" if _POSTCODE.fullmatch(asked) else "areas.nothing"
    return words(wanted.language)(key, value=asked[:80])


def places(wanted: Wanted, asked: str) -> list[Row]:
    """Return the places that a name may mean: those of that name, with it, or with a site there.

    Returns:
        rows with area, type and site; site is the court or office through which a town was found, None otherwise.
    """
    plain = _plain(asked)
    if not plain:
        return []
    known = _plainly(wanted, _NAMES)
    found = [row for row in known if row[2] == plain] or [row for row in known if _within(plain, row[2])]
    if not found:
        towns = [row for row in _plainly(wanted, _TOWNS) if _within(plain, row[2])]
        return _labelled(wanted, {area: site for area, site, _ in reversed(towns)})
    return _labelled(wanted, {area: "" for area, _, _ in found})


def alike(wanted: Wanted, asked: str) -> list[Row]:
    """Return the places whose names are like a misspelt one; they are offered, never taken for it."""
    known = _plainly(wanted, _NAMES)
    close = get_close_matches(_plain(asked), {row[2] for row in known}, n=5, cutoff=0.8)
    return _labelled(wanted, {area: "" for area, _, name in known if name in close})


def _plainly(wanted: Wanted, text: str) -> list[tuple[str, str, str]]:
    """Return area, type or site, and the plain name of each row, without looking up labels of hundreds of rows."""
    table = wanted.store.query(PREFIXES + text)
    assert isinstance(table, Table)
    rows = ((area, more, name) for area, more, name in table.rows if area and name)
    return [(area.value, more.value if more else "", _plain(name.value)) for area, more, name in rows]


def _within(words_asked: str, name: str) -> bool:
    """Tell whether a plain name holds the plain words, in order and whole."""
    return f" {words_asked} " in f" {name} "


def _labelled(wanted: Wanted, areas: dict[str, str]) -> list[Row]:
    """Return area, type and site with labels for areas (each with the site that led to it); police areas come last."""
    if not areas:
        return []
    pairs = " ".join(f"(<{area}> {f'<{site}>' if site else 'UNDEF'})" for area, site in areas.items())
    rows = wanted.select(_OF_AREAS.replace("PAIRS", pairs))
    return sorted(rows, key=lambda row: ("police-area" in str(row["type"]), row["area label"] or ""))


def _plain(text: str) -> str:
    """Return a name without case and punctuation.

    >>> _plain("King's Lynn & West Norfolk")
    'kings lynn and west norfolk'
    """
    spaced = text.casefold().replace("&", " and ").replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w]+", " ", spaced).split())


def _place(wanted: Wanted, area: str) -> Row | None:
    """Return all that is known of a place; None where there is no such place."""
    try:
        about = wanted.select(_ABOUT, area=area)
    except QuestionError:
        return None
    if not about:
        return None
    district = bool(about[0]["police_area"])
    serving = _serving(wanted, area)
    return {
        "about": about[0],
        "serving": serving,
        "ended": [] if serving else wanted.select(_ENDED, area=area),
        "districts": [] if district else _districts(wanted, area),
        "courts": wanted.select(_COURTS, area=area) if district else [],
        "offices": wanted.select(_OFFICES, area=area) if district else [],
        "district": district,
        "offices_known": wanted.select(_PLACED)[0] if district else {},
        "csv": f"/queries/{_SERVES}?" + urlencode({"area": area, "format": "csv"}),
        "query": f"/queries/{_SERVES}?" + urlencode({"area": area}),
        "courts_csv": _sparql(_COURTS, area, "courts"),
        "offices_csv": _sparql(_OFFICES, area, "probation-offices"),
    }


def _districts(wanted: Wanted, area: str) -> list[Row]:
    """Return the districts of a county or police area, each with a unit that serves it."""
    rows = _together(wanted, wanted.select(_DISTRICTS, area=area), "as_of")
    return sorted(rows, key=lambda row: (row["district label"], row["unit label"] or ""))


def _serving(wanted: Wanted, area: str) -> list[Row]:
    """Return the units that serve a place, each with who says so, by what and as of when, and who says otherwise."""
    rows = _together(wanted, wanted.ask(_SERVES, area=area).dicts(), "basis label", "as_of")
    said = wanted.select(_SAYS, area=area)
    for row in rows:
        those = [each for each in said if each["statement"] == row["statement"]]
        agents, sources = ({each[name]: each[f"{name} label"] for each in those if each[name]} for name in _SAYERS)
        notes = dict.fromkeys(each["note"] for each in those if each["note"])
        doubtful = bool(those) and all(each["doubtful"] for each in those)
        row.update(agents=agents, sources=agents or sources, notes=list(notes), doubtful=doubtful)
    return rows


def _together(wanted: Wanted, rows: Iterable[Row], *several: str) -> list[Row]:
    """Return one row a district and statement: "all NAME" are its values of a column, "disputes" what is disputed."""
    found: dict[tuple[Any, Any], Row] = {}
    for row in rows:
        new = row | {f"all {name}": [] for name in several}
        kept = found.setdefault((row.get("district"), row["statement"]), new)
        for name in several:
            if row[name] and row[name] not in kept[f"all {name}"]:
                kept[f"all {name}"].append(row[name])
    disputes = disputes_of(wanted.store, *(row["statement"] for row in found.values() if row["statement"]))
    return [row | {"disputes": disputes.get(row["statement"], ())} for row in found.values()]


def _sparql(text: str, area: str, name: str) -> str:
    """Return the address of an answer as a CSV file of a name; the area is one that is there."""
    head, _, pattern = text.partition(" WHERE {")
    bound = f"{head.replace(' ?_area', '')} WHERE {{{pattern}".replace("?_area", f"<{names.iri(area)}>")
    return "/sparql?" + urlencode({"query": PREFIXES + bound, "name": name, "format": "csv"})


PAGE = Page("areas", make, ("place", "area"))
