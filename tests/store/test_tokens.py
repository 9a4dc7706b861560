"""Names of every shape are read whole, so that no write is lost, no keyword hides and no name counts as a keyword."""

import time

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.errors import QuestionError, StoreError
from kg.query import write
from kg.store import Embedded, Term, Triples, apply, effect_of_update
from kg.store import changes as changes_room
from kg.store.changes import refuse_triple_terms
from kg.store.guard import refuse_hostile
from kg.store.tokens import tokens
from kg.store.updates import operations, target_graphs

QUADS = ox.RdfFormat.N_QUADS
IRI = "http://e/"
KEYWORDS = (
    "using with graph from where insert delete data to silent default named all load clear a true false prefix base"
)
ODD_PREFIXES = ["my-ns", "a.b", "using-x", "graphic", "GRAPHex", "e·x", "é", "日", "a-", "tools", "into", ""]
ODD_LOCALS = [
    "g",
    "v1.2",
    "a·b",
    "a-",
    "1a",
    "a..b",
    r"\-a",
    "%41b",
    "a:b",
    ":",
    "",
    r"a\.",
    r"it\'s",
    "x.graph",
    "日本",
]
PREFIXES = st.one_of(
    st.sampled_from(ODD_PREFIXES + KEYWORDS.split() + KEYWORDS.upper().split()),
    st.from_regex(r"[A-Za-zé][A-Za-z0-9_.\-·]{0,6}", fullmatch=True).filter(lambda name: not name.endswith(".")),
).filter(lambda name: "service" not in name.lower())
LOCALS = st.one_of(
    st.sampled_from(ODD_LOCALS + KEYWORDS.split()),
    st.from_regex(r"[A-Za-z0-9_:](?:[A-Za-z0-9_:.\-·]|%[0-9A-F]{2}|\\[-_~.;/#'(])*", fullmatch=True).filter(
        lambda name: not name.endswith(".") or name.endswith("\\.")
    ),
)
PLACES = [
    "INSERT {{ GRAPH {n} {{ {n} {n} {n} }} }} WHERE {{}}",
    "INSERT {{ {n} {n} true . GRAPH {n} {{ {n} {n} 1.GRAPH }} }} WHERE {{}}".replace("1.GRAPH", "1.5"),
    "INSERT DATA {{ GRAPH {n} {{ {n} {n} {n} }} }}",
    "DELETE DATA {{ GRAPH {n} {{ <http://e/s> <http://e/p> 1 }} }}",
    "DELETE WHERE {{ GRAPH {n} {{ ?s ?p ?o }} }}",
    "DELETE {{ GRAPH {n} {{ ?s ?p ?o }} }} INSERT {{ GRAPH {m} {{ ?s ?p ?o }} }} USING {n} WHERE {{ ?s ?p ?o }}",
    "WITH {n} INSERT {{ {n} {n} {m} }} WHERE {{}}",
    "WITH {n} DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH {m} {{ ?s ?p {n} }} }} WHERE {{ ?s ?p ?o }}",
    "INSERT {{ GRAPH ?g {{ {n} {n} 2 }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g = {n}) }}",
    "CLEAR SILENT GRAPH {n}",
    "DROP SILENT GRAPH {n}",
    "CREATE SILENT GRAPH {m}",
    "ADD SILENT {n} TO {m}",
    "MOVE SILENT GRAPH {n} TO GRAPH {m}",
    "COPY SILENT {n} TO {m}",
    "COPY SILENT DEFAULT TO {n}",
    "MOVE SILENT {n} TO DEFAULT",
    "INSERT {{GRAPH{n}{{<http://e/s><http://e/p>trueGRAPH {m}{{<http://e/s><http://e/p>1e5}}}}}}WHERE{{}}",
    "INSERT {{<http://e/s><http://e/p>true.GRAPH{n}{{<http://e/s><http://e/p>1}}}}WHERE{{}}",
    "INSERT {{<http://e/s><http://e/p>1GRAPH{n}{{<http://e/s><http://e/p>1}}}}WHERE{{}}",
    "WITH{n} INSERT{{<http://e/s><http://e/p>1}}WHERE{{}}",
    "CLEAR GRAPH{n}",
    "COPY SILENT{n}TO{m}",
    "COPY DEFAULTTO{n}",
]


def held(names=()):
    """Return a store with a quad in each graph that names can mean, and in two others."""
    store = ox.Store()
    store.update(f"INSERT DATA {{ <{IRI}s> <{IRI}p> 1 . GRAPH <{IRI}other> {{ <{IRI}s> <{IRI}p> 1 }} }}")
    for prologue, name in names:
        store.update(f"{prologue} INSERT DATA {{ GRAPH {name} {{ <{IRI}s> <{IRI}p> 1 , 3 }} }}")
    return store


