"""Answers to named queries, made in the web process or in a worker by one and the same function."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson

from api.http.negotiate import HTML, Form
from api.pages import templates
from api.protocols.examples import examples
from api.questions.choices import Choices
from api.questions.gallery import read_gallery
from api.questions.pages import Offer, Page, answer_page, example_address
from api.sandbox.worker import Held
from kg import resources
from kg.description import called
from kg.query import FORMS, Question, Rows, bind, named_plainly, read_questions, refuse_unknown
from kg.store import Embedded, ResultTooLargeError, Table, Term
from kg.store.prepared import Prepared, Terms

MOST_ROWS = 10_000
ROWS_OF_A_PAGE = 100  # for people, unless they ask for more
ANSWER_FORMS = (
    Form("json", "application/json", ("application/json",)),
    Form("csv", "text/csv; charset=utf-8", ("text/csv",)),
    Form("tsv", "text/tab-separated-values; charset=utf-8", ("text/tab-separated-values",)),
    Form("markdown", "text/markdown; charset=utf-8", ("text/markdown",)),
    HTML,
    Form("srj", "application/sparql-results+json", ("application/sparql-results+json",)),
)
_MOST_KNOWN = 200_000  # terms and labels held at a time


@dataclass(frozen=True, slots=True)
class Compiled:
    """A named query, ready to be asked."""

    question: Question
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks of a named query.

    Attributes:
        name: of the query.
        values: its parameters as they were written.
        form: name of the form of the answer.
        offset, limit: the rows that are wanted; the query is evaluated whole, then cut.
        version: of the dataset.
        format: the form as the address names it, "" where the Accept header chose.
        most_bytes: largest answer.
        server: the server's own address, for what a page tells to copy.
    """

    name: str
    values: Mapping[str, str]
    form: str
    offset: int
    limit: int
    version: str
    format: str
    most_bytes: int
    server: str = ""

    def address(self, offset: int) -> str:
        """Return the relative reference of the page that begins at a row."""
        form = {"format": self.format} if self.format else {}
        return "?" + urlencode({**self.values, **form, "limit": self.limit, "offset": offset})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its content, the number of rows in all, and the processor time that it took, in microseconds."""

    content: bytes
    total: int
    microseconds: int


@cache
def catalogue() -> Mapping[str, Compiled]:
    """Return the named queries; read once, before workers are forked, for they cannot open a file."""
    templates()
    examples()
    read_gallery()
    found = read_questions(resources.queries())
    return {name: Compiled(question, Prepared(question.text)) for name, question in found.items()}


@cache
def _titles() -> Mapping[str, tuple[str, str]]:
    """Return the title and an address of each query."""
    questions = {name: each.question for name, each in catalogue().items()}
    return {name: (each.summary, example_address(each)) for name, each in questions.items()}


class Answerer:
    """Answers named queries over one state of the dataset; terms and labels are read once."""

    def __init__(self, store: Embedded) -> None:
        """Take the dataset."""
        self._store = store
        self._choices = Choices(store)
        self._terms: Terms = {}
        self._labels: dict[str, str] = {}
        self._looked_up: set[str] = set()

    def forget(self) -> None:
        """Forget what was read: the dataset has changed."""
        self._choices.forget()
        self._terms.clear()
        self._labels.clear()
        self._looked_up.clear()

    def knows_all(self, bindings: Mapping[str, Term]) -> bool:
        """Tell whether the dataset says something of, or with, every thing asked about."""
        return all(term.kind != "iri" or self._store.mentions(term.value) for term in bindings.values())

    def answer(self, request: Request, bindings: Mapping[str, Term]) -> Answered:
        """Answer a request.

        Raises:
            ResultTooLargeError: the answer is larger than the server sends.
        """
        began = time.thread_time_ns()
        if len(self._terms) + len(self._looked_up) > _MOST_KNOWN:
            self.forget()
        compiled = catalogue()[request.name]
        rows = self._labelled(compiled.prepared.answer(self._store, bindings, self._terms))
        content = self._written(compiled.question, rows, request)
        if len(content) > request.most_bytes:
            raise ResultTooLargeError(
                f"The answer is larger than {request.most_bytes:,} bytes; ask for fewer rows with limit and offset."
            )
        return Answered(content, len(rows), (time.thread_time_ns() - began) // 1000)

    def _written(self, question: Question, rows: Rows, request: Request) -> bytes:
        if request.form == HTML.name:
            return self._html(question, rows, request)
        return _WRITERS[request.form](question, rows, request)

    def _html(self, question: Question, rows: Rows, request: Request) -> bytes:
        end = request.offset + request.limit
        page = Page(
            request.values,
            total=len(rows),
            offset=request.offset,
            before=request.address(max(0, request.offset - request.limit)) if request.offset else "",
            after=request.address(end) if end < len(rows) else "",
            server=request.server,
        )
        shown = rows.page(request.offset, request.limit)
        things = {term.value for row in shown.table.rows for term in row if term is not None and term.kind == "iri"}
        records = {thing: called(self._store, thing) for thing in things - rows.labels.keys()}
        return answer_page(question, shown, page, self.offer(question, request.values), records)

    def terms_of(self, questions: Iterable[Question]) -> dict[str, str]:
        """Return the words of each short list of terms from which some query lets a reader choose, by parameter."""
        return self._choices.terms(questions)

    def offer(self, question: Question, values: Mapping[str, str]) -> Offer:
        """Return what the form of a query offers, with some values filled in."""
        return Offer(self._choices.of(question), self._choices.labels(question, values), _titles())

    def _labelled(self, table: Table) -> Rows:
        things = {term.value for row in table.rows for term in row if term is not None and term.kind == "iri"}
        if new := things - self._looked_up:
            self._labels.update(self._store.labels(new))
            self._looked_up |= new
        return Rows(named_plainly(table), self._labels)


def question(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Answer a named query in a worker; the kind is the number of rows and the processor time."""
    request = Request(**arguments)
    asked = catalogue()[request.name].question
    refuse_unknown(held.store, asked, request.values)
    answered = _answerer(held.store).answer(request, bind(asked, request.values))
    return f"{answered.total} {answered.microseconds}", answered.content


