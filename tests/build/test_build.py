"""The build: deterministic, complete, and strict about references."""

import json
import shutil

import pytest

from kg import names, resources
from kg.documents import read_facts
from kg.errors import FactRecordError
from kg.release import assemble
from kg.store import Table


def rows(store, query):
    answer = store.query(
        "PREFIX pko: <https://w3id.org/probation-kg/def#> PREFIX oa: <http://www.w3.org/ns/oa#> " + query
    )
    assert isinstance(answer, Table)
    return answer.rows


def test_two_builds_give_the_same_bytes(store):
    assert assemble().canonical() == store.canonical()


def test_there_are_at_least_900_facts(facts):
    assert sum(record.kind != "claim" for record in facts.records()) >= 900


def test_every_record_is_in_the_graph_and_leads_to_a_passage(store, facts):
    found = {
        row[0].value for row in rows(store, "SELECT DISTINCT ?s { ?s pko:evidencedBy/pko:inPassage/oa:hasSource ?d }")
    }
    missing = [record.id for record in facts.records() if record.kind != "claim" and names.iri(record.id) not in found]
    assert missing == []


def test_a_statement_lives_in_the_graph_of_its_own_document_alone(store):
    doubled = "SELECT ?s { GRAPH ?a { ?s pko:summary ?x } GRAPH ?b { ?s pko:summary ?y } FILTER(STR(?a) < STR(?b)) }"
    assert rows(store, doubled) == ()


def test_literals_keep_to_types_that_the_engine_leaves_alone_and_to_the_projects_code_systems(store):
    query = (
        "SELECT DISTINCT (DATATYPE(?o) AS ?t) { GRAPH ?g { ?s ?p ?o FILTER(isLiteral(?o)) } "
        'FILTER(!STRENDS(STR(?g), "/shapes")) }'  # SHACL wants xsd:anyURI for its prefixes
    )
    used = {row[0].value for row in rows(store, query)}
    plain = {"integer", "decimal", "date", "dateTime", "gYear", "gYearMonth", "boolean", "string", "langString"}
    others = {each for each in used if each.rpartition("#")[2] not in plain}
    assert {each for each in others if not each.startswith(names.DEF)} == {names.PREFIXES["geo"] + "wktLiteral"}
    for each in others:
        defined = f"ASK {{ <{each}> a <{names.PREFIXES['rdfs']}Datatype> }}"
        assert not each.startswith(names.DEF) or store.query(defined), each


def test_the_graph_has_no_blank_node(store):
    assert not store.query("ASK { ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }")


@pytest.fixture
def copy(tmp_path):
    """A copy of the facts, to be spoilt."""
    return shutil.copytree(resources.facts(), tmp_path / "data")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metric", "moon-phase"),
        ("of", "region/atlantis"),
        ("groups", ["vocab/grade/admiral"]),
        ("bound", "roughly"),
        ("mode", "gossip"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_record(copy, field, value):
    path = copy / "documents" / "hmip-report-kss-2024" / "16-r1-2-staffing.jsonl"
    lines = path.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if '"kind": "measurement"' in line)
    record = json.loads(lines[number])
    lines[number] = json.dumps(record | {field: value})
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(FactRecordError) as error:
        assemble(facts=copy)
    assert f'line {number + 1}, record "{record["id"]}"' in str(error.value)
    assert "which does not exist" in str(error.value)


def test_editing_one_record_changes_that_statement_alone(copy, tmp_path, store):
    from kg.diff import diff

    path = copy / "documents" / "hmip-report-kss-2024" / "16-r1-2-staffing.jsonl"
    text = path.read_text()
    record = next(
        json.loads(line) for line in text.splitlines() if "staffing-level/surrey" in line and '"value": 54' in line
    )
    path.write_text(
        text.replace(json.dumps(record, ensure_ascii=False), json.dumps(record | {"value": 55}, ensure_ascii=False))
    )
    (tmp_path / "old.nq").write_bytes(store.canonical())
    (tmp_path / "new.nq").write_bytes(assemble(facts=copy).canonical())
    (change,) = diff(tmp_path / "old.nq", tmp_path / "new.nq")
    assert (change.kind, change.thing, change.details) == ("changed", record["id"], ("pko:value: 54 → 55",))


def write_discrepancy(facts, **fields):
    """Write one discrepancy among facts, in place of those there."""
    path = facts / "editorial" / "discrepancies.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"id": "discrepancy/x", "label": "x", "kind": "value", "note": "x", **fields}) + "\n")


def test_a_discrepancy_about_nothing_is_refused(copy):
    write_discrepancy(copy, involves=["finding/none/1", "finding/none/2"])
    with pytest.raises(FactRecordError, match="finding/none/1 does not exist"):
        assemble(facts=copy)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"says": "x"}, 'value 1: "rests-on" is missing'),
        ({"says": "x", "rests-on": ["row/pdus/york"], "who": "x"}, 'value 1: field "who" is unknown'),
        ({"says": "x", "rests-on": ["row/pdus/york"], "by": ["source/none"]}, "source/none does not exist"),
    ],
)
def test_a_disputed_value_that_leads_nowhere_is_refused(copy, value, told):
    write_discrepancy(copy, involves=["row/pdus/york", "row/local-authorities/york"], values=[value])
    with pytest.raises(FactRecordError, match=told):
        assemble(facts=copy)


def test_facts_are_read_from_the_package_wherever_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(read_facts(resources.facts()).documents) == 5
