"""A description holds what is said of a thing, in pages that leave nothing out and repeat nothing."""

import time

import pyoxigraph as ox
import pytest

from kg import names
from kg.description import (
    NoSuchPageError,
    describe,
    document_of,
    document_quads,
    thing_of,
)
from kg.errors import TableError
from kg.jsonld import Context
from kg.store import Embedded, Term, literal
from kg.store.patterns import instances, make_quads, term_of
from kg.store.serialize import ResultTooLargeError, write_triples
from kg.withdrawn import read_withdrawn

UNIT = names.ID + "pdu/west-kent"
RATING = names.ID + "inspection/west-kent-pdu-2022/rating/overall"


def test_a_description_begins_with_all_facts_of_the_thing(store):
    description = describe(store, UNIT)
    expected = {row for row in store.quads() if row[0].value == UNIT}
    found = {(term_of(s), term_of(p), term_of(o), g.value) for s, p, o, g in description.thing.quads}
    assert found == expected
    assert description.label == "West Kent"


def test_the_pages_hold_every_statement_and_every_link_once(store):
    first = describe(store, UNIT, size=10)
    pages = [describe(store, UNIT, number, size=10) for number in range(1, first.pages + 1)]
    statements = [each.iri for page in pages for each in page.statements]
    links = [str(quad) for page in pages for quad in page.links]
    assert len(statements) == len(set(statements)) == first.statement_count
    assert len(links) == len(set(links)) == first.link_count
    evidence = {each.iri for each in first.thing.evidence}
    pointing = {s.value for s, _, o, _ in store.quads() if o.value == UNIT}
    linking = {quad.subject.value for page in pages for quad in page.links}
    assert not linking & (evidence | set(statements))
    assert pointing == set(statements) | linking | (evidence & pointing)


def test_there_is_no_page_after_the_last(store):
    last = describe(store, UNIT).pages
    with pytest.raises(NoSuchPageError, match=f"has {last} pages"):
        describe(store, UNIT, last + 1)
    with pytest.raises(NoSuchPageError):
        describe(store, UNIT, 0)


def test_a_statement_comes_with_the_document_the_offsets_and_the_digest_that_carry_it(store):
    description = describe(store, RATING)
    claims = [each for each in description.thing.evidence if not each.is_row]
    rows = [each for each in description.thing.evidence if each.is_row]
    bbc = next(each for each in claims if each.value("start") == "17")
    assert bbc.value("hasSource") == names.ID + "doc/bbc-west-kent-west-sussex-2022"
    assert bbc.value("end") == "78"
    assert bbc.value("textDigest").startswith("778efb3d653f49c1")
    assert [each.iri for each in rows] == [names.ID + "row/inspection-ratings/west-kent-pdu-2022/overall"]
    assert len(claims) == 3


def test_a_statement_on_the_page_of_its_unit_comes_with_its_evidence(store):
    first = describe(store, UNIT)
    pages = [describe(store, UNIT, number) for number in range(1, first.pages + 1)]
    said = next(each for page in pages for each in page.statements if each.iri == RATING)
    assert len(said.evidence) == 4


def test_everything_named_has_its_label(store):
    description = describe(store, UNIT)
    assert description.labels[names.ID + "region/kent-surrey-and-sussex"] == "Kent, Surrey and Sussex"
    assert description.labels[names.VOCAB + "unit-status/current"] == "current"
    assert description.labels[names.DEF + "hasCoverage"]
    labelled = {quad.subject.value for quad in description.label_quads}
    assert names.ID + "region/kent-surrey-and-sussex" in labelled


def test_what_was_replaced_names_its_successors(store):
    found = describe(store, names.ID + "pdu/staffordshire-and-stoke").successors
    assert set(found) == {names.ID + "pdu/staffordshire-north", names.ID + "pdu/staffordshire-south"}
    assert describe(store, UNIT).successors == ()


@pytest.mark.parametrize("iri", [names.ID + "pdu/nowhere", "not an IRI", "", names.ID + "\x00", names.ID + "a b"])
def test_nothing_is_described_that_is_not_there(store, iri):
    assert describe(store, iri) is None


def test_more_facts_than_can_be_sent_are_refused_not_cut_off():
    crowd = Embedded()
    crowd.load_quads("".join(f'<{UNIT}> <{names.DEF}p> "{n}" .\n' for n in range(2001)).encode())
    with pytest.raises(ResultTooLargeError, match="SPARQL"):
        describe(crowd, UNIT)


def test_a_thing_that_all_point_to_is_counted_only_as_far_as_is_quick():
    crowd = Embedded()
    crowd.load_quads("".join(f"<{names.ID}a/{n}> <{names.DEF}p> <{UNIT}> .\n" for n in range(5002)).encode())
    description = describe(crowd, UNIT)
    assert not description.complete
    assert len(description.links) == 25
    began = time.perf_counter()
    describe(crowd, UNIT)
    assert time.perf_counter() - began < 1


