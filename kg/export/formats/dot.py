r"""DOT, the language of Graphviz.

Written here: networkx leaves DOT to other packages, one of which takes the colon of an IRI for a port.
In values a backslash is doubled and a line break is "\n", as Graphviz reads both in labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from kg.export.formats.stream import write_text
from kg.export.palette import colour, ink
from kg.export.profile import Clean, Value, flat

# Graphviz lines up nodes of one `group`.
_RENAMED = {"group": "kind"}
_PART = 2000  # characters; Graphviz reads no quoted string of more than 16,384 bytes, but joins several
_SPECIAL = re.compile(r'["\\\n]')
_ESCAPED = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n"}
_ENTITY = re.compile(r"&(?=#?\w+;)")  # Graphviz reads HTML's character references in labels


def write(clean: Clean, out: BinaryIO) -> None:
    """Write a network as a directed multigraph in DOT; lists are text with "; " between, `group` is `kind`."""
    write_text(out, _pieces(clean))


def quoted(said: str) -> str:
    r"""Return a quoted string of DOT, a long one in parts.

    >>> print(quoted('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    if len(said) <= _PART and not _SPECIAL.search(said):
        return f'"{said}"'
    parts = (said[place : place + _PART] for place in range(0, len(said), _PART))
    return " + ".join(f'"{part.translate(_ESCAPED)}"' for part in parts)


def _pieces(clean: Clean) -> Iterator[str]:
    yield f"digraph G {{\ngraph [comment={quoted(clean.description())}];\n"
    yield 'node [shape=box, style="filled,rounded"];\n'
    drawn: dict[str, str] = {}
    for node in clean.nodes:
        group = flat(node.attributes.get("group", "other"))
        if group not in drawn:
            drawn[group] = f'fillcolor="{colour(group)}", fontcolor="{ink(colour(group))}"'
        yield f"{node.id} [{_attributes(node.attributes)}, {drawn[group]}];\n"
    for edge in clean.edges:
        yield f"{edge.source} -> {edge.target} [id={edge.id}, {_attributes(edge.attributes)}];\n"
    yield "}\n"


def _attributes(said: Mapping[str, Value]) -> str:
    return ", ".join(f"{_RENAMED.get(name, name)}={_value(name, value)}" for name, value in said.items())


def _value(name: str, value: Value) -> str:
    said = flat(value)
    return quoted(_ENTITY.sub("&amp;", said) if name == "label" and "&" in said else said)
