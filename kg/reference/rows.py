"""Rows: the cells of a table, checked against its metadata; a wrong cell is told with file, row and column."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from kg.documents.fields import is_day, is_point
from kg.errors import TableError
from kg.reference.metadata import Column, Table

_FORMS = {
    "integer": re.compile(r"-?\d+"),
    "decimal": re.compile(r"-?\d+(\.\d+)?"),
    "boolean": re.compile(r"true|false"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: line in the file, the header being line 1.
        cells: values by column name; a cell with a separator has several, an empty cell none.
    """

    number: int
    cells: dict[str, tuple[str, ...]]

    def one(self, column: str) -> str:
        """Return the only value of a cell, or ""."""
        values = self.cells[column]
        return values[0] if values else ""


def read_rows(tables: list[Table]) -> dict[str, list[Row]]:
    """Return the rows of all tables by table name, after all have been checked.

    Raises:
        TableError: names file, row and column of the first cell that is wrong.
    """
    rows = {table.name: _rows(table) for table in tables}
    for table in tables:
        _refuse_doubles(table, rows[table.name])
    for table in tables:
        _refuse_dangling(table, rows)
    return rows


def _rows(table: Table) -> list[Row]:
    try:
        text = table.path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TableError(f"{table.path.name} is not in UTF-8 (byte {error.start}); save it in UTF-8.") from None
    except OSError as error:
        raise TableError(
            f"{table.path.name} cannot be read ({error.strerror}); put the table beside its metadata."
        ) from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return _read(table, lines)
    except csv.Error as error:
        raise TableError(
            f"{table.path.name}, row {lines.line_num}: not valid CSV ({error}); mend the quotes."
        ) from None


def _read(table: Table, lines: Any) -> list[Row]:
    columns = [column for column in table.columns if not column.virtual]
    header: list[str] = next(lines, [])
    expected = [column.name for column in columns]
    if header != expected:
        missing = [name for name in expected if name not in header]
        extra = [name for name in header if name not in expected]
        raise TableError(
            f"{table.path.name}: the header differs from the metadata (missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(extra) or 'none'}); expected {', '.join(expected)}, in this order."
        )
    return [_row(table, columns, line, lines.line_num) for line in lines]


def _row(table: Table, columns: list[Column], line: list[str], number: int) -> Row:
    if len(line) != len(columns):
        raise TableError(f"{table.path.name}, row {number}: {len(line)} cells; expected {len(columns)}; mend the row.")
    row = Row(number, {column.name: _values(column, cell) for column, cell in zip(columns, line, strict=True)})
    for column in columns:
        reason = _fault(column, row)
        if reason:
            raise TableError(f'{table.path.name}, row {number}, column "{column.name}": {reason}.')
    return row


def _values(column: Column, cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return tuple(part.strip() for part in cell.split(column.separator)) if column.separator else (cell,)


def _fault(column: Column, row: Row) -> str:
    """Return what is wrong with a cell, or ""."""
    values = row.cells[column.name]
    if column.required and not values:
        return "the cell is empty; expected a value"
    for value in values:
        if not _has_form(column, value):
            wanted = column.pattern.pattern if column.pattern else column.base
            return f"reads {value!r}; expected {wanted}"
        if _beyond(column, value):
            return f"reads {value}; expected {column.least} to {column.most}"
    later = row.one(column.not_after) if column.not_after else ""
    if values and later and values[0] > later:
        return f"{values[0]} is later than {later} in column {column.not_after}; one of them is wrong"
    return ""


def _has_form(column: Column, value: str) -> bool:
    if column.pattern and not column.pattern.fullmatch(value):
        return False
    if column.base == "date":
        return is_day(value)
    if column.base == "point":
        return is_point(value)
    return column.base not in _FORMS or bool(_FORMS[column.base].fullmatch(value))


def _beyond(column: Column, value: str) -> bool:
    return bool(
        (column.least is not None and float(value) < float(column.least))
        or (column.most is not None and float(value) > float(column.most))
    )


def _refuse_doubles(table: Table, rows: list[Row]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.one(name) for name in table.key)
        if key in seen:
            raise TableError(
                f'{table.path.name}, row {row.number}, column "{", ".join(table.key)}": {", ".join(key)} is already in '
                f"row {seen[key]}; keys are unique."
            )
        seen[key] = row.number


def _refuse_dangling(table: Table, rows: dict[str, list[Row]]) -> None:
    for here, resource, there in table.foreign:
        target = resource.removesuffix(".csv")
        known = {tuple(row.one(name) for name in there) for row in rows[target]}
        for row in rows[table.name]:
            for key in _keys(row, here):
                if key not in known:
                    raise TableError(
                        f'{table.path.name}, row {row.number}, column "{", ".join(here)}": {", ".join(key)} is not in '
                        f"{resource}; add it there or correct it here."
                    )


def _keys(row: Row, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the keys that a row refers to; a cell with several values refers to several."""
    if len(columns) == 1:
        return [(value,) for value in row.cells[columns[0]]]
    key = tuple(row.one(name) for name in columns)
    return [key] if all(key) else []
