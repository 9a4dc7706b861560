"""The gallery of named queries: their subjects, and the answers that make a chart; the data are in gallery.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from api.addresses import link_of
from kg import names
from kg.query import Question, Rows
from kg.store import Row, Term

MOST_BARS = 60
_FILE = Path(__file__).with_name("gallery.toml")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it stands for, where that leads, its figure as the graph writes it, its length of 100."""

    name: str
    href: str
    figure: str
    length: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: the column whose figures it shows, and its bars."""

    figures: str
    bars: list[Bar]


@cache
def _gallery() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def read_gallery() -> None:
    """Read the data, before workers are forked: they cannot open a file."""
    _gallery()


def by_subject(questions: Mapping[str, Question]) -> dict[str, list[Question]]:
    """Return the queries by the key of their subject, in the order of the gallery; last, as "more", those of none."""
    subjects: dict[str, list[str]] = _gallery()["subjects"]
    named = {name for members in subjects.values() for name in members}
    groups = {key: [questions[name] for name in members if name in questions] for key, members in subjects.items()}
    groups["more"] = [each for name, each in questions.items() if name not in named]
    return {key: members for key, members in groups.items() if members}


def chart(question: Question, rows: Rows) -> Chart | None:
    """Return the chart of an answer; None where none fits: too few or many rows, a figure or a name missing.

    Args:
        question: that was asked.
        rows: the whole answer; the bars of a part would compare what happens to stand on one page.
    """
    told = _gallery()["charts"].get(question.name)
    if not told or not 2 <= len(rows) <= MOST_BARS:
        return None
    place = rows.table.columns.index
    figures = [_number(row[place(told["number"])]) for row in rows.table.rows]
    named = [[row[place(column)] for column in told["names"]] for row in rows.table.rows]
    if any(figure is None for figure in figures) or len({tuple(row) for row in named}) < len(named):
        return None
    longest = max(told.get("most", 0), *(float(figure or 0) for figure in figures)) or 1
    bars = [
        Bar(_name(terms, rows), _link(terms), figure or "", f"{100 * float(figure or 0) / longest:.2f}")
        for terms, figure in zip(named, figures, strict=True)
    ]
    return Chart(told["number"], bars)


def _number(term: Term | None) -> str | None:
    """Return a figure that a bar can show, as it is written; None for any other value."""
    if term is None or term.kind != "literal" or not term.value.replace(".", "", 1).isdecimal():
        return None
    return term.value


def _name(terms: Sequence[Term | None], rows: Rows) -> str:
    return " ".join(rows.labels.get(term.value) or names.short(term.value) for term in terms if term)


def _link(terms: Row | Sequence[Term | None]) -> str:
    return next((link_of(term.value) for term in reversed(terms) if term and term.kind == "iri"), "")
