"""What an update changes is found out exactly, applied exactly, and nothing is fetched on the way."""

import os
import re
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QuestionError
from kg.store import Change, Embedded, apply, effect_of_drop, effect_of_load, effect_of_update, parse_payload, touched
from kg.store.guard import refuse_hostile
from kg.store.serialize import Wanted, answer_bytes
from kg.store.updates import operations

QUADS = ox.RdfFormat.N_QUADS
START = b"""<http://e/a> <http://e/p> "1" <http://e/g> .
<http://e/a> <http://e/p> "2" <http://e/h> .
<http://e/b> <http://e/p> _:n1 <http://e/g> .
_:n1 <http://e/q> "deep" <http://e/g> .
<http://e/c> <http://e/p> "3" .
"""
PREFIX = "PREFIX e: <http://e/> "
OPERATIONS = [
    "INSERT DATA { e:x e:p 1 }",
    "INSERT DATA { GRAPH e:g { e:x e:p 1 . e:a e:p '1' } }",
    "INSERT DATA { GRAPH e:new { e:x e:p [ e:q 2 ] } }",
    "DELETE DATA { GRAPH e:g { e:a e:p '1' } }",
    "DELETE DATA { GRAPH e:g { e:nothing e:p '1' } }",
    "DELETE WHERE { GRAPH ?g { e:a e:p ?o } }",
    "DELETE WHERE { GRAPH e:g { ?s e:p ?n . ?n e:q ?o } }",
    "INSERT { GRAPH ?g { ?s e:seen ?o } } WHERE { GRAPH ?g { ?s e:p ?o } }",
    "INSERT { GRAPH e:made { ?s e:has e:thing } } WHERE { GRAPH e:g { ?s ?p ?o } }",
    "WITH e:g DELETE { ?s e:p ?o } INSERT { ?s e:r ?o } WHERE { ?s e:p ?o }",
    "DELETE { GRAPH e:h { ?s ?p ?o } } USING e:h WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } INSERT { GRAPH e:h { ?s ?p 'moved; }' } } WHERE { ?s ?p ?o # a comment ; }\n }",
    "CLEAR SILENT GRAPH e:g",
    "CLEAR DEFAULT",
    "CLEAR SILENT NAMED",
    "DROP SILENT GRAPH e:h",
    "DROP ALL",
    "CREATE SILENT GRAPH e:empty",
    "ADD SILENT e:g TO e:h",
    "MOVE SILENT GRAPH e:g TO DEFAULT",
    "COPY SILENT DEFAULT TO e:copy",
    "LOAD SILENT <http://127.0.0.1:9/x> INTO GRAPH e:loaded",
]


def fresh(content=START):
    store = ox.Store()
    store.extend(ox.parse(content, format=QUADS))
    return store


def state(store):
    return sorted(store.dump(format=QUADS).splitlines()), {str(graph) for graph in store.named_graphs()}


def canonical(store):
    """Quads and graphs up to the labels of blank nodes."""
    dataset = ox.Dataset(iter(store))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}, {str(graph) for graph in store.named_graphs()}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=5))
def test_effect_and_apply_make_the_dataset_that_the_update_itself_makes(chosen):
    text = PREFIX + " ;\n".join(chosen)
    change = effect_of_update(fresh(), text)
    applied, direct = fresh(), fresh()
    apply(applied, Change.from_bytes(change.to_bytes()))
    direct.update(PREFIX + " ;\n".join(each for each in chosen if not each.startswith("LOAD")))
    assert canonical(applied) == canonical(direct)


@pytest.mark.parametrize("text", OPERATIONS)
def test_a_change_applied_leaves_the_very_store_that_computed_it(text):
    copy, store = fresh(), fresh()
    change = effect_of_update(copy, PREFIX + text)
    apply(store, change)
    if not text.startswith(("INSERT DATA", "DELETE DATA")):
        assert state(store) == state(copy)
    apply(store, change)
    assert effect_of_update(store, "INSERT DATA { }").empty


def test_a_change_tells_which_things_it_touches():
    change = effect_of_update(fresh(), PREFIX + "DELETE DATA { e:c e:p '3' }; INSERT DATA { e:y e:p [] . [] e:p e:z }")
    assert touched(change) == ["http://e/c", "http://e/y"]


