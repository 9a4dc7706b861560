r"""The one cleaning step before every data format: a network as rows that any format can hold.

Written raw, the same network loses edges, labels or types in half of the formats: readers join edges that share an id,
take a colon in a name for a port, refuse one attribute of two types. So first:

- Nodes are sorted by IRI and called n0, n1, …; edges by their ends and attributes and called e0, e1, …: the same
  network gives the same bytes, in whatever order it was found.
- Attributes keep the names of `Network`, but `source` becomes `sources`, since formats call an edge's start `source`.
  The IRI is `iri`. Any other attribute (a measure, say) keeps its name, with "_" behind it where a format reserves it.
- An attribute has one type over the whole graph: text, whole number, number, flag or list of texts. Dates stay text.
  What is missing, an empty list or no finite number is left out; so is half a place, and one off the globe.
- Characters that XML forbids, other control characters and lone surrogates become U+FFFD; line ends become "\n".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from kg import names
from kg.export.bulk import bulk
from kg.export.dates import read_up_to
from kg.export.network import Network

Value = str | int | float | bool | list[str]
Columns = dict[str, type]

NODE_COLUMNS: Columns = {
    "iri": str,
    "label": str,
    "type": str,
    "type_label": str,
    "group": str,
    "rating": str,
    "rating_date": str,
    "rating_statement": str,
    "start": str,
    "end": str,
    "region": str,
    "sources": list,
    "quality": list,
    "lat": float,
    "lon": float,
    "note": str,
}
EDGE_COLUMNS: Columns = {
    "role": str,
    "label": str,
    "statement": str,
    "start": str,
    "end": str,
    "sources": list,
    "quality": list,
    "note": str,
    "weight": int,
}
_FOUND_AS = {"sources": "source"}  # columns that the network calls otherwise
# What GraphML, GEXF, Graphviz, Cytoscape, networkx, Neo4j or Gephi take for something of their own.
_RESERVED = frozenset(
    {"id", "value", "name", "target", "key", "kind", "pid", "for", "viz", "spells", "parent", "directed", "selected"}
)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EXACT = 2**53  # below it, every whole number has a float of its own
_MOST_WHOLE = 2**63  # of 64 bits, as JSON readers and databases hold them


class Node(NamedTuple):
    """A node: its id within the file and its attributes, in the order of the columns."""

    id: str
    attributes: dict[str, Value]


class Edge(NamedTuple):
    """An edge: its id, the ids of the nodes it runs from and to, and its attributes."""

    id: str
    source: str
    target: str
    attributes: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Clean:
    """A network that every format can hold.

    Attributes:
        nodes, edges: sorted.
        node_columns, edge_columns: name and type of each attribute that may occur: str, int, float, bool or list.
        about: view, title, parameters, sources, version, asof and notes of the network.
    """

    nodes: list[Node]
    edges: list[Edge]
    node_columns: Columns
    edge_columns: Columns
    about: dict[str, Any]

    def description(self) -> str:
        """Return one line that says what the network shows and whence it comes."""
        sources = "; ".join(self.about["sources"])
        parts = (
            self.about["title"],
            f"Sources: {sources}" if sources else "",
            f"Data: version {self.about['version']}" if self.about["version"] else "",
            read_up_to(self.about["asof"]),
            *(note.rstrip(".") for note in self.about["notes"]),
        )
        return " ".join(". ".join(part for part in parts if part).split())


@bulk()
def clean(network: Network) -> Clean:
    """Return the network as sorted nodes and edges, with one type an attribute and text that every format can hold."""
    graph = network.graph
    node_columns, node_row = _plan(NODE_COLUMNS, (said for _, said in graph.nodes(data=True)))
    edge_columns, edge_row = _plan(EDGE_COLUMNS, (said for _, _, said in graph.edges(data=True)))
    order = {iri: place for place, iri in enumerate(sorted(graph.nodes))}
    nodes = [Node(f"n{place}", _placed(node_row(_named(iri, graph.nodes[iri])))) for iri, place in order.items()]
    found = [(order[one], order[other], edge_row({"weight": 1, **said})) for one, other, said in graph.edges(data=True)]
    found.sort(key=lambda edge: (edge[0], edge[1], orjson.dumps(edge[2])))
    edges = [Edge(f"e{place}", f"n{one}", f"n{other}", row) for place, (one, other, row) in enumerate(found)]
    return Clean(nodes, edges, node_columns, edge_columns, _about(network))


def text(value: object) -> str:
    r"""Return text that every format can hold.

    >>> text("a\x00b\r\nc")
    'a�b\nc'
    """
    said = str(value)
    if said.isprintable():  # nearly always, and quickly said
        return said
    if "\r" in said:
        said = said.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", said)


def flat(value: Value) -> str:
    """Return a value as text, for formats without types: lists with "; " between, flags as XML Schema writes them.

    >>> flat(["a", "b"]), flat(True), flat(0.5), flat(62.0)
    ('a; b', 'true', '0.5', '62')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else repr(_whole(value))