def test_the_document_says_of_itself_what_it_is_about_and_under_which_licence(store):
    description = describe(store, UNIT, page=2)
    quads = document_quads(description, "v1")
    said = {(s.value, names.short(p.value)): o.value for s, p, o, _ in quads}
    document = names.BASE + "doc/pdu/west-kent?page=2"
    assert said[document, "foaf:primaryTopic"] == UNIT
    assert said[document, "dcterms:license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said[document, "owl:versionInfo"] == "v1"
    assert said[document, "http://www.w3.org/ns/hydra/core#previous"] == names.BASE + "doc/pdu/west-kent"
    assert said[document, "http://www.w3.org/ns/hydra/core#next"] == names.BASE + "doc/pdu/west-kent?page=3"
    assert {quad.graph_name.value for quad in quads} == {document}
    here = "http://127.0.0.1:8000/doc/pdu/west-kent"
    followed = {p.value: o.value for _, p, o, _ in document_quads(description, "v1", here)}
    assert followed["http://www.w3.org/ns/hydra/core#next"] == f"{here}?page=3"


def test_a_thing_without_a_label_gets_words_in_the_document_alone(store):
    row = names.ID + "row/pdus/west-kent"
    description = describe(store, row)
    label = [q for q in document_quads(description, "v1") if q.subject.value == row]
    assert [quad.object.value for quad in label] == ["West Kent, row of table “Probation delivery units”"]
    assert not [q for q in document_quads(describe(store, UNIT), "v1") if q.subject.value == UNIT]


def test_passages_stand_in_the_order_of_the_text(store):
    links = describe(store, names.ID + "doc/argus-kss-2024", size=1000).links
    passages = [q.subject.value for q in links if "/passage/" in q.subject.value]
    starts = [int(each.rpartition("/")[2].partition("-")[0]) for each in passages]
    assert len(starts) > 20
    assert starts == sorted(starts)


@pytest.mark.parametrize("thing", [UNIT, names.VOCAB + "rating/good", names.ID + "doc/kentonline-east-west-kent-2024"])
def test_the_name_of_a_document_leads_back_to_its_thing(thing):
    assert thing_of(document_of(thing).removeprefix(names.BASE + "doc/")) == thing


def test_json_ld_holds_the_very_same_triples_for_one_thing_of_each_class(store):
    context = Context.of(store)
    classes = {o.value for _, p, o, _ in store.quads() if p.value == names.PREFIXES["rdf"] + "type"}
    things = {instances(store, each)[0] for each in classes}
    assert len(things) > 50
    for thing in things:
        description = describe(store, thing)
        quads = [*document_quads(description, "v1"), *description.quads()]
        triples = {quad.triple for quad in quads}
        assert {q.triple for q in ox.parse(context.write(quads, [thing]), ox.RdfFormat.JSON_LD)} == triples, thing
        turtle = write_triples(triples, "ttl")
        assert {q.triple for q in ox.parse(turtle, ox.RdfFormat.TURTLE)} == triples, thing


AWKWARD = [
    literal("plain"), literal("English", language="en"), literal("Cymraeg", language="cy"), literal("7", "integer"),
    literal("007", "integer"), literal("-0", "integer"), literal("12345678901234567890", "integer"),
    literal("1.50", "decimal"), literal("1e3", "double"), literal("true", "boolean"), literal("1", "boolean"),
    literal("2024", "gYear"), literal("2024-02-30", "date"), literal('"\\\n\t</script>'), literal(""),
    literal("2024-01-01", "string"), Term(names.ID + "a/b"), Term("urn:x:y"), Term("label:odd"), Term("mailto:a@b.c"),
]  # fmt: skip
PREDICATES = [
    names.PREFIXES["rdfs"] + "label", names.DEF + "aboutUnit", names.DEF + "firstObserved", names.DEF + "percentage",
    names.DEF + "stillRequired", names.PREFIXES["skos"] + "notation", names.PREFIXES["rdf"] + "type",
    "https://example.org/p", names.DEF + "summary",
]  # fmt: skip


@pytest.mark.parametrize("predicate", PREDICATES)
def test_json_ld_keeps_values_that_a_property_does_not_expect(store, predicate):
    values = [term for term in AWKWARD if term.kind == "iri" or not predicate.endswith("#type")]
    quads = make_quads(names.GRAPH + "x", [(UNIT, predicate, value) for value in values])
    written = Context.of(store).write(quads)
    assert {q.triple for q in ox.parse(written, ox.RdfFormat.JSON_LD)} == {q.triple for q in quads}


def test_keys_of_json_ld_are_those_of_the_ontology(store):
    context = Context.of(store).document()["@context"]
    assert context["aboutUnit"] == {"@id": names.DEF + "aboutUnit", "@type": "@id"}
    assert context["label"]["@id"] == names.PREFIXES["rdfs"] + "label"
    own = {each["@id"] for each in context.values() if isinstance(each, dict)}
    for kind in ("Class", "ObjectProperty", "DatatypeProperty"):
        terms = {iri for iri in instances(store, names.PREFIXES["owl"] + kind) if iri.startswith(names.DEF)}
        assert terms <= own


def test_the_list_of_withdrawn_names_is_read_and_checked(tmp_path):
    path = tmp_path / "withdrawn.csv"
    path.write_text("iri,date,successor,reason\nhttps://a.example/1,2026-11-22,,It was a slip.\n", encoding="utf-8")
    assert read_withdrawn(tmp_path)["https://a.example/1"].reason == "It was a slip."
    path.write_text("iri,date,successor,reason\nhttps://a.example/1,,,\n", encoding="utf-8")
    with pytest.raises(TableError, match="line 2: iri, date and reason"):
        read_withdrawn(tmp_path)
    path.write_text("iri\n", encoding="utf-8")
    with pytest.raises(TableError, match="expected"):
        read_withdrawn(tmp_path)


def test_the_projects_own_list_of_withdrawn_names_is_in_order():
    from kg import resources

    for row in read_withdrawn(resources.facts()).values():
        assert row.iri.startswith(names.BASE)
