"""A client of the HTTP interface: the graph on another machine, asked in a few lines.

    from kg.client import Client

    with Client("http://127.0.0.1:8000") as client:
        for row in client.ask("rating-history-of-a-unit", unit="pdu/west-kent"):
            print(row["rating label"], row["statement"])

It needs nothing beyond the standard library for HTTP: an analyst's machine behind a proxy has that set up already.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, Request, build_opener

from kg import names
from kg.errors import QuestionError, ServiceError
from kg.store import Embedded, Table, Term, Triples

if TYPE_CHECKING:
    from email.message import Message

    from rdflib import Graph

_JSON = "application/json"
_TABLE = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_FORM = "application/x-www-form-urlencoded"
_TRY_AGAIN = {429, 503}
_MOST_TRIES = 4
_MOST_SECONDS = 30.0
_PAGE = 1_000
_MOST_PAGES = 1_000
_NEXT = re.compile(r'<(/[^>]*)>; rel="next"')
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, media type, content, ETag, and the path of the page that follows; "" without one."""

    status: int
    media_type: str
    content: bytes
    etag: str = ""
    following: str = ""

    def json(self) -> Any:
        """Return the content read as JSON."""
        return json.loads(self.content)


class Client:
    """Asks a server of this graph; with its token, writes as well."""

    def __init__(self, base_url: str, token: str | None = None, timeout: float = 30.0) -> None:
        """Take the server's address.

        Args:
            base_url: such as "http://127.0.0.1:8000".
            token: bearer token for writes; it is never sent on to another address.
            timeout: seconds to wait for an answer.

        Raises:
            QuestionError: the address is no http or https address.
        """
        if urlsplit(base_url).scheme not in {"http", "https"}:
            raise QuestionError(f'"{base_url}" is no address of a server; give one such as http://127.0.0.1:8000.')
        self._base, self._token, self._timeout = base_url.rstrip("/"), token, timeout
        self._opener: OpenerDirector = build_opener()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""
        self.close()

    def close(self) -> None:
        """Close what is open."""
        self._opener.close()

    def select(self, query: str) -> Table:
        """Answer a SELECT query.

        Raises:
            QuestionError: it is an ASK query.
        """
        found = self._sparql(query, _TABLE).json()
        if "boolean" in found:
            raise QuestionError("This is an ASK query, which is answered yes or no; ask it with is_true.")
        columns = tuple(found["head"]["vars"])
        rows = found["results"]["bindings"]
        return Table(columns, tuple(tuple(_term(row.get(column)) for column in columns) for row in rows))

    def is_true(self, query: str) -> bool:
        """Answer an ASK query.

        Raises:
            QuestionError: it is a SELECT query.
        """
        found = self._sparql(query, _TABLE).json()
        if "boolean" not in found:
            raise QuestionError("This is a SELECT query, which is answered with a table; ask it with select.")
        return bool(found["boolean"])

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""
        return _triples(self._sparql(query, _TRIPLES).content)

    def update(self, update: str) -> None:
        """Run a SPARQL update; it needs the token.

        Raises:
            ServiceError: 401 or 403, the token is wrong or writes are off; 422, the shapes forbid it.
        """
        self.request("POST", "/update", update.encode(), {"Content-Type": "application/sparql-update"})

    def graph(self, graph: str | None = None) -> Triples:
        """Return the triples of a named graph, or of the default graph."""
        return _triples(self.request("GET", _graph(graph), headers={"Accept": _TRIPLES}).content)

    def put_graph(self, graph: str | None, content: bytes, media_type: str = "text/turtle") -> None:
        """Let a graph hold these triples and no others."""
        self.request("PUT", _graph(graph), content, {"Content-Type": media_type})

    def add_to_graph(self, graph: str | None, content: bytes, media_type: str = "text/turtle") -> None:
        """Add triples to a graph."""
        self.request("POST", _graph(graph), content, {"Content-Type": media_type})

    def delete_graph(self, graph: str | None) -> None:
        """Drop a graph with all that it holds."""
        self.request("DELETE", _graph(graph))

    def thing(self, name: str) -> Graph:
        """Return all that the graph says of a thing, given by its short name or IRI; its pages are put together.

        Raises:
            ServiceError: there is no such thing, or it has more pages than are read.
        """
        from rdflib import Graph

        graph = Graph()
        address = "/doc/" + quote(names.iri(name).removeprefix(names.ID).removeprefix(names.BASE), safe="/")
        for _ in range(_MOST_PAGES):
            reply = self.request("GET", address, headers={"Accept": _TRIPLES})
            graph.parse(data=reply.content, format="nt")
            if not reply.following:
                return graph
            address = reply.following
        raise ServiceError(200, f'"{name}" has more than {_MOST_PAGES:,} pages; ask for a part of it with SPARQL.')

    def queries(self) -> list[dict[str, Any]]:
        """Return the named queries: name, summary, description, parameters, columns."""
        found: list[dict[str, Any]] = self._get("/queries")
        return found

    def ask(self, question: str, /, **parameters: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a named query, page by page; a column of IRIs has a second one, "column label"."""
        path = f"/queries/{quote(question, safe='')}"
        address: str | None = f"{path}?{urlencode({**parameters, 'limit': _PAGE})}"
        while address:
            page = self._get(address)
            yield from page["rows"]
            address = f"{path}{page['next']}" if page["next"] else None

    def export(self, view: str, form: str = "graphml", /, **fields: str | Iterable[str]) -> bytes:
        """Return an export: a view as a picture, a page or data, by the name or suffix of the form.

        Args:
            view: such as "organisation-chart"; `GET /exports` lists all.
            form: such as "svg", "html" or "graphml".
            fields: parameters of the view, filters, and the look of pictures, by name; several values as a list.
        """
        path = f"/exports/{quote(view, safe='')}.{quote(form, safe='')}"
        return self.request("GET", f"{path}?{urlencode(fields, doseq=True)}").content

    def search(
        self, text: str, types: Iterable[str] = (), limit: int = 20, offset: int = 0
    ) -> tuple[int, list[dict[str, Any]]]:
        """Return how many things a search finds, and one page of them, the best first."""
        fields = [("q", text), *(("type", each) for each in types), ("limit", limit), ("offset", offset)]
        found = self._get(f"/search?{urlencode(fields)}")
        return found["total"], found["hits"]

    def suggest(self, text: str, types: Iterable[str] = (), limit: int = 10) -> list[dict[str, Any]]:
        """Return the things whose names begin with, or hold, a text."""
        fields = [("q", text), *(("type", each) for each in types), ("limit", limit)]
        found: list[dict[str, Any]] = self._get(f"/suggest?{urlencode(fields)}")["suggestions"]
        return found

    def reconcile(
        self, wanted: Mapping[str, str], kind: str | None = None, limit: int = 5
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the candidates for each name, under the keys that the names have; `match` where one is certain.

        Args:
            wanted: names by keys of the asker's.
            kind: class to keep to, such as "pko:Prison".
            limit: candidates for each.
        """
        more = {"type": kind} if kind else {}
        batch = {key: {"query": name, "limit": limit, **more} for key, name in wanted.items()}
        content = urlencode({"queries": json.dumps(batch)}).encode()
        found = self.request("POST", "/reconcile", content, {"Content-Type": _FORM, "Accept": _JSON}).json()
        return {key: found[key]["result"] for key in wanted}

    def validate(self, content: bytes, media_type: str = "text/turtle") -> dict[str, Any]:
        """Return what the shapes say of RDF: "conforms", and the list of "findings"; nothing is stored."""
        found: dict[str, Any] = self.request(
            "POST", "/validate", content, {"Content-Type": media_type, "Accept": _JSON}
        ).json()
        return found

    def health(self) -> dict[str, Any]:
        """Return whether the server is ready, the version of the dataset, and its size.

        Raises:
            ServiceError: it is not ready.
        """
        found: dict[str, Any] = self._get("/health/ready")
        return found

    def version(self) -> str:
        """Return the version of the dataset, which changes with every write."""
        return str(self.health()["version"])

    def request(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request; a server that is busy is asked again when it says so, a few times at the most.

        Raises:
            ServiceError: it was refused, or the server cannot be reached.
        """
        began = time.monotonic()
        for left in reversed(range(_MOST_TRIES)):
            try:
                return self._send(method, path, content, headers or {})
            except ServiceError as error:
                wait = error.retry_after
                spent = time.monotonic() - began
                if error.status not in _TRY_AGAIN or wait is None or not left or spent + wait > _MOST_SECONDS:
                    raise
                time.sleep(wait)
        raise AssertionError  # the last try returns or raises

    def _send(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]) -> Reply:
        request = Request(self._base + path, content, dict(headers), method=method)  # noqa: S310 - the scheme is checked
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=self._timeout) as reply:
                told = reply.headers
                following = _NEXT.search(told.get("Link", ""))
                return Reply(
                    reply.status,
                    told.get_content_type(),
                    reply.read(),
                    told.get("ETag", ""),
                    following[1] if following else "",
                )
        except HTTPError as error:
            with error:
                raise _refusal(error.code, error.headers, error.read()) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise ServiceError(0, f"{self._base} does not answer ({reason}); is the server running there?") from None

    def _get(self, path: str) -> Any:
        return self.request("GET", path, headers={"Accept": _JSON}).json()

    def _sparql(self, query: str, accept: str) -> Reply:
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.request("POST", "/sparql", query.encode(), headers)


def _graph(graph: str | None) -> str:
    return "/graphs?default" if graph is None else f"/graphs?{urlencode({'graph': graph})}"


def _term(binding: Mapping[str, str] | None) -> Term | None:
    """Read a value of SPARQL 1.1 Query Results JSON."""
    if binding is None:
        return None
    if binding["type"] != "literal":
        return Term(binding["value"], "iri" if binding["type"] == "uri" else "bnode")
    language = binding.get("xml:lang", "")
    plain = names.PREFIXES["rdf"] + "langString" if language else names.PREFIXES["xsd"] + "string"
    return Term(binding["value"], "literal", binding.get("datatype", plain), language)


def _triples(content: bytes) -> Triples:
    """Read N-Triples."""
    store = Embedded()
    store.load_quads(content)
    return Triples(tuple((subject, predicate, value) for subject, predicate, value, _ in store.quads()))


def _refusal(status: int, headers: Message, content: bytes) -> ServiceError:
    """Return the error that a problem document tells; a query that passed a limit is not asked again."""
    fields: Any = {}
    if headers.get_content_type() == "application/problem+json":
        fields = json.loads(content)
    detail = fields.get("detail") or f"The server answered with status {status}."
    if findings := fields.get("findings"):
        detail += "".join(f"\n{each['label'] or each['focus']}: {each['message']}" for each in findings[:_MOST_TOLD])
    wait = headers.get("Retry-After", "")
    passed = "limit_seconds" in fields or "limit_megabytes" in fields
    return ServiceError(status, detail, float(wait) if wait.isdigit() and not passed else None)
