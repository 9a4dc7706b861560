"""What a write changes, quad by quad: found out on a private copy, kept in a journal, applied to the store in force."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.errors import QuestionError, StoreError
from kg.store.embedded import Embedded
from kg.store.faults import told_of_update
from kg.store.guard import on_own_thread
from kg.store.updates import DATA, Operation, joined, operations, resolved, target_graphs

_QUADS = ox.RdfFormat.N_QUADS
_TRIPLES = ox.RdfFormat.N_TRIPLES
_TRIPLE_TERM = re.compile(rb"^\S+ \S+ <<", re.MULTILINE)
_Lines = dict[Any, bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """The difference that one write makes.

    Attributes:
        added, removed: N-Quads, sorted, with the labels that blank nodes have in the store.
        created, dropped: IRIs of named graphs that come to exist, or cease to.
    """

    added: bytes = b""
    removed: bytes = b""
    created: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing changes."""
        return not (self.added or self.removed or self.created or self.dropped)

    def to_bytes(self) -> bytes:
        """Return the change as bytes: one line that tells lengths and graphs, then the quads."""
        head = {"added": len(self.added), "created": self.created, "dropped": self.dropped}
        return json.dumps(head, ensure_ascii=True).encode() + b"\n" + self.added + self.removed

    @classmethod
    def from_bytes(cls, content: bytes) -> Change:
        """Return the change that `to_bytes` wrote.

        Raises:
            StoreError: the bytes are no change.
        """
        head, _, body = content.partition(b"\n")
        try:
            fields = json.loads(head)
            split = fields["added"]
            return cls(body[:split], body[split:], tuple(fields["created"]), tuple(fields["dropped"]))
        except (ValueError, KeyError, TypeError):
            raise StoreError('A recorded change cannot be read; restore a backup with "kg restore".') from None


def touched(change: Change) -> list[str]:
    """Return the IRIs of the subjects of all quads added or removed, sorted."""
    lines = (change.added + change.removed).splitlines()
    subjects = {line[1 : line.index(b">")] for line in lines if line.startswith(b"<")}
    return sorted(subject.decode() for subject in subjects)


def apply(store: Embedded | ox.Store, change: Change) -> None:
    """Make a change to a store; blank nodes keep their labels."""
    engine = _engine(store)
    for quad in ox.parse(change.removed, format=_QUADS):
        engine.remove(quad)
    for name in change.dropped:
        engine.remove_graph(_graph(name))
    engine.extend(ox.parse(change.added, format=_QUADS))
    for name in change.created:
        engine.add_graph(_graph(name))


def effect_of_update(
    store: Embedded | ox.Store,
    text: str,
    using_default: Sequence[str] = (),
    using_named: Sequence[str] = (),
    base: str | None = None,
) -> Change:
    """Run a SPARQL Update on `store`, a private copy that it may alter, and return what changes.

    Args:
        store: a copy of the store in force.
        text: the update.
        using_default: IRIs of graphs that stand in for USING (using-graph-uri of the protocol).
        using_named: IRIs of graphs that stand in for USING NAMED (using-named-graph-uri).
        base: IRI that relative references start from where the update has no BASE of its own.

    Raises:
        QuestionError: the update cannot be read or run, loads or calls another server.
    """
    found = operations(text, using_default, using_named)
    engine = _engine(store)
    try:
        if all(operation.kind in DATA or not operation.kind for operation in found):
            return on_own_thread(lambda: _effect_of_data(engine, found, base))
        graphs = _graphs_of(found, base)
        return _difference(engine, graphs, lambda: on_own_thread(lambda: engine.update(joined(found), base_iri=base)))
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        fault = told_of_update(error, text, base)
        raise QuestionError(f"The update cannot be run: {fault}; correct it and send it again.") from None


def refuse_triple_terms(change: Change) -> None:
    """Refuse a change that adds triples about triples, which no SHACL engine at hand can check.

    Raises:
        QuestionError: it adds one.
    """
    if _TRIPLE_TERM.search(change.added):
        raise QuestionError(
            "The write has a triple term, <<( … )>>, which the shapes cannot check; state its parts as triples."
        )


def effect_of_load(store: Embedded | ox.Store, graph: str | None, triples: Iterable[Any], replace: bool) -> Change:
    """Return what changes when triples are merged into one graph, or take the place of all that it holds.

    Args:
        store: the store; it is only read.
        graph: IRI of a named graph, None for the default graph.
        triples: the engine's triples, whose blank nodes are new, as `parse_payload` hands them out.
        replace: whether what the graph holds else goes.

    Raises:
        QuestionError: `graph` is no IRI.
    """
    engine, name = _engine(store), _graph_name(graph)
    quads = {_in_graph(triple, name) for triple in triples}
    held = set(engine.quads_for_pattern(None, None, None, name)) if replace else {q for q in quads if q in engine}
    fresh = graph is not None and not engine.contains_named_graph(name)
    return Change(_text(quads - held), _text(held - quads), (graph,) if fresh and graph else ())