def _whole(value: float) -> float:
    """Return a whole number without a decimal point, as sources print it."""
    return int(value) if abs(value) < _EXACT and value == int(value) else value


def _named(iri: str, said: Mapping[str, Any]) -> dict[str, Any]:
    label = said.get("label")
    return {**said, "iri": iri, "label": names.short(iri) if label is None else label}


def _placed(row: dict[str, Value]) -> dict[str, Value]:
    """Take away half a place, and a place off the globe."""
    lat, lon = row.get("lat"), row.get("lon")
    both = isinstance(lat, int | float) and isinstance(lon, int | float)
    right = both and abs(lat) <= 90 and abs(lon) <= 180  # type: ignore[arg-type]
    if not right:
        row.pop("lat", None)
        row.pop("lon", None)
    return row


def _plan(
    known: Columns, rows: Iterable[Mapping[str, Any]]
) -> tuple[Columns, Callable[[Mapping[str, Any]], dict[str, Value]]]:
    """Return the columns of these rows, and the function that makes a row right."""
    kinds: dict[str, set[type]] = {}
    for said in rows:
        for name, value in said.items():
            if name not in known and name not in _FOUND_AS.values() and value is not None:
                kinds.setdefault(name, set()).add(_kind(value))
    steps = [(_FOUND_AS.get(name, name), name, _MAKERS[kind]) for name, kind in known.items()]
    columns = dict(known)
    for name in sorted(kinds):
        column = _column(name, columns)
        columns[column] = _common(kinds[name])
        steps.append((name, column, _MAKERS[columns[column]]))

    def row(said: Mapping[str, Any]) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for name, column, make in steps:
            value = said.get(name)
            fit = None if value is None else make(value)
            if fit is not None:
                made[column] = fit
        return made

    return columns, row


def _column(name: str, taken: Columns) -> str:
    """Return a name of ASCII letters, digits and "_" that no format reserves and no other column has."""
    column = re.sub(r"[^A-Za-z0-9_]", "_", name)
    column = column if column[:1].isalpha() else f"a_{column}"
    while column.lower() in _RESERVED or column.lower() in {other.lower() for other in taken}:
        column += "_"
    return column


def _kind(value: object) -> type:
    if isinstance(value, bool):
        return bool
    if isinstance(value, int):
        return int if -_MOST_WHOLE <= value < _MOST_WHOLE else str
    if isinstance(value, float):
        return float
    return list if isinstance(value, list | tuple | set | frozenset) else str


def _common(kinds: set[type]) -> type:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {int, float}:
        return float
    return list if list in kinds else str


def _number(value: Any) -> float | None:
    number = float(value)
    return _whole(number) if math.isfinite(number) else None


def _texts(value: Any) -> list[str] | None:
    """Return a list of texts; sets have no order of their own, and one text is a list of one."""
    if isinstance(value, set | frozenset):
        return sorted(map(text, value)) or None
    return [text(part) for part in value] or None if isinstance(value, list | tuple) else [text(value)]


_MAKERS: dict[type, Callable[[Any], Value | None]] = {
    str: text,
    int: int,
    float: _number,
    bool: bool,
    list: _texts,
}


def _about(network: Network) -> dict[str, Any]:
    return {
        "view": text(network.view),
        "title": text(network.title),
        "parameters": {text(name): text(value) for name, value in sorted(network.parameters.items())},
        "sources": [text(source) for source in network.sources],
        "version": text(network.version),
        "asof": text(network.asof),
        "notes": [text(note) for note in network.notes],
    }
