"""Names that were given up: IRIs that were published once and are used no more, with what stands in their place."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kg.errors import TableError

_COLUMNS = ["iri", "date", "successor", "reason"]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An IRI that is used no more.

    Attributes:
        iri: as it was published.
        date: since when, ISO 8601.
        successor: IRI of what stands in its place, "" where nothing does.
        reason: one sentence.
    """

    iri: str
    date: str
    successor: str
    reason: str


def read_withdrawn(folder: Path) -> dict[str, Withdrawn]:
    """Read withdrawn.csv in the folder of the fact records; return its rows by IRI.

    Raises:
        TableError: it has other columns, or a row lacks its IRI, date or reason.
    """
    path = folder / "withdrawn.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != _COLUMNS:
            raise TableError(f"{path} has the columns {rows.fieldnames}; expected {_COLUMNS}.")
        found = [Withdrawn(*(row[column] or "" for column in _COLUMNS)) for row in rows]
    for number, row in enumerate(found, start=2):
        if not (row.iri and row.date and row.reason):
            raise TableError(f"{path}, line {number}: iri, date and reason are needed; write all three.")
    return {row.iri: row for row in found}
