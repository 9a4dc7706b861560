"""The SHACL engines behind one call: `shacl`, written in Rust, for every day, and pySHACL, the reference.

Both apply the same shapes to the same triples; a test holds them to the same results, result for result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from kg import names
from kg.errors import OntologyError
from kg.store import Embedded, Term

if TYPE_CHECKING:
    from rdflib import Graph

_SH = names.PREFIXES["sh"]


class Result(NamedTuple):
    """One validation result as an engine gives it: IRIs in full, "" for what is absent; `term` is the value in RDF.

    `component` is the IRI of the constraint component that was violated.
    """

    severity: str
    shape: str
    focus: str
    path: str
    value: str
    message: str
    term: str = ""
    component: str = ""


def run(engine: str, data: Embedded, shapes: Embedded) -> list[Result]:
    """Apply `shapes` to `data` with the engine of that name.

    Raises:
        OntologyError: there is no such engine, or it cannot apply a shape.
    """
    if engine not in ENGINES:
        raise OntologyError(f'There is no SHACL engine "{engine}"; choose one of {", ".join(ENGINES)}.')
    return ENGINES[engine](data, shapes)


def compiled(shapes: Embedded) -> Any:
    """Return shapes ready for the package `shacl`; once compiled they open no file.

    Raises:
        OntologyError: a shape cannot be applied.
    """
    from shacl import Shapes

    try:
        return Shapes.from_text(shapes.triples_text(), format="ntriples")
    except ValueError as error:
        raise OntologyError(f"A shape cannot be applied: {error}; mend the shape in ontology/shapes/.") from None


def outcome(shapes: Any, triples: str) -> list[Result]:
    """Apply compiled shapes to N-Triples."""
    try:
        report = shapes.validate_text(triples, format="ntriples")
    except ValueError as error:
        raise OntologyError(f"A shape cannot be applied: {error}; mend the shape in ontology/shapes/.") from None
    return [
        Result(
            each.severity,
            (each.source_shape or "").strip("<>"),
            (each.focus_node or "").strip("<>"),
            (each.path or "").strip("<>"),
            each.value_plain or "",
            each.message or "",
            each.value or "",
            each.component_iri or "",
        )
        for each in report.results
    ]


def _rust(data: Embedded, shapes: Embedded) -> list[Result]:
    """Apply the shapes with the package `shacl`."""
    return outcome(compiled(shapes), data.triples_text())


def _reference(data: Embedded, shapes: Embedded) -> list[Result]:
    """Apply the shapes with pySHACL."""
    from pyshacl import validate
    from rdflib import Graph, Namespace
    from rdflib.namespace import RDF

    _, results, _ = validate(data.rdflib_graph(), shacl_graph=shapes.rdflib_graph(), inplace=True, advanced=False)
    if not isinstance(results, Graph):  # pySHACL hands back a failure of a shape in place of a report
        raise OntologyError(f"A shape cannot be applied: {results}; mend the shape in ontology/shapes/.")
    return [result_of(results, node) for node in results.subjects(RDF.type, Namespace(_SH).ValidationResult)]


def oxigraph_data(store: Embedded) -> Any:
    """Return the union of a store's graphs as pySHACL reads it, straight from the engine."""
    from pyshacl.graph_abstraction import OxigraphDataGraph

    class Union(OxigraphDataGraph):
        """The data; to ask whether it is empty would count all of its triples at every result."""

        def __bool__(self) -> bool:
            return True

    data = Union(store.engine)
    data.default_union = True  # type: ignore[misc]
    return data


def result_of(results: Graph, node: Any) -> Result:
    """Read one result of a report of pySHACL."""
    from rdflib import Namespace

    sh = Namespace(_SH)
    terms = (sh.resultSeverity, sh.sourceShape, sh.focusNode, sh.resultPath, sh.value, sh.resultMessage)
    severity, shape, focus, path, value, message = (results.value(node, term) for term in terms)
    component = results.value(node, sh.sourceConstraintComponent)
    term = "" if value is None else _term(value)
    texts = ["" if each is None else str(each) for each in (shape, focus, path, value, message)]
    return Result(
        str(severity).removeprefix(_SH), texts[0], texts[1], texts[2], texts[3], texts[4], term, str(component or "")
    )


def _term(node: Any) -> str:
    """Return an rdflib term as N-Triples writes it."""
    from rdflib import BNode, Literal

    kind = "literal" if isinstance(node, Literal) else "bnode" if isinstance(node, BNode) else "iri"
    return Term(str(node), kind, str(getattr(node, "datatype", "") or ""), getattr(node, "language", "") or "").n3()


ENGINES: dict[str, Callable[[Embedded, Embedded], list[Result]]] = {"shacl": _rust, "pyshacl": _reference}
