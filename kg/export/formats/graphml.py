"""GraphML, as its schema wants it.

Written here, not by networkx: that holds the whole document in memory, and calls all edges "0" where keys are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from kg.export.formats.markup import content
from kg.export.formats.stream import write_text
from kg.export.profile import Clean, Columns, Value, flat

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean", list: "string"}


def write(clean: Clean, out: BinaryIO) -> None:
    """Write a network as GraphML; lists are text with "; " between."""
    write_text(out, _pieces(clean))


def _pieces(clean: Clean) -> Iterator[str]:
    of_nodes = {name: f"n_{name}" for name in clean.node_columns}
    of_edges = {name: f"e_{name}" for name in clean.edge_columns}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield from _keys("node", clean.node_columns, of_nodes)
    yield from _keys("edge", clean.edge_columns, of_edges)
    yield f'<graph id="G" edgedefault="directed">\n<desc>{content(clean.description())}</desc>\n'
    for node in clean.nodes:
        yield f'<node id="{node.id}">{_data(node.attributes, of_nodes)}</node>\n'
    for edge in clean.edges:
        ends = f'source="{edge.source}" target="{edge.target}"'
        yield f'<edge id="{edge.id}" {ends}>{_data(edge.attributes, of_edges)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _keys(owner: str, columns: Columns, keys: Mapping[str, str]) -> Iterator[str]:
    for name, kind in columns.items():
        yield f'<key id="{keys[name]}" for="{owner}" attr.name="{name}" attr.type="{_TYPES[kind]}"/>\n'


def _data(attributes: Mapping[str, Value], keys: Mapping[str, str]) -> str:
    return "".join(f'<data key="{keys[name]}">{content(flat(value))}</data>' for name, value in attributes.items())
