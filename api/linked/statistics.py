"""What workers count and write for the catalogue: figures of the dataset, the things in it, and the whole of it."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from api.sandbox.worker import Held, Job
from kg import names
from kg.description import EVIDENCE_KINDS
from kg.store import Embedded, Table

# Of the union each triple counts once, also where two graphs hold it.
_UNION = "SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }"
_SIZES = "(COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)"
_OF_UNION = f"SELECT {_SIZES} WHERE {{ {{ {_UNION} }} }}"
_ENTITIES = f'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{names.ID}")) }}'
_PROPERTIES = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {{ {_UNION} }} }} GROUP BY ?p ORDER BY ?p"
_CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY ?class"
_OF_GRAPHS = f"SELECT ?g {_SIZES} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g ORDER BY ?g"
_PROPERTIES_OF_GRAPHS = "SELECT ?g (COUNT(DISTINCT ?p) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_CLASSES_OF_GRAPHS = "SELECT ?g (COUNT(DISTINCT ?class) AS ?n) WHERE { GRAPH ?g { ?s a ?class } } GROUP BY ?g"
_SOURCES = f"""SELECT ?source (MIN(?text) AS ?label) WHERE {{
  VALUES ?kind {{ <{names.DEF}SourceDocument> <{names.DEF}RegisterSource> }}
  ?source a ?kind OPTIONAL {{ ?source <{names.PREFIXES["rdfs"]}label> ?text }}
}} GROUP BY ?source ORDER BY ?source"""
_THINGS = "SELECT DISTINCT ?s WHERE { ?s ?p ?o }"


def figures(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the figures of the dataset and of each named graph, and the sources with their labels, as JSON."""
    store = held.store
    triples, subjects, objects = next(_rows(store, _OF_UNION))
    found = {
        "dataset": {
            **_sizes(triples, subjects, objects),
            "entities": int(next(_rows(store, _ENTITIES))[0]),
            "properties": {name: int(count) for name, count in _rows(store, _PROPERTIES)},
            "classes": {name: int(count) for name, count in _rows(store, _CLASSES)},
        },
        "graphs": _of_graphs(store),
        "sources": {row[0]: row[1] for row in _rows(store, _SOURCES)},
    }
    return "figures", json.dumps(found).encode()


def _of_graphs(store: Embedded) -> dict[str, dict[str, int]]:
    properties = defaultdict(int, {graph: int(count) for graph, count in _rows(store, _PROPERTIES_OF_GRAPHS)})
    classes = defaultdict(int, {graph: int(count) for graph, count in _rows(store, _CLASSES_OF_GRAPHS)})
    return {
        graph: {**_sizes(*sizes), "properties": properties[graph], "classes": classes[graph]}
        for graph, *sizes in _rows(store, _OF_GRAPHS)
    }


def _sizes(triples: str, subjects: str, objects: str) -> dict[str, int]:
    return {"triples": int(triples), "subjects": int(subjects), "objects": int(objects)}


def _rows(store: Embedded, query: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of an answer as text, "" for what is unbound."""
    answer = store.query(query)
    assert isinstance(answer, Table)
    return (tuple(term.value if term else "" for term in row) for row in answer.rows)


def things(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the IRIs of all things and concepts, but not of rows, claims and passages, one a line, sorted."""
    evidence = tuple(names.ID + kind + "/" for kind in EVIDENCE_KINDS)
    found = (iri for (iri,) in _rows(held.store, _THINGS) if iri.startswith((names.ID, names.VOCAB)))
    return "things", "\n".join(sorted(each for each in found if not each.startswith(evidence))).encode()


def dump(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the whole dataset as canonical N-Quads, compressed; the same dataset makes the same bytes."""
    return "dump", gzip.compress(held.store.canonical(), compresslevel=6, mtime=0)


CATALOGUE_JOBS: Mapping[str, Job] = {"figures": figures, "things": things, "dump": dump}