def effect_of_dataset(store: Embedded | ox.Store, quads: Iterable[Any], replace: bool) -> Change:
    """Return what changes when quads are merged into the dataset, or take the place of all that it holds.

    Args:
        store: the store; it is only read.
        quads: the engine's quads, whose blank nodes are new, as `parse_payload` hands them out.
        replace: whether all else goes, graphs that they do not name included.
    """
    engine, new = _engine(store), set(quads)
    held = set(engine) if replace else {quad for quad in new if quad in engine}
    names = {quad.graph_name for quad in new} - {ox.DefaultGraph()}
    known = set(engine.named_graphs())
    dropped = known - names if replace else set()
    return Change(_text(new - held), _text(held - new), _labels(names - known), _labels(dropped))


def effect_of_drop(store: Embedded | ox.Store, graph: str | None) -> Change:
    """Return what changes when one graph goes with all that it holds; None clears the default graph."""
    engine, name = _engine(store), _graph_name(graph)
    held = _text(engine.quads_for_pattern(None, None, None, name))
    exists = graph is not None and engine.contains_named_graph(name)
    return Change(removed=held, dropped=(graph,) if exists and graph else ())


def _engine(store: Embedded | ox.Store) -> ox.Store:
    return store.engine if isinstance(store, Embedded) else store


def _graph(name: str) -> Any:
    """Return the engine's name of a graph; "_:" opens the label of a blank node."""
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def _graph_name(graph: str | None) -> Any:
    try:
        return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    except ValueError:
        raise QuestionError(f'"{graph}" is not an IRI; name the graph by its full IRI.') from None


def _in_graph(triple: Any, name: Any) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, name)


def _text(quads: Iterable[ox.Quad]) -> bytes:
    """Return quads as sorted N-Quads."""
    content = ox.serialize(quads, format=_QUADS) or b""
    return b"".join(sorted(content.splitlines(keepends=True)))


def _effect_of_data(engine: ox.Store, found: list[Operation], base: str | None) -> Change:
    """Return what INSERT DATA and DELETE DATA change, without running them on the store.

    The engine reads all of them on an empty store, for their syntax, then one by one, each as an insertion.
    """
    ox.Store().update(joined(found), base_iri=base)
    added, removed, graphs = set[Any](), set[Any](), set[Any]()
    for operation in found:
        quads = _data(operation, base)
        if operation.kind == "insert data":
            graphs |= {quad.graph_name for quad in quads}
            added |= {quad for quad in quads - removed if quad not in engine}
            removed -= quads
        else:
            removed |= {quad for quad in quads - added if quad in engine}
            added -= quads
    named = [graph for graph in graphs if not isinstance(graph, ox.DefaultGraph)]
    created = sorted(graph.value for graph in named if not engine.contains_named_graph(graph))
    return Change(_text(added), _text(removed), tuple(created))


def _data(operation: Operation, base: str | None) -> set[ox.Quad]:
    """Return the quads that an INSERT DATA or DELETE DATA lists."""
    if not operation.kind:
        return set()
    scratch = ox.Store()
    scratch.update(f"{operation.prologue}\nINSERT {operation.text[len('INSERT') :]}", base_iri=base)
    return set(scratch)


def _graphs_of(found: list[Operation], base: str | None) -> list[Any] | None:
    """Return the graphs that operations can change, None where they do not tell."""
    graphs: dict[Any, None] = {ox.DefaultGraph(): None}
    for operation in found:
        written = target_graphs(operation) if operation.text else []
        if written is None:
            return None
        graphs.update(dict.fromkeys(resolved(operation, written, base)))
    return list(graphs)


def _difference(engine: ox.Store, graphs: list[Any] | None, run: Callable[[], None]) -> Change:
    """Run something on a store and compare what the given graphs, or all, hold before and after."""
    names, before, held = set(engine.named_graphs()), _dumps(engine, graphs), len(engine)
    run()
    later, after = set(engine.named_graphs()), _dumps(engine, graphs)
    added, removed = _new_lines(before, after), _new_lines(after, before)
    elsewhere = graphs is not None and not (later ^ names) <= set(graphs)
    if elsewhere or len(engine) - held != added.count(b"\n") - removed.count(b"\n"):
        raise StoreError("The update changes graphs that it does not seem to name; name its graphs by their full IRIs.")
    return Change(added, removed, _labels(later - names), _labels(names - later))


def _dumps(engine: ox.Store, graphs: list[Any] | None) -> _Lines:
    """Return what each graph holds as N-Triples; under None, what all hold as N-Quads."""
    if graphs is None:
        return {None: engine.dump(format=_QUADS) or b""}
    return {graph: engine.dump(format=_TRIPLES, from_graph=graph) or b"" for graph in graphs}


def _new_lines(before: _Lines, after: _Lines) -> bytes:
    """Return the quads of `after` that `before` lacks, sorted."""
    found: list[bytes] = []
    for graph, content in after.items():
        if content != before[graph]:
            old = set(before[graph].splitlines(keepends=True))
            ending = b" ." if graph is None or isinstance(graph, ox.DefaultGraph) else f" {graph} .".encode()
            new = [line for line in content.splitlines(keepends=True) if line not in old]
            found += [line.removesuffix(b" .\n") + ending + b"\n" for line in new]
    return b"".join(sorted(found))


def _labels(graphs: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted(str(graph) if isinstance(graph, ox.BlankNode) else graph.value for graph in graphs))
