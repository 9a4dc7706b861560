"""One build from beginning to end: facts → dataset → derived → validated → published in the store's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import names, resources
from kg.build import build
from kg.derive import derive
from kg.documents import FactBase, read_facts
from kg.reference import Triple, read_rows, read_tables, triples_of_table
from kg.store import FORMAT, Embedded, Manifest, digest, publish

if TYPE_CHECKING:
    from kg.validate import Report

# Called with the name of each step as it begins.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Release:
    """A finished build: the store in memory, what its shapes said, and its description.

    Attributes:
        left: how many changes were written to the replaced build and stay in its folder.
    """

    store: Embedded
    report: Report | None
    manifest: Manifest
    left: int = 0


def assemble(progress: Progress = lambda step: None, facts: Path | None = None) -> Embedded:
    """Build and derive the whole dataset in memory.

    Args:
        progress: told each step as it begins.
        facts: folder of the fact records; the project's own by default.
    """
    store = Embedded()
    progress("ontology")
    load_ontology(store)
    folder = facts or resources.facts()
    progress("tables")
    tables = _tables(folder / "reference")
    progress("facts")
    base = read_facts(folder)
    progress("build")
    _add_facts(store, base, {str(subject) for triples in tables.values() for subject, _, _ in triples})
    for graph, triples in tables.items():
        store.add(graph, triples)
    progress("derive")
    derive(store, resources.ontology() / "rules")
    return store


def release(
    folder: Path, check: bool = True, progress: Progress = lambda step: None, facts: Path | None = None
) -> Release:
    """Build, validate and put in force; a build with violations is not put in force.

    Args:
        folder: where the store lies.
        check: apply the shapes; without, the manifest says that nobody looked.
        progress: told each step as it begins.
        facts: folder of the fact records; the project's own by default.
    """
    store = assemble(progress, facts)
    report = None
    if check:
        from kg.validate import validate

        progress("validate")
        report = validate(store)
    progress("store")
    content = store.canonical()
    manifest = _manifest(store, content, report)
    told = report.json().encode() if report else b""
    left = publish(folder, store, manifest, content, told) if report is None or report.conforms else 0
    return Release(store, report, manifest, left)


def load_ontology(store: Embedded) -> None:
    """Load ontology, vocabularies and shapes, each layer into its graph."""
    folder = resources.ontology()
    for layer, pattern in (("ontology", "*.ttl"), ("vocab", "vocab/*.ttl"), ("shapes", "shapes/*.ttl")):
        for path in sorted(folder.glob(pattern)):
            store.load(path, names.GRAPH + layer)


def _tables(folder: Path) -> dict[str, list[Triple]]:
    """Read and check all reference tables; return the triples of each under the IRI of its graph."""
    tables = read_tables(folder)
    rows = read_rows(tables)
    return {f"{names.GRAPH}reference/{table.name}": list(triples_of_table(table, rows[table.name])) for table in tables}


def _add_facts(store: Embedded, base: FactBase, listed: set[str]) -> None:
    """Turn the records into triples and add them, graph by graph; `listed` are the IRIs that tables describe."""
    terms = {subject.value for subject, _, _, _ in store.quads()}
    for graph, triples in build(base, terms | listed).items():
        store.add(graph, triples)


def _manifest(store: Embedded, content: bytes, report: Report | None) -> Manifest:
    counts = report.counts() if report else {}
    return Manifest(
        format=FORMAT,
        version=resources.installed_version(),
        digest=digest(content),
        quads=len(store),
        graphs=store.graphs(),
        validated=report is not None,
        violations=counts.get("Violation", 0),
        warnings=counts.get("Warning", 0),
        notes=counts.get("Info", 0),
    )
