"""The JSON formats: of Cytoscape, of networkx and D3 (node-link), and JSON Graph Format 2.

Written here, a node or edge a line: networkx makes one object of the whole, and overwrites `name` and `value`.
Lists stay lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from kg.export.formats.stream import separated, write_text
from kg.export.profile import Clean, Edge, Node


def write_cytoscape(clean: Clean, out: BinaryIO) -> None:
    """Write a network as Cytoscape reads it; a node's `name`, which Cytoscape draws, is its label."""
    head = f'{{"data":{json({**clean.about, "name": clean.about["title"]})},"elements":{{"nodes":['
    nodes = ({"data": {"id": node.id, "name": node.attributes["label"], **node.attributes}} for node in clean.nodes)
    edges = (
        {"data": {"id": edge.id, "source": edge.source, "target": edge.target, **edge.attributes}}
        for edge in clean.edges
    )
    write_text(out, _document(head, map(json, nodes), '],"edges":[', map(json, edges), "]}}\n"))


def write_node_link(clean: Clean, out: BinaryIO) -> None:
    """Write a network as `networkx.node_link_graph` reads it."""
    head = f'{{"directed":true,"multigraph":true,"graph":{json(clean.about)},"nodes":['
    nodes = ({"id": node.id, **node.attributes} for node in clean.nodes)
    edges = ({"source": edge.source, "target": edge.target, "key": edge.id, **edge.attributes} for edge in clean.edges)
    write_text(out, _document(head, map(json, nodes), '],"edges":[', map(json, edges), "]}\n"))


def write_jgf(clean: Clean, out: BinaryIO) -> None:
    """Write a network as JSON Graph Format 2: `label` and `relation` in their places, all else is metadata."""
    about = {"directed": True, "type": clean.about["view"], "label": clean.about["title"], "metadata": clean.about}
    nodes = (f'"{node.id}":{json(_jgf(node, {"label": "label"}))}' for node in clean.nodes)
    edges = (
        {
            "id": edge.id,
            "source": edge.source,
            "target": edge.target,
            **_jgf(edge, {"role": "relation", "label": "label"}),
        }
        for edge in clean.edges
    )
    head = f'{{"graph":{json(about)[:-1]},"nodes":{{'
    write_text(out, _document(head, nodes, '},"edges":[', map(json, edges), "]}}\n"))


def json(value: Any) -> str:
    """Return a value as JSON in one line."""
    return orjson.dumps(value).decode()


def _document(head: str, nodes: Iterable[str], between: str, edges: Iterable[str], end: str) -> Iterator[str]:
    yield head + "\n"
    yield from separated(nodes)
    yield f"\n{between}\n"
    yield from separated(edges)
    yield "\n" + end


def _jgf(row: Node | Edge, places: dict[str, str]) -> dict[str, Any]:
    own = {place: row.attributes[name] for name, place in places.items() if name in row.attributes}
    return {**own, "metadata": {name: value for name, value in row.attributes.items() if name not in places}}
