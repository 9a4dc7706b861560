"""SPARQL 1.1 Protocol, queries: /sparql. The query runs in a worker; this room reads the request and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from api.dataset import Dataset
from api.http.message import Asked, Reply, read_fields
from api.http.negotiate import GRAPHS, TABLES, Form, choose, named, none_suits, prefers_html
from api.http.presence import unless_gone
from api.http.problem import Problem
from api.protocols.description import service_description
from api.protocols.form import answered_form, empty_form, refused_form
from api.protocols.terms import ADDRESS, terms
from api.sandbox.pool import Answer

_METHODS = "GET, HEAD, POST, OPTIONS"
_VARY = {"Vary": "Accept"}
_KNOWN = {"query", "default-graph-uri", "named-graph-uri", "format", "name"}
FILE_NAME = "[A-Za-z0-9-]{1,80}"  # nothing that means anything in a header or to a file system
# Answers that differ from one time to the next are not kept.
_CHANGING = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|BNODE|SERVICE)\b")
_MOST_BYTES = 1 << 18  # the longest query that is read, in UTF-8, percent-encoded

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Operation:
    """A query as the protocol hands it over: its text, the graphs that the request names, and the form asked for.

    `name` is what a file of the answer is to be called, without its ending; "" where the answer is no download.
    """

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    form: str
    name: str


class Sparql:
    """The query endpoint."""

    methods = _METHODS

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset
        self._terms = b""
        dataset.on_change(self._forget)
        settings = dataset.settings
        self._wanted = {  # the fields of kg.store.Wanted that are the same for all
            "union": settings.default_graph == "union",
            "most_bytes": settings.result_mb << 20,
            "base": settings.address + "/sparql",
            "service_hosts": sorted(settings.allowed_hosts),
        }

    async def __call__(self, asked: Asked) -> Reply:
        """Answer a query; without one, describe the service, or give a browser a form."""
        if asked.path == ADDRESS:
            return self._completion(asked)
        if asked.path != "/sparql":
            raise Problem(404, "There is nothing here; the SPARQL endpoint is /sparql.")
        if asked.method not in {"GET", "POST"}:
            raise Problem(405, "The SPARQL endpoint takes GET and POST.", {"Allow": _METHODS})
        if asked.method == "GET" and not asked.query_string:
            if prefers_html(asked.accept):
                return empty_form()
            return await service_description(self._dataset, asked)
        operation = await _read(asked)
        if prefers_html(asked.accept):
            return await self._for_a_browser(asked, operation)
        return await self._answer(asked, operation)

    def _forget(self) -> None:
        self._terms = b""

    def _completion(self, asked: Asked) -> Reply:
        """Send the terms that a query can use, for the editor of the form."""
        if asked.method != "GET":
            raise Problem(405, "The list of terms takes GET and HEAD.", {"Allow": "GET, HEAD, OPTIONS"})
        if asked.query_string:
            raise Problem(400, "The list of terms takes no fields; leave out what follows the question mark.")
        self._terms = self._terms or terms(self._dataset.store)
        return Reply(200, self._terms, "application/json", tag="terms")

    async def _answer(self, asked: Asked, operation: Operation) -> Reply:
        """Answer in the form that the field "format" or the Accept header asks for."""
        table, graph = _forms(operation.form, asked.accept)
        forms = {"table": table.name if table else "", "graph": graph.name if graph else ""}
        answer = await self._run("query", asked, operation, forms)
        form = graph if answer.kind == "graph" else table
        assert form is not None
        headers = dict(_VARY)
        if operation.name:
            headers["Content-Disposition"] = f'attachment; filename="{operation.name}.{form.name}"'
        return Reply(200, answer.content, form.content_type, headers, tag=form.name if _is_kept(operation) else "")

    async def _for_a_browser(self, asked: Asked, operation: Operation) -> Reply:
        """Answer with a page, or in the form that was chosen on it; what goes wrong is told above the query."""
        try:
            if operation.form:
                return await self._answer(asked, operation)
            answer = await self._run("query-page", asked, operation, {})
        except Problem as problem:
            return refused_form(operation.text, operation.form, problem)
        return answered_form(answer.content, kept=_is_kept(operation))

    async def _run(self, job: str, asked: Asked, operation: Operation, forms: dict[str, str]) -> Answer:
        graphs = {"default_graphs": operation.default_graphs, "named_graphs": operation.named_graphs}
        work = self._dataset.run(job, {**self._wanted, **forms, **graphs}, operation.text.encode(), asked.client)
        return await unless_gone(asked, work)


def _is_kept(operation: Operation) -> bool:
    """Tell whether the answer is the same from one time to the next."""
    return not _CHANGING.search(operation.text.upper())


def _forms(form: str, accept: str) -> tuple[Form | None, Form | None]:
    """Return the forms in which a table and a graph may be sent, None where the asker takes none.

    Raises:
        Problem: 406, neither can be sent; 400, the field "format" names none.
    """
    if form:
        table, graph = named(form, TABLES), named(form, GRAPHS)
        if not table and not graph:
            raise Problem(400, f"There is no format {form!r}; choose one of {_names()}.")
        return table, graph
    table, graph = choose(accept, TABLES), choose(accept, GRAPHS)
    if not table and not graph:
        raise Problem(406, none_suits(TABLES + GRAPHS), dict(_VARY))
    return table, graph


def _names() -> str:
    return ", ".join(form.name for form in TABLES + GRAPHS)


async def _read(asked: Asked) -> Operation:
    """Read an operation of the protocol (SPARQL 1.1 Protocol, section 2.1).

    Raises:
        Problem: 400 or 415, says what the protocol expects.
    """
    fields = asked.fields()
    if asked.method == "POST":
        body = await asked.body(_MOST_BYTES)
        if asked.media_type == "application/sparql-query":
            if "query" in fields:
                raise Problem(400, "The query stands both in the address and in the body; send it once.")
            fields = {**fields, "query": [_text(body, asked.charset)]}
        elif asked.media_type == "application/x-www-form-urlencoded":
            fields = {**fields, **read_fields(body)}
        else:
            raise Problem(
                415,
                f"The body is {asked.media_type or 'of no named type'}; expected application/sparql-query "
                "or application/x-www-form-urlencoded.",
            )
    return _operation(fields)


def _operation(fields: dict[str, list[str]]) -> Operation:
    if "update" in fields:
        raise Problem(400, "This endpoint only answers queries; updates go to /update.")
    if unknown := set(fields) - _KNOWN:
        raise Problem(400, f"Unknown field {min(unknown)!r}; the fields are {', '.join(sorted(_KNOWN))}.")
    queries = fields.get("query", [])
    if len(queries) != 1:
        raise Problem(400, f"The request has {len(queries)} fields named query; expected one.")
    return Operation(
        queries[0],
        tuple(fields.get("default-graph-uri", ())),
        tuple(fields.get("named-graph-uri", ())),
        fields.get("format", [""])[-1],
        _file_name(fields.get("name", [""])[-1]),
    )


def _file_name(text: str) -> str:
    """Return the name of a download.

    Raises:
        Problem: 400, it has other signs than a file of this server's may have.
    """
    if text and not re.fullmatch(FILE_NAME, text):
        raise Problem(400, f"The name of a download reads {text[:80]!r}; expected 1 to 80 letters, digits and hyphens.")
    return text


def _text(body: bytes, charset: str) -> str:
    if charset not in {"utf-8", "utf8"}:
        raise Problem(400, f"The query is in {charset!r}; expected UTF-8.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "The query is not UTF-8; send it in UTF-8.") from None
