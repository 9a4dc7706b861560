"""The SHACL engines behind one call: `shacl`, written in Rust, for every day, and pySHACL, the reference.

Both apply the same shapes to the same triples; a test holds them to the same results, result for result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from kg import names
from kg.errors import OntologyError
from kg.store import Embedded

if TYPE_CHECKING:
    from rdflib import Graph

_SH = names.PREFIXES["sh"]


class Result(NamedTuple):
    """One validation result as an engine gives it: IRIs in full, "" for what is absent."""

    severity: str
    shape: str
    focus: str
    path: str
    value: str
    message: str


# Results, and the same as a SHACL report in Turtle.
Outcome = tuple[list[Result], str]


def run(engine: str, data: Embedded, shapes: Embedded) -> Outcome:
    """Apply `shapes` to `data` with the engine of that name.

    Raises:
        OntologyError: there is no such engine, or it cannot apply a shape.
    """
    if engine not in ENGINES:
        raise OntologyError(f'There is no SHACL engine "{engine}"; choose one of {", ".join(ENGINES)}.')
    return ENGINES[engine](data, shapes)


def _rust(data: Embedded, shapes: Embedded) -> Outcome:
    """Apply the shapes with the package `shacl`."""
    from shacl import Shapes

    try:
        compiled = Shapes.from_text(shapes.triples_text(), format="ntriples")
        report = compiled.validate_text(data.triples_text(), format="ntriples")
    except ValueError as error:
        raise OntologyError(f"A shape cannot be applied: {error}; mend the shape in ontology/shapes/.") from None
    found = [
        Result(
            each.severity,
            (each.source_shape or "").strip("<>"),
            (each.focus_node or "").strip("<>"),
            (each.path or "").strip("<>"),
            each.value_plain or "",
            each.message or "",
        )
        for each in report.results
    ]
    return found, report.serialize("turtle")


def _reference(data: Embedded, shapes: Embedded) -> Outcome:
    """Apply the shapes with pySHACL."""
    return results_of_pyshacl(data.rdflib_graph(), shapes.rdflib_graph())


def results_of_pyshacl(
    data: Graph, shapes: Graph, focus: list[str] | None = None, only: list[str] | None = None
) -> Outcome:
    """Apply shapes with pySHACL to a whole graph, or to the nodes in `focus` and the shapes in `only` alone."""
    from pyshacl import validate
    from rdflib import Graph, Namespace
    from rdflib.namespace import RDF

    _, results, _ = validate(data, shacl_graph=shapes, inplace=True, advanced=False, focus_nodes=focus, use_shapes=only)
    if not isinstance(results, Graph):  # pySHACL hands back a failure of a shape in place of a report
        raise OntologyError(f"A shape cannot be applied: {results}; mend the shape in ontology/shapes/.")
    found = [_result(results, node) for node in results.subjects(RDF.type, Namespace(_SH).ValidationResult)]
    return found, results.serialize(format="turtle")


def _result(results: Graph, node: Any) -> Result:
    from rdflib import Namespace

    sh = Namespace(_SH)
    terms = (sh.resultSeverity, sh.sourceShape, sh.focusNode, sh.resultPath, sh.value, sh.resultMessage)
    severity, *rest = ("" if (value := results.value(node, term)) is None else str(value) for term in terms)
    return Result(severity.removeprefix(_SH), *rest)


ENGINES: dict[str, Callable[[Embedded, Embedded], Outcome]] = {"shacl": _rust, "pyshacl": _reference}
