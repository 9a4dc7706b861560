"""Pajek's format: labels, relations and weights, and nothing else, since Pajek keeps no other attributes in a network.

Written here: networkx puts quotes only around text with a blank in it, and has no way with quotes inside.
Pajek has no escapes: in its text quotes are apostrophes, backslashes are slashes and line breaks are blanks.
Readers know a node by its label, so empty labels and those of several nodes have the node's id behind them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from kg.export.formats.stream import write_text
from kg.export.profile import Clean, Value, flat

_LIKE_OURS = re.compile(r"\[n\d+\]$")


def write(clean: Clean, out: BinaryIO) -> None:
    """Write a network as Pajek reads it."""
    write_text(out, _pieces(clean))


def labels(clean: Clean) -> list[str]:
    """Return one label a node, each once, in the order of the nodes."""
    plain = [_plain(node.attributes["label"]) for node in clean.nodes]
    counts = Counter(plain)
    return [
        f"{label} [{node.id}]".lstrip() if not label or counts[label] > 1 or _LIKE_OURS.search(label) else label
        for node, label in zip(clean.nodes, plain, strict=True)
    ]


def _pieces(clean: Clean) -> Iterator[str]:
    yield f"*Network {_plain(clean.about['title']) or clean.about['view']}\n*Vertices {len(clean.nodes)}\n"
    for place, label in enumerate(labels(clean), start=1):
        yield f'{place} "{label}"\n'
    yield "*Arcs\n"
    for edge in clean.edges:
        said = edge.attributes
        relation = _plain(said.get("label", said.get("role", "")))
        yield f"{_place(edge.source)} {_place(edge.target)} {said['weight']}" + (
            f' l "{relation}"\n' if relation else "\n"
        )


def _place(node: str) -> int:
    """Return the number of a node: Pajek counts from 1."""
    return int(node[1:]) + 1


def _plain(value: Value) -> str:
    return " ".join(flat(value).replace('"', "'").replace("\\", "/").split())
