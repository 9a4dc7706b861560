"""Rows of registers: the source of each and how good it is, and a page of one row with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from api.site import registers
from api.site.page import Wanted, render
from kg import names
from kg.description import called

_SOURCE = f"""?row pko:inTable ?table ; pko:rowSource ?source .
  OPTIONAL {{ ?row pko:rowQuality ?quality . ?quality skos:definition ?quality_means }}
  OPTIONAL {{ ?row pko:webAddress ?page }}
  OPTIONAL {{ ?row skos:editorialNote ?note }}
  OPTIONAL {{ ?source pko:publisherName ?publisher }}
  OPTIONAL {{ ?source pko:licence ?licence }}
  OPTIONAL {{ ?source pko:webAddress ?address }}
  OPTIONAL {{ ?source pko:asOf ?as_of }}
  OPTIONAL {{ ?source pko:retrievedOn ?read }}
  OPTIONAL {{ ?source skos:editorialNote ?source_note }}
  OPTIONAL {{ ?source pko:evidencedBy ?listed . ?listed pko:inTable <{names.ID}table/sources> ;
    pko:rowQuality ?source_quality }}"""
_COLUMNS = """?table ?quality ?quality_means ?page ?note ?source ?publisher ?licence ?address ?as_of ?read
  ?source_note ?source_quality"""
_BEHIND = f"""SELECT DISTINCT ?_thing ?row {_COLUMNS} WHERE {{ ?_thing pko:evidencedBy ?row . {_SOURCE}
}} ORDER BY ?table ?row ?source ?page"""
_ONE = f"""SELECT DISTINCT ?_row {_COLUMNS} WHERE {{ {_SOURCE.replace("?row", "?_row")} }} ORDER BY ?source ?page"""
_GIVEN = """SELECT DISTINCT ?_row ?thing WHERE {
  ?thing pko:evidencedBy ?_row FILTER NOT EXISTS { ?thing a geo:Geometry } } ORDER BY ?thing"""
_TOLD = """SELECT DISTINCT ?_row (STR(?value) AS ?text) WHERE {
  { ?thing pko:evidencedBy ?_row . ?thing ?property ?value } UNION { ?_row ?property ?value } }"""
_NUMBER = re.compile(r"-?\d+\.\d+")
_BEST, _MIDDLE = (f"{names.VOCAB}quality/{grade}" for grade in "ab")

Row = dict[str, Any]


def is_row(thing: str) -> bool:
    """Whether an IRI is that of a row of a register."""
    return thing.startswith(names.ID + "row/")


def behind(wanted: Wanted, thing: str) -> list[list[Row]]:
    """Return the rows that say something of a thing, each with the lines of its sources."""
    lines = wanted.select(_BEHIND, thing=thing)
    return [_graded(wanted, list(group)) for _, group in groupby(lines, lambda line: line["row"])]


def make(wanted: Wanted, row: str) -> bytes:
    """Make the page of a row: its cells, its source, and what it is evidence for."""
    lines = _graded(wanted, [{**line, "row": row} for line in wanted.select(_ONE, row=row)])
    cells = _held(wanted, row)
    return render(
        "site_row.html",
        wanted,
        thing=row,
        title=called(wanted.store, row),
        lines=lines,
        cells=[(cell, [_shown(wanted, value) for value in cell.values or cell.texts]) for cell in cells],
        empty=registers.empty(row) if cells else [],
        describes=registers.describes(row),
        given=[(each["thing"], called(wanted.store, each["thing"])) for each in wanted.select(_GIVEN, row=row)],
    )


def _graded(wanted: Wanted, lines: list[Row]) -> list[Row]:
    """Return the lines of a row with what it is called, and the key of the words for its grade."""
    name = called(wanted.store, lines[0]["row"]) if lines else ""
    return [{**line, "row label": name, "grade": _grade(lines)} for line in lines]


def _grade(lines: list[Row]) -> str:
    """Return "a", "c", or for B what the row is from: official data, or the press and others at second hand."""
    quality = lines[0].get("quality")
    if quality == _MIDDLE:
        return "b_second_hand" if any(_is_second_hand(line) for line in lines) else "b_official"
    return str(quality).rpartition("/")[2] if quality else ""


def _is_second_hand(line: Row) -> bool:
    """Whether a source is none of an official body: it is graded below A, and states no licence as registers do."""
    return line.get("source_quality") != _BEST and not line.get("licence")


def _held(wanted: Wanted, row: str) -> list[registers.Cell]:
    """Return the cells of a row; none where the dataset does not say all that they say."""
    told = {_plain(str(each["text"])) for each in wanted.select(_TOLD, row=row)}
    cells = registers.cells(row)
    return cells if told.issuperset(_plain(value) for cell in cells for value in cell.values) else []


def _plain(text: str) -> str:
    """Return a text; a decimal number without the noughts at its end, as the graph writes it."""
    return format(Decimal(text).normalize(), "f") if _NUMBER.fullmatch(text) else text


def _shown(wanted: Wanted, value: str) -> tuple[str, str]:
    """Return a value of a cell as people read it, and its IRI, "" for a text."""
    ours: Iterable[str] = (names.BASE, *names.PREFIXES.values())
    return (called(wanted.store, value), value) if value.startswith(tuple(ours)) else (value, "")
