"""The shapes as software: each refuses its broken example in the words of its message, and good data passes."""

import re
from pathlib import Path

import pytest
from pyshacl import validate as run_shacl
from rdflib import BNode, Graph, Namespace
from rdflib.namespace import OWL, RDF

from kg import names, resources
from kg.validate import Report, validate_files

SH = Namespace(names.PREFIXES["sh"])
INVALID = sorted((Path(__file__).parent / "data" / "invalid").glob("*.ttl"))
EXAMPLES = sorted(resources.ontology().glob("examples/*.ttl"))


def parsed(pattern: str) -> Graph:
    graph = Graph()
    for path in resources.ontology().glob(pattern):
        graph.parse(path)
    return graph


def kebab(name: str) -> str:
    """Write ScoreIsTheSum as score-is-the-sum."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def local_names(graph: Graph, namespace: str, *classes: object) -> set[str]:
    found = {str(node) for kind in classes for node in graph.subjects(RDF.type, kind)}
    return {name.removeprefix(namespace) for name in found if name.startswith(namespace)}


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return parsed("shapes/*.ttl")


@pytest.fixture(scope="module")
def refused() -> Report:
    """What the shapes say of all broken examples, which share no thing and so can be read side by side."""
    return validate_files(INVALID)


def test_there_are_enough_shapes(shapes):
    assert len(local_names(shapes, names.SHAPES, SH.NodeShape, SH.PropertyShape)) >= 70


def test_every_shape_has_a_broken_example_and_every_broken_example_a_shape(shapes):
    named = local_names(shapes, names.SHAPES, SH.NodeShape, SH.PropertyShape)
    assert {kebab(name) for name in named} == {path.stem for path in INVALID}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_broken_example_is_refused_in_the_words_it_expects(path, refused):
    _, severity, message = path.read_text(encoding="utf-8").splitlines()[0].split(": ", 2)
    about = {f for f in refused.findings if f"/id/example/{path.stem}/" in f.focus or "://" not in f.focus}
    assert (path.stem, severity, message) in {(kebab(f.shape), f.severity, f.message) for f in about}


def test_the_examples_of_the_ontology_conform():
    report = validate_files(EXAMPLES)
    assert report.conforms, report.text()


def test_every_class_has_an_example():
    classes = local_names(parsed("*.ttl"), names.DEF, OWL.Class)
    assert {kebab(name) for name in classes} <= {path.stem for path in EXAMPLES}


def test_the_shapes_conform_to_the_shapes_of_shacl(shapes):
    conforms, _, text = run_shacl(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_ontology_vocabularies_and_shapes_leave_nothing_to_say():
    report = validate_files(sorted(resources.ontology().glob("shapes/*.ttl")))
    assert report.findings == (), report.text()


@pytest.mark.parametrize("pattern", ["*.ttl", "vocab/*.ttl", "shapes/*.ttl", "examples/*.ttl"])
def test_no_node_is_blank(pattern):
    graph = parsed(pattern)
    assert len(graph) > 0
    assert [node for triple in graph for node in triple if isinstance(node, BNode)] == []
