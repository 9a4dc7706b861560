"""Pages of the named queries: the gallery, and an answer as a table. Templates escape everything that they show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.addresses import link_of
from api.http.message import Reply
from api.http.problem import Problem
from api.pages import FORM_WORDS, page_reply, templates
from api.protocols.examples import editor_address
from api.questions.choices import Choice, class_of
from api.questions.gallery import by_subject, chart
from kg import names
from kg.query import Parameter, Question, Rows, readable
from kg.store import Term

_ASKED = {"date": "a day", "gYear": "a year", "integer": "a whole number", "decimal": "a number", "string": "a text"}
_PREFIXED = re.compile(r"[a-z]+:([A-Za-z]+)")
_VOWEL = re.compile(r"^a (?=[aeio])")
_CAPITAL = re.compile(r"([A-Z])")
_OTHER_FORMS = ("csv", "tsv", "json", "markdown", "srj")
_HOST = "http://127.0.0.1:8000"
_NUMBERS = {"integer", "decimal", "double"}
Choices = Mapping[str, tuple[Choice, ...]]


class Cell(NamedTuple):
    """A cell of a table.

    Attributes:
        text: what a person reads.
        iri: beneath it, "" for a value.
        href: the address that tells more of it.
        evidence: short name of a statement, whose evidence has a page of its own; "" for anything else.
        number: whether the cell holds a figure.
    """

    text: str
    iri: str = ""
    href: str = ""
    evidence: str = ""
    number: bool = False


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


def list_page(questions: Mapping[str, Question]) -> bytes:
    """Return the gallery: the named queries by subject."""
    subjects = [
        (key, [(each, example_address(each)) for each in members]) for key, members in by_subject(questions).items()
    ]
    return templates().get_template("queries.html").render(subjects=subjects, total=len(questions)).encode()


def answer_page(question: Question, rows: Rows, page: Page, choices: Choices) -> bytes:
    """Return the page of an answer: a form for its parameters, a chart where one fits, and the rows."""
    body = [
        [_cell(*each, rows.labels) for each in zip(rows.table.columns, line, row, strict=True)]
        for line, row in zip(readable(rows), rows.table.rows, strict=True)
    ]
    values = {
        **_values(question, page, choices),
        "columns": rows.table.columns,
        "numbers": [bool(body) and any(row[at].number for row in body) for at in range(len(rows.table.columns))],
        "rows": body,
        "chart": chart(question, rows) if len(rows) == page.total else None,
        "forms": [(FORM_WORDS[form], "?" + urlencode({**page.values, "format": form})) for form in _OTHER_FORMS],
        "editor": editor_address(question, page.values),
        "snippets": snippets(question.name, page.values),
    }
    return templates().get_template("query.html").render(values, problem="").encode()


def _values(question: Question, page: Page, choices: Choices) -> dict[str, Any]:
    """Return what the page of a query shows whether or not it could be answered."""
    typed = any(each.type.startswith("IRI") and not choices.get(each.name) for each in question.parameters)
    asked = {"question": question, "page": page, "choices": choices, "typed": typed}
    return {**asked, "wording": wording, "class_of": class_of}


def snippets(name: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the ways to ask a query from elsewhere, each with the key of its words; a script puts in the real host."""
    given = urlencode(values, safe="/")
    plain = f"{_HOST}/queries/{name}" + (f"?{given}" if given else "")
    table = f"{plain}{'&' if given else '?'}format=csv"
    asked = "".join(f", {field}={value!r}" for field, value in values.items())
    client = f"""from kg.client import Client

with Client("{_HOST}") as client:
    for row in client.ask("{name}"{asked}):
        print(row)"""
    library = f"""import json
from urllib.request import urlopen

with urlopen("{plain}") as reply:
    for row in json.load(reply)["rows"]:
        print(row)"""
    pandas = f"""import pandas

table = pandas.read_csv("{table}")"""
    curl = f"curl --fail --output {name}.csv '{table}'"
    texts = {"address": plain, "curl": curl, "client": client, "library": library, "pandas": pandas}
    return list(texts.items())


def wording(parameter: Parameter, chosen: bool = False) -> str:
    """Return in words what to type for a parameter, or to choose from a list.

    >>> wording(Parameter("unit", "IRI of a pko:ProbationDeliveryUnit", False, "pdu/west-kent"))
    'a probation delivery unit by its short name, such as pdu/west-kent'
    """
    asked = _ASKED.get(parameter.type, parameter.type)
    if parameter.type.startswith("IRI of "):
        kind = _PREFIXED.sub(_class_words, parameter.type.removeprefix("IRI of "))
        kind = _VOWEL.sub("an ", kind)
        asked = kind if chosen else f"{kind} by its short name"
        asked = "choose one" if asked == "a concept" else asked
    if chosen:
        return asked
    return f"{asked}, such as {parameter.example}" if parameter.example else asked


def _class_words(name: re.Match[str]) -> str:
    """Return what people call a class, given by its prefixed name."""
    return names.CLASS_WORDS.get(name[0]) or _CAPITAL.sub(r" \1", name[1]).strip().lower()


def refused_page(question: Question, given: Mapping[str, str], problem: Problem, choices: Choices) -> Reply:
    """Return the page of a query that could not be answered: what was wrong, and the form with what was given."""
    page = Page(given, total=0, offset=0, before="", after="")
    nothing: dict[str, Any] = dict.fromkeys(("columns", "numbers", "rows", "chart", "forms", "snippets"), ())
    values = {**_values(question, page, choices), **nothing, "editor": ""}
    return page_reply("query.html", status=problem.status, problem=problem.detail, **values)


def example_address(question: Question) -> str:
    """Return the relative address of a query with its needed parameters as in their examples."""
    values = {each.name: each.example for each in question.parameters if not each.optional}
    return f"/queries/{question.name}" + ("?" + urlencode(values, safe="/") if values else "")


def _cell(column: str, text: str, term: Term | None, labels: Mapping[str, str]) -> Cell:
    """Return a cell; a thing leads to this server's page of it, a statement to its evidence as well."""
    if term is None or term.kind != "iri":
        return Cell(text, number=term is not None and term.datatype.rpartition("#")[2] in _NUMBERS)
    evidence = names.short(term.value) if column == "statement" or column.endswith("_statement") else ""
    return Cell(labels.get(term.value, text), term.value, link_of(term.value), evidence)