def test_data_that_is_there_already_changes_nothing():
    assert effect_of_update(fresh(), PREFIX + "INSERT DATA { e:c e:p '3' }; DELETE DATA { e:c e:p '4' }").empty


def test_two_forks_never_make_the_same_blank_node():
    store, seen = fresh(), []
    effect_of_update(store, "INSERT DATA { [] <http://e/p> 1 }")
    for _ in range(3):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            data = effect_of_update(store, "INSERT DATA { [] <http://e/p> 1 }").added
            data += effect_of_update(store, "INSERT { [] <http://e/p> 1 } WHERE {}").added
            payload = parse_payload(b"[] <http://e/p> 1 .", "text/turtle", "http://e/")
            os.write(write, data + effect_of_load(store, None, payload, replace=False).added)
            os._exit(0)
        os.waitpid(child, 0)
        seen += [line.split()[0] for line in os.read(read, 9999).splitlines()]
    assert len(set(seen)) == len(seen) == 9


def test_the_protocols_graphs_stand_in_for_using():
    text = PREFIX + "INSERT { GRAPH e:out { ?s e:p ?o } } WHERE { ?s e:p ?o }"
    found = effect_of_update(fresh(), text, using_default=("http://e/h",))
    assert found.added == b'<http://e/a> <http://e/p> "2" <http://e/out> .\n'
    named = PREFIX + "INSERT { GRAPH e:out { ?s e:p ?o } } WHERE { GRAPH ?g { ?s e:p ?o } }"
    assert effect_of_update(fresh(), named, using_named=("http://e/h",)).added == found.added


def test_the_protocols_graphs_hold_for_delete_where_too():
    text = PREFIX + "DELETE WHERE { GRAPH ?g { e:a e:p ?o } }"
    removed = effect_of_update(fresh(), text, using_named=("http://e/h",)).removed
    assert removed == b'<http://e/a> <http://e/p> "2" <http://e/h> .\n'


@pytest.mark.parametrize("clause", ["WITH e:g DELETE { ?s ?p ?o } WHERE", "DELETE { ?s ?p ?o } USING e:g WHERE"])
def test_the_protocols_graphs_beside_using_or_with_are_refused(clause):
    with pytest.raises(QuestionError, match="keep to one of the two"):
        effect_of_update(fresh(), PREFIX + clause + " { ?s ?p ?o }", using_default=("http://e/h",))


def test_a_graph_of_the_protocol_cannot_smuggle_in_an_operation():
    with pytest.raises(QuestionError, match="is not an IRI"):
        effect_of_update(fresh(), "DELETE WHERE { ?s ?p ?o }", using_default=("http://e/h> WHERE {}; DROP ALL #",))


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "INSERT DATA {}; load <file:///etc/passwd> INTO GRAPH <http://e/g>",
        "PREFIX load: <http://127.0.0.1:9/> LOAD load:x",
        "# a comment\r LOAD <http://127.0.0.1:9/>",
        "DELETE WHERE { ?s <http://e/p;> 'x' } ; # ' \n LOAD <http://127.0.0.1:9/> # '",
    ],
)
def test_a_load_is_refused_by_name(text):
    with pytest.raises(QuestionError, match="LOAD would fetch a document"):
        effect_of_update(fresh(), text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT {} WHERE { FILTER(?a<'x'&&'>{'=?c) } ; LOAD <http://127.0.0.1:9/> ; INSERT DATA { <a:> <a:> '}' }",
        "INSERT {} WHERE { FILTER(?a<'x'&&'>'='x') } ; LOAD <http://127.0.0.1:9/> #'",
        "INSERT {} WHERE { FILTER(?a<?b#>'''\n) } ; LOAD <http://127.0.0.1:9/> #'''",
        "INSERT DATA { } LOAD <http://127.0.0.1:9/>",
        "INSERT {} WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_nothing_that_fetches_can_hide(text):
    with pytest.raises(QuestionError, match=r"two comparisons|LOAD inside|SERVICE"):
        effect_of_update(fresh(), text)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { FILTER(1<2&&'>'='>') SERVICE <http://127.0.0.1:9/> { ?s ?p 'z' } }",
        "ASK { # x\r SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { ?s p:a\\' ?o . SERVICE <http://127.0.0.1:9/> { ?x ?y p:b\\' } } #'",
    ],
)
def test_a_call_cannot_hide_behind_a_misread_quote(query):
    with pytest.raises(QuestionError):
        refuse_hostile(query)


