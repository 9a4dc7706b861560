"""One cleaning step makes a network fit for every format, and always the same."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from kg.export import formats
from kg.export.network import Network
from kg.export.profile import Clean, clean, text
from tests.export import networks

ROOT = Path(__file__).resolve().parents[2]


def written(cleaned: Clean, name: str) -> bytes:
    out = io.BytesIO()
    formats.write(cleaned, name, out)
    return out.getvalue()


def digests(network: Network) -> dict[str, str]:
    cleaned = clean(network)
    return {name: hashlib.sha256(written(cleaned, name)).hexdigest() for name in formats.FORMATS}


def alone(**said: object) -> Clean:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node(networks.ID + "court/lewes", **said)
    return clean(networks.network(graph))


def test_nodes_are_numbered_by_iri_and_edges_by_their_ends():
    cleaned = clean(networks.everyday())
    assert [(node.id, node.attributes["iri"].removeprefix(networks.ID)) for node in cleaned.nodes] == [
        ("n0", "court/lewes"),
        ("n1", "pdu/west-kent"),
        ("n2", "region/kss"),
    ]
    assert [edge[:3] for edge in cleaned.edges] == [
        ("e0", "n0", "n0"),
        ("e1", "n1", "n2"),
        ("e2", "n1", "n2"),
        ("e3", "n1", "n2"),
    ]


def test_a_thing_without_a_label_is_called_by_the_short_name_of_its_iri():
    assert alone().nodes[0].attributes["label"] == "court/lewes"
    assert alone(label="").nodes[0].attributes["label"] == ""


def test_what_says_nothing_is_left_out():
    said = alone(note=None, source=[], betweenness=float("nan"), end=None).nodes[0].attributes
    assert set(said) == {"iri", "label"}


@pytest.mark.parametrize(
    "place", [{"lat": 51.0}, {"lat": 91, "lon": 0}, {"lat": 1, "lon": -181}, {"lat": 1, "lon": float("inf")}]
)
def test_half_a_place_and_one_off_the_globe_are_no_place(place):
    assert not {"lat", "lon"} & set(alone(**place).nodes[0].attributes)


def test_an_attribute_has_one_type_over_the_whole_graph():
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("x:a", degree=1, betweenness=0, cut=True, mixed=1, many=["a"], big=2**70, day=date(2024, 5, 1))
    graph.add_node("x:b", degree=2, betweenness=0.5, cut=False, mixed="one", many="b", big=1)
    cleaned = clean(networks.network(graph))
    found = {
        name: cleaned.node_columns[name] for name in ("degree", "betweenness", "cut", "mixed", "many", "big", "day")
    }
    assert found == {
        "degree": int,
        "betweenness": float,
        "cut": bool,
        "mixed": str,
        "many": list,
        "big": str,
        "day": str,
    }
    for node in cleaned.nodes:
        for name, kind in found.items():  # a whole number is written without a decimal point, as sources print it
            expected = {float, int} if kind is float else {kind}
            assert name not in node.attributes or type(node.attributes[name]) in expected
    assert cleaned.nodes[0].attributes["day"] == "2024-05-01"


def test_names_that_a_format_reserves_get_another_name():
    said = alone(**{"id": "a", "value": 1, "Label": "c", "odd name!": "d", "source": "e"}).nodes[0].attributes
    assert {said["id_"], said["value_"], said["Label_"], said["odd_name_"]} == {"a", 1, "c", "d"}
    assert said["sources"] == ["e"]


def test_characters_that_no_format_holds_are_replaced_and_all_others_kept():
    assert text("a\x00\x08\x0b\x1f\x7f\x85\ud800\udfff\ufffe\uffffb") == "a" + 10 * "�" + "b"
    kept = "tab\t, line\n, ŵ, \u202e, \u2028, 😀, \U0010fffd"
    assert text(kept) == kept
    assert text("a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize("build", [networks.everyday, networks.odd])
def test_the_same_network_put_together_in_another_order_gives_the_same_bytes(build):
    assert digests(build()) == digests(networks.turned(build()))


def test_another_process_with_another_hash_seed_writes_the_same_bytes():
    ask = "from tests.export import networks, test_profile as t; print(sorted(t.digests(networks.odd()).items()))"
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, env=environment, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == str(sorted(digests(networks.odd()).items()))


def test_every_format_says_whence_the_data_come_where_it_has_a_place_for_it():
    cleaned = clean(networks.everyday())
    assert cleaned.description() == (
        "Units of Kent. Sources: Court Register; Report on West Kent. Data: version 0.1.0. "
        "Sources read up to 31 January 2026"
    )
    for name in ("graphml", "gexf", "dot", "cyjs", "node-link", "jgf", "mermaid", "geojson"):
        assert "Report on West Kent" in written(cleaned, name).decode(), name