@lru_cache(maxsize=1)
def _answerer(store: Embedded) -> Answerer:
    """Return the one of a worker, which never outlives the state of its dataset."""
    return Answerer(store)


def _json(question: Question, rows: Rows, request: Request) -> bytes:
    end = request.offset + request.limit
    body = {
        "query": question.name,
        "parameters": dict(request.values),
        "version": request.version,
        "total": len(rows),
        "offset": request.offset,
        "limit": request.limit,
        "rows": rows.page(request.offset, request.limit).dicts(),
        "next": request.address(end) if end < len(rows) else None,
    }
    return orjson.dumps(body)


def _text(form: str) -> Callable[[Question, Rows, Request], bytes]:
    def write(question: Question, rows: Rows, request: Request) -> bytes:
        return FORMS[form](rows.page(request.offset, request.limit)).encode()

    return write


def _results(question: Question, rows: Rows, request: Request) -> bytes:
    """Write SPARQL 1.1 Query Results JSON: the columns of the query, no labels."""
    columns = rows.table.columns
    bindings = [
        {column: _result(term) for column, term in zip(columns, row, strict=True) if term is not None}
        for row in rows.page(request.offset, request.limit).table.rows
    ]
    return orjson.dumps({"head": {"vars": columns}, "results": {"bindings": bindings}})


def _result(term: Term) -> dict[str, str]:
    if term.kind != "literal":
        return {"type": {"iri": "uri"}.get(term.kind, term.kind), "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.endswith("#string"):
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype}


_WRITERS: Mapping[str, Callable[[Question, Rows, Request], bytes]] = {
    "json": _json,
    "csv": _text("csv"),
    "tsv": _text("tsv"),
    "markdown": _text("markdown"),
    "srj": _results,
}