def test_a_call_to_an_allowed_host_passes_and_any_other_is_refused():
    allowed = frozenset({"good.example"})
    refuse_hostile("ASK { SERVICE SILENT <https://good.example/sparql> {} }", hosts=allowed)
    for name in ("<https://bad.example/>", "?where", "p:x", "<good.example>", "<http://good.example@bad.example/>"):
        with pytest.raises(QuestionError, match="SERVICE"):
            refuse_hostile(f"ASK {{ SERVICE {name} {{}} }}", hosts=allowed)


def test_names_that_look_like_keywords_are_names():
    text = "PREFIX load: <http://e/> PREFIX graph: <http://e/g/> INSERT DATA { load:x graph:y load:silent }"
    assert touched(effect_of_update(fresh(), text)) == ["http://e/x"]
    assert [each.kind for each in operations("BASE <http://e/> CLEAR DEFAULT; # ;\n COPY <g> TO <h> ;")] == [
        "clear",
        "copy",
    ]


@pytest.mark.parametrize("text", ["INSERT DATA { oh", "SELECT * {}", "DELETE DATA { _:a <a:b> 1 }", "DROP GRAPH <a:b>"])
def test_an_update_that_cannot_run_is_refused_in_one_sentence(text):
    with pytest.raises(QuestionError, match=r"^The update .*\S$"):
        effect_of_update(fresh(), text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("INSERT DATA {\n <http://e/a> <http://e/b> }", "error at 2:28"),
        ("INSERT DATA { <a> <b> <c> } ;\n DELETE {\n ?a ?b } WHERE {}", "error at 3:8"),
        (
            "PREFIX e: <http://e/>\n\nINSERT DATA { e:a e:b 1 } ; INSERT DATA { e:a b-c:d 1 }",
            "3:47: the prefix b-c: is",
        ),
        ("PREFIX e: <http://e/>\nDELETE WHERE { e:a :b ?c }", "error at 2:20: the prefix : is not declared"),
        (
            "LOAD SILENT <http://e/a> ; INSERT DATA { f:a <http://e/b> 1 }",
            "error at 1:42: the prefix f: is not declared",
        ),
        ("LOAD SILENT <http://e/a> ; INSERT DATA { <a> <b> }", "run: its syntax is wrong;"),
        ("INSERT DATA { <a> <b> } ; INSERT DATA { f:a <b> 1 }", "error at 1:23;"),
    ],
)
def test_an_update_is_told_its_fault_at_the_place_where_it_was_written(text, words):
    with pytest.raises(QuestionError, match=re.escape(words)):
        effect_of_update(fresh(), text, base="http://e/")


def test_a_query_is_told_the_prefix_that_it_does_not_declare():
    text = "PREFIX prefix: <http://e/>\nSELECT * { prefix:a ?b _:c . ?c a foo.x:y }"
    with pytest.raises(QuestionError, match=re.escape("error at 2:35: the prefix foo.x: is not declared")):
        answer_bytes(Embedded(), text, Wanted())


def test_relative_references_start_from_the_base_until_the_update_has_its_own():
    for text in ("INSERT DATA { GRAPH <new> { <x> <y> 1 } }", "INSERT { GRAPH <new> { <x> <y> 1 } } WHERE {}"):
        for prologue, start in (("", "http://e/"), ("BASE <http://o/> ", "http://o/")):
            change = effect_of_update(fresh(), prologue + text, base="http://e/update")
            assert (touched(change), change.created) == ([start + "x"], (start + "new",))


def test_inserting_data_costs_milliseconds_on_a_large_store():
    store = ox.Store()
    lines = (b'<http://e/%d> <http://e/p> "%d" <http://e/g> .\n' % (n, n) for n in range(131_000))
    store.bulk_load(b"".join(lines), QUADS)
    times = []
    for number in range(5):
        begun = time.perf_counter()
        effect_of_update(store, PREFIX + f"INSERT DATA {{ GRAPH e:g {{ e:x e:p {number} }} }}")
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.005


