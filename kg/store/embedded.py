"""The embedded engine, Oxigraph: in memory while building, on disk, read-only, for answering. No server, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import names
from kg.errors import OntologyError, QuestionError, StoreError
from kg.store.faults import line_of, told
from kg.store.guard import refuse_hostile, with_stack_for
from kg.store.terms import Answer, Table, Term, Triples

if TYPE_CHECKING:
    from rdflib import Graph

_LABELS = [
    ox.NamedNode(name)
    for name in (names.PREFIXES["rdfs"] + "label", names.PREFIXES["skos"] + "prefLabel", names.DEF + "summary")
]
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}


class Embedded:
    """A set of named graphs in an Oxigraph store; queries see their union."""

    def __init__(self, store: ox.Store | None = None) -> None:
        """Wrap `store`, or start empty in memory."""
        self._store = ox.Store() if store is None else store

    @classmethod
    def open(cls, folder: Path) -> Embedded:
        """Open a store on disk for reading.

        Raises:
            StoreError: there is no readable store in `folder`.
        """
        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f'The store in {folder} cannot be read ({line_of(error)}); run "kg build" to write it anew.'
            ) from None

    @property
    def engine(self) -> ox.Store:
        """The engine's own store, for the rooms of kg.store."""
        return self._store

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def add(self, graph: str, triples: Iterable[tuple[Any, Any, Any]]) -> None:
        """Add rdflib triples to a named graph; one that any graph holds already is left there alone.

        A triple in two graphs would come back twice from their union and spoil every sum.
        """
        self._extend(graph, ((_node(s), _node(p), _node(o)) for s, p, o in triples))

    def _extend(self, graph: str, triples: Iterable[tuple[Any, Any, Any]]) -> None:
        name = ox.NamedNode(graph)
        new = {each for each in triples if next(self._store.quads_for_pattern(*each, None), None) is None}
        self._store.extend([ox.Quad(*each, name) for each in new])

    def load(self, path: Path, graph: str | None = None) -> None:
        """Load an RDF file, a triples format into `graph`.

        Raises:
            OntologyError: the file's ending is unknown, or its syntax is wrong.
        """
        if path.suffix not in _FORMATS:
            raise OntologyError(f"{path}: ending {path.suffix!r} is unknown; expected one of {', '.join(_FORMATS)}.")
        try:
            target = ox.NamedNode(graph) if graph else None
            self._store.bulk_load(path=str(path), format=_FORMATS[path.suffix], to_graph=target)
        except (SyntaxError, ValueError) as error:
            raise OntologyError(
                f"{path} cannot be read as {_FORMATS[path.suffix].name}: {error}; mend the file there."
            ) from None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be loaded ({error}); make room on the disk or choose another folder."
            ) from None

    def load_quads(self, content: bytes) -> None:
        """Load N-Quads."""
        self._store.bulk_load(content, ox.RdfFormat.N_QUADS)

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Answer:
        """Answer a SPARQL query over the union of all graphs; `bindings` replace variables that the query projects.

        Raises:
            QuestionError: the query is hostile, its syntax is wrong, or a bound variable is not projected.
        """
        union = not refuse_hostile(text)
        try:
            terms: dict[Any, Any] = {ox.Variable(name): _engine_term(term) for name, term in (bindings or {}).items()}
            return with_stack_for(
                text, lambda: _answer(self._store.query(text, use_default_graph_as_union=union, substitutions=terms))
            )
        except OSError as error:
            raise StoreError(f'The store cannot be read ({line_of(error)}); run "kg build" to write it anew.') from None
        except (SyntaxError, ValueError, RuntimeError) as error:
            if "Corruption" in str(error):
                raise StoreError(f'The store is damaged ({line_of(error)}); run "kg build" to write it anew.') from None
            raise QuestionError(f"The query cannot be run: {told(error, text)}; correct it and ask again.") from None

    def construct_into(self, graph: str, text: str) -> int:
        """Run a CONSTRUCT query over the union and add what it yields to `graph`; return the number of new quads."""
        before = len(self._store)
        try:
            result = self._store.query(text, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise OntologyError(f"A rule for {graph} cannot be read: {error}; mend the rule.") from None
        self._extend(graph, ((t.subject, t.predicate, t.object) for t in result))  # type: ignore[union-attr]
        return len(self._store) - before

    def mentions(self, thing: str) -> bool:
        """Tell whether anything is said of, or with, a thing."""
        try:
            node = ox.NamedNode(thing)
        except ValueError:
            return False
        said = (self._store.quads_for_pattern(node, None, None), self._store.quads_for_pattern(None, None, node))
        return any(next(quads, None) is not None for quads in said)

    def labels(self, things: Iterable[str]) -> dict[str, str]:
        """Return the English label, preferred label or summary of each thing that has one, by IRI."""
        found = ((thing, self._label(thing)) for thing in things)
        return {thing: label for thing, label in found if label}

    def _label(self, thing: str) -> str:
        if "://" not in thing:
            return ""
        for name in _LABELS:
            quads = self._store.quads_for_pattern(ox.NamedNode(thing), name, None)
            texts = [q.object.value for q in quads if isinstance(q.object, ox.Literal) and q.object.language == "en"]
            if texts:
                return min(texts)
        return ""

    def has_graph(self, graph: str | None) -> bool:
        """Tell whether there is a graph, perhaps an empty one; the unnamed one is always there."""
        try:
            return graph is None or self._store.contains_named_graph(ox.NamedNode(graph))
        except ValueError:
            return False

    def graphs(self) -> dict[str, int]:
        """Return the number of quads of each named graph, by IRI."""
        found = {str(graph.value): graph for graph in self._store.named_graphs()}
        return {
            name: sum(1 for _ in self._store.quads_for_pattern(None, None, None, found[name])) for name in sorted(found)
        }

    def canonical(self) -> bytes:
        """Return all quads as N-Quads, one a line, sorted: the same facts make the same bytes."""
        return b"".join(sorted(self._store.dump(format=ox.RdfFormat.N_QUADS).splitlines(keepends=True)))  # type: ignore[union-attr]

    def quads(self, graph: str | None = None) -> Iterator[tuple[Term, Term, Term, str]]:
        """Yield the quads of one graph, or of all."""
        name = ox.NamedNode(graph) if graph else None
        for quad in self._store.quads_for_pattern(None, None, None, name):
            yield (
                term_of(quad.subject),
                term_of(quad.predicate),
                term_of(quad.object),
                str(getattr(quad.graph_name, "value", "")),
            )

    def triples_text(self) -> str:
        """Return the union of all graphs as N-Triples, each triple once."""
        triples = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in self._store}
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES).decode()  # type: ignore[union-attr]

    def rdflib_graph(self) -> Graph:
        """Return the union of all graphs as one rdflib graph, without triple terms, which rdflib cannot hold."""
        from rdflib import BNode, Graph, Literal, URIRef

        @cache
        def term(node: Any) -> Any:
            if isinstance(node, ox.NamedNode):
                return URIRef(node.value)
            if isinstance(node, ox.BlankNode):
                return BNode(node.value)
            if node.language:
                return Literal(node.value, lang=node.language)
            return Literal(node.value, datatype=URIRef(node.datatype.value), normalize=False)

        graph = Graph()
        for quad in self._store.quads_for_pattern(None, None, None):
            if not isinstance(quad.object, ox.Triple):
                graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
        return graph


