"""The page of ratings: units and standards, the history of a unit, two units, the spread by year, key questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from api.known import MARKS
from api.site import rating_choices as choose
from api.site import rating_known
from api.site import rating_rows as rows
from api.site.page import NotThere, Page, Wanted, read, render
from api.site.rating_choices import Choice, Mistaken
from api.site.rating_known import Fields
from api.words import words

_QUESTIONS = ("rating-history-of-a-unit", "ratings-of-a-unit", "predecessors-of-a-unit", "successors-of-a-body")
_NOTES = "SELECT DISTINCT ?_thing ?note WHERE { ?_thing skos:editorialNote ?note } ORDER BY ?note"
_SUMS = {"by_rating": "by_rating", "total": "number"}
for _question in _QUESTIONS:
    read(_question)


def make(wanted: Wanted) -> bytes:
    """Return the page of a path below /ratings.

    Raises:
        NotThere: there is no such section.
    """
    section = _SECTIONS.get(wanted.path)
    if section is None:
        raise NotThere("There is no such page of ratings; /ratings leads to all of them.")
    return section(wanted)


def _matrix(wanted: Wanted) -> bytes:
    programmes, newest = choose.programmes(wanted)
    regions, years = choose.regions(wanted), choose.years(wanted)
    known: dict[str, Any] = {"programmes": programmes, "regions": regions, "years": years}
    try:
        programme = choose.chosen(wanted, "programme", programmes, newest)
        region, year = _region_and_year(wanted, regions, years)
    except Mistaken as mistake:
        return _mistaken("matrix", wanted, mistake, programme=newest, region=None, year=None, **known)
    assert programme
    asked = rows.ratings(wanted, programme.iri, region.iri if region else "", year.value if year else "")
    shown = {"asked": asked, "matrices": rows.matrices(wanted, asked.rows), "disputed": rows.disputed(wanted)}
    shown |= {"matters": rows.matters(wanted), "marks": MARKS}
    shown |= {} if asked.rows else _elsewhere(wanted, region, year)
    notes = [row["note"] for row in wanted.select(_NOTES, thing=programme.value)]
    return _page("matrix", wanted, programme=programme, region=region, year=year, notes=notes, **shown, **known)


def _elsewhere(wanted: Wanted, region: Choice | None, year: Choice | None) -> dict[str, Any]:
    """Return the programmes with ratings of a region and year, or of the region in any year where there is none."""
    found = rows.elsewhere(wanted, region.iri if region else "", year.value if year else "")
    if found or not (region and year):
        return {"elsewhere": found, "elsewhere_year": year}
    return {"elsewhere": rows.elsewhere(wanted, region.iri, ""), "elsewhere_year": None}


def _region_and_year(
    wanted: Wanted, regions: Sequence[Choice], years: Sequence[Choice]
) -> tuple[Choice | None, Choice | None]:
    return choose.chosen(wanted, "region", regions), choose.chosen(wanted, "year", years)


def _history(wanted: Wanted) -> bytes:
    units = choose.units(wanted)
    try:
        unit = choose.body(wanted, "unit", units)
    except Mistaken as mistake:
        return _mistaken("history", wanted, mistake, units=units, unit=None)
    if unit is None:
        return _page("history", wanted, units=units, unit=None)
    overall = rows.ask_named(wanted, "rating-history-of-a-unit", unit=unit.value)
    others = rows.ask_named(wanted, "ratings-of-a-unit", unit=unit.value)
    more = rating_known.of_unit(wanted, unit.value)
    shown: dict[str, Any] = {"overall": overall, "periods": rows.periods(_with(overall.rows, more))}
    shown |= {"others": others, "matters": _by_inspection(_with(others.rows, more)), "disputed": rows.disputed(wanted)}
    shown["marks"] = rating_known.marks(more)
    shown["before"] = _changes(wanted.ask("predecessors-of-a-unit", unit=unit.value), "predecessor")
    shown["after"] = _changes(wanted.ask("successors-of-a-body", body=unit.value), "successor")
    return _page("history", wanted, units=units, unit=unit, **shown)


def _changes(answer: Iterable[Fields], other: str) -> list[Fields]:
    """Return a row a body that came before or after, however many sources say so."""
    found = {(row["change"], row[other]): {**row, "other": row[other], "name": row[f"{other} label"]} for row in answer}
    return list(found.values())


def _with(answer: Iterable[Fields], more: dict[str, Fields]) -> list[Fields]:
    """Return rows of ratings with what else is known of each."""
    return [{**row, **more[row["statement"]]} for row in answer]


def _by_inspection(answer: Iterable[Fields]) -> dict[str, list[Fields]]:
    """Return ratings on standards and single matters by inspection, oldest first, a row a rating."""
    found: dict[str, dict[str, Fields]] = {}
    for row in sorted(answer, key=lambda row: row["date"] or ""):
        if row.get("matter"):
            ratings = found.setdefault(row["inspection"], {})
            rating = ratings.setdefault(row["statement"], {**row, "matters": {}})
            rating["matters"][row["matter"]] = row["matter label"]
    return {inspection: list(ratings.values()) for inspection, ratings in found.items()}


def _compare(wanted: Wanted) -> bytes:
    units = choose.units(wanted)
    try:
        unit, other = choose.body(wanted, "unit", units), choose.body(wanted, "unit2", units)
        if unit and unit == other:
            raise Mistaken(_words(wanted, "same_unit", unit=unit.label))
    except Mistaken as mistake:
        return _mistaken("compare", wanted, mistake, units=units, unit=None, other=None)
    shown: dict[str, Any] = {}
    if unit and other:
        shown = _side_by_side(wanted, unit, other)
    elif unit or other:
        shown["error"] = _words(wanted, "two_units")
    return _page("compare", wanted, units=units, unit=unit, other=other, **shown)


def _side_by_side(wanted: Wanted, unit: Choice, other: Choice) -> dict[str, Any]:
    """Return the tables of what both units were rated on alike, or one sentence on why there is none."""
    both = (unit, other)
    told = [_told_of(wanted, each) for each in both]
    histories = [history for history, _, _ in told]
    shown: dict[str, Any] = {"tables": _alike(wanted, both, histories), "disputed": rows.disputed(wanted)}
    shown["topics"] = _topics(*(_by_inspection(ratings) for _, ratings, _ in told))
    shown["marks"] = rating_known.marks({key: row for _, _, more in told for key, row in more.items()})
    if not shown["tables"]:
        return {**shown, "why_not": _why_not(wanted, both, histories)}
    in_tables = {line.overall["statement"] for _, table, _ in shown["tables"] for line in table.lines if line.overall}
    shown["left_out"] = [(each, _left_out(history, in_tables)) for each, history in zip(both, histories, strict=True)]
    return shown


def _told_of(wanted: Wanted, unit: Choice) -> tuple[list[Fields], list[Fields], dict[str, Fields]]:
    """Return the overall ratings of a unit, all its ratings, and what else is known of each of them."""
    more = rating_known.of_unit(wanted, unit.value)
    history, ratings = (wanted.ask(each, unit=unit.value).dicts() for each in _QUESTIONS[:2])
    return _with(history, more), _with(ratings, more), more


def _alike(wanted: Wanted, units: Sequence[Choice], histories: Sequence[list[Fields]]) -> list[Any]:
    """Return programme, table and query of each programme and framework under which both units were rated."""
    frames = [{row["programme"]: row["programme label"] for row in history} for history in histories]
    tables = []
    for programme in (each for each in frames[0] if each in frames[1]):
        asked = rows.ratings(wanted, programme, units=[unit.iri for unit in units])
        rated = [row for row in asked.rows if row["statement"]]
        both = [table for table in rows.matrices(wanted, rated) if table.framework and _has(table, *units)]
        tables += [(frames[0][programme], table, asked) for table in both]
    return tables


def _left_out(history: Iterable[Fields], shown: set[str]) -> list[tuple[bool, Fields]]:
    """Return the overall ratings of a unit that no table shows, and whether each is surely later than all shown."""
    once = {row["statement"]: row for row in history}
    dates = [row["date"] or "" for statement, row in once.items() if statement in shown]
    left_out = [row for statement, row in once.items() if statement not in shown]
    return [(all(_later(row["date"] or "", date) for date in dates), row) for row in left_out]


def _later(one: str, two: str) -> bool:
    """Tell whether a date is surely later than another: a year, a month or a day.

    >>> _later("2024", "2022-08"), _later("2024-05", "2024"), _later("", "2024")
    (True, False, False)
    """
    known = min(len(one), len(two))
    return one[:known] > two[:known]


def _has(table: rows.Matrix, *units: Choice) -> bool:
    return all(any(line.first["unit"] == unit.iri for line in table.lines) for unit in units)


def _topics(one: dict[str, list[Fields]], two: dict[str, list[Fields]]) -> dict[str, list[Any]]:
    """Return by inspection the single matters on which it rated both units: the matters, and the two ratings."""
    found: dict[str, list[Any]] = {}
    for inspection in (each for each in one if each in two):
        right = {(tuple(sorted(row["matters"])), row["given_to_all"]): row for row in two[inspection]}
        for left in one[inspection]:
            same = right.get((tuple(sorted(left["matters"])), left["given_to_all"]))
            if same and left["kind"].endswith("TopicRating"):
                found.setdefault(inspection, []).append((left, same))
    return found


def _why_not(wanted: Wanted, units: Sequence[Choice], histories: Sequence[list[Fields]]) -> str:
    """Return the sentence on why two units are not set side by side."""
    for unit, other, history in zip(units, units[::-1], histories, strict=True):
        if not history:
            return _words(wanted, "nothing_to_compare", unit=unit.label, other=other.label)
    under = [
        "; ".join(dict.fromkeys(row.get("framework label") or row["programme label"] for row in history))
        for history in histories
    ]
    names = {"unit": units[0].label, "other": units[1].label}
    return _words(wanted, "not_alike", **names, under=under[0], other_under=under[1])


def _distribution(wanted: Wanted) -> bytes:
    programmes, _ = choose.programmes(wanted)
    regions, years = choose.regions(wanted), choose.years(wanted)
    known: dict[str, Any] = {"programmes": programmes, "regions": regions, "years": years}
    try:
        programme = choose.chosen(wanted, "programme", programmes)
        region, year = _region_and_year(wanted, regions, years)
    except Mistaken as mistake:
        return _mistaken("distribution", wanted, mistake, programme=None, region=None, year=None, **known)
    asked = rows.counts(
        wanted, programme.iri if programme else "", region.iri if region else "", year.value if year else ""
    )
    shown: dict[str, Any] = {"asked": asked, "spreads": rows.spreads(asked.rows)}
    shown["marks"] = [mark for mark in MARKS if any(row[mark.replace("-", "_")] for row in asked.rows)]
    shown |= {each: sum(row[column] for row in asked.rows) for each, column in _SUMS.items()}
    return _page("distribution", wanted, programme=programme, region=region, year=year, **shown, **known)


def _key_questions(wanted: Wanted) -> bytes:
    inspections = choose.inspections(wanted)
    try:
        inspection = choose.chosen(wanted, "inspection", inspections, inspections[0])
    except Mistaken as mistake:
        return _mistaken("key_questions", wanted, mistake, inspections=inspections, inspection=None)
    assert inspection
    asked = rows.results(wanted, inspection.iri)
    shown = {"asked": asked, "disputed": rows.disputed(wanted)}
    return _page("key_questions", wanted, inspections=inspections, inspection=inspection, **shown)


def _mistaken(section: str, wanted: Wanted, mistake: Mistaken, **values: Any) -> bytes:
    return _page(section, wanted, **values, error=str(mistake))


def _page(section: str, wanted: Wanted, **values: Any) -> bytes:
    return render(f"site_ratings_{section}.html", wanted, **{"error": "", **values})


def _words(wanted: Wanted, key: str, **values: str) -> str:
    return words(wanted.language)(f"ratings.{key}", **values)


_SECTIONS: dict[str, Callable[[Wanted], bytes]] = {
    "": _matrix,
    "history": _history,
    "compare": _compare,
    "distribution": _distribution,
    "key-questions": _key_questions,
}
PAGE = Page("ratings", make, ("programme", "region", "unit", "unit2", "year", "inspection"), deep=True)
