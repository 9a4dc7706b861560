"""Applies the shapes and turns the results into plain findings, each on the thing in question, by its label."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg import names, resources
from kg.errors import OntologyError
from kg.store import Embedded, Table, Term
from kg.validate.engines import Result, run
from kg.validate.report import Finding, Report, ordered

_MAX_COUNT = names.PREFIXES["sh"] + "MaxCountConstraintComponent"
_VALUES = "SELECT DISTINCT ?thing ?path ?value { ?thing ?path ?value } LIMIT 10"
_WHOLE_GRAPH = names.DEF.removesuffix("#")


def validate(store: Embedded, engine: str = "shacl") -> Report:
    """Apply the shapes to everything in `store`: data, ontology and vocabularies together."""
    results = run(engine, store, load_shapes())
    return reported(results, store)


def validate_files(paths: Iterable[Path], engine: str = "shacl") -> Report:
    """Apply the shapes to RDF files, read beside the ontology and its vocabularies.

    Raises:
        OntologyError: a file is missing, holds no triples, or its syntax is wrong.
    """
    store = load_ontology()
    for path in paths:
        if not path.is_file():
            raise OntologyError(f"{path} is not there; expected a Turtle, TriG, N-Triples, N-Quads or JSON-LD file.")
        before, graph = len(store), None if path.suffix in {".trig", ".nq"} else names.GRAPH + "validated"
        store.load(path, graph)
        if len(store) == before and not _has_triples(path, graph):
            raise OntologyError(f"No triples were read from {path}; expected data to be checked: is it the right file?")
    return validate(store, engine)


def _has_triples(path: Path, graph: str | None) -> bool:
    """Tell whether a file holds triples; in a store that has them already, they would not count."""
    alone = Embedded()
    alone.load(path, graph)
    return len(alone) > 0


def load_ontology() -> Embedded:
    """Return a store that holds the ontology and its vocabularies."""
    store, folder = Embedded(), resources.ontology()
    for path in sorted([*folder.glob("*.ttl"), *folder.glob("vocab/*.ttl")]):
        store.load(path, names.GRAPH + "ontology")
    return store


def load_shapes() -> Embedded:
    """Return a store that holds all shapes."""
    shapes = Embedded()
    for path in sorted((resources.ontology() / "shapes").glob("*.ttl")):
        shapes.load(path, names.GRAPH + "shapes")
    return shapes


def reported(results: list[Result], data: Embedded, *others: Embedded) -> Report:
    """Return results as a report.

    Args:
        results: what an engine found.
        data: the store that holds the things in question, as the engine saw them.
        others: further stores with labels of things.
    """
    things = {thing_of(result) for result in results}
    labels = {thing: label for store in (*others, data) for thing, label in store.labels(things).items()}
    return Report(ordered([finding(result, labels, data) for result in results]), tuple(results))


def finding(result: Result, labels: dict[str, str], data: Embedded) -> Finding:
    """Return a result in plain words, with the label of the thing in question."""
    thing = thing_of(result)
    shape = names.short(result.shape).removeprefix("pks:")
    value = "" if result.value == thing else result.value or _too_many(result, data)
    return Finding(
        result.severity, shape, thing, labels.get(thing, ""), result.message, names.short(result.path), value
    )


def _too_many(result: Result, data: Embedded) -> str:
    """Return the values of which there are more than a shape allows; its result names none of them."""
    if result.component != _MAX_COUNT or "://" not in result.focus or "://" not in result.path:
        return ""
    found = data.query(_VALUES, {"thing": Term(result.focus), "path": Term(result.path)})
    values = sorted(names.short(row[2].value) for row in found.rows if row[2]) if isinstance(found, Table) else []
    return ", ".join(values)


def thing_of(result: Result) -> str:
    """Return the thing in question: a check of the whole graph has the ontology in focus, and the thing as value."""
    return result.value if result.focus == _WHOLE_GRAPH and result.value else result.focus
