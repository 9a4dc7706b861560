"""What was read back from an export, held against what the network says."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx

from kg.export import formats
from kg.export.network import Network
from kg.export.profile import Clean, clean, flat, text
from tests.export import networks, read_back
from tests.export.read_back import Read

# What a format calls otherwise; None where it has no place for it.
NAMES: dict[str, dict[str, str | None]] = {
    "gexf": {"start": "began", "end": "ended"},
    "dot": {"group": "kind"},
}
TYPED = {"node-link", "jgf", "cyjs", "neo4j", "geojson"}  # lists stay lists
BY_TEXT = {"dot", "gephi", "nodes-csv"}  # numbers are text


def written(cleaned: Clean, name: str) -> bytes:
    out = io.BytesIO()
    formats.write(cleaned, name, out)
    return out.getvalue()


def said_by(network: Network) -> Read:
    """What the network says, cleaned text by text: nothing here knows how rows and columns are made."""
    order = {iri: f"n{place}" for place, iri in enumerate(sorted(network.graph))}

    def fit(said: dict[str, Any]) -> dict[str, Any]:
        cleaned = {}
        for name, value in networks.attributes(said).items():
            parts = [text(part) for part in value] if isinstance(value, list) else value
            cleaned[name] = text(parts) if isinstance(parts, str) else parts
        return cleaned

    nodes = {
        order[iri]: fit({"label": iri.removeprefix(networks.ID), **said, "iri": iri})
        for iri, said in network.graph.nodes(data=True)
    }
    edges = [(order[a], order[b], fit({"weight": 1, **said})) for a, b, said in network.graph.edges(data=True)]
    return Read(nodes, edges)


def held(name: str, said: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """An element's attributes as a format can hold them, for comparing; no text is as good as none."""
    pairs = {}
    for key, value in said.items():
        kept = value if name in TYPED or not isinstance(value, list) else "; ".join(value)
        kept = flat(kept) if name in BY_TEXT else kept
        kept = float(kept) if isinstance(kept, int | float) and not isinstance(kept, bool) else kept
        if kept not in ("", []):
            pairs[NAMES.get(name, {}).get(key, key)] = kept
    return tuple(sorted((key, str(value) if isinstance(value, list) else value) for key, value in pairs.items()))


def same(name: str, found: Read, network: Network) -> None:
    """Assert that what was read back is what the network says, in whatever the format carries."""
    told = said_by(network)
    if name == "geojson":
        told = placed(told)
    assert set(found.nodes) == set(told.nodes)
    assert {node: held(name, extras(found.nodes[node])) for node in found.nodes} == {
        node: held(name, told.nodes[node]) for node in told.nodes
    }
    assert counted(name, found.edges, drop=True) == counted(name, told.edges)


def counted(name: str, edges: Any, drop: bool = False) -> Counter[Any]:
    return Counter((one, other, held(name, extras(said) if drop else said)) for one, other, said in edges)


def extras(said: dict[str, Any]) -> dict[str, Any]:
    """Take away what a format adds of its own."""
    own = {
        "id",
        "key",
        "viz",
        "Type",
        ":LABEL",
        ":TYPE",
        "name",
        "start" if "began" in said else "",
        "end" if "ended" in said else "",
    }
    own |= {"source_iri", "target_iri", "source_label", "target_label"}
    return {name: value for name, value in said.items() if name not in own}


def placed(told: Read) -> Read:
    nodes = {node: said for node, said in told.nodes.items() if "lat" in said}
    return Read(nodes, [edge for edge in told.edges if edge[0] in nodes and edge[1] in nodes and edge[0] != edge[1]])


def tame(network: Network, name: str) -> Network:
    """The network as CSV holds it: an apostrophe before formulas; for Neo4j, one line a record."""

    def fit(value: Any) -> Any:
        if isinstance(value, list | tuple):
            if name == "neo4j":
                parts = [text(part).replace(";", "%3B").replace("\n", " ") for part in value]
                return [harmless(parts[0]), *parts[1:]] if parts else parts
            return [harmless(text(value[0])), *value[1:]] if value else value
        if not isinstance(value, str):
            return value
        return harmless(text(value)).replace("\n", " ") if name == "neo4j" else harmless(text(value))

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri, said in network.graph.nodes(data=True):
        graph.add_node(iri, **{key: fit(value) for key, value in said.items()})
    for one, other, said in network.graph.edges(data=True):
        graph.add_edge(one, other, **{key: fit(value) for key, value in said.items()})
    return networks.network(graph)


def harmless(said: str) -> str:
    return "'" + said if said.startswith(("=", "+", "-", "@", "\t", "\r")) else said


def check(name: str, place: int, network: Network, folder: Path) -> None:
    found = read_back.READERS[name][place](written(clean(network), name), folder)
    if name == "pajek":
        pajek_is_right(found, network)
    else:
        same(name, found, tame(network, name) if name in {"neo4j", "gephi"} else network)


def pajek_is_right(found: Read, network: Network) -> None:
    """Labels are those of the network but for what Pajek has no way to write, each once."""
    told = said_by(network)
    labels = {
        node: " ".join(said["label"].replace('"', "'").replace("\\", "/").split()) for node, said in told.nodes.items()
    }
    read = {node: said["label"] for node, said in found.nodes.items()}
    assert len(set(read.values())) == len(told.nodes)
    assert all(read[node] in (labels[node], f"{labels[node]} [{node}]".lstrip()) for node in labels)
    relations = Counter(
        (
            a,
            b,
            " ".join(said.get("label", said.get("role", "")).replace('"', "'").replace("\\", "/").split()),
            float(said["weight"]),
        )
        for a, b, said in told.edges
    )
    assert (
        Counter((a, b, said.get("label", "") or "", float(said.get("weight", 1))) for a, b, said in found.edges)
        == relations
    )


def mermaid_is_right(network: Network, node20: read_back.Node20) -> None:
    told = said_by(network)
    found = node20.read("mermaid", written(clean(network), "mermaid"))
    assert {node: said["label"].strip() for node, said in found.nodes.items()} == {
        node: short(said["label"]) for node, said in told.nodes.items()
    }
    assert all(
        said["classes"] == [f"kind-{told.nodes[node].get('group', 'other')}"] for node, said in found.nodes.items()
    )
    assert Counter((a, b, said["label"].strip()) for a, b, said in found.edges) == Counter(
        (a, b, short(said.get("label", said.get("role", "")))) for a, b, said in told.edges
    )


def short(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= 100 else line[:99] + "…"
