"""Reads a SPARQL Update far enough to know its operations: which kind each is and which graphs it can change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QuestionError
from kg.store.guard import refuse_hostile
from kg.store.tokens import Token, declared_prefixes, prefix_of, tokens

DATA = frozenset({"insert data", "delete data"})
_MODIFIES = frozenset({"delete where", "modify"})
_AROUND_NAMES = frozenset({"GRAPH", "SILENT", "DEFAULT", "TO"})
_KEYWORD = re.compile(r"graph|^(silent|default|to|named|all)", re.IGNORECASE)
_SINGLE = {word: word.lower() for word in ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an update.

    Attributes:
        kind: "insert data", "delete data", "delete where", "modify", "load", "clear", "drop", "create", "add", "move",
            "copy", or "" for a prologue with nothing behind it.
        own: its own prologue, as written.
        prologue: all prologues up to here, which hold for it too.
        text: the operation without prologue.
        tokens: the tokens of `text`, placed within it.
    """

    kind: str
    own: str
    prologue: str
    text: str
    tokens: tuple[Token, ...]


def operations(text: str, using_default: Sequence[str] = (), using_named: Sequence[str] = ()) -> list[Operation]:
    """Return the operations of an update, checked and ready for the engine.

    A LOAD SILENT is left out: it fails, since nothing is ever fetched, and says nothing.

    Args:
        text: the request.
        using_default: IRIs of the protocol's using-graph-uri, which stand in for USING.
        using_named: IRIs of using-named-graph-uri, which stand in for USING NAMED.

    Raises:
        QuestionError: the request is nested too deep, loads, calls another server, is no update, or says USING or WITH
            beside the protocol's parameters.
    """
    refuse_hostile(text, most=None)
    clauses = _clauses(using_default, using_named)
    found, prologue = [], ""
    for segment in _segments(text):
        operation = _operation(text, segment, prologue)
        prologue = operation.prologue
        found.append(_without_load(_with_using(operation, clauses)))
    return found


def joined(found: Iterable[Operation]) -> str:
    """Return operations as the text of one update."""
    parts: list[str] = []
    for operation in found:
        parts.append(operation.own + "\n")
        if operation.text:
            parts.append(operation.text + "\n;\n")
    return "".join(parts)


def target_graphs(operation: Operation) -> list[str] | None:
    """Return the named graphs that an operation can change, as it writes their names; None where that is in doubt."""
    if operation.kind in _MODIFIES | DATA:
        return _graphs_of_templates(operation)
    declared, found = _declared(operation), list[str]()
    for token in operation.tokens[1:]:
        if token.kind == "word" and token.text.upper() in _AROUND_NAMES:
            continue
        if not _is_sure(token, declared):
            return None
        found.append(token.text)
    return found


def resolved(operation: Operation, written: Sequence[str], base: str | None = None) -> list[ox.NamedNode]:
    """Return graphs by the IRIs that the engine reads in their names, from `base` on where the update has none."""
    scratch = ox.Store()
    creations = " ;\n".join(f"CREATE SILENT GRAPH {name}" for name in written)
    scratch.update(f"{operation.prologue}\n{creations}", base_iri=base)
    return [graph for graph in scratch.named_graphs() if isinstance(graph, ox.NamedNode)]


def _segments(text: str) -> Iterator[list[Token]]:
    """Split at the semicolons outside of braces."""
    depth, segment = 0, list[Token]()
    for token in tokens(text):
        depth += (token.text == "{") - (token.text == "}")
        if token.text == ";" and depth == 0:
            yield segment
            segment = []
        else:
            segment.append(token)
    if segment:
        yield segment


def _operation(text: str, segment: list[Token], before: str) -> Operation:
    """Part an operation from its prologue and name its kind."""
    at = 0
    while at < len(segment) and segment[at].text.upper() in {"PREFIX", "BASE", "VERSION"}:
        at += 1
        while at < len(segment) and segment[at].kind not in {"iri", "text"}:
            at += 1
        at += 1
    own = text[segment[0].start : segment[min(at, len(segment)) - 1].end] if segment and at else ""
    body = segment[at:]
    start, end = (body[0].start, body[-1].end) if body else (0, 0)
    placed = tuple(Token(token.kind, token.text, token.start - start, token.end - start) for token in body)
    return Operation(_kind(placed), own, f"{before}\n{own}", text[start:end], placed)


