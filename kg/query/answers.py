"""Answers: the rows of a query with labels beside their IRIs, and the forms in which they leave."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kg import names
from kg.errors import QuestionError
from kg.store import Answer, Embedded, Row, Table, Term, Triples

if TYPE_CHECKING:
    import pandas


# Longer or odder numbers stay texts: an ill-typed literal, or infinity, is no number that JSON knows.
_WHOLE = re.compile(r"-?\d{1,18}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,40})?([eE][+-]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT query.

    Attributes:
        table: its columns and rows.
        labels: labels by IRI, at least of those in the table.
        labelled: positions of the columns that get a second one for labels; by default those that hold a labelled IRI.
    """

    table: Table
    labels: dict[str, str]
    labelled: frozenset[int] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table.rows)

    def dicts(self) -> list[dict[str, Any]]:
        """Return each row as a dict; a column of IRIs gets a second one, "column label"."""
        labelled = self._labelled()
        columns = self._columns(labelled)
        return [dict(zip(columns, self._cells(row, labelled), strict=True)) for row in self.table.rows]

    def __iter__(self) -> Any:
        """Iterate over the rows as dicts."""
        return iter(self.dicts())

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame; needs the extra "pandas"."""
        try:
            import pandas
        except ImportError:
            raise QuestionError(
                'pandas is not installed; install it with: pip install "probation-kg[pandas]".'
            ) from None
        return pandas.DataFrame(self.dicts(), columns=self.columns())

    def page(self, offset: int, limit: int) -> Rows:
        """Return a part of the rows; it has the columns of the whole."""
        table = Table(self.table.columns, self.table.rows[offset : offset + limit])
        return replace(self, table=table, labelled=self._labelled())

    def _labelled(self) -> frozenset[int]:
        """Return the positions of columns that hold IRIs with labels."""
        if self.labelled is not None:
            return self.labelled
        return frozenset(
            position
            for row in self.table.rows
            for position, term in enumerate(row)
            if term is not None and term.kind == "iri" and term.value in self.labels
        )

    def columns(self) -> list[str]:
        """Return the names of the columns, those of labels included."""
        return self._columns(self._labelled())

    def _columns(self, labelled: frozenset[int]) -> list[str]:
        return [
            name
            for position, column in enumerate(self.table.columns)
            for name in ([column, f"{column} label"] if position in labelled else [column])
        ]

    def _cells(self, row: Row, labelled: frozenset[int]) -> Iterable[Any]:
        for position, term in enumerate(row):
            yield _value(term)
            if position in labelled:
                yield self.labels.get(term.value) if term else None


def with_labels(store: Embedded, table: Table) -> Rows:
    """Look up the English labels of all IRIs in a table; the column of a parameter loses its underscore."""
    table = named_plainly(table)
    things = {term.value for row in table.rows for term in row if term is not None and term.kind == "iri"}
    return Rows(table, store.labels(things))


def named_plainly(table: Table) -> Table:
    """Return a table in which the column of a parameter has lost its underscore."""
    known = set(table.columns)
    columns = (column if column.removeprefix("_") in known else column.removeprefix("_") for column in table.columns)
    return Table(tuple(columns), table.rows)


def write(store: Embedded, answer: Answer, form: str) -> str:
    """Return an answer as text in one of FORMS.

    Raises:
        QuestionError: the form does not suit the answer (Turtle for a table, CSV for triples).
    """
    if isinstance(answer, bool):
        return json.dumps(answer) if form == "json" else str(answer).lower()
    if isinstance(answer, Triples):
        if form != "turtle":
            raise QuestionError("This query makes triples; ask for them with --format turtle.")
        return _turtle(answer)
    if form == "turtle":
        raise QuestionError("This query makes a table, not triples; choose table, csv, tsv, json or markdown.")
    return FORMS[form](with_labels(store, answer))


def _value(term: Term | None) -> Any:
    """Return a term as a Python value: numbers and flags as such, all else as text."""
    if term is None:
        return None
    kind = term.datatype.rpartition("#")[2]
    if kind == "integer" and _WHOLE.fullmatch(term.value):
        return int(term.value)
    if kind in {"decimal", "double"} and _NUMBER.fullmatch(term.value):
        return float(term.value)
    return term.value == "true" if kind == "boolean" else term.value


def _text(term: Term | None, labels: dict[str, str]) -> str:
    """Return a term as a person reads it: the label, else the short name, else the literal."""
    if term is None:
        return ""
    return labels.get(term.value) or names.short(term.value) if term.kind == "iri" else term.value


def readable(rows: Rows) -> list[list[str]]:
    """Return the cells as a person reads them; a last column leads from statements to their IRIs."""
    return [
        [_cell(column, term, rows.labels) for column, term in zip(rows.table.columns, row, strict=True)]
        for row in rows.table.rows
    ]


def _cell(column: str, term: Term | None, labels: dict[str, str]) -> str:
    """Return one cell; a statement is shown by its short name, which `kg evidence` takes."""
    if (
        term is not None
        and term.kind == "iri"
        and column in {"statement", "claim", "passage", "document", "discrepancy"}
    ):
        return names.short(term.value)
    return _text(term, labels)


def _markdown(rows: Rows) -> str:
    lines = [list(rows.table.columns), ["---"] * len(rows.table.columns), *readable(rows)]
    return "".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |\n" for line in lines
    )


def _separated(separator: str) -> Callable[[Rows], str]:
    def text(rows: Rows) -> str:
        buffer = io.StringIO()
        records = rows.dicts()
        writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
        writer.writerow(rows.columns())
        writer.writerows([safe(cell) for cell in record.values()] for record in records)
        return buffer.getvalue()

    return text


def safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; flags as XML Schema writes them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return "'" + cell if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _json(rows: Rows) -> str:
    return json.dumps(rows.dicts(), ensure_ascii=False, indent=1) + "\n"


def _turtle(answer: Triples) -> str:
    """Return triples as Turtle with the project's prefixes; with triple terms, which rdflib cannot hold, one a line."""
    from rdflib import Graph

    text = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in answer.triples)
    if any(value.kind == "triple" for _, _, value in answer.triples):
        return text
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in names.PREFIXES.items():
        graph.bind(prefix, namespace)
    graph.parse(data=text, format="nt")
    return graph.serialize(format="turtle")


FORMS: dict[str, Callable[[Rows], str]] = {
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "json": _json,
    "markdown": _markdown,
}
