"""Every named query gives the same rows on Oxigraph and on rdflib: no query rests on what one engine does.

Rows are compared without their order, numbers by value, and terms by their text: rdflib's MIN makes texts of IRIs.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from rdflib import Dataset, Literal, URIRef

from kg import names, resources
from kg.query import bind, read_questions
from kg.store import Embedded

QUESTIONS = read_questions(resources.queries())

# Each takes rdflib more than four seconds on the whole graph (Oxigraph some milliseconds), so a slice of it is asked.
SLOW = {
    "bodies-before-unification-in-a-region",
    "contracts-open-to-referrals",
    "courts-in-a-unit",
    "probation-bodies-of-an-area",
    "providers-by-region-and-service",
    "ratings-by-programme-and-year",
    "ratings-in-force-on-a-date",
    "statements-about-a-thing",
    "statements-known-from-press-alone",
}
# Asked of the slice too, for only a dataset has GRAPH.
WITH_GRAPHS = {"statements-of-a-document"}
# What rdflib 7.6 cannot run, whatever the data.
BEYOND_RDFLIB = {
    "metrics-of-a-unit": "MAX over a group without a value raises TypeError",
    "samples-of-an-inspection": "GROUP_CONCAT over a group without a value raises NotBoundError",
}
_SLICE = re.compile(r"kent|kss|/vocab/|bbc|argus|martin-jones|chief-inspector|programme/")
_NEAR = re.compile(r"kent")
_ORDER = re.compile(r"\nORDER BY [^\n]*\s*\Z")  # rdflib raises TypeError where a sort key has no value


@pytest.fixture(scope="module")
def whole(store):
    """The graph in both engines."""
    return store, store.rdflib_graph()


@pytest.fixture(scope="module")
def part(store):
    """What is said of Kent, and the vocabularies, in both engines."""
    quads = [quad for quad in store.quads() if not quad[3].endswith(("/graph/shapes", "/graph/ontology"))]
    near = {s.value for s, _, o, _ in quads if _SLICE.search(s.value) or (o.kind == "iri" and _NEAR.search(o.value))}
    near |= {o.value for s, _, o, _ in quads if s.value in near and "/row/" in o.value}
    kept = [quad for quad in quads if quad[0].value in near]
    small = Embedded()
    small.load_quads("".join(f"{s.n3()} {p.n3()} {o.n3()} <{graph}> .\n" for s, p, o, graph in kept).encode())
    dataset = Dataset(default_union=True)
    for s, p, o, graph in kept:
        dataset.get_context(URIRef(graph)).add((_node(s), _node(p), _node(o)))
    return small, dataset


@pytest.mark.parametrize("name", sorted(QUESTIONS.keys() - BEYOND_RDFLIB.keys()))
def test_both_engines_give_the_same_rows(name, whole, request):
    embedded, graph = request.getfixturevalue("part") if name in SLOW | WITH_GRAPHS else whole
    question = QUESTIONS[name]
    bindings = bind(question, {p.name: p.example for p in question.parameters})
    expected = embedded.query(question.text, bindings)
    found = graph.query(
        _ORDER.sub("\n", question.text), initBindings={each: _node(term) for each, term in bindings.items()}
    )
    asked = [column for column in expected.columns if not column.startswith("_")]
    positions = [expected.columns.index(column) for column in asked]
    rows = Counter(tuple(_ours(row[each]) for each in positions) for row in expected.rows)
    assert Counter(tuple(_theirs(row[column]) for column in asked) for row in found) == rows
    assert rows, "a comparison of nothing with nothing shows nothing"


def _node(term):
    if term.kind == "iri":
        return URIRef(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype), normalize=False)


def _ours(term):
    return None if term is None else _text(term.value, term.datatype)


def _theirs(term):
    return None if term is None else _text(str(term), str(getattr(term, "datatype", None) or ""))


def _text(value, datatype):
    number = datatype.removeprefix(names.PREFIXES["xsd"]) in {"integer", "decimal", "double"}
    return round(float(value), 9) if number else value
