"""SPARQL 1.1 Graph Store HTTP Protocol: /graphs?graph=IRI, /graphs?default, or a graph's own address below /graphs/."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import quote

from api.dataset import Dataset
from api.http.auth import Doorkeeper
from api.http.message import Asked, Reply
from api.http.negotiate import GRAPHS, QUADS, TRIPLES, choose, named
from api.http.problem import Problem
from api.protocols.writes import outcome, refusal_form

_ALLOW = {"Allow": "GET, HEAD, PUT, POST, DELETE, OPTIONS"}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: a named graph, the unnamed one (`graph` is None), or the whole dataset."""

    graph: str | None
    dataset: bool = False

    @property
    def words(self) -> str:
        """The target as a sentence names it."""
        if self.dataset:
            return "the dataset"
        return f"the graph <{self.graph}>" if self.graph else "the default graph"


class GraphStore:
    """The graph store: reads for everybody, writes behind the token and the shapes."""

    methods = _ALLOW["Allow"]

    def __init__(self, dataset: Dataset, door: Doorkeeper) -> None:
        """Take the dataset and who guards its writes."""
        self._dataset, self._door = dataset, door

    async def __call__(self, asked: Asked) -> Reply:
        """Read, replace, extend or drop one graph."""
        if asked.method == "GET":
            return await self._read(asked, _target(self._dataset, asked))
        if asked.method not in {"PUT", "POST", "DELETE"}:
            raise Problem(405, f"{asked.method} is not for graphs; use PUT, POST or DELETE, or /update.", dict(_ALLOW))
        self._door.check(asked)
        if asked.path.rstrip("/") == "/graphs" and not asked.query_string:
            return await self._without_name(asked)
        target = _target(self._dataset, asked)
        return await (self._delete(asked, target) if asked.method == "DELETE" else self._write(asked, target))

    async def _read(self, asked: Asked, target: Target) -> Reply:
        form = choose(asked.accept, GRAPHS)
        if name := asked.fields().get("format", [""])[-1]:
            form = named(name, GRAPHS)
        if form is None:
            raise Problem(406, f"Graphs come as {', '.join(each.name for each in GRAPHS)}; none of them was asked for.")
        arguments = {"graph": target.graph, "form": form.name, "most_bytes": self._dataset.settings.result_mb << 20}
        answer = await self._dataset.run("graph", arguments, client=asked.client)
        if answer.kind == "none":
            raise Problem(404, f"There is nothing in {target.words}.")
        return Reply(200, answer.content, form.content_type, {"Vary": "Accept"}, tag=form.name)

    async def _write(self, asked: Asked, target: Target) -> Reply:
        known = self._dataset.store.has_graph(target.graph)
        status = 204 if known else 201
        return await self._load(asked, target, status, replace=asked.method == "PUT")

    async def _without_name(self, asked: Asked) -> Reply:
        """Put quads into the dataset; or triples into a graph with a new name."""
        if named(asked.media_type, QUADS) and asked.method in {"PUT", "POST"}:
            return await self._load(asked, Target(None, dataset=True), 204, replace=asked.method == "PUT")
        if asked.method == "POST":
            return await self._create(asked)
        if asked.method == "PUT":
            _known(asked.media_type)
        raise Problem(400, "Name one graph: with ?graph= and its IRI, or with ?default; or send quads for all graphs.")

    async def _create(self, asked: Asked) -> Reply:
        """Put triples into a graph with a new name (section 5.5 of the protocol)."""
        address = f"{self._dataset.settings.address}/graphs/{secrets.token_hex(8)}"
        reply = await self._load(asked, Target(address), 201, replace=False)
        if reply.status == 201:
            reply.headers["Location"] = address
        return reply

    async def _load(self, asked: Asked, target: Target, status: int, replace: bool) -> Reply:
        parts = _parts(asked, await asked.body())
        form = refusal_form(asked.accept)
        arguments = {
            "report": form.name,
            "graph": target.graph,
            "dataset": target.dataset,
            "replace": replace,
            "parts": [{"media_type": media_type, "size": len(content)} for media_type, content in parts],
            "base": target.graph or self._dataset.settings.address + "/graphs",
        }
        content = b"".join(content for _, content in parts)
        check = self._precondition(asked, target)
        return outcome(await self._dataset.write("load", arguments, content, check), form, status)

    async def _delete(self, asked: Asked, target: Target) -> Reply:
        if not self._dataset.store.has_graph(target.graph):
            raise Problem(404, f"There is nothing in {target.words}.")
        form = refusal_form(asked.accept)
        arguments = {"report": form.name, "graph": target.graph}
        return outcome(await self._dataset.write("drop", arguments, check=self._precondition(asked, target)), form)

    def _precondition(self, asked: Asked, target: Target) -> Callable[[], None]:
        """Return what holds a write to If-Match and If-None-Match (RFC 9110, section 13.1), once it is its turn.

        An ETag names the dataset's version and a form; a write only asks for the version.
        """
        wanted, unwanted = asked.headers.get("if-match"), asked.headers.get("if-none-match", "")

        def check() -> None:
            known = target.dataset or self._dataset.store.has_graph(target.graph)
            tags = [tag.strip().strip('"') for tag in (wanted or "").split(",")]
            current = "*" in tags or any(tag.startswith(self._dataset.version[:20] + "-") for tag in tags)
            if (wanted is not None and not (known and current)) or (unwanted.strip() == "*" and known):
                raise Problem(412, "The dataset is not as the request expects it; read it again before you write.")

        return check


def _target(dataset: Dataset, asked: Asked) -> Target:
    """Return the graph of a request: by ?graph or ?default, or by its own address.

    Raises:
        Problem: 400, it names none, more than one, or no IRI; 404, the address is not below /graphs.
    """
    fields = asked.fields()
    below = asked.path.removeprefix("/graphs")
    if {".", ".."} & set(below.split("/")):
        raise Problem(
            400, "The address of a graph has no steps such as .. in it; name the graph with ?graph= and its IRI."
        )
    if below.strip("/"):
        return Target(dataset.settings.address + quote(asked.path, safe="/:@!$&'()*+,;=~-._"))
    graphs, default = fields.get("graph", []), "default" in fields
    if len(graphs) + default != 1:
        raise Problem(400, "Name one graph: with ?graph= and its IRI, or with ?default.")
    if default:
        return Target(None)
    if not _IRI.fullmatch(graphs[0]):
        raise Problem(400, f"The name of the graph, {graphs[0][:100]!r}, is no absolute IRI.")
    return Target(graphs[0])


def _parts(asked: Asked, body: bytes) -> list[tuple[str, bytes]]:
    """Return the payloads of a body, each with its media type; several where it is multipart/form-data."""
    if asked.media_type != "multipart/form-data":
        return [(_known(asked.media_type), body)]
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise Problem(
            400,
            "The multipart body has no parts that can be read; expected each between boundaries: check the boundary.",
        )
    return [
        (_known(part.get_content_type()), bytes(part.get_payload(decode=True) or b"")) for part in message.iter_parts()
    ]


def _known(media_type: str) -> str:
    if not any(media_type in form.media_types for form in GRAPHS):
        names = ", ".join(form.media_types[0] for form in TRIPLES)
        raise Problem(
            415,
            f"The body is {media_type or 'of no named type'}; expected one of {names}: "
            "name it in the header Content-Type.",
        )
    return media_type
