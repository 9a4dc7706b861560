"""GEXF 1.3, Gephi's own format, with the time that each node and edge exists, and colours.

1.3, not 1.2draft: it knows the kind of an edge, without which Gephi joins two relations between the same two things.
Written here, not by networkx: that stamps the file with today's date, and knows no kind of edge.

Gephi's timeline needs whole dates: 2024-05 becomes 2024-05-01 where it begins something and 2024-05-31 where it ends
something. The dates as the graph has them are the attributes `began` and `ended`. What ends before it begins has no
time.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO

from kg.export.formats.markup import attribute, content
from kg.export.formats.stream import write_text
from kg.export.palette import colour
from kg.export.profile import Clean, Columns, Value, flat

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean", list: "string"}
# Columns that GEXF has a place of its own for, and those that would be read as one.
_OWN = {"label", "weight"}
_RENAMED = {"start": "began", "end": "ended"}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def write(clean: Clean, out: BinaryIO) -> None:
    """Write a network as GEXF 1.3; lists are text with "; " between."""
    write_text(out, _pieces(clean))


def interval(start: str, end: str) -> tuple[str, str]:
    """Return first and last day of two dates that may be a year or a month; empty where there is none.

    >>> interval("2021-06", "2024")
    ('2021-06-01', '2024-12-31')
    """
    first, last = _day(start, last=False), _day(end, last=True)
    return ("", "") if first and last and last < first else (first, last)


def _day(said: str, last: bool) -> str:
    found = _DATE.fullmatch(said)
    if not found:
        return ""
    year, month = int(found[1]), int(found[2] or (12 if last else 1))
    try:
        day = int(found[3] or (calendar.monthrange(year, month)[1] if last else 1))
        return date(year, month, day).isoformat()
    except (calendar.IllegalMonthError, ValueError):
        return ""


def _pieces(clean: Clean) -> Iterator[str]:
    dynamic = any(_time(row.attributes) for rows in (clean.nodes, clean.edges) for row in rows)
    of_nodes, of_edges = _places(clean.node_columns), _places(clean.edge_columns)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    yield "<meta><creator>Probation knowledge graph</creator>"
    yield f"<description>{content(clean.description())}</description></meta>\n"
    time = 'mode="dynamic" timeformat="date" timerepresentation="interval"' if dynamic else 'mode="static"'
    yield f'<graph defaultedgetype="directed" {time}>\n'
    yield from _attributes("node", clean.node_columns, of_nodes)
    yield from _attributes("edge", clean.edge_columns, of_edges)
    yield from _nodes(clean, of_nodes)
    yield from _edges(clean, of_edges)
    yield "</graph>\n</gexf>\n"


def _nodes(clean: Clean, places: Mapping[str, str]) -> Iterator[str]:
    colours: dict[str, str] = {}
    yield "<nodes>\n"
    for node in clean.nodes:
        said = node.attributes
        group = flat(said.get("group", "other"))
        if group not in colours:
            colours[group] = _viz(colour(group))
        yield f'<node id="{node.id}" label={attribute(flat(said["label"]))}{_time(said)}>'
        yield f"{_values(said, places)}{colours[group]}</node>\n"
    yield "</nodes>\n"


def _edges(clean: Clean, places: Mapping[str, str]) -> Iterator[str]:
    yield "<edges>\n"
    for edge in clean.edges:
        said = edge.attributes
        label = f" label={attribute(flat(said['label']))}" if "label" in said else ""
        kind = f" kind={attribute(flat(said['role']))}" if "role" in said else ""
        yield f'<edge id="{edge.id}" source="{edge.source}" target="{edge.target}" weight="{said["weight"]}"'
        yield f"{label}{kind}{_time(said)}>{_values(said, places)}</edge>\n"
    yield "</edges>\n"


def _time(said: Mapping[str, Value]) -> str:
    if "start" not in said and "end" not in said:
        return ""
    first, last = interval(flat(said.get("start", "")), flat(said.get("end", "")))
    return (f' start="{first}"' if first else "") + (f' end="{last}"' if last else "")


def _places(columns: Columns) -> dict[str, str]:
    return {name: str(place) for place, name in enumerate(name for name in columns if name not in _OWN)}


def _attributes(owner: str, columns: Columns, places: Mapping[str, str]) -> Iterator[str]:
    yield f'<attributes class="{owner}">\n'
    for name, place in places.items():
        yield f'<attribute id="{place}" title="{_RENAMED.get(name, name)}" type="{_TYPES[columns[name]]}"/>\n'
    yield "</attributes>\n"


def _values(said: Mapping[str, Value], places: Mapping[str, str]) -> str:
    values = "".join(
        f'<attvalue for="{places[name]}" value={attribute(flat(value))}/>'
        for name, value in said.items()
        if name in places
    )
    return f"<attvalues>{values}</attvalues>" if values else ""


def _viz(hexadecimal: str) -> str:
    red, green, blue = bytes.fromhex(hexadecimal.removeprefix("#"))
    return f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
