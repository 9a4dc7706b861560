"""Reports and answers leave in every form, for people and for machines."""

import json

import pandas
from rdflib import Graph

import kg
from kg.query import readable


def test_a_report_leaves_as_text_json_turtle_and_markdown(report):
    warnings = report.counts()["Warning"]
    assert report.text().count("Warning: ") == warnings
    assert f"{warnings} warnings" in report.text()
    found = json.loads(report.json())
    assert found["conforms"] is True
    assert sum(each["severity"] == "Warning" for each in found["findings"]) == warnings
    assert report.markdown().count("| Warning |") == warnings
    results = Graph().parse(data=report.turtle, format="turtle")
    severity = "http://www.w3.org/ns/shacl#resultSeverity"
    assert sum(str(p) == severity and str(o).endswith("Warning") for _, p, o in results) == warnings


def test_each_finding_names_the_thing_by_its_label_and_says_how_to_mend_it(report):
    for finding in report.findings:
        assert finding.label, finding.focus
        assert finding.message.endswith("."), finding.message
        assert ":" in finding.message, finding.message


def test_rows_become_a_data_frame_with_numbers_as_numbers(store):
    rows = kg.Graph(store).ask("score-against-points", inspection="inspection/kss-region-2024")
    frame = rows.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.loc[0, "score"] == frame.loc[0, "points"] == 5
    assert frame.loc[0, "unit label"] == "Kent, Surrey and Sussex"


def test_a_cell_that_looks_like_a_formula_is_disarmed_and_a_bar_is_escaped(store):
    from kg.query import write

    answer = store.query('SELECT ("=1+1" AS ?a) ("x|y" AS ?b) (true AS ?c) {}')
    assert write(store, answer, "csv") == "a,b,c\n'=1+1,x|y,true\n"
    assert "x\\|y" in write(store, answer, "markdown")


def test_fifty_thousand_rows_leave_in_linear_time(store):
    from kg.query import write

    answer = store.query("SELECT ?s ?p { ?s ?p ?o } LIMIT 50000")
    assert write(store, answer, "csv").count("\n") > 45_000


def test_ill_typed_numbers_stay_texts_and_json_stays_json(store):
    from kg.query import write

    integer = "http://www.w3.org/2001/XMLSchema#integer"
    answer = store.query(f'SELECT ("abc"^^<{integer}> AS ?a) (1e0/0e0 AS ?b) ?_c ?c {{ BIND(1 AS ?_c) BIND(2 AS ?c) }}')
    (row,) = json.loads(write(store, answer, "json"))
    assert (row["a"], row["_c"], row["c"]) == ("abc", 1, 2)
    assert isinstance(row["b"], str)


def test_the_column_of_a_parameter_bears_the_parameters_name(store):
    rows = kg.Graph(store).ask("ratings-of-a-region", region="region/kent-surrey-and-sussex")
    assert rows.table.columns[0] == "region"
    assert readable(rows)[0][0] == "Kent, Surrey and Sussex"
