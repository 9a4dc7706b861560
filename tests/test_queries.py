"""Every named query is documented, answers as expected, leads to evidence, and refuses what it cannot take.

The expected answers lie in tests/expected, one file a query, as `kg query … --format csv` prints them with the example
parameters. Where a fact changes, tests/expected/write.py writes them anew: read the difference before you keep it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import resources
from kg.errors import QuestionError
from kg.query import Question, bind, read_questions, write
from kg.store import Embedded, Table, Term

EXPECTED = Path(__file__).resolve().parent / "expected"
QUESTIONS = read_questions(resources.queries())
ALL = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
CLASS = re.compile(r"pko:[A-Z]\w+|org:Organization|skos:Concept|a thing|a person or body or pko:UnattributedSpeaker")


def _examples(question: Question, optional: bool = True) -> dict[str, str]:
    return {p.name: p.example for p in question.parameters if optional or not p.optional}


def _answer(store: Embedded, question: Question, optional: bool = True) -> Table:
    answer = store.query(question.text, bind(question, _examples(question, optional)))
    assert isinstance(answer, Table)
    return answer


@ALL
def test_the_header_says_what_is_asked_and_which_columns_come_back(question, store):
    assert question.summary.endswith("?"), "the summary is the question that the query answers"
    assert len(question.summary) <= 130
    assert question.description.endswith(".")
    named = [column.split(" ")[0] for column in re.split(r", (?![^(]*\))", question.columns)]
    projected = [column for column in _answer(store, question).columns if not column.startswith("_")]
    assert [column for column in named if column in projected] == projected
    assert set(named) - set(projected) <= {parameter.name for parameter in question.parameters}


@ALL
def test_each_parameter_is_typed_has_an_example_and_is_projected(question):
    for parameter in question.parameters:
        assert parameter.example
        assert f"?_{parameter.name} " in question.text.partition("WHERE")[0]
        if parameter.type.startswith("IRI of a"):
            assert CLASS.search(parameter.type)


@ALL
def test_the_answer_to_the_example_is_the_one_read_off_the_documents(question, store):
    file = EXPECTED / f"{question.name}.csv"
    assert write(store, _answer(store, question), "csv") == file.read_text(encoding="utf-8")


def test_there_is_no_expected_answer_without_its_query():
    assert {path.stem for path in EXPECTED.glob("*.csv")} == set(QUESTIONS)


@ALL
def test_no_query_answers_its_example_with_nothing(question, store):
    assert _answer(store, question).rows


@ALL
def test_the_order_of_rows_does_not_depend_on_the_engine(question, store):
    assert "ORDER BY" in question.text
    rows = _answer(store, question).rows
    assert len(rows) == len(set(rows)), "a row comes twice"


@ALL
def test_every_statement_in_an_answer_has_evidence(question, store):
    for optional in (True, False):
        answer = _answer(store, question, optional)
        if "statement" not in answer.columns:
            continue
        position = answer.columns.index("statement")
        statements = {row[position] for row in answer.rows if row[position] is not None}
        assert statements == _evidenced(store, statements)


@pytest.fixture(scope="module")
def sourced_rows(store) -> set[Term | None]:
    """All register rows that name a source and a quality."""
    answer = store.query(
        """PREFIX pko: <https://w3id.org/probation-kg/def#>
        SELECT DISTINCT ?row { ?row a pko:ReferenceRow ; pko:rowSource ?source ; pko:rowQuality ?quality }"""
    )
    assert isinstance(answer, Table)
    return {row[0] for row in answer.rows}


@ALL
def test_every_register_row_in_an_answer_names_its_source_and_quality(question, store, sourced_rows):
    answer = _answer(store, question, optional=False)
    if "row" in answer.columns:
        position = answer.columns.index("row")
        assert {row[position] for row in answer.rows if row[position] is not None} <= sourced_rows


def _evidenced(store: Embedded, statements: set[Term | None]) -> set[Term | None]:
    """Return those of `statements` from which a way leads to a passage of a document or to a sourced register row."""
    named = " ".join(sorted(term.n3() for term in statements if term))
    answer = store.query(
        f"""PREFIX pko: <https://w3id.org/probation-kg/def#> PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT DISTINCT ?s {{
            VALUES ?s {{ {named} }}
            {{ ?s pko:evidencedBy/pko:inPassage/oa:hasSource ?document }}
            UNION
            {{ ?s pko:evidencedBy ?row . ?row pko:rowSource/pko:publisherName ?publisher ; pko:rowQuality ?quality }}
        }}"""
    )
    assert isinstance(answer, Table)
    return {row[0] for row in answer.rows}


@ALL
def test_leaving_out_an_optional_parameter_widens_the_answer(question, store):
    assert len(_answer(store, question, optional=False).rows) >= len(_answer(store, question).rows)


@ALL
def test_a_query_without_a_parameter_that_it_needs_is_refused_in_one_sentence(question):
    for parameter in question.parameters:
        if not parameter.optional:
            rest = {name: value for name, value in _examples(question).items() if name != parameter.name}
            with pytest.raises(QuestionError, match=f'needs the parameter "{parameter.name}"') as refusal:
                bind(question, rest)
            assert str(refusal.value).endswith(".")
            assert "\n" not in str(refusal.value)


@ALL
def test_an_unknown_parameter_is_refused_by_naming_the_known_ones(question):
    with pytest.raises(QuestionError, match='has no parameter "planet"; its parameters are: ') as refusal:
        bind(question, {**_examples(question), "planet": "mars"})
    assert all(parameter.name in str(refusal.value) for parameter in question.parameters)


@ALL
def test_a_value_of_the_wrong_type_is_refused_with_an_example_of_the_right_one(question):
    for parameter in question.parameters:
        ill = "two\nlines" if parameter.type == "string" else "<x> . } #"
        with pytest.raises(QuestionError, match=f'parameter "{parameter.name}" reads ') as refusal:
            bind(question, {**_examples(question), parameter.name: ill})
        assert parameter.example in str(refusal.value)


def test_a_unit_that_nobody_knows_has_no_ratings(store):
    question = QUESTIONS["ratings-of-a-unit"]
    answer = store.query(question.text, bind(question, {"unit": "pdu/atlantis"}))
    assert answer.rows == ()


def test_a_date_before_any_inspection_finds_no_rating_in_force(store):
    question = QUESTIONS["ratings-in-force-on-a-date"]
    answer = store.query(question.text, bind(question, {"date": "2015-01-01"}))
    regions, units_of_the_list_of_april_2023 = 12, 108
    assert len(answer.rows) == regions + units_of_the_list_of_april_2023
    assert all(row[answer.columns.index("rating")] is None for row in answer.rows)


def test_a_date_between_two_inspections_finds_the_older_rating_in_force(store):
    question = QUESTIONS["ratings-in-force-on-a-date"]
    answer = store.query(question.text, bind(question, {"date": "2023-06-30"}))
    found = {row[1].value.rpartition("/")[2]: row[2].value.rpartition("/")[2] for row in answer.rows if row[2]}
    assert found["west-kent"] == found["west-sussex"] == "inadequate"
    assert "east-kent" not in found


@pytest.mark.parametrize(("date", "style"), [("2022-09-07", "Her Majesty"), ("2022-09-08", "His Majesty")])
def test_the_inspectorate_changes_its_name_and_stays_one_body(store, date, style):
    question = QUESTIONS["names-of-an-organisation-on-a-date"]
    values = {"organisation": "body/hm-inspectorate-of-probation", "date": date}
    (row,) = store.query(question.text, bind(question, values)).rows
    assert row[2].value.startswith(style)
