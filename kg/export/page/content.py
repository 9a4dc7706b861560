"""What a page says: things and links as rows of words, dates in British form, and links that are safe to follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg import names
from kg.export import palette
from kg.export.dates import DATE, britannic
from kg.export.network import GROUPS, Network
from kg.export.rankings import plural

# A text and where it leads; "" leads nowhere.
Link = tuple[str, str]
# What one column says of a thing or link: texts, of which most have one.
Cell = tuple[Link, ...]

_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)
# Neither HTML nor XML may hold these; U+FFFD stands where one was.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Characters that turn the direction of the text after them; an attribute cannot isolate them, so they go.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUALITIES = {
    "a": "A: register or official text",
    "b": "B: second-hand, or derived with support",
    "c": "C: derived or doubtful",
}
_MEASURES = {"degree": "Links", "betweenness": "Betweenness", "component": "Part", "community": "Community"}
NODE_COLUMNS = (
    "Kind",
    "Rating",
    "Rated",
    "Rating statement",
    "Cases sufficient",
    "Start",
    "End",
    "Region",
    "Note",
    *_MEASURES.values(),
    "Sources",
    "Quality",
    "IRI",
)
EDGE_COLUMNS = ("Start", "End", "Statements", "Note", "Statement", "Sources", "Quality")


@dataclass(frozen=True, slots=True)
class Node:
    """A thing: its place in the order of reading, what it is, and a cell for each column that says something of it.

    Attributes:
        number: its place, from 0.
        iri: of the thing.
        label, group, rating: as in the network.
        spoken: label, kind and rating in one line, for those who listen to the picture.
        start, end: first and last day, YYYY-MM-DD; "" where open.
        cells: by column.
        degree: ends of links at it.
        share: of cases found sufficient on a key question, as printed: "62%".
    """

    number: int
    iri: str
    label: str
    group: str
    rating: str
    spoken: str
    start: str
    end: str
    cells: Mapping[str, Cell]
    degree: int
    share: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link: its ends by number, the relation in words, and cells as of nodes."""

    number: int
    tail: int
    head: int
    label: str
    start: str
    end: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Content:
    """All that a page says, and the columns that say anything; `own` where its ratings are those of one inspection."""

    title: str
    own: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def node_columns(self) -> list[str]:
        """Columns of the table of things, without those that are empty."""
        return [column for column in NODE_COLUMNS if any(column in node.cells for node in self.nodes)]

    @property
    def edge_columns(self) -> list[str]:
        """Columns of the table of links, without those that are empty."""
        return [column for column in EDGE_COLUMNS if any(column in edge.cells for edge in self.edges)]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Kinds of things that occur, in the order of legends, and how many there are."""
        counts = {group: sum(node.group == group for node in self.nodes) for group in GROUPS}
        return [(group, count) for group, count in counts.items() if count]

    def called(self, group: str) -> str:
        """Return what several things of a kind are called: their class in words where all have one, such as posts."""
        kinds = {
            node.cells["Kind"][0][0].lower() for node in self.nodes if node.group == group and "Kind" in node.cells
        }
        return plural(kinds.pop() if group == "person" and len(kinds) == 1 else group)

    @property
    def ratings(self) -> list[str]:
        """Ratings that occur, the best first."""
        return [rating for rating in palette.RATINGS if any(node.rating == rating for node in self.nodes)]

    @property
    def span(self) -> tuple[str, str] | None:
        """First and last year that anything names, None where nothing is dated."""
        days = [day for node in self.nodes for day in (node.start, node.end)]
        days += [day for edge in self.edges for day in (edge.start, edge.end)]
        years = [day[:4] for day in days if day]
        return (min(years), max(years)) if years else None


def read(network: Network) -> Content:
    """Put a network into words, sorted by kind, label and IRI, so that the same network always reads the same."""
    graph = network.graph
    order = sorted(graph.nodes(data=True), key=lambda node: (_order(node[1]), _label(*node).casefold(), node[0]))
    nodes = [_node(number, iri, said, graph.degree(iri), network.titles) for number, (iri, said) in enumerate(order)]
    place = {node.iri: node.number for node in nodes}
    ends = [
        (place[tail], place[head], str(said.get("role", "")), str(key), said)
        for tail, head, key, said in graph.edges(keys=True, data=True)
    ]
    ends.sort(key=lambda edge: edge[:4])
    edges = [
        _edge(number, (tail, head), role, said, network.titles)
        for number, (tail, head, role, _, said) in enumerate(ends)
    ]
    title = text(network.title)
    own = any("rating" in said for *_, said in ends)
    return Content(title[:1].upper() + title[1:], own, tuple(nodes), tuple(edges))


def text(value: Any) -> str:
    """Return a value as text that HTML can hold, without blank ends."""
    return _UNWRITABLE.sub("\ufffd", "" if value is None else str(value)).strip()


def line(value: str) -> str:
    """Return text for an attribute: on one line and without characters that would turn what follows."""
    return " ".join(_TURNS.sub("", value).split())


def href(value: str) -> str:
    """Return an address if it is one on the Web that can be followed safely, else ""."""
    return value if _WEB.fullmatch(value) else ""


def _node(number: int, iri: str, said: Mapping[str, Any], degree: int, titles: Mapping[str, str]) -> Node:
    label, rating = _label(iri, said), text(said.get("rating"))
    kind = text(said.get("type_label")) or text(said.get("type")) or _group(said)
    words, share = palette.RATINGS[rating].words if rating in palette.RATINGS else _words(rating), _share(said)
    cells = {
        "Kind": _said(kind),
        "Rating": _said(words),
        "Rated": _said(britannic(text(said.get("rating_date")))),
        "Rating statement": _links(said.get("rating_statement"), {}),
        "Cases sufficient": _said(share),
        **_common(said, titles),
        "Region": _said(text(said.get("region"))),
        **{column: _said(text(said.get(name))) for name, column in _MEASURES.items()},
        "IRI": (_link(text(iri)),),
    }
    year = text(said.get("rating_date"))[:4]
    spoken = ", ".join(line(word) for word in (label, share, kind, f"{words} {year}".strip() if words else "") if word)
    first, last = _days(said)
    filled = _filled(cells, NODE_COLUMNS)
    return Node(number, iri, label, _group(said), rating, spoken, first, last, filled, degree, share)


def _share(said: Mapping[str, Any]) -> str:
    told = said.get("percentage")
    return "" if told is None else f"{told:g}%" if isinstance(told, int | float) else f"{text(told)}%"


def _edge(number: int, ends: tuple[int, int], role: str, said: Mapping[str, Any], titles: Mapping[str, str]) -> Edge:
    weight, statement = said.get("weight", 1), text(said.get("statement"))
    cells = {
        **_common(said, titles),
        "Statements": _said("" if weight == 1 else text(weight)),
        "Statement": (_link(statement),) if statement else (),
    }
    label = text(said.get("label")) or _words(text(role)).lower() or "linked to"
    return Edge(number, *ends, label, *_days(said), _filled(cells, EDGE_COLUMNS))


def _common(said: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Cell]:
    """Return the cells that things and links share."""
    qualities = [text(quality) for quality in _several(said.get("quality"))]
    return {
        "Start": _said(britannic(text(said.get("start")))),
        "End": _said(britannic(text(said.get("end")))),
        "Note": _said(text(said.get("note"))),
        "Sources": _links(said.get("source"), titles),
        "Quality": tuple((_QUALITIES.get(quality) or _words(quality), "") for quality in qualities),
    }


def _several(value: Any) -> Iterable[Any]:
    """Take one value or several alike."""
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple, set, frozenset)) else (value,)


def _days(said: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first and last day that start and end leave open: a year begins in January and ends in December."""
    start, end = (DATE.fullmatch(text(said.get(name))) for name in ("start", "end"))
    first = f"{start[1]}-{start[2] or '01'}-{start[3] or '01'}" if start else ""
    return first, f"{end[1]}-{end[2] or '12'}-{end[3] or '31'}" if end else ""


def _filled(cells: Mapping[str, Cell], columns: Iterable[str]) -> dict[str, Cell]:
    """Return the cells that say something, in the order of the columns."""
    return {column: cells[column] for column in columns if cells[column]}


def _said(words: str) -> Cell:
    return ((words, ""),) if words else ()


def _links(iris: Any, titles: Mapping[str, str]) -> Cell:
    return tuple(_link(text(iri), titles.get(iri, "")) for iri in _several(iris))


def _link(address: str, title: str = "") -> Link:
    return text(title) or names.short(address), href(address)


def _label(iri: str, said: Mapping[str, Any]) -> str:
    label, note = text(said.get("label")), text(said.get("note"))
    if note and "/" in label and " " not in label:
        return note  # a finding has no name; its summary says more than the end of its IRI
    return label or text(names.short(iri)) or "(no name)"


def _group(said: Mapping[str, Any]) -> str:
    group = str(said.get("group", ""))
    return group if group in GROUPS else "other"


def _order(said: Mapping[str, Any]) -> int:
    return palette.order(_group(said))


def _words(name: str) -> str:
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]
