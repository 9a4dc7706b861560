"""Runs pySHACL, the reference validator, and turns its results into plain findings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import names, resources
from kg.errors import OntologyError
from kg.store import Embedded
from kg.validate.report import Finding, Report, ordered

if TYPE_CHECKING:
    from rdflib import Graph

_SH = names.PREFIXES["sh"]


def validate(store: Embedded) -> Report:
    """Apply the shapes to everything in `store`."""
    return _run(store.rdflib_graph())


def validate_files(paths: Iterable[Path]) -> Report:
    """Apply the shapes to RDF files, read beside the ontology and its vocabularies.

    Raises:
        OntologyError: a file is missing or its syntax is wrong.
    """
    store = Embedded()
    folder = resources.ontology()
    for path in sorted([*folder.glob("*.ttl"), *folder.glob("vocab/*.ttl")]):
        store.load(path, names.GRAPH + "ontology")
    for path in paths:
        if not path.is_file():
            raise OntologyError(f"{path} is not there; expected a Turtle, TriG, N-Triples, N-Quads or JSON-LD file.")
        store.load(path, None if path.suffix in {".trig", ".nq"} else names.GRAPH + "validated")
    return _run(store.rdflib_graph())


def _run(data: Graph) -> Report:
    """Apply the shapes to one graph that holds data, ontology and vocabularies together."""
    from pyshacl import validate as run_shacl

    _, results, _ = run_shacl(data, shacl_graph=_shapes(), inplace=True, advanced=False, meta_shacl=False)
    return _report(data, results)


def _shapes() -> Graph:
    store = Embedded()
    for path in sorted((resources.ontology() / "shapes").glob("*.ttl")):
        store.load(path, names.GRAPH + "shapes")
    return store.rdflib_graph()


def _report(data: Graph, results: Any) -> Report:
    """Read pySHACL's results graph; anything else in its place is a failure of a shape."""
    from rdflib import Graph, Namespace
    from rdflib.namespace import RDF

    if not isinstance(results, Graph):
        raise OntologyError(f"A shape cannot be applied: {results}; mend the shape in ontology/shapes/.")
    sh = Namespace(_SH)
    found = [_finding(data, results, node) for node in results.subjects(RDF.type, sh.ValidationResult)]
    return Report(ordered(found), results.serialize(format="turtle"))


def _finding(data: Graph, results: Graph, node: Any) -> Finding:
    from rdflib import Namespace

    sh = Namespace(_SH)
    focus = _thing(results, node)
    severity = str(results.value(node, sh.resultSeverity)).removeprefix(_SH)
    shape = names.short(str(results.value(node, sh.sourceShape))).removeprefix("pks:")
    message, path, value = (
        str(results.value(node, term) or "") for term in (sh.resultMessage, sh.resultPath, sh.value)
    )
    other = "" if value == str(focus) else value
    return Finding(severity, shape, str(focus), _label(data, focus), message, names.short(path), other)


def _thing(results: Graph, node: Any) -> Any:
    """Return the thing in question: a check of the whole graph has the ontology in focus, and the thing as value."""
    from rdflib import Namespace

    sh = Namespace(_SH)
    focus, value = results.value(node, sh.focusNode), results.value(node, sh.value)
    return value if str(focus) == names.DEF.removesuffix("#") and value is not None else focus


def _label(data: Graph, node: Any) -> str:
    """Return the label, preferred label or summary of a node, or ""."""
    from rdflib import URIRef
    from rdflib.namespace import RDFS, SKOS

    for predicate in (RDFS.label, SKOS.prefLabel, URIRef(names.DEF + "summary")):
        for value in sorted(map(str, data.objects(node, predicate))):
            return value
    return ""