def state(store):
    return sorted(store.dump(format=QUADS).splitlines()), {str(graph) for graph in store.named_graphs()}


@settings(max_examples=400, deadline=None)
@given(PREFIXES, LOCALS, PREFIXES, LOCALS, st.sampled_from(PLACES))
@example("my-ns", "g", "ex", "v1.2", PLACES[0])
@example("graph", "g", "", "g", "INSERT {{{n}{{<http://e/s><http://e/p>1}}}}WHERE{{}}")
@example("GRAPHex", "g", "ex", "g", "INSERT {{{n}{{<http://e/s><http://e/p>1}}}}WHERE{{}}")
def test_names_of_odd_shapes_change_what_the_engine_changes(prefix, local, second, other, place):
    prologue = f"PREFIX {prefix}: <{IRI}1/> PREFIX {second}: <{IRI}2/> "
    first, last = f"{prefix}:{local}", f"{second}:{other}"
    text = prologue + place.format(n=first, m=last)
    start = [(prologue, first), (prologue, last)]
    try:
        direct, applied = held(start), held(start)
    except SyntaxError:  # a namespace and a local name that make no IRI
        return
    try:
        direct.update(text)
    except SyntaxError:
        with pytest.raises(QuestionError):
            effect_of_update(held(start), text)
        return
    if place.startswith("WITH{n}"):  # glued to its first keyword, an operation is refused: nothing is acknowledged
        with pytest.raises(QuestionError, match="cannot be read at"):
            effect_of_update(held(start), text)
        return
    change = effect_of_update(held(start), text)
    apply(applied, change)
    assert state(applied) == state(direct)


@pytest.mark.parametrize(
    ("update", "graphs"),
    [
        ("PREFIX my-ns: <http://e/> INSERT { GRAPH my-ns:g { my-ns:s my-ns:p my-ns:o } } WHERE {}", ["my-ns:g"]),
        ("PREFIX ex: <http://e/> DELETE WHERE { GRAPH ex:v1.2 { ?s ?p ?o } }", ["ex:v1.2"]),
        ("PREFIX my-ns: <http://e/> WITH my-ns:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", ["my-ns:g"]),
        ("PREFIX using-x: <http://e/> WITH using-x:g INSERT { <a:b> <a:b> 1 } WHERE {}", ["using-x:g"]),
        ("PREFIX a.b: <http://e/> CLEAR GRAPH a.b:g", ["a.b:g"]),
        ("PREFIX ex: <http://e/> DROP GRAPH ex:a·b", ["ex:a·b"]),
        ("PREFIX my-ns: <http://e/> CLEAR GRAPH my-ns:old", ["my-ns:old"]),
        ("PREFIX my-ns: <http://e/> COPY my-ns:a TO my-ns:b", ["my-ns:a", "my-ns:b"]),
        ("CREATE GRAPH <http://e/\\u0041>", ["<http://e/\\u0041>"]),
        ("INSERT { GRAPH unknown:g { <a:b> <a:b> 1 } } WHERE {}", None),
        ("PREFIX : <http://e/> PREFIX graph: <http://f/> INSERT { graph:g { <a:b> <a:b> 1 } } WHERE {}", None),
        ("WITH", None),
        ("CLEAR SILENTALL", None),
        ("DROP NAMED", None),
    ],
)
def test_an_operation_tells_the_graphs_it_changes_or_that_all_are_to_be_compared(update, graphs):
    assert target_graphs(operations(update)[0]) == graphs


