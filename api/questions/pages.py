"""Pages of the named queries: their list, and an answer as a table. Templates escape everything that they show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.addresses import link_of
from api.http.message import Reply
from api.http.problem import Problem
from api.pages import FORM_WORDS, page_reply, templates
from kg import names
from kg.query import Parameter, Question, Rows, readable
from kg.store import Term

_ASKED = {"date": "a day", "gYear": "a year", "integer": "a whole number", "decimal": "a number", "string": "a text"}
_PREFIXED = re.compile(r"[a-z]+:([A-Za-z]+)")
_CAPITAL = re.compile(r"([A-Z])")
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
        [
            Cell(rows.labels.get(term.value, text) if term else text, *_links(term))
            for text, term in zip(line, row, strict=True)
        ]
        for line, row in zip(readable(rows), rows.table.rows, strict=True)
    ]
    forms = [(FORM_WORDS[form], "?" + urlencode({**page.values, "format": form})) for form in _OTHER_FORMS]
    template = templates().get_template("query.html")
    values = {"question": question, "columns": rows.table.columns, "rows": body, "page": page, "forms": forms}
    values["wording"] = wording
    return template.render(values, problem="").encode()


def wording(parameter: Parameter) -> str:
    """Return in words what to type for a parameter: "a probation delivery unit by its short name".

    >>> wording(Parameter("unit", "IRI of a pko:ProbationDeliveryUnit", False, "pdu/west-kent"))
    'a probation delivery unit by its short name, such as pdu/west-kent'
    """
    asked = _ASKED.get(parameter.type, parameter.type)
    if parameter.type.startswith("IRI of "):
        kind = _PREFIXED.sub(_class_words, parameter.type.removeprefix("IRI of "))
        asked = f"{kind} by its short name"
    return f"{asked}, such as {parameter.example}" if parameter.example else asked


def _class_words(name: re.Match[str]) -> str:
    """Return what people call a class, given by its prefixed name."""
    return names.CLASS_WORDS.get(name[0]) or _CAPITAL.sub(r" \1", name[1]).strip().lower()


def refused_page(question: Question, given: Mapping[str, str], problem: Problem) -> Reply:
    """Return the page of a query that could not be answered: what was wrong, and the form with what was given."""
    page = Page(given, total=0, offset=0, before="", after="")
    nothing: dict[str, Any] = {"columns": [], "rows": [], "forms": [], "wording": wording}
    return page_reply(
        "query.html", status=problem.status, question=question, page=page, problem=problem.detail, **nothing
    )


def example_address(question: Question) -> str:
    """Return the relative address of a query with its needed parameters as in their examples."""
    values = {each.name: each.example for each in question.parameters if not each.optional}
    return f"/queries/{question.name}" + ("?" + urlencode(values, safe="/") if values else "")


def _links(term: Term | None) -> tuple[str, str]:
    """Return the IRI of a thing and the address to read of it; this server's own pages for what it describes."""
    if term is None or term.kind != "iri":
        return "", ""
    return term.value, link_of(term.value)
