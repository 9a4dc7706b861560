"""The ontology as software: every term is explained, and used."""

import re
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg import names, resources

ROOT = Path(__file__).resolve().parents[1]
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in resources.ontology().glob("*.ttl"):
        graph.parse(path)
    return graph


def terms(graph: Graph) -> set[URIRef]:
    found = {node for kind in KINDS for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)}
    return {node for node in found if node.startswith(names.DEF)}


def test_every_term_has_a_label_a_definition_an_example_and_a_home(ontology):
    for term in terms(ontology):
        for predicate in (RDFS.label, SKOS.definition, SKOS.example, RDFS.isDefinedBy):
            assert (term, predicate, None) in ontology, f"{term} lacks {predicate}"


def test_every_term_is_used_by_a_query_a_shape_a_rule_or_the_build(ontology):
    root = resources.ontology()
    users = [*resources.queries().glob("*.rq"), *root.glob("shapes/*.ttl"), *root.glob("rules/*.rq")]
    users += [*root.glob("vocab/*.ttl"), *(ROOT / "kg" / "build").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in users)
    text += "\n".join(path.read_text(encoding="utf-8") for path in resources.facts().rglob("*.json*"))
    words = set(re.findall(r"[A-Za-z]+", text))
    used = {term for term in terms(ontology) if term.removeprefix(names.DEF) in words}
    # A class that a shape or query reaches through its superclass, or its subclasses, is used.
    used |= {child for parent in used for child in ontology.subjects(RDFS.subClassOf, parent)}
    used |= {parent for child in used for parent in ontology.objects(child, RDFS.subClassOf)}
    assert sorted(terms(ontology) - used) == []


def test_every_pko_term_that_anything_mentions_is_defined(ontology):
    known = {term.removeprefix(names.DEF) for term in terms(ontology)}
    known |= {str(node).removeprefix(names.DEF) for node in ontology.subjects(RDF.type, RDFS.Datatype)}
    for path in [
        *resources.queries().glob("*.rq"),
        *resources.ontology().rglob("*.ttl"),
        *resources.ontology().rglob("*.rq"),
    ]:
        unknown = set(re.findall(r"\bpko:([A-Za-z]+)", path.read_text(encoding="utf-8"))) - known
        assert not unknown, f"{path.name}: {unknown}"


def test_every_superclass_and_superproperty_of_our_own_exists(ontology):
    known = terms(ontology)
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, OWL.inverseOf):
        for _, parent in ontology.subject_objects(predicate):
            assert not str(parent).startswith(names.DEF) or parent in known, parent
