"""Invented data keep every shape, are the same bytes every time, and give every kind of query something to do."""

import pytest

from kg import names, resources
from kg.errors import StoreError
from kg.generate import generate, generate_store
from kg.query import read_questions
from kg.store import Embedded, Manifest, open_store, publish, read_manifest
from kg.validate import validate

SIZE = 160_000


@pytest.fixture(scope="module")
def generated():
    return generate(SIZE)


def test_the_size_is_about_the_one_asked_for(generated):
    assert SIZE <= len(generated) < 1.05 * SIZE


def test_invented_data_violate_no_shape_and_raise_no_warning_of_their_own(generated, report):
    found = validate(generated)
    assert found.conforms
    assert found.counts() == report.counts()


def test_the_same_number_makes_the_same_bytes(generated):
    assert generate(SIZE).canonical() == generated.canonical()


def test_the_dataset_itself_is_in_it_unchanged(generated, store):
    assert set(store.canonical().splitlines()) <= set(generated.canonical().splitlines())


def test_no_triple_stands_in_two_graphs_and_no_node_is_blank(generated):
    quads = list(generated.quads())
    assert len({quad[:3] for quad in quads}) == len(quads)
    assert not [term for quad in quads for term in quad[:3] if term.kind == "bnode"]


def test_everything_invented_says_so_in_its_name(generated, store):
    known = {subject.value for subject, _, _, _ in store.quads()}
    invented = {subject.value for subject, _, _, _ in generated.quads()} - known
    assert invented
    assert not [each for each in invented if "example" not in each]
    label = names.PREFIXES["rdfs"] + "label"
    labels = [o.value for s, p, o, _ in generated.quads() if s.value in invented and p.value == label]
    assert not [each for each in labels if "Example" not in each]


def test_each_inspection_has_a_graph_of_its_own(generated):
    inspection = f"{names.ID}inspection/example-1-pdu-2023"
    found = {graph for subject, _, _, graph in generated.quads() if subject.value == inspection}
    assert {graph for graph in found if "/derived/" not in graph} == {f"{names.GRAPH}source/example-1-pdu-2023"}


def test_units_change_their_rating_and_answers_grow(generated, store):
    questions = read_questions(resources.queries())
    for name in (
        "reinspected-units-better-or-worse",
        "scores-and-bands",
        "recurring-improvement-themes",
        "discrepancies",
    ):
        assert len(generated.query(questions[name].text).rows) >= len(store.query(questions[name].text).rows), name
    outcomes = generated.query(questions["reinspected-units-better-or-worse"].text)
    assert [row for row in outcomes.rows if "/pdu/example-" in row[0].value]


def test_fewer_triples_than_the_dataset_has_are_refused():
    with pytest.raises(StoreError, match="1,000 triples are too few"):
        generate(1000)


def test_a_generated_store_opens_and_says_that_it_is_one(tmp_path):
    manifest = generate_store(SIZE, tmp_path)
    assert manifest.version.endswith("+example")
    assert not manifest.validated
    assert len(open_store(tmp_path)) == manifest.quads == read_manifest(tmp_path).quads


def test_a_store_of_real_data_is_not_replaced(tmp_path):
    real = Manifest(format=1, version="0.1.0", digest="0" * 64, quads=0, graphs={}, validated=True)
    publish(tmp_path, Embedded(), real, b"")
    with pytest.raises(StoreError, match="holds a store of real data"):
        generate_store(SIZE, tmp_path)
    assert read_manifest(tmp_path) == real
