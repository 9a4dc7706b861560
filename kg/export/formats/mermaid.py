"""Mermaid flowcharts, for documents and issue trackers: a small network as a picture.

Labels keep letters, digits and harmless marks; anything else is written as the code of its character, so that no label
can end its quotes, start a directive or be taken for HTML. Labels are one line, of at most 100 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from kg.errors import QuestionError
from kg.export.formats.stream import write_text
from kg.export.network import GROUPS
from kg.export.palette import colour, ink
from kg.export.profile import Clean, Value, flat

MOST_EDGES = 200
_MOST_TEXT = 50_000  # characters; Mermaid draws no diagram whose text is longer
_MOST_LABEL = 100
_BRACES = re.compile("[{}]")  # in a comment they could make a directive
_HARMFUL = re.compile(r"[^\w ,.:/()'’–—-]|_")


def write(clean: Clean, out: BinaryIO) -> None:
    """Write a network as a Mermaid flowchart.

    Raises:
        QuestionError: The diagram would be longer than Mermaid draws.
    """
    pieces = list(_pieces(clean))
    if sum(map(len, pieces)) > _MOST_TEXT:
        raise QuestionError(
            f"A Mermaid diagram holds {_MOST_TEXT:,} characters, and these {len(clean.nodes):,} things with "
            f"{len(clean.edges):,} links need more: ask for a smaller part, or for another format."
        )
    write_text(out, pieces)


def escaped(value: Value) -> str:
    """Return text for within the quotes of a label.

    >>> escaped('a "b" <c>')
    'a #34;b#34; #60;c#62;'
    """
    said = " ".join(flat(value).split())
    short = said if len(said) <= _MOST_LABEL else said[: _MOST_LABEL - 1] + "…"
    return _HARMFUL.sub(lambda found: f"#{ord(found[0])};", short)


def _pieces(clean: Clean) -> Iterator[str]:
    yield f"%% {_BRACES.sub('', clean.description())}\nflowchart LR\n"
    groups = {flat(node.attributes.get("group", "other")) for node in clean.nodes}
    for node in clean.nodes:
        group = flat(node.attributes.get("group", "other"))
        # An empty label is drawn as a blank: Mermaid takes "" for a missing label and shows the id.
        yield f'{node.id}["{escaped(node.attributes["label"]) or " "}"]:::{_class(group)}\n'
    for edge in clean.edges:
        said = escaped(edge.attributes.get("label", edge.attributes.get("role", "")))
        yield f"{edge.source} -->" + (f'|"{said}"| ' if said else " ") + f"{edge.target}\n"
    for group in sorted({_class(group) for group in groups}):
        fill = colour(group.removeprefix("kind-"))
        yield f"classDef {group} fill:{fill},color:{ink(fill)},stroke:{fill}\n"


def _class(group: str) -> str:
    return f"kind-{group if group in GROUPS else 'other'}"
