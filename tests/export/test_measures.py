"""Measures of networks, held to graphs small enough to reckon by hand."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import networkx as nx
import pytest

from kg.export import measures as module
from kg.export.explanations import explain
from kg.export.measures import COLUMNS, Measures, measure, summary, table
from kg.export.network import Network


def _network(
    edges: list[tuple[str, str]], alone: tuple[str, ...] = (), groups: dict[str, str] | None = None
) -> Network:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri in [*alone, *(end for edge in edges for end in edge)]:
        graph.add_node(iri, label=f"Thing {iri}", type="Thing", group=(groups or {}).get(iri, "other"))
    for number, (one, two) in enumerate(edges):
        graph.add_edge(one, two, key=f"k{number}", role="part-of")
    return Network(graph, "view", "Title")


def _of(measures: Measures, column: str) -> dict[str, object]:
    return {row.iri: getattr(row, column) for row in measures.nodes}


# Two triangles, a-b-c and e-f-g, joined by way of d; h hangs on g.
_BARBELL = [
    ("a", "b"),
    ("b", "c"),
    ("c", "a"),
    ("c", "d"),
    ("d", "e"),
    ("e", "f"),
    ("f", "g"),
    ("g", "e"),
    ("g", "h"),
]


def test_degrees_bridges_and_cuts_of_two_triangles_are_those_reckoned_by_hand():
    found = measure(_network(_BARBELL))
    assert _of(found, "degree") == {"a": 2, "b": 2, "c": 3, "d": 2, "e": 3, "f": 2, "g": 3, "h": 1}
    assert _of(found, "in_degree") == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2, "f": 1, "g": 1, "h": 1}
    assert found.bridges == (("c", "d"), ("d", "e"), ("g", "h"))
    assert [iri for iri, cut in sorted(_of(found, "articulation").items()) if cut] == ["c", "d", "e", "g"]
    assert (found.components, found.communities) == (1, 2)


def test_betweenness_of_a_path_is_the_share_of_pairs_it_lies_between():
    # a-b-c-d: of the three pairs without b, two (a-c, a-d) pass through it.
    assert _of(measure(_network([("a", "b"), ("c", "b"), ("c", "d")])), "betweenness") == {
        "a": 0,
        "b": pytest.approx(2 / 3, abs=1e-6),
        "c": pytest.approx(2 / 3, abs=1e-6),
        "d": 0,
    }


def test_two_triangles_are_two_communities():
    numbers = _of(measure(_network(_BARBELL)), "community")
    assert numbers["a"] == numbers["b"] == numbers["c"]
    assert numbers["f"] == numbers["g"] == numbers["h"] != numbers["a"]


def test_an_empty_network_has_no_rows():
    found = measure(_network([]))
    assert (table(found), found.components, found.communities, found.rankings) == ([], 0, 0, ())
    assert summary(found).startswith("0 things and 0 links")


def test_a_single_thing_is_a_part_and_a_community_of_its_own():
    assert table(measure(_network([], alone=("a",)))) == [("a", "Thing a", "Thing", 0, 0, 0, 0, 0.0, 1, 1, False)]


def test_parallel_links_count_in_the_degree_but_are_one_neighbour_and_one_bridge():
    found = measure(_network([("a", "b"), ("a", "b"), ("b", "a")]))
    assert _of(found, "degree") == {"a": 3, "b": 3}
    assert _of(found, "neighbours") == {"a": 1, "b": 1}
    assert found.bridges == (("a", "b"),)
    assert all(said["bridge"] for _, _, said in found.network.graph.edges(data=True))


def test_a_link_to_itself_is_neither_bridge_nor_neighbour():
    found = measure(_network([("a", "a"), ("a", "b")]))
    assert _of(found, "degree") == {"a": 3, "b": 1}
    assert _of(found, "neighbours") == {"a": 1, "b": 1}
    assert {ends: said["bridge"] for ends, said in _edges(found)} == {("a", "a"): False, ("a", "b"): True}


def _edges(found: Measures) -> list[tuple[tuple[str, str], dict[str, object]]]:
    return [((one, two), said) for one, two, said in found.network.graph.edges(data=True)]


def test_parts_are_numbered_by_size_then_by_their_first_iri():
    found = measure(_network([("y", "z"), ("b", "c"), ("m", "n"), ("n", "o")], alone=("a",)))
    assert _of(found, "component") == {"m": 1, "n": 1, "o": 1, "b": 2, "c": 2, "y": 3, "z": 3, "a": 4}


def test_the_network_given_is_left_as_it_was_and_the_copy_carries_every_measure():
    network = _network(_BARBELL)
    found = measure(network)
    assert set(network.graph.nodes["a"]) == {"label", "type", "group"}
    for row in table(found):
        assert tuple(found.network.graph.nodes[row[0]][column] for column in COLUMNS[3:]) == row[3:]
    assert found.network.title == network.title


def test_the_order_in_which_things_were_found_changes_nothing():
    edges = _random_edges(120, 400)
    first = measure(_network(edges))
    random.Random(7).shuffle(edges)
    again = measure(_network(edges))
    assert (again.nodes, again.bridges, again.rankings) == (first.nodes, first.bridges, first.rankings)


def _random_edges(nodes: int, edges: int) -> list[tuple[str, str]]:
    dice = random.Random(3)
    return [(f"n{dice.randrange(nodes)}", f"n{dice.randrange(nodes)}") for _ in range(edges)]


_PROGRAM = """
import networkx as nx
from kg.export import measures
from kg.export.network import Network
measures.MOST_VISITS, measures.MOST_FOR_LOUVAIN = {limits}
graph = nx.MultiDiGraph()
for at in sorted({{(f"n{{i * 7 % 50}}", f"n{{i * i % 43}}") for i in range(150)}}, key=hash):
    graph.add_edge(*at)
