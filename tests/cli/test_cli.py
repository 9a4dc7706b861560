"""The command `kg`: what it prints, its exit status, and one clear sentence for whatever is wrong."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def kg(*arguments, cwd, status=0, stdin=None, **environment):
    """Run kg as a user does and return what it printed; no run may show a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", "from kg.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment},
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if status == 0 else done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with a store, built by the command without the shapes."""
    folder = tmp_path_factory.mktemp("built")
    kg("build", "--no-validate", cwd=folder)
    return folder


def test_a_build_says_what_it_made(built):
    printed = kg("build", "--no-validate", cwd=built)
    assert "quads in kg-store; not validated; version " in printed


def test_a_question_is_answered_with_labels(built):
    printed = kg("query", "ratings-of-a-region", "-p", "region=region/kent-surrey-and-sussex", cwd=built)
    assert "Outstanding" in printed


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "markdown"])
def test_an_answer_leaves_in_every_form(built, form):
    printed = kg("query", "ratings-of-a-region", "-p", "region=region/kent-surrey-and-sussex", "-f", form, cwd=built)
    assert "Outstanding" in printed
    if form == "json":
        assert all("statement" in row for row in json.loads(printed))


def test_triples_leave_as_turtle_that_rdflib_reads(built):
    from rdflib import Graph

    query = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c . ?s a <https://w3id.org/probation-kg/def#ProbationDeliveryUnit> }"
    printed = kg("query", "-", "--format", "turtle", cwd=built, stdin=query)
    assert len(Graph().parse(data=printed, format="turtle")) >= 5


def test_a_query_file_is_run_like_a_named_one(built, tmp_path):
    path = tmp_path / "mine.rq"
    path.write_text("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(kg("query", path, cwd=built).splitlines()[1]) > 10_000


def test_a_thing_is_found_by_its_name_and_shown_with_its_statements(built):
    printed = kg("show", "West Kent", cwd=built)
    assert "pdu/west-kent" in printed
    assert "statements about it" in printed


def test_a_name_of_several_things_comes_back_as_a_choice(built):
    printed = kg("show", "Surrey", cwd=built, status=1)
    assert "place/surrey" in printed
    assert "pdu/surrey" in printed


def test_a_statement_leads_to_its_passage_in_context(built, documents):
    printed = kg("evidence", "inspection/kss-region-2024/rating/overall", "--documents", documents, cwd=built)
    assert "⟦Score **5/24**" in printed
    assert "hmip-report-kss-2024" in printed


def test_coverage_is_complete_and_says_so(built, documents):
    printed = kg("coverage", "--documents", documents, cwd=built)
    assert printed.count(": 100.0 % of") == 5


def test_verify_passes(built, documents):
    printed = kg("evidence", "verify", "--documents", documents, cwd=built)
    good, total = (int(word) for word in printed.split() if word.isdigit())
    assert good == total > 1000


def test_statistics_count_classes_and_graphs(built):
    printed = kg("stats", cwd=built)
    assert "pko:Recommendation" in printed
    assert "graph/source/hmip-report-kss-2024" in printed


def test_two_equal_builds_do_not_differ(built, tmp_path):
    kg("build", "--no-validate", "--store", tmp_path / "second", cwd=built)
    assert kg("diff", "kg-store", tmp_path / "second", cwd=built) == "0 differences.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["query", "no-such-question"], 'There is no query and no file called "no-such-question"'),
        (["query", "units-of-an-aera"], "did you mean units-of-an-area?"),
        (["query", "-"], "The query is empty"),
        (["query", "units-of-an-area", "-p", "area=place/thanot"], "Did you mean place/thanet?"),
        (["show", "pdu/west-knt"], 'for names like it: kg reconcile "west knt"'),
        (["query", "ratings-of-a-region"], 'needs the parameter "region" (IRI of a pko:ProbationRegion)'),
        (
            ["query", "ratings-of-a-region", "-p", "planet=mars"],
            'has no parameter "planet"; its parameters are: region',
        ),
        (["query", "ratings-of-a-region", "-p", "region"], "expected name=value"),
        (["query", "ratings-of-a-region", "-p", "region=<x> }"], "expected IRI of a pko:ProbationRegion"),
        (["query", "units-of-an-area", "-p", "area=Thanet"], "Did you mean place/thanet?"),
        (["query", "units-of-an-area", "-p", "area=place/narnia"], "'place/narnia' is not in this graph"),
        (["query", "units-of-an-area", "-p", "area=place/thanet\n"], "expected IRI of a"),
        (["query", "units-of-an-area", "-p", "area=http://a%zz"], "expected IRI of a"),
        (
            ["query", "units-of-an-area", "-p", "area=place/thanet", "-p", "area=place/kent"],
            "A parameter is given twice",
        ),
        (["show", "http://a b"], 'Nothing in the graph is called "http://a b"'),
        (["show", "Atlantis"], 'Nothing in the graph is called "Atlantis"'),
        (["coverage"], "name their folder with --documents"),
        (["evidence", "verify", "--documents", "none"], '"none" is not a folder'),
        (["diff", "none", "kg-store"], "none is neither a store nor an N-Quads file"),
        (["validate", "none.ttl"], "none.ttl is not there"),
        (["stats", "--store", "none"], 'There is no store in none; run "kg build" first'),
    ],
)
def test_misuse_gets_one_clear_sentence(built, arguments, sentence):
    environment = {"PROBATION_KG_DOCUMENTS": ""}
    printed = kg(*arguments, cwd=built, status=1, **environment)
    assert sentence in printed
    assert printed.startswith("kg: ")
    assert printed.count("\n") == 1


def test_a_query_with_a_mistake_gets_one_clear_sentence(built):
    assert "kg: The query cannot be run" in kg("query", "-", cwd=built, status=1, stdin="SELECT ?x {")


def test_a_file_without_triples_is_not_called_good(built, tmp_path):
    empty = tmp_path / "empty.ttl"
    empty.write_text("# @prefix x: <http://x/> .", encoding="utf-8")
    assert f"No triples were read from {empty}" in kg("validate", str(empty), cwd=built, status=1)


def test_the_version_is_told(built):
    assert re.fullmatch(r"kg \d+\.\d+\S*\n", kg("--version", cwd=built))


def test_wrong_files_are_told_apart_from_invalid_data(built, tmp_path):
    bad = tmp_path / "bad.ttl"
    bad.write_text("this is no Turtle")
    assert "cannot be read as Turtle" in kg("validate", bad, cwd=built, status=1)
    bad.write_bytes(b"\xff\xfe\x00\x01")
    assert "cannot be read as Turtle" in kg("validate", bad, cwd=built, status=1)


def test_an_interrupted_build_leaves_the_old_store_whole(built):
    before = (built / "kg-store" / "CURRENT").read_text()
    process = subprocess.Popen(
        [sys.executable, "-c", "from kg.cli import main; main()", "build", "--no-validate"],
        cwd=built,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    while "tables" not in process.stderr.readline():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    process.wait(30)
    process.stderr.close()
    assert process.returncode == 130
    assert said.endswith("kg: Interrupted; the old store, if there was one, is whole.\n")
    assert "Traceback" not in said
    assert (built / "kg-store" / "CURRENT").read_text() == before
    assert "pko:" in kg("stats", cwd=built)


def test_a_read_only_folder_is_told_in_one_sentence(tmp_path):
    if os.geteuid() == 0:
        target = Path("/proc/kg-store")  # root writes everywhere but here
    else:
        (tmp_path / "locked").mkdir(mode=0o500)
        target = tmp_path / "locked" / "kg-store"
    printed = kg("build", "--no-validate", "--store", target, cwd=tmp_path, status=1)
    assert "cannot be written" in printed.splitlines()[-1]


def test_a_query_that_is_not_text_is_told_in_one_sentence(built):
    done = subprocess.run(
        [sys.executable, "-c", "from kg.cli import main; main()", "query", "-"],
        cwd=built,
        input=b'SELECT ?s { ?s ?p "\xff" }',
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert done.stderr.startswith(b"kg: Standard input is not UTF-8 (byte 19)")


def test_an_endless_query_ends_with_ctrl_c(built):
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    process = subprocess.Popen(
        [sys.executable, "-c", "from kg.cli import main; main()", "query", "-"],
        cwd=built,
        stdin=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    process.stdin.write(query)
    process.stdin.close()
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT
