"""Queries that reach out or nest too deep are refused before the engine sees them."""

import signal
import subprocess
import sys
import time

import pytest

from kg import resources
from kg.errors import QuestionError
from kg.query import read_questions
from kg.store import Embedded
from kg.store.guard import MOST_CHARACTERS, refuse_hostile


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent<http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SeRvIcE ?where { ?s ?p ?o } } }",
        "SELECT * { ?s ?p '#' . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        'SELECT * { ?s ?p """ " """ SERVICE <http://127.0.0.1:9/> {} }',
        "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:a{ ?s ?p ?o } }",
        "SELECT * { BIND(<http://127.0.0.1:9/> AS ?u) FILTER(1<2&&EXISTS{SERVICE?u{?a?b?c}}&&3>2) }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { ?s ?p 1.SERVICE:b{ ?a ?b ?c } }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { ?s ?p true.SERVICE:b{ ?a ?b ?c } }",
        "PREFIX service: <http://127.0.0.1:9/> SELECT * { service:a{ ?a ?b ?c } }",
    ],
)
def test_a_call_to_another_server_is_refused(query):
    with pytest.raises(QuestionError, match="SERVICE"):
        refuse_hostile(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service <http://e/SERVICE> 'SERVICE' } # SERVICE",
        "PREFIX p: <http://e/> SELECT * { ?s p:SERVICE ?o . ?s p:contractService ?b }",
    ],
)
def test_the_word_alone_is_harmless(query):
    refuse_hostile(query)


@pytest.mark.parametrize("shape", [("{", "}"), ("FILTER(" + "(", ")")])
def test_deep_nesting_is_refused(shape):
    with pytest.raises(QuestionError, match="nested more than 200 levels"):
        refuse_hostile("SELECT * {" + shape[0] * 900 + "1" + shape[1] * 900 + "}")


def test_a_run_of_signs_is_refused():
    with pytest.raises(QuestionError, match="nested more than 200 levels"):
        refuse_hostile("ASK { FILTER(" + "!" * 5000 + "true) }")


def test_a_huge_query_is_refused():
    with pytest.raises(QuestionError, match="at most 20,000"):
        refuse_hostile("SELECT * { }" + " " * MOST_CHARACTERS)


@pytest.mark.parametrize(
    "body",
    [
        "FILTER(" + "||".join(["1=1"] * 3300) + ")",
        "?s " + "/".join(["<p:>"] * 290) + " ?o",
        "?s " + "|".join(["<p:>"] * 3300) + " ?o",
        " UNION ".join(["{ ?s ?p ?o }"] * 290),
        "FILTER(" + "+".join(["1"] * 9000) + " = 1)",
        "FILTER(?o IN (" + ",".join(["1"] * 9000) + "))",
        "VALUES ?o { " + " 1.5" * 4000 + " }",
        "?s ?p " + ",".join(["1"] * 290),
        "OPTIONAL { ?s ?p ?o }" * 290,
    ],
)
def test_the_longest_chains_that_pass_do_not_overflow_the_stack(body):
    """Some take the planner long; a person stops them with Ctrl-C, this test after three seconds."""
    query = "ASK { " + body + " }"
    refuse_hostile(query)
    code = (
        "import sys, resource; from kg.store import Embedded; from kg.errors import QuestionError\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (3, 9))\n"
        "try:\n    Embedded().query(sys.stdin.read())\nexcept QuestionError:\n    pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=query, text=True, capture_output=True, check=False)
    assert done.returncode in {0, -signal.SIGXCPU}, (done.returncode, done.stderr[-200:])


@pytest.mark.parametrize(
    "part", ["?a ?b ?c . ", "?a ?b ?c ; ", "?a ?b ?c , ", "{} UNION ", "MINUS {} ", "[] ?p ", "?s/?p "]
)
def test_more_patterns_than_the_planner_bears_are_refused(part):
    with pytest.raises(QuestionError, match="at most 300 are planned"):
        refuse_hostile("ASK { " + part * 301 + " }")


@pytest.mark.parametrize("begun", [r'"\a', r'"""x"\a', r"'''x'\a", "'"])
def test_a_text_that_is_not_closed_is_refused_at_once(begun):
    began = time.perf_counter()
    with pytest.raises(QuestionError, match="is not closed"):
        refuse_hostile("ASK { ?s ?p " + begun.replace("a", "") * (9_000 // len(begun) * 2 - 1))
    assert time.perf_counter() - began < 0.5


def test_every_named_query_passes():
    for question in read_questions(resources.queries()).values():
        refuse_hostile(question.text)
    assert Embedded().query("ASK { }") is True


def test_a_query_that_names_its_graphs_sees_those_alone(store):
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
    editorial = store.query(count.format("FROM <https://w3id.org/probation-kg/graph/editorial>")).rows[0][0].value
    assert 0 < int(editorial) < int(store.query(count.format("")).rows[0][0].value) / 10
