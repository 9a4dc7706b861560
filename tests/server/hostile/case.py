"""A hostile input: what is sent, and which answers are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from .target import TOKEN, Canary, Seen, Server

Send = Callable[[Server, Canary], Seen]
Claim = Callable[[Seen], bool]


@dataclass(frozen=True)
class Case:
    """One hostile input.

    Attributes:
        kind: kind of threat.
        name: what it is.
        send: sends it.
        expected: statuses that are right; 0 is a connection closed without an answer.
        claim: what must hold of the answer beside its status.
        slow: it works the server hard, and may run beside others.
        writes: it goes to the server that takes writes.
    """

    kind: str
    name: str
    send: Send
    expected: frozenset[int]
    claim: Claim = lambda seen: True
    slow: bool = False
    writes: bool = False

    def __str__(self) -> str:
        """Return its name for the report of the tests."""
        return f"{self.kind}: {self.name}"


def query(
    kind: str, name: str, text: str | bytes, *expected: int, slow: bool = False, claim: Claim | None = None
) -> Case:
    """Return a query that is posted; CANARY in it stands for the port of a web server that must not be asked."""

    def send(server: Server, canary: Canary) -> Seen:
        body = text.replace("CANARY", str(canary.port)) if isinstance(text, str) else text
        return server.ask("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})

    return Case(kind, name, send, frozenset(expected), claim or (lambda seen: True), slow)


def get(
    kind: str, name: str, path: str, *expected: int, claim: Claim | None = None, writes: bool = False, **headers: str
) -> Case:
    """Return a GET request; underscores in the names of headers stand for hyphens."""

    def send(server: Server, canary: Canary) -> Seen:
        named = {header.replace("_", "-"): value for header, value in headers.items()}
        return server.ask("GET", path.replace("CANARY", str(canary.port)), None, named)

    return Case(kind, name, send, frozenset(expected), claim or (lambda seen: True), writes=writes)


def post(
    kind: str,
    name: str,
    path: str,
    body: bytes | str,
    media_type: str,
    *expected: int,
    slow: bool = False,
    **headers: str,
) -> Case:
    """Return a POST request to the server that only reads."""

    def send(server: Server, canary: Canary) -> Seen:
        data = body.replace("CANARY", str(canary.port)) if isinstance(body, str) else body
        named = {header.replace("_", "-"): value for header, value in headers.items()}
        return server.ask("POST", path, data, {"Content-Type": media_type, **named})

    return Case(kind, name, send, frozenset(expected), slow=slow)


def write(
    kind: str, name: str, path: str, body: bytes | str, media_type: str, *expected: int, slow: bool = False
) -> Case:
    """Return a POST request with the token of the server that takes writes."""

    def send(server: Server, canary: Canary) -> Seen:
        data = body.replace("CANARY", str(canary.port)) if isinstance(body, str) else body
        return server.ask("POST", path, data, {"Content-Type": media_type, "Authorization": f"Bearer {TOKEN}"})

    return Case(kind, name, send, frozenset(expected), slow=slow, writes=True)


def raw(kind: str, name: str, data: bytes, *expected: int, claim: Claim | None = None) -> Case:
    """Return bytes that are sent as they are."""
    return Case(kind, name, lambda server, canary: server.raw(data), frozenset(expected), claim or (lambda seen: True))


def graph_address(iri: str) -> str:
    """Return the address of a graph in the graph store."""
    return f"/graphs?graph={quote(iri, safe='')}"