@lru_cache(maxsize=65536)
def _node(term: Any) -> Any:
    """Turn an rdflib term into the engine's."""
    from rdflib import Literal, URIRef

    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if not isinstance(term, Literal):
        raise OntologyError(f"{term!r} is neither an IRI nor a literal; the graph has no blank nodes: name the node.")
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))


def _engine_term(term: Term) -> Any:
    """Turn a term into the engine's."""
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    return (
        ox.Literal(term.value, language=term.language)
        if term.language
        else ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
    )


def term_of(node: Any) -> Term:
    """Turn the engine's term into ours; a triple gets the kind "triple" and its notation, <<( … )>>, as value."""
    if isinstance(node, ox.NamedNode):
        return Term(node.value)
    if isinstance(node, ox.Literal):
        return Term(node.value, "literal", node.datatype.value, node.language or "")
    return Term(node.value, "bnode") if isinstance(node, ox.BlankNode) else Term(f"<<( {node} )>>", "triple")


def _answer(result: Any) -> Answer:
    """Read the engine's result to its end, on the thread that made it."""
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if isinstance(result, ox.QueryTriples):
        return Triples(tuple((term_of(t.subject), term_of(t.predicate), term_of(t.object)) for t in result))
    columns = tuple(variable.value for variable in result.variables)
    rows = tuple(tuple(None if node is None else term_of(node) for node in solution) for solution in result)
    return Table(columns, rows)