def _kind(placed: tuple[Token, ...]) -> str:
    if not placed:
        return ""
    first, second = (placed[at].text.upper() if at < len(placed) else "" for at in (0, 1))
    kind = _SINGLE.get(first, "")
    if first in {"INSERT", "DELETE"}:
        plain = second == "DATA" or (first, second) == ("DELETE", "WHERE")
        kind = f"{first} {second}".lower() if plain else "modify"
    elif first == "WITH":
        kind = "modify"
    if not kind:
        raise QuestionError(f'The update cannot be read at "{placed[0].text[:40]}"; begin with a word such as INSERT.')
    for _, token in _outside(placed[1:]):
        if token.text.upper() == "LOAD":
            raise QuestionError("The update has LOAD inside another operation; part operations with a semicolon.")
    return kind


def _outside(placed: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Yield the keywords outside of braces, each with its number among the tokens."""
    depth = 0
    for number, token in enumerate(placed):
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.kind == "word":
            yield number, token


def _clauses(default: Sequence[str], named: Sequence[str]) -> str:
    for iri in (*default, *named):
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise QuestionError(f'"{iri[:200]}" is not an IRI; name a graph by its full IRI.') from None
    return "".join([f"USING <{iri}>\n" for iri in default] + [f"USING NAMED <{iri}>\n" for iri in named])


def _with_using(operation: Operation, clauses: str) -> Operation:
    """Add the protocol's graphs to an operation with a WHERE."""
    if not clauses or operation.kind not in _MODIFIES:
        return operation
    keywords = {token.text.upper(): token for _, token in _outside(operation.tokens)}
    if keywords.keys() & {"USING", "WITH"}:
        raise QuestionError(
            "The update says USING or WITH and the request names graphs in using-graph-uri or using-named-graph-uri "
            "as well; keep to one of the two."
        )
    if "WHERE" not in keywords:
        raise QuestionError("The update has a DELETE or INSERT without WHERE; add its pattern.")
    at = keywords["WHERE"].start
    head = operation.text[:at]
    if operation.kind == "delete where":
        head = "DELETE" + operation.text[keywords["WHERE"].end :] + "\n"
    text = f"{head}\n{clauses}{operation.text[at:]}"
    return Operation("modify", operation.own, operation.prologue, text, tuple(tokens(text)))


def _without_load(operation: Operation) -> Operation:
    if operation.kind != "load":
        return operation
    if len(operation.tokens) < 3 or operation.tokens[1].text.upper() != "SILENT":
        raise QuestionError("LOAD would fetch a document, which this store never does; send its content instead.")
    return Operation("", operation.own, operation.prologue, "", ())


def _graphs_of_templates(operation: Operation) -> list[str] | None:
    """Return what WITH and the GRAPH clauses ahead of USING or WHERE name."""
    placed, declared = operation.tokens, _declared(operation)
    ends = [number for number, token in _outside(placed) if token.text.upper() in {"USING", "WHERE"}]
    template = placed if operation.kind == "delete where" or not ends else placed[: ends[0]]
    found: list[str] = []
    for number, token in enumerate(template):
        word = token.text.upper()
        if word == "GRAPH" or (number == 0 and word == "WITH"):
            name = placed[number + 1] if number + 1 < len(placed) else None
            if name is None or not _is_sure(name, declared):
                return None
            found.append(name.text)
        elif (token.kind == "word" and "GRAPH" in word) or (token.kind == "name" and not _is_sure(token, declared)):
            return None
    return found


def _declared(operation: Operation) -> set[str]:
    return declared_prefixes(tokens(operation.prologue))


def _is_sure(token: Token, declared: set[str]) -> bool:
    """Tell whether a token is an IRI, or a prefixed name that cannot be read otherwise.

    The engine takes keywords without a space behind them: in GRAPHex:g it may read GRAPH ex:g, and in ex:GRAPH it
    reads ex: and GRAPH where the namespace and the rest together make no IRI.
    """
    if token.kind != "name":
        return token.kind == "iri"
    prefix = prefix_of(token.text)
    return prefix in declared and not _KEYWORD.search(token.text)