def test_a_write_to_a_graph_that_was_not_compared_is_never_acknowledged(monkeypatch):
    monkeypatch.setattr(changes_room, "target_graphs", lambda operation: [])
    for text in (
        "INSERT { GRAPH <http://e/g> { <http://e/s> <http://e/p> 2 } } WHERE {}",
        "DELETE WHERE { GRAPH <http://e/other> { ?s ?p ?o } }",
        "CREATE GRAPH <http://e/new>",
    ):
        with pytest.raises(StoreError, match="by their full IRIs"):
            effect_of_update(held(), text)


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX from: <http://x/> SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "PREFIX ex: <http://x/> SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(?p != ex:a.from) }",
        'SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(?o != "a"@from) }',
        "PREFIX from: <http://x/> SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(?p != from:from) }",
    ],
)
def test_the_word_from_in_a_name_leaves_the_union_on(query):
    assert int(Embedded(held()).query(query).rows[0][0].value) == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://e/g> { ?s ?p ?o }",
        "SELECT*FROMNAMED<http://e/g>{}",
        "PREFIX : <http://e/> SELECT * FROM:g { ?s ?p ?o }",
        "PREFIX from: <http://e/> SELECT (1 AS ?x) FROMfrom:g WHERE {}",
        "CONSTRUCT { ?s ?p ?o } FROM <http://e/g> WHERE { ?s ?p ?o }",
        "CONSTRUCT FROM <http://e/g> WHERE { ?s ?p ?o }",
        "PREFIX from: <http://e/> DESCRIBE from:a FROM from:b",
        "ASKFROM<http://e/g>{}",
    ],
)
def test_a_query_that_says_from_names_its_graphs(query):
    assert refuse_hostile(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { FILTER(<http://a><<http://x#>) SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { FILTER(?a<<x#>) SERVICE <http://127.0.0.1:9/> {} }",
        "PREFIX a: <http://127.0.0.1:9/> ASK { SERVICEa:b {} }",
        "PREFIX a: <http://127.0.0.1:9/> ASK { SERVICESILENT a:b {} }",
        "PREFIX x: <http://e:> ASK { ?s ?p x:SERVICE <http://127.0.0.1:9/> {} }",
        "PREFIX x: <http://e:> ASK { ?s x:1SERVICE <http://127.0.0.1:9/> {} }",
        "PREFIX x: <http://e/> PREFIX x: <http://e:> ASK { ?s ?p x:SERVICE <http://127.0.0.1:9/> {} }",
        "PREFIX x: <http://e/#> PREFIX a: <http://q/> ASK { ?s ?p x:SERVICEa:b\\# {} }",
        "ASK { ?s ?p 1SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { ?s ?p 'a'@en.SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { ?s ?p a.b.SERVICE <http://127.0.0.1:9/> {} }",
    ],
)
def test_a_call_cannot_hide_in_what_stands_beside_it(query):
    with pytest.raises(QuestionError):
        refuse_hostile(query)


def test_each_piece_of_the_grammar_is_one_token():
    text = 'ex:v1.2 my-ns:a\\-b. _:b.1 \'x\'@en-GB ?a·b $1 <http://e/\\u0041> 1.5e-3 .5 2. a.b:c:d a:%41 """t""" : x'
    assert [(token.kind, token.text) for token in tokens(text)] == [
        ("name", "ex:v1.2"),
        ("name", "my-ns:a\\-b"),
        ("mark", "."),
        ("blank", "_:b.1"),
        ("text", "'x'"),
        ("language", "@en-GB"),
        ("variable", "?a·b"),
        ("variable", "$1"),
        ("iri", "<http://e/\\u0041>"),
        ("number", "1.5e-3"),
        ("number", ".5"),
        ("number", "2"),
        ("mark", "."),
        ("name", "a.b:c:d"),
        ("name", "a:%41"),
        ("text", '"""t"""'),
        ("name", ":"),
        ("word", "x"),
    ]


@pytest.mark.parametrize(
    "part", ["a.", "a-", "a.-", "a:b.", "<", "<<", "<a", "_:a.", "%4", "@a-", "1.", "1e", "·", "."]
)
def test_reading_takes_time_in_line_with_length(part):
    text = part * 40_000
    began = time.perf_counter()
    for _ in tokens(text):
        pass
    assert time.perf_counter() - began < 3


TRIPLE = "<<( <http://e/a> <http://e/b> <http://e/c> )>>"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@pytest.fixture
def odd():
    """A store that holds a triple about a triple."""
    store = Embedded(held())
    change = effect_of_update(held(), f"INSERT DATA {{ GRAPH <{IRI}g> {{ <{IRI}s> <{LABEL}> {TRIPLE} }} }}")
    apply(store, change)
    return store, change


def test_a_triple_term_is_answered_in_every_form(odd):
    store, _ = odd
    table = store.query(f"SELECT ?o {{ ?s <{LABEL}> ?o }}")
    assert table.rows == ((Term(TRIPLE, "triple"),),)
    for form in ("csv", "tsv", "json", "markdown"):
        assert "http://e/b" in write(store, table, form)
    made = store.query(f"CONSTRUCT WHERE {{ ?s <{LABEL}> ?o }}")
    assert isinstance(made, Triples)
    again = list(ox.parse(write(store, made, "turtle"), format=ox.RdfFormat.TURTLE))
    assert [f"<<( {quad.object} )>>" for quad in again] == [TRIPLE]


def test_labels_quads_and_rdflib_bear_a_triple_term(odd):
    store, _ = odd
    assert store.labels([f"{IRI}s"]) == {}
    assert Term(TRIPLE, "triple") in {value for _, _, value, _ in store.quads()}
    assert len(store.rdflib_graph()) == 1


def test_a_change_with_a_triple_term_can_be_refused(odd):
    _, change = odd
    with pytest.raises(QuestionError, match="triple term"):
        refuse_triple_terms(change)
    refuse_triple_terms(effect_of_update(held(), f"INSERT DATA {{ <{IRI}s> <{LABEL}> '<{IRI}a> <{IRI}b> <<(' }}"))
