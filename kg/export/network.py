"""A network: a part of the graph as nodes and edges, before any format. All of kg.export imports it, no one else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import networkx as nx

Layout = Literal["hierarchy", "network", "timeline"]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges as a view found them.

    A node is named by its IRI and has the attributes (any may be missing where the graph says nothing):
        label: English name; the short name of the IRI where it has none.
        type: local name of its most telling class, such as "ProbationDeliveryUnit".
        type_label: that class in words.
        group: kind of thing, one of GROUPS; it gives the colour.
        rating: short name such as "requires-improvement": the one that the view's links to it give, else a unit's
            latest overall one (in views of one inspection only the former).
        rating_date, rating_statement: when that rating was given, and the IRI of the statement that gives it.
        start, end: when it began and ended to exist or hold, as YYYY, YYYY-MM or YYYY-MM-DD.
        region: label of the region it belongs to.
        source: IRIs of the documents and registers behind it, sorted.
        quality: source tier or register quality, the best first, sorted.
        lat, lon: degrees, WGS 84.
        note: one sentence more, such as a finding's summary.

    An edge runs from subject to object; its key is unique between its two nodes. Attributes:
        role: short name of the relation, such as "part-of".
        label: the relation in words.
        statement: IRI of the statement that says it, or of the coverage, contract or membership that carries it.
        start, end, source, quality, note: as of nodes.
        weight: how many statements are behind it; 1 by default.

    Attributes:
        graph: nodes and edges.
        view: name of the view.
        title: of a picture.
        parameters: what was asked for, by name, as the reader wrote it.
        layout: how the view is best drawn.
        sources: titles of the documents and registers behind all of it, those that carry most links first, documents
            before registers; without the lists that the graph keeps of its own documents.
        version: of the dataset.
        asof: up to when the sources of the whole dataset were read.
        notes: sentences that a reader must see beside the picture, such as what is disputed.
        titles: of each document and register that a thing or link names, by IRI.
        most, reached: where not all things found are shown, how many are at the most, and how many were found; else 0.
    """

    graph: nx.MultiDiGraph[str]
    view: str
    title: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = "network"
    sources: tuple[str, ...] = ()
    version: str = ""
    asof: str = ""
    notes: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    most: int = 0
    reached: int = 0


Attributes = dict[str, Any]

# Kinds of things, in the order in which legends list them.
GROUPS = (
    "region",
    "unit",
    "area",
    "court",
    "prison",
    "office",
    "provider",
    "contract",
    "service",
    "body",
    "inspection",
    "standard",
    "finding",
    "recommendation",
    "theme",
    "person",
    "change",
    "document",
    "passage",
    "claim",
    "statement",
    "term",
    "other",
)
