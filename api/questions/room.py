"""Named queries over HTTP: /queries lists them, /queries/NAME answers one, /queries/NAME.rq is its SPARQL text.

An answer in JSON is {"query", "parameters", "version", "total", "offset", "limit", "rows", "next"}: a row holds an IRI
and its label side by side, "next" is the relative reference of the page that follows, or null. A query is evaluated
whole and then cut to offset and limit (1 to 10,000, all that by default, 100 on a page for people); Link headers lead
to the other pages.

A query that has been quick of late is answered in the web process, any other in a worker; the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import orjson
from rapidfuzz import process

from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.negotiate import HTML, Form, choose, named, prefers_html
from api.http.presence import unless_gone
from api.http.problem import Problem, of_error
from api.meant import meant
from api.pages import POLICY, look
from api.questions.answers import (
    ANSWER_FORMS,
    MOST_ROWS,
    ROWS_OF_A_PAGE,
    Answered,
    Answerer,
    Compiled,
    Request,
    catalogue,
)
from api.questions.choices import class_of
from api.questions.fields import Fields
from api.questions.pages import example_address, list_page, refused_page
from kg import names
from kg.errors import QuestionError
from kg.query import Question, bind
from kg.search import Hit, SearchIndex
from kg.search.index import BEARS
from kg.store import ResultTooLargeError

LIST_FORMS = (ANSWER_FORMS[0], HTML)
_ROOT = "/queries"
_SPARQL = "application/sparql-query; charset=utf-8"
_TEXT_FORMS = (Form("rq", _SPARQL, ("application/sparql-query", "text/plain")),)
_MOST_OFFSET = 999_999_999
_QUICK = 2_000  # microseconds
_RUNS_TO_TRUST = 3
_RUNS_AFTER_A_SLOW_ONE = 100
_MOST_CHARACTERS = 100


class Pace:
    """Tells which queries are quick enough to be answered in the web process, form by form."""

    def __init__(self) -> None:
        """Know none."""
        self._untrusted: dict[tuple[str, str], int] = {}

    def is_quick(self, key: tuple[str, str]) -> bool:
        """Tell whether all of the recent runs were quick: the first three at least, or the last hundred."""
        return self._untrusted.get(key, _RUNS_TO_TRUST) == 0

    def note(self, key: tuple[str, str], microseconds: int) -> None:
        """Note a run; a single slow one costs a query its place."""
        left = self._untrusted.get(key, _RUNS_TO_TRUST)
        self._untrusted[key] = max(left - 1, 0) if microseconds <= _QUICK else _RUNS_AFTER_A_SLOW_ONE


class Questions:
    """The named queries."""

    def __init__(self, dataset: Dataset, index: Callable[[], SearchIndex]) -> None:
        """Take the dataset, and the search index, which tells what a name means."""
        self._dataset, self._index = dataset, index
        self._catalogue = catalogue()
        self._answerer = Answerer(dataset.store)
        self.pace = Pace()
        dataset.on_change(self._answerer.forget)

    async def __call__(self, asked: Asked) -> Reply:
        """List the queries, answer one, or give its text."""
        if asked.method != "GET":
            raise Problem(405, "Queries are asked with GET.", {"Allow": "GET, HEAD, OPTIONS"})
        if asked.path == _ROOT:
            return self._list(asked)
        name = asked.path[len(_ROOT) + 1 :]
        if not name:
            raise Problem(404, f"There is no query without a name; the list of all is {_ROOT}, without a slash.")
        if name.endswith(".rq"):
            return self._text(self._named(name.removesuffix(".rq")), asked)
        compiled = self._named(name)
        try:
            return await self._answer(compiled, asked)
        except (Problem, QuestionError) as error:
            problem = error if isinstance(error, Problem) else of_error(error)
            if problem.status != 400 or not prefers_html(asked.accept):
                raise
            return self._refused(compiled.question, asked, problem)

    def _refused(self, question: Question, asked: Asked, problem: Problem) -> Reply:
        """Lead a browser on to the answer where a name is clearly that of one thing; else tell it what was wrong."""
        fields = asked.fields()
        given = {field: values[0] for field, values in fields.items()}
        once = all(len(values) == 1 for values in fields.values())
        unknown = self._unknown(question, given) if once else {}
        clear = {field: hits[0].name for field, hits in unknown.items() if _is_clear(hits)}
        if clear:
            place = f"{_ROOT}/{question.name}?{urlencode(given | clear, safe='/')}"
            return Reply(303, headers={"Location": place, "Vary": "Accept"})
        return refused_page(question, given, problem, self._answerer.offer(question, given), unknown)

    def _unknown(self, question: Question, given: dict[str, str]) -> dict[str, tuple[Hit, ...]]:
        """Return what may be meant by each value that should name a thing and is the short name of none."""
        return {
            each.name: meant(self._index(), text, filter(None, [class_of(each)]))
            for each in question.parameters
            if each.type.startswith("IRI") and (text := given.get(each.name, "").strip())
            if not (_names_one(text) and self._dataset.store.mentions(names.iri(text)))
        }

    def _named(self, name: str) -> Compiled:
        found = self._catalogue.get(name)
        stem, _, suffix = name.rpartition(".")
        if found is None and stem in self._catalogue:
            forms = ", ".join(form.name for form in ANSWER_FORMS)
            told = f"use format={suffix}" if named(suffix, ANSWER_FORMS) else f"the field format takes {forms}"
            raise Problem(404, f"An answer has no suffix {suffix[:_MOST_CHARACTERS]!r} in its address; {told}.")
        if found is None:
            near = [match[0] for match in process.extract(name[:_MOST_CHARACTERS], list(self._catalogue), limit=3)]
            raise Problem(
                404,
                f"There is no query {name[:_MOST_CHARACTERS]!r}; the nearest names are {', '.join(near)}. "
                "/queries lists all.",
                nearest=near,
            )
        return found

    def _list(self, asked: Asked) -> Reply:
        fields = Fields(asked)
        fields.only_format()
        if named(fields.format, ANSWER_FORMS) and not named(fields.format, LIST_FORMS):
            raise Problem(
                400,
                f"The list of the queries comes as json or html; {fields.format} is for an answer: "
                f"{_ROOT}/NAME?format={fields.format}.",
            )
        form = fields.form(LIST_FORMS)
        if form is HTML:
            questions = {name: each.question for name, each in self._catalogue.items()}
            content = list_page(questions, self._answerer.terms_of(questions.values()))
        else:
            content = orjson.dumps([described(each.question) for each in self._catalogue.values()])
        return _reply(content, form, {"Vary": "Accept"})

    def _text(self, compiled: Compiled, asked: Asked) -> Reply:
        if asked.query_string:
            raise Problem(400, "The text of a query has no parameters; leave out what follows the question mark.")
        if choose(asked.accept, _TEXT_FORMS) is None:
            raise Problem(406, "The text of a query is sent as application/sparql-query.")
        return Reply(200, compiled.question.text.encode(), _SPARQL, {"Vary": "Accept"}, tag="rq")

    async def _answer(self, compiled: Compiled, asked: Asked) -> Reply:
        request = self._read(compiled.question, asked)
        answered = await self._run(request, compiled.question, asked)
        form = next(each for each in ANSWER_FORMS if each.name == request.form)
        headers = {"Vary": "Accept"}
        if form.name in {"csv", "tsv"}:
            headers["Content-Disposition"] = f'attachment; filename="{request.name}.{form.name}"'
        if request.offset or answered.total > request.limit:
            headers["Link"] = _pages(request, answered.total)
        return _reply(answered.content, form, headers)

    async def _run(self, request: Request, question: Question, asked: Asked) -> Answered:
        """Answer here if the query is quick, else in a worker, which also tells what an unknown thing may mean."""
        key = (request.name, request.form)
        bindings = bind(question, request.values)
        if self.pace.is_quick(key) and self._answerer.knows_all(bindings):
            try:
                answered = self._answerer.answer(request, bindings)
            except ResultTooLargeError as error:
                raise Problem(413, str(error)) from None
        else:
            work = self._dataset.run("question", asdict(request), client=asked.client)
            done = await unless_gone(asked, work)
            total, microseconds = done.kind.split()
            answered = Answered(done.content, int(total), int(microseconds))
        self.pace.note(key, answered.microseconds)
        return answered

    def _read(self, question: Question, asked: Asked) -> Request:
        """Read a request for an answer.

        Raises:
            Problem: 400, names all fields that are wrong; 406, no form suits.
        """
        fields = Fields(asked)
        values = fields.values(question)
        offset = fields.number("offset", 0, most=_MOST_OFFSET)
        limit = fields.number("limit", 0, least=1, most=MOST_ROWS)
        form = fields.form(ANSWER_FORMS)
        return Request(
            name=question.name,
            values=values,
            offset=offset,
            limit=limit or (ROWS_OF_A_PAGE if form is HTML else MOST_ROWS),
            form=form.name,
            format=fields.format,
            version=self._dataset.version,
            most_bytes=self._dataset.settings.result_mb << 20,
            server=self._dataset.settings.address,
        )


def _names_one(text: str) -> bool:
    """Tell whether a text is an IRI or a short name, rather than what people call a thing."""
    return "://" in text or names.REFERENCE.fullmatch(text) is not None


def _is_clear(hits: tuple[Hit, ...]) -> bool:
    """Tell whether a name is that of one thing that can be asked about: terms of the data model cannot."""
    return len(hits) == 1 and hits[0].score >= BEARS and names.REFERENCE.fullmatch(hits[0].name) is not None


def _reply(content: bytes, form: Form, headers: dict[str, str]) -> Reply:
    """Return a reply; a page may load its style sheet, and is stale once a template changes."""
    if form is HTML:
        return Reply(
            200, content, form.content_type, {**headers, "Content-Security-Policy": POLICY}, f"{form.name}-{look()}"
        )
    return Reply(200, content, form.content_type, headers, form.name)


def described(question: Question) -> dict[str, Any]:
    """Return a query as the list shows it."""
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "parameters": [asdict(each) for each in question.parameters],
        "columns": question.columns,
        "link": f"{_ROOT}/{question.name}",
        "example": example_address(question),
    }


def _pages(request: Request, total: int) -> str:
    """Return the Link header of a page (RFC 8288)."""
    last = (total - 1) // request.limit * request.limit if total else 0
    offsets = {"first": 0, "last": last}
    if request.offset:
        offsets["prev"] = max(0, request.offset - request.limit)
    if request.offset + request.limit < total:
        offsets["next"] = request.offset + request.limit
    return ", ".join(f'<{request.address(offset)}>; rel="{relation}"' for relation, offset in offsets.items())
