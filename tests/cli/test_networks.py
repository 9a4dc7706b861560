"""`kg export` and `kg analyse`: files that take their place whole, standard output, and one clear sentence."""

import json
import re
import subprocess
import sys

import networkx as nx
import pytest

from tests.cli.test_cli import ROOT, built, kg  # noqa: F401 - a fixture

KENT = ("-p", "region=region/kent-surrey-and-sussex")


def _complaints(*arguments, cwd):
    """Return what `kg export` said on standard error."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "export", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment, check=True)
    return done.stderr


def test_the_list_names_every_view_and_format(built):  # noqa: F811
    printed = kg("export", "--list", cwd=built)
    assert {"organisation-chart", "neighbourhood", "everything"} <= set(printed.split())
    assert {"graphml", "gexf", "svg", "html", "neo4j"} <= set(printed.split())
    assert "--param thing=pdu/west-kent" in printed


def test_a_file_takes_its_form_from_its_suffix(built):  # noqa: F811
    for name, begins in (
        ("a.graphml", b"<?xml"),
        ("a.svg", b"<"),
        ("a.pdf", b"%PDF"),
        ("a.html", b"<!"),
        ("a.neo4j.zip", b"PK"),
    ):
        kg("export", "organisation-chart", *KENT, "-o", name, cwd=built)
        assert (built / name).read_bytes().startswith(begins), name
    graph = nx.read_graphml(built / "a.graphml")
    assert {"Kent, Surrey and Sussex", "West Kent"} <= {label for _, label in graph.nodes(data="label")}


def test_standard_output_gets_the_file_and_nothing_else(built):  # noqa: F811
    printed = kg("export", "neighbourhood", "-p", "thing=pdu/west-kent", "-f", "node-link", cwd=built)
    assert any(node["iri"].endswith("pdu/west-kent") for node in json.loads(printed)["nodes"])


def test_a_reader_that_leaves_early_is_no_error(built):  # noqa: F811
    command = f'{sys.executable} -c "from kg.cli import main; main()" export evidence -f node-link | head -c 100'
    path = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, shell=True, cwd=built, capture_output=True, text=True, env=path, check=False)
    assert len(done.stdout) == 100
    assert "Traceback" not in done.stderr


def test_filters_leave_out_what_they_say(built):  # noqa: F811
    printed = kg("export", "who-serves-where", *KENT, "--type", "court", "-f", "node-link", cwd=built)
    assert {node["group"] for node in json.loads(printed)["nodes"]} == {"court"}


def test_measures_travel_with_the_export(built):  # noqa: F811
    printed = kg("export", "organisation-chart", *KENT, "--measures", "-f", "node-link", cwd=built)
    region = next(node for node in json.loads(printed)["nodes"] if node["label"] == "Kent, Surrey and Sussex")
    assert region["degree"] >= 9
    assert 0 < region["betweenness"] <= 1


def test_measures_are_a_table_with_answers_of_the_field(built):  # noqa: F811
    printed = kg("analyse", "provision", "--lines", "3", "--explain", cwd=built)
    assert "Providers by number of regions" in printed
    assert re.search(r"^betweenness\n", printed, re.MULTILINE)
    rows = json.loads(kg("analyse", "provision", "-f", "json", "--lines", "0", cwd=built))
    degrees = [row["degree"] for row in rows]
    assert degrees == sorted(degrees, reverse=True)
    assert len(rows) > 100
    lines = kg("analyse", "provision", "-f", "csv", "--lines", "3", cwd=built).splitlines()
    assert lines[0].startswith("iri,label,type,degree")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], 'There is no view "nothing"'),
        (["organisation-chart"], "No format is named"),
        (["themes", "-o", "x.csv"], '".csv" is no format: write x.nodes.csv or x.edges.csv.'),
        (["themes", "-o", "x.xyz"], '".xyz" is no format'),
        (["themes", "-f", "svg", "-o", "x.png"], "-f svg writes SVG, but x.png is the name of PNG"),
        (["themes", "-f", "svg", "--size", "a5"], '--size reads "a5"; expected screen, a4, a3, a2, a1 or slide.'),
        (["themes", "-f", "svg", "--theme", "blue"], '--theme reads "blue"; expected light or dark.'),
        ([], "No view is named"),
        (["themes", "-f", "gfx"], 'There is no format "gfx"'),
        (["organisation-chart", "-f", "svg"], "region"),
        (["organisation-chart", "-f", "svg", "-p", "region=pdu/west-kent"], "region"),
        (["themes", "-f", "svg", "-p", "colour=red"], "colour"),
        (["themes", "-f", "svg", "--type", "spaceship"], "spaceship"),
        (["themes", "-f", "svg", "--since", "yesterday"], "yesterday"),
        (["themes", "-o", "no/such/folder/a.svg"], "There is no folder"),
        (["everything", "-f", "svg"], "narrow the view"),
        (["evidence", "-f", "mermaid"], "200"),
    ],
)
def test_a_wrong_word_is_told_in_one_sentence(built, arguments, told):  # noqa: F811
    printed = kg("export", *arguments, cwd=built, status=1)
    last = printed.strip().splitlines()[-1]
    assert told in last
    assert not list(built.glob("x.*"))


def test_every_quality_that_the_help_names_is_accepted(built):  # noqa: F811
    told = (
        " ".join(kg("export", "--help", cwd=built, COLUMNS="400").split())
        .replace("- ", "-")  # lines break at hyphens
        .partition("--quality")[2]
        .partition("--most")[0]
    )
    named = re.findall(
        r"\b(?:[abc]|[a-z]+-[a-z]+|press)\b", told.partition("sources:")[2].partition(" of a register")[0]
    )
    assert set(named) - {"a"} >= {"primary-report", "official-release", "press", "press-copy", "b", "c"}
    for quality in named:
        kg("export", "who-serves-where", *KENT, "--quality", quality, "-f", "node-link", cwd=built)


def test_what_is_cut_kept_or_left_out_is_told_on_standard_error(built):  # noqa: F811
    start = ("-p", "thing=pdu/west-kent", "-p", "depth=2")
    cut = _complaints("neighbourhood", *start, "--most", "50", "-f", "node-link", cwd=built)
    assert re.search(r"taken from the nearest 50 of [\d,]+ things; --most raises it", cut)
    assert "nearest" not in _complaints("neighbourhood", *start, "--most", "20000", "-f", "node-link", cwd=built)
    undated = _complaints("provision", "--since", "2030", "-f", "node-link", cwd=built)
    assert re.search(r"[\d,]+ of [\d,]+ things have no date and stay", undated)
    placed = _complaints("provision", "-f", "geojson", cwd=built)
    assert re.search(r"\b0 of [\d,]+ things have a place", placed)


def test_json_may_be_called_json(built):  # noqa: F811
    kg("export", "themes", "-f", "cyjs", "-o", "themes.json", cwd=built)
    assert "elements" in json.loads((built / "themes.json").read_text(encoding="utf-8"))


def test_heads_of_rankings_stand_over_what_they_name(built):  # noqa: F811
    lines = kg("analyse", "provision", "--lines", "3", cwd=built).splitlines()
    head = lines.index("Providers by number of regions") + 1
    head = head + (not lines[head])
    assert lines[head].split("\t") == ["number", "name", "thing"]
    assert re.fullmatch(r"\d+\t[^\t]+\tbody/[a-z0-9-]+", lines[head + 1])


def test_an_export_that_fails_leaves_the_old_file_whole(built):  # noqa: F811
    (built / "kept.svg").write_text("old", encoding="utf-8")
    kg("export", "everything", "-o", "kept.svg", cwd=built, status=1)
    assert (built / "kept.svg").read_text(encoding="utf-8") == "old"
    assert not list(built.glob(".kept*"))
