"""CSVW metadata: what each table holds, how its cells are typed, and which triples a row makes.

The part of the W3C recommendations "Metadata Vocabulary for Tabular Data" and "Generating RDF from Tabular Data on the
Web" that the tables use: one file `<table>.csv-metadata.json` a table; columns with datatype, format, required,
separator, lang, aboutUrl, propertyUrl, valueUrl; virtual columns; primary and foreign keys.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import names
from kg.errors import TableError

# Our two words beside those of CSVW: a cell that is a day, month or year; a column that another must not pass.
_POINT = names.DEF + "point"
_NOT_AFTER = names.DEF + "notAfter"
_VARIABLE = re.compile(r"{([A-Za-z_][A-Za-z0-9_]*)}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: header in the CSV file; for a virtual column a name of its own.
        virtual: not in the file; makes the same triple for every row.
        base: XML Schema type of the cells, by local name, or the IRI of another datatype.
        pattern: what a cell must match as a whole, or None.
        least, most: limits of a number or date, as text, or None.
        required: whether a cell may be empty.
        separator: what separates several values in a cell, or None.
        language: tag of texts, or "".
        about, value: templates of subject and object; "" for the table's subject and for literals.
        property: IRI of the predicate; "" where the column makes no triple.
        not_after: name of a column whose date must not be earlier, or "".
    """

    name: str
    virtual: bool
    base: str
    pattern: re.Pattern[str] | None
    least: str | None
    most: str | None
    required: bool
    separator: str | None
    language: str
    about: str
    property: str
    value: str
    not_after: str


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table as its metadata describes it.

    Attributes:
        name: file name without ending.
        path: the CSV file.
        title: what it holds, in words.
        columns: its columns, virtual ones last.
        key: names of the columns that make the primary key.
        about: template of the subject of a row.
        foreign: (columns here, file there, columns there) a foreign key.
    """

    name: str
    path: Path
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    about: str
    foreign: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]


def read_tables(folder: Path) -> list[Table]:
    """Return the tables that have metadata in `folder`, by name.

    Raises:
        TableError: a metadata file is malformed or names a column that the table does not have.
    """
    return [_table(path) for path in sorted(folder.glob("*.csv-metadata.json"))]


def variables(template: str) -> list[str]:
    """Return the names of the columns that a template mentions."""
    return _VARIABLE.findall(template)


def expand(prefixed: str) -> str:
    """Return the IRI (template) of a prefixed name; full IRIs pass unchanged."""
    prefix, colon, local = prefixed.partition(":")
    return names.PREFIXES[prefix] + local if colon and prefix in names.PREFIXES else prefixed


def _table(path: Path) -> Table:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        schema = content["tableSchema"]
        columns = tuple(_column(column) for column in schema["columns"])
        table = Table(
            name=path.name.removesuffix(".csv-metadata.json"),
            path=path.with_name(content["url"]),
            title=content["dc:title"],
            columns=columns,
            key=tuple(_listed(schema["primaryKey"])),
            about=expand(schema.get("aboutUrl", "")),
            foreign=tuple(_foreign(key) for key in schema.get("foreignKeys", [])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(
            f"{path.name} is no CSVW metadata that this project reads ({error!r}); mend the file."
        ) from None
    _refuse_unknown_names(table)
    return table


def _column(fields: dict[str, Any]) -> Column:
    datatype = fields.get("datatype", "string")
    details: dict[str, Any] = datatype if isinstance(datatype, dict) else {"base": datatype}
    return Column(
        name=fields["name"],
        virtual=fields.get("virtual", False),
        base="point" if details.get(_POINT) else expand(details.get("@id", details.get("base", "string"))),
        pattern=re.compile(details["format"]) if "format" in details else None,
        least=details.get("minimum"),
        most=details.get("maximum"),
        required=fields.get("required", False),
        separator=fields.get("separator"),
        language=fields.get("lang", ""),
        about=expand(fields.get("aboutUrl", "")),
        property=expand(fields.get("propertyUrl", "")),
        value=expand(fields.get("valueUrl", "")),
        not_after=fields.get(_NOT_AFTER, ""),
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _foreign(key: dict[str, Any]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    there = key["reference"]
    return tuple(_listed(key["columnReference"])), there["resource"], tuple(_listed(there["columnReference"]))


def _refuse_unknown_names(table: Table) -> None:
    """Raise where a key or a template names a column that is not there."""
    known = {column.name for column in table.columns}
    used = {*table.key, *(name for columns, _, _ in table.foreign for name in columns), *variables(table.about)}
    for column in table.columns:
        used |= {*variables(column.about), *variables(column.value), *filter(None, [column.not_after])}
    used.discard("_row")
    if used - known:
        wrong = ", ".join(sorted(used - known))
        raise TableError(
            f"{table.name}.csv-metadata.json names columns that the table does not have: {wrong}; mend it."
        )
