"""One HTML file that shows a network: a picture to explore, and the same content as tables.

The file needs no server and asks for nothing outside itself; its policy forbids it to. With JavaScript off, the picture
and the tables are still there.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from kg.errors import QuestionError
from kg.export import palette
from kg.export.dates import read_up_to
from kg.export.network import GROUPS, Network
from kg.export.page.content import Content, line, read, text
from kg.export.page.drawing import Positions, draw
from kg.export.pictures.layout import positions as places

MOST_NODES = 2000
MOST_EDGES = 6000
_FOLDER = Path(__file__).parent


def write(network: Network, out: BinaryIO, positions: Positions | None = None) -> None:
    """Write the page of a network as UTF-8; see `page`."""
    out.write(page(network, positions).encode())


def page(network: Network, positions: Positions | None = None) -> str:
    """Return the page of a network; the same network and positions give the same text.

    Positions are x and y of each IRI, y downwards, in any unit; without them Graphviz finds some.

    Raises:
        QuestionError: the network is too large to be read as a picture.
        PictureError: the layout takes too long.
    """
    nodes, edges = network.graph.number_of_nodes(), network.graph.number_of_edges()
    if nodes > MOST_NODES or edges > MOST_EDGES:
        raise QuestionError(
            f"The page shows at most {MOST_NODES:,} things and {MOST_EDGES:,} links, and this view has {nodes:,} and"
            f" {edges:,}; narrow the view to a region, a kind of thing or a date, or choose a data format."
        )
    content = read(network)
    style, script = _style(), _file("script.js")
    return _template().render(
        content=content,
        network=network,
        asof=read_up_to(text(network.asof)),
        drawing=draw(content, places(network) if positions is None else positions),
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none';"
        " form-action 'none'",
        style=style,
        script=script,
        data=_embedded(_data(content)),
    )


def _data(content: Content) -> Mapping[str, Any]:
    """Return what the script needs to know beyond the tables."""
    return {
        "nodes": [
            {"label": node.label, "group": node.group, "start": node.start, "end": node.end, "cells": node.cells}
            for node in content.nodes
        ],
        "edges": [
            {
                "from": edge.tail,
                "to": edge.head,
                "label": edge.label,
                "start": edge.start,
                "end": edge.end,
                "cells": edge.cells,
            }
            for edge in content.edges
        ],
    }


def _embedded(data: Mapping[str, Any]) -> str:
    """Return JSON in ASCII that no HTML parser can see an end of script in, nor JavaScript a line separator."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    """Return the source expression by which the policy allows this very text and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    """Return the style sheet, with the palette's colours of both themes."""
    dark = f"@media (prefers-color-scheme: dark) {{\n{_colours('dark')}}}\n"
    return _colours("light") + f"@media screen {{\n{dark}}}\n" + _file("style.css")


def _colours(theme: str) -> str:
    paper = palette.PAPERS[theme]
    root = " ".join(f"--{name}: {colour};" for name, colour in paper._asdict().items())
    kinds = "".join(f".g-{group} {{ --c: {palette.colour(group, theme)}; }}\n" for group in GROUPS)
    return f":root {{ {root} }}\n{kinds}"


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        line=line,
        text=text,
        mark=palette.mark,
        words=lambda name: line(text(name)).replace("_", " ").replace("-", " ").capitalize(),
        steps=lambda rating: palette.RATINGS[rating].steps,
        rating_words=lambda rating: palette.RATINGS[rating].words,
    )
    return environment.get_template("page.html")
