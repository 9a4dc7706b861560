"""Answers of the engine written by the engine, straight into the form that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.errors import KgError, QuestionError, StoreError
from kg.store.embedded import Embedded
from kg.store.faults import line_of, told
from kg.store.guard import refuse_hostile

_TABLES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}
_PREFIXED = frozenset({"ttl", "trig", "rdf"})
_NAME_AT_END = re.compile(r"[^\W\d][\w.-]*$")
# A prefix that no name of the dataset uses would only lengthen each answer.
_PREFIXES = {prefix: iri for prefix, iri in names.PREFIXES.items() if prefix not in {"pks", "sh"}}


class ResultTooLargeError(KgError):
    """An answer is larger than the server sends."""


class UnacceptableError(KgError):
    """An answer cannot be written in any of the forms that were asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a query is to be answered.

    Attributes:
        table: form of a table or of yes and no: "json", "xml", "csv", "tsv"; "" for none.
        graph: form of triples: "ttl", "nt", "rdf", "jsonld", "trig", "nq"; "" for none.
        union: the default graph is the union of all, where the query names none.
        default_graphs, named_graphs: the dataset that the protocol names, before the query's own FROM.
        most_bytes: largest answer.
        base: IRI against which relative ones are resolved.
        service_hosts: hosts that SERVICE may call.
    """

    table: str = "json"
    graph: str = "ttl"
    union: bool = True
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    most_bytes: int = 1 << 25
    base: str = ""
    service_hosts: frozenset[str] = field(default_factory=frozenset)


class _Limited:
    """A file that holds so much and no more."""

    def __init__(self, most: int) -> None:
        self.content = bytearray()
        self._most = most

    def write(self, data: bytes) -> int:
        self.content += data
        if len(self.content) > self._most:
            raise ResultTooLargeError(
                f"The answer is larger than {self._most:,} bytes; ask for less of it with LIMIT and OFFSET."
            )
        return len(data)

    def flush(self) -> None:
        """Do nothing: the content is in memory."""


def answer_bytes(store: Embedded, text: str, wanted: Wanted) -> tuple[str, bytes]:
    """Answer a query in the form that is wanted; on the calling thread, whose stack must be large.

    Returns:
        "table", "boolean" or "graph", and the answer.

    Raises:
        QuestionError: the query is hostile, or its syntax is wrong.
        ResultTooLargeError, UnacceptableError: the answer is too large, or of no form that is wanted.
    """
    names_graphs = refuse_hostile(text, hosts=wanted.service_hosts)
    dataset = _dataset(wanted)
    union = wanted.union and not names_graphs and not dataset
    try:
        result = store.engine.query(text, use_default_graph_as_union=union, base_iri=wanted.base or None, **dataset)
        return _write(result, wanted)
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise QuestionError(f"The query cannot be run: {told(error, text)}; correct it and ask again.") from None
    except OSError as error:
        if "SERVICE" in text.upper():
            raise QuestionError(f"The server that SERVICE names did not answer: {line_of(error)}.") from None
        raise StoreError(f"The store cannot be read ({line_of(error)}).") from None


def _dataset(wanted: Wanted) -> dict[str, Any]:
    """Return the engine's arguments for the graphs that the protocol names; both lists count once one is given."""
    if not wanted.default_graphs and not wanted.named_graphs:
        return {}
    try:
        return {
            "default_graph": [ox.NamedNode(graph) for graph in wanted.default_graphs],
            "named_graphs": [ox.NamedNode(graph) for graph in wanted.named_graphs],
        }
    except ValueError as error:
        raise QuestionError(f"The name of a graph is no IRI: {line_of(error)}.") from None


def _write(result: Any, wanted: Wanted) -> tuple[str, bytes]:
    target = _Limited(wanted.most_bytes)
    if isinstance(result, ox.QueryTriples):
        if not wanted.graph:
            raise UnacceptableError("The query makes triples, which none of the forms asked for can hold.")
        write_triples(result, wanted.graph, target)
        return "graph", bytes(target.content)
    if not wanted.table:
        raise UnacceptableError("The query makes a table, which none of the forms asked for can hold.")
    result.serialize(target, _TABLES[wanted.table])
    return "boolean" if isinstance(result, ox.QueryBoolean) else "table", bytes(target.content)


def write_triples(
    triples: Iterable[Any], form: str, target: Any = None, prefixes: Mapping[str, str] = _PREFIXES
) -> bytes | None:
    """Write the engine's triples or quads in a form, with prefixes where it has them; return them without a target.

    Raises:
        UnacceptableError: the form cannot hold them: triple terms in JSON-LD, a predicate that XML cannot name.
    """
    if form == "rdf":
        triples = (_nameable(triple) for triple in triples)
    try:
        return ox.serialize(
            triples, target, format=_GRAPHS[form], prefixes=dict(prefixes) if form in _PREFIXED else None
        )
    except OSError as error:
        raise UnacceptableError(f"The form cannot hold all of it ({line_of(error)}); choose another.") from None


def _nameable(triple: Any) -> Any:
    """Return a triple whose predicate can be the name of an XML element; the engine would write broken XML."""
    predicate = triple.predicate.value
    if not _NAME_AT_END.search(predicate):
        raise UnacceptableError(f"RDF/XML cannot name the predicate <{predicate[:200]}>; choose another form.")
    return triple


def graph_bytes(store: Embedded, graph: str | None, form: str, most_bytes: int) -> bytes:
    """Return the triples of one graph, of the unnamed one where `graph` is None, in a form.

    Raises:
        ResultTooLargeError: they are more than is sent.
    """
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    quads = store.engine.quads_for_pattern(None, None, None, name)
    target = _Limited(most_bytes)
    write_triples((quad if form in {"trig", "nq"} else quad.triple for quad in quads), form, target)
    return bytes(target.content)


def convert(content: bytes, form: str, prefixes: Mapping[str, str] = _PREFIXES) -> bytes:
    """Return N-Triples, or N-Quads, in another form, each statement once, in their order."""
    quads = dict.fromkeys(ox.parse(content, ox.RdfFormat.N_QUADS))
    statements = quads if form in {"trig", "nq"} else [q.triple for q in quads]
    return write_triples(statements, form, prefixes=prefixes) or b""
