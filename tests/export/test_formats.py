"""Every format, read back by a tool of another maker, says what the network says."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import QuestionError
from kg.export import formats
from kg.export.formats import gexf
from kg.export.profile import clean, text
from kg.export.selection import select
from kg.export.views import read_views
from tests.export import networks, read_back
from tests.export.compared import BY_TEXT, check, mermaid_is_right, said_by, same, tame, written

NETWORKS = {
    "everyday": networks.everyday,
    "odd": networks.odd,
    "empty": lambda: networks.network(nx.MultiDiGraph()),
    "one": lambda: networks.odd(("only",), (networks.ID + "one",)),
}
CASES = [(name, place) for name, readers in read_back.READERS.items() for place in range(len(readers))]


@pytest.fixture(scope="module")
def node20():
    if not shutil.which("node") or not (read_back.NODE_MODULES / "mermaid").exists():
        pytest.skip("Node.js or the packages of tests/package.json are not installed")
    reader = read_back.Node20()
    yield reader
    reader.end()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("read-back")


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("name", "place"), CASES, ids=str)
def test_a_tool_of_another_maker_reads_what_the_network_says(name, place, network, folder):
    check(name, place, NETWORKS[network](), folder)


@pytest.mark.parametrize(
    "view", [view for view in read_views().values() if view.name != "everything"], ids=lambda view: view.name
)
def test_every_view_of_the_graph_is_read_back_from_every_format(view, store, folder):
    network = select(store, view, {p.name: p.example for p in view.parameters if not p.optional})
    for name, place in CASES:
        check(name, place, network, folder)


@pytest.mark.parametrize("network", NETWORKS)
def test_plain_tables_say_what_the_network_says(network):
    given_network = NETWORKS[network]()
    cleaned = clean(given_network)
    found = read_back.csv_pair(written(cleaned, "nodes-csv"), written(cleaned, "edges-csv"))
    same("nodes-csv", found, tame(given_network, "nodes-csv"))


@pytest.mark.parametrize("network", NETWORKS)
def test_cytoscape_reads_what_the_network_says(network, node20):
    same("cyjs", node20.read("cyjs", written(clean(NETWORKS[network]()), "cyjs")), NETWORKS[network]())


@pytest.mark.parametrize(
    "network", sorted(set(NETWORKS) - {"empty"})
)  # graphology takes a graph without edges for mixed
def test_graphology_reads_gexf_with_colours(network, node20):
    given_network = NETWORKS[network]()
    found = node20.read("gexf", written(clean(given_network), "gexf"))
    told = said_by(given_network)
    assert {node: said.get("label", "") for node, said in found.nodes.items()} == {
        node: said["label"] for node, said in told.nodes.items()
    }
    assert all(re.fullmatch(r"rgb\(\d+, ?\d+, ?\d+\)", said["color"]) for said in found.nodes.values())
    assert len(found.edges) == len(told.edges)


@pytest.mark.parametrize("network", NETWORKS)
def test_mermaid_reads_labels_relations_and_kinds(network, node20):
    mermaid_is_right(NETWORKS[network](), node20)


_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXT, min_size=1, max_size=4), iris=st.lists(_TEXT, max_size=3, unique=True))
def test_whatever_the_text_every_format_holds_it(texts, iris, folder):
    lines = dict.fromkeys("x:" + text(iri).replace("\n", "") for iri in iris)  # no IRI has two lines
    network = networks.odd(tuple(texts), tuple(lines))
    for name, place in CASES:
        check(name, place, network, folder)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXT, min_size=1, max_size=4))
def test_whatever_the_text_mermaid_and_cytoscape_hold_it(texts, node20):
    network = networks.odd(tuple(texts), ())
    mermaid_is_right(network, node20)
    same("cyjs", node20.read("cyjs", written(clean(network), "cyjs")), network)


def test_a_hundred_thousand_edges_are_written_or_refused_in_one_sentence(folder):
    network = networks.line(100_000)
    cleaned = clean(network)
    for name, known in formats.FORMATS.items():
        if known.most_edges is None:
            assert len(written(cleaned, name)) > (100_000 if name != "geojson" else 100)
    assert len(read_back.graphml_by_igraph(written(cleaned, "graphml"), folder).edges) == 100_000
    with pytest.raises(
        QuestionError, match=r"^Mermaid flowchart holds 200 links, and this network has 100,000: ask for"
    ):
        written(cleaned, "mermaid")


def test_a_diagram_that_mermaid_would_not_draw_is_refused_in_one_sentence():
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for place in range(600):
        graph.add_node(f"x:{place}", label="Ymddiriedolaeth <Prawf> " * 9)
    with pytest.raises(
        QuestionError, match=r"^A Mermaid diagram holds 50,000 characters, and these 600 things with 0 links"
    ):
        written(clean(networks.network(graph)), "mermaid")


def test_an_unknown_format_is_named_with_those_that_there_are():
    with pytest.raises(
        QuestionError, match=r'^There is no format "gml"\. Choose one of: graphml, gexf, dot, .*geojson\.$'
    ):
        formats.named("gml")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2021", "2021", ("2021-01-01", "2021-12-31")),
        ("2021-06", "2024-02", ("2021-06-01", "2024-02-29")),
        ("2021-06-26", "", ("2021-06-26", "")),
        ("", "2023-02", ("", "2023-02-28")),
        ("2024", "2023", ("", "")),
        ("2024-13", "2024-02-30", ("", "")),
        ("spring 2024", "0000", ("", "")),
    ],
)
def test_partial_dates_become_first_and_last_day_on_the_timeline(start, end, days):
    assert gexf.interval(start, end) == days


def test_a_network_without_dates_has_no_timeline():
    assert b'mode="static"' in written(clean(networks.line(2)), "gexf")
    everyday = written(clean(networks.everyday()), "gexf")
    assert b'mode="dynamic" timeformat="date"' in everyday
    assert nx.read_gexf(io.BytesIO(everyday)).nodes["n0"]["end"] == "2024-02-29"


TYPES = {"degree": 3, "betweenness": 0.25, "cut": True, "note": "plain"}


@pytest.mark.parametrize(("name", "place"), [case for case in CASES if case[0] not in BY_TEXT | {"pajek"}], ids=str)
def test_numbers_and_flags_stay_numbers_and_flags(name, place, folder):
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("x:a", lat=51.5, lon=0.5, **TYPES)
    graph.add_edge("x:a", "x:b", bridge=False, weight=7)
    graph.nodes["x:b"].update(lat=51.5, lon=1.5)
    found = read_back.READERS[name][place](written(clean(networks.network(graph)), name), folder)
    said, link = found.nodes["n0"], found.edges[0][2]
    assert {key: said[key] for key in TYPES} == TYPES
    assert (type(said["cut"]), type(said["lon"]), link["bridge"], link["weight"]) == (bool, float, False, 7)
    if "igraph" not in read_back.READERS[name][place].__name__:  # igraph has one type of numbers
        assert type(said["degree"]) is int


def test_json_graph_format_has_no_member_but_those_of_version_2():
    graph = json.loads(written(clean(networks.odd()), "jgf"))["graph"]
    assert set(graph) == {"directed", "type", "label", "metadata", "nodes", "edges"}
    assert all(set(node) == {"label", "metadata"} for node in graph["nodes"].values())
    members = {"id", "source", "target", "relation", "label", "metadata"}
    assert all(set(edge) <= members and edge["source"] in graph["nodes"] for edge in graph["edges"])


@pytest.mark.parametrize("network", NETWORKS)
def test_headers_for_neo4j_follow_its_grammar(network):
    nodes, edges = read_back._bundle(written(clean(NETWORKS[network]()), "neo4j"))
    for table, own in ((nodes, ["id:ID", ":LABEL"]), (edges, [":START_ID", ":END_ID", ":TYPE", "id"])):
        head, *records = table.decode().split("\n")
        columns = head.split(",")
        assert columns[: len(own)] == own
        assert all(
            re.fullmatch(r"[A-Za-z]\w*(:(long|double|boolean|string\[\]))?", column) for column in columns[len(own) :]
        )
        assert len({column.split(":")[0] for column in columns[len(own) :]}) == len(columns) - len(own)
        assert len(records) == len(read_back._table(table)) + 1, "neo4j-admin reads a line as a record"


def test_geojson_counts_what_is_not_on_the_map():
    read = json.loads(written(clean(networks.everyday()), "geojson"))
    assert (read["nodes_without_place"], read["edges_without_line"]) == (1, 1)


@pytest.mark.skipif(not shutil.which("gvpr"), reason="Debian's graphviz is not installed")
def test_graphviz_programs_count_the_same_nodes_and_edges():
    counting = "BEG_G { print($G.directed, ' ', nNodes($G), ' ', nEdges($G)) }"
    done = subprocess.run(
        ["gvpr", counting], input=written(clean(networks.odd()), "dot"), capture_output=True, check=True
    )
    count = len(networks.ODD_TEXTS)
    assert done.stdout.decode().split()[1:] == [str(count), str(count)]
