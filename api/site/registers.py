"""The tables of registers that the package ships, read at the start: a worker cannot open a file.

The graph holds what the cells of a row say, yet not which cell said it; so a page reads the row here, and shows it only
where the dataset that is served says the same.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from kg import names, resources

_PART = "\x1f"  # between the cells of a row; no table holds it
_VARIABLE = re.compile(r"{(\w+)}")
_ELSEWHERE = {"source", "quality"}  # columns that the page tells apart


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row.

    Attributes:
        column: its title.
        means: what the column holds.
        texts: its values as the table writes them.
        values: the same as the graph holds them, IRIs or texts; empty for a column that makes no fact.
    """

    column: str
    means: str
    texts: tuple[str, ...]
    values: tuple[str, ...]


def cells(row: str) -> list[Cell]:
    """Return the filled cells of a row by its IRI; none where the tables at hand do not hold it."""
    table, line = row.removeprefix(_ROW).partition("/")[0], _rows.get(row.removeprefix(_ROW))
    if line is None:
        return []
    columns = _columns[table]
    filled = {
        column["name"]: _values(column, text) for column, text in zip(columns, line.split(_PART), strict=True) if text
    }
    return [
        _cell(column, filled) for column in columns if column["name"] in filled and column["name"] not in _ELSEWHERE
    ]


def empty(row: str) -> list[str]:
    """Return the titles of the columns that a row leaves empty."""
    columns, line = _columns.get(row.removeprefix(_ROW).partition("/")[0], []), _rows.get(row.removeprefix(_ROW), "")
    return [str(column["titles"]) for column, text in zip(columns, line.split(_PART), strict=False) if not text]


def describes(row: str) -> str:
    """Return what the table of a row holds, in the editors' words; "" where it is not at hand."""
    return _described.get(row.removeprefix(_ROW).partition("/")[0], "")


def _cell(column: Mapping[str, Any], filled: Mapping[str, tuple[str, ...]]) -> Cell:
    texts = filled[column["name"]]
    template = column.get("valueUrl", "")
    if not column.get("propertyUrl"):
        values: tuple[str, ...] = ()
    elif template:
        wanted = _VARIABLE.findall(template)
        found = product(*(filled.get(name, ()) for name in wanted))
        values = tuple(_filled_in(template, dict(zip(wanted, each, strict=True))) for each in found)
    else:
        values = texts
    return Cell(column["titles"], column.get("dc:description", ""), texts, values)


def _filled_in(template: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], template)


def _values(column: Mapping[str, Any], text: str) -> tuple[str, ...]:
    separator = column.get("separator")
    return tuple(part.strip() for part in text.split(separator)) if separator else (text,)


def _read(folder: Path) -> None:
    """Read every table: its columns, what it holds, and its rows by what follows "row/" in their names."""
    for path in sorted(folder.glob("*.csv-metadata.json")):
        table = path.name.removesuffix(".csv-metadata.json")
        content = json.loads(path.read_text(encoding="utf-8"))
        schema = content["tableSchema"]
        key = [schema["primaryKey"]] if isinstance(schema["primaryKey"], str) else schema["primaryKey"]
        _columns[table] = [column for column in schema["columns"] if not column.get("virtual")]
        _described[table] = content.get("dc:description", "")
        with path.with_name(content["url"]).open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            header = next(lines)
            places = [header.index(name) for name in key]
            for line in lines:
                _rows["/".join([table, *(line[place] for place in places)])] = _PART.join(line)


_ROW = names.ID + "row/"
_columns: dict[str, list[dict[str, Any]]] = {}
_described: dict[str, str] = {}
_rows: dict[str, str] = {}
_read(resources.facts() / "reference")