found = measures.measure(Network(graph, "view", "Title"))
print(measures.table(found), found.bridges, found.rankings, measures.summary(found))
"""


@pytest.mark.parametrize("limits", ["10**6, 10**6", "2000, 0"])
def test_the_hash_seed_of_the_process_changes_nothing(limits: str):
    answers = {_run(_PROGRAM.format(limits=limits), seed) for seed in ("1", "2", "3")}
    assert len(answers) == 1


def _run(program: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


def test_nothing_measured_needs_numpy_or_scipy():
    program = "import sys; sys.modules['numpy'] = sys.modules['scipy'] = None\n" + _PROGRAM
    for limits in ("10**6, 10**6", "2000, 0"):
        assert "betweenness" in _run(program.format(limits=limits), "1")


def test_a_large_network_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_VISITS", 60)
    found = measure(_network(_BARBELL))
    assert (found.sources, found.exact) == (3, False)
    assert "estimated from 3 of 8 things" in summary(found)


def test_providers_are_ranked_by_the_regions_that_they_reach_directly_or_by_a_contract():
    groups = {"p": "provider", "q": "provider", "c": "contract", "r1": "region", "r2": "region", "r3": "region"}
    found = measure(_network([("c", "p"), ("c", "r1"), ("c", "r2"), ("q", "r3"), ("p", "r1")], groups=groups))
    titled = {ranking.title: ranking.rows for ranking in found.rankings}
    assert titled["Providers by number of regions"] == ((2, "Thing p", "p"), (1, "Thing q", "q"))
    assert titled["Providers by number of neighbours"] == ((2, "Thing p", "p"), (1, "Thing q", "q"))
    assert "Units by number of courts" not in titled


def test_an_inspection_that_raises_a_theme_twice_counts_once():
    groups = {"t": "theme", "f1": "finding", "f2": "finding", "i": "inspection"}
    found = measure(_network([("f1", "t"), ("f2", "t"), ("i", "f1"), ("i", "f2")], groups=groups))
    titled = {ranking.title: ranking.rows for ranking in found.rankings}
    assert titled["Themes by number of inspections"] == ((1, "Thing t", "t"),)
    assert titled["Themes by number of findings"] == ((2, "Thing t", "t"),)


def test_the_table_is_cut_after_the_most_connected():
    assert [row[0] for row in table(measure(_network(_BARBELL)), most=3)] == ["e", "c", "g"]


def test_every_measure_is_explained_with_a_caution():
    assert [told.name for told in explain()] == [*COLUMNS[3:], "bridge"]
    assert all(told.meaning.endswith(".") and told.caution.endswith(".") for told in explain())