def test_put_makes_the_graph_exactly_the_payload_and_leaves_others_alone():
    store = fresh()
    triples = parse_payload(b'<a> <p> "1", "9" .', "text/turtle", "http://e/")
    change = effect_of_load(Embedded(store), "http://e/g", triples, replace=True)
    apply(store, change)
    held = {str(quad.object) for quad in store.quads_for_pattern(None, None, None, ox.NamedNode("http://e/g"))}
    assert held == {'"1"', '"9"'}
    assert change.added == b'<http://e/a> <http://e/p> "9" <http://e/g> .\n'
    assert len(store) == 4


def test_post_merges_and_renames_blank_nodes_apart():
    store = fresh()
    change = effect_of_load(
        store, "http://e/g", parse_payload(b'_:n1 <http://e/q> "deep" .', "application/n-triples", ""), replace=False
    )
    assert change.added
    assert b"_:n1" not in change.added
    assert not change.removed


def test_an_empty_put_creates_a_graph_and_delete_drops_it():
    store = fresh()
    apply(store, effect_of_load(store, "http://e/new", [], replace=True))
    assert ox.NamedNode("http://e/new") in set(store.named_graphs())
    gone = effect_of_drop(store, "http://e/g")
    apply(store, gone)
    assert gone.dropped == ("http://e/g",)
    assert not effect_of_drop(store, None).dropped
    assert len(store) == 2


RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'


@pytest.mark.parametrize(
    ("media_type", "content", "message"),
    [
        ("text/html", "", "is no form of RDF"),
        ("text/turtle", "<a> <b", "cannot be read as Turtle"),
        ("text/turtle", "\0", "cannot be read as Turtle"),
        ("text/turtle", b"\xff", "not UTF-8"),
        ("text/turtle", "<a> <b> " + "<<( <a> <b> " * 5000, "nested more than 200"),
        ("application/trig", "<g> { <a> <b> <c> }", "has a named graph"),
        ("application/n-quads", "<a:a> <a:b> <a:c> <a:g> .", "has a named graph"),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/", "a:b": 1}', "never fetched"),
        ("application/ld+json", '{"@context": [{}, "http://127.0.0.1:9/"], "a:b": 1}', "never fetched"),
        ("application/ld+json", '{"@context": {"@import": "http://127.0.0.1:9/"}, "a:b": 1}', "never fetched"),
        ("application/ld+json", '{"a:b": {"@c\\u006fntext": "http://127.0.0.1:9/"}}', "never fetched"),
        ("application/ld+json", '{"a:b":' * 3000, "nested more than 200"),
        ("application/rdf+xml", RDF + "<e:a><e:p>" * 300, "nested more than 200"),
        ("application/rdf+xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "external DTD"),
        ("application/rdf+xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "Entity"),
        ("application/rdf+xml", '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>', "Entity"),
        ("application/rdf+xml", '<!DOCTYPE a [<!ENTITY % x "y">]><a/>', "Entity"),
        ("application/rdf+xml", f'<!DOCTYPE a [<!ENTITY x "{"y" * 1000}">]><a/>', "Entity"),
        ("application/rdf+xml", f'<!DOCTYPE a [<!ENTITY x "{"y" * 900}">]><a>{"&x;" * 2000}</a>', "expand"),
    ],
)
def test_a_hostile_or_broken_payload_is_refused_quickly_in_one_sentence(media_type, content, message):
    begun = time.perf_counter()
    with pytest.raises(QuestionError, match=message):
        parse_payload(content if isinstance(content, bytes) else content.encode(), media_type, "http://e/")
    assert time.perf_counter() - begun < 1


def test_a_simple_entity_is_read():
    text = f'<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/">]>{RDF}<rdf:Description rdf:about="&e;x" e:p="1"/></rdf:RDF>'
    assert parse_payload(text.encode(), "application/rdf+xml", "http://e/")[0].subject == ox.NamedNode("http://e/x")


def test_a_whole_dataset_may_have_named_graphs():
    assert len(parse_payload(b"<g> { <a> <b> <c> }", "application/trig; charset=utf-8", "http://e/", True)) == 1
