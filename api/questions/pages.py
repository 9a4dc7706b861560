"""Pages of the named queries: their list, and an answer as a table. Templates escape everything that they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from api.linked.addresses import link_of
from api.pages import templates
from kg.query import Question, Rows, readable
from kg.store import Term

_OTHER_FORMS = ("csv", "tsv", "json", "markdown", "srj")


class Cell(NamedTuple):
    """A cell of a table: what a person reads, the IRI beneath it, and the address that tells more of it."""

    text: str
    iri: str
    href: str


class Page(NamedTuple):
    """Which part of an answer is shown.

    Attributes:
        values: the parameters as they were written.
        total: rows of the whole answer.
        offset: number of rows before these.
        before, after: relative addresses of the pages beside this one, "" for none.
    """

    values: Mapping[str, str]
    total: int
    offset: int
    before: str
    after: str


def list_page(questions: Iterable[Question]) -> bytes:
    """Return the page that lists the named queries."""
    entries = [(each, example_address(each)) for each in questions]
    return templates().get_template("queries.html").render(entries=entries).encode()


def answer_page(question: Question, rows: Rows, page: Page) -> bytes:
    """Return the page of an answer: a form for its parameters, and the rows."""
    body = [
        [Cell(text, *_links(term)) for text, term in zip(line, row, strict=True)]
        for line, row in zip(readable(rows), rows.table.rows, strict=True)
    ]
    forms = [(form, "?" + urlencode({**page.values, "format": form})) for form in _OTHER_FORMS]
    template = templates().get_template("query.html")
    return template.render(question=question, columns=rows.table.columns, rows=body, page=page, forms=forms).encode()


def example_address(question: Question) -> str:
    """Return the relative address of a query with its needed parameters as in their examples."""
    values = {each.name: each.example for each in question.parameters if not each.optional}
    return f"/queries/{question.name}" + ("?" + urlencode(values, safe="/") if values else "")


def _links(term: Term | None) -> tuple[str, str]:
    """Return the IRI of a thing and the address to read of it; this server's own pages for what it describes."""
    if term is None or term.kind != "iri":
        return "", ""
    return term.value, link_of(term.value)
