"""Measures of a network: how connected its things are, which hold it together, which belong together.

Every measure but the in- and out-degree is taken of the plain network: no directions (they follow the grammar of the
relation, not a flow), one edge between two things however many statements join them, no edges from a thing to itself.
The same network gives the same measures, whatever the order in which its things were found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx

from kg.export.network import Network
from kg.export.rankings import Ranking, rankings

# One source of a betweenness sample visits each node and edge once, in about 2 µs: this many visits take about 5 s.
MOST_VISITS = 2_400_000
# Louvain communities of this many nodes and edges take about 2 s, of 80,000 about 17 s; there, labels spread in 2 s.
MOST_FOR_LOUVAIN = 15_000
SEED = 20210626  # any fixed number; this is the day on which the service was unified

COLUMNS = (
    "iri",
    "label",
    "type",
    "degree",
    "in_degree",
    "out_degree",
    "neighbours",
    "betweenness",
    "component",
    "community",
    "articulation",
)


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """What was measured of one thing: a row of the table, in the order of COLUMNS.

    Attributes:
        iri, label, type: of the thing.
        degree, in_degree, out_degree: links at the thing, links to it, links from it.
        neighbours: other things that it is linked to.
        betweenness: share, 0 to 1, of the shortest ways between two other things that lead through it; six decimals.
        component: number of its part, 1 for the largest.
        community: number of its cluster, 1 for the largest.
        articulation: its part falls apart without it.
    """

    iri: str
    label: str
    type: str
    degree: int
    in_degree: int
    out_degree: int
    neighbours: int
    betweenness: float
    component: int
    community: int
    articulation: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """All that was measured of a network.

    Attributes:
        network: the same network, whose nodes carry the measures of COLUMNS and whose edges carry `bridge`.
        nodes: the most connected first; then by betweenness, label and IRI.
        bridges: pairs of IRIs whose link alone joins two parts, each pair and the list sorted.
        components, communities: how many.
        sources: things from which the betweenness was reckoned; all of them: exact; fewer: an estimate.
        method: how the communities were found, "Louvain" or "label propagation".
        rankings: answers to the questions of the field.
    """

    network: Network
    nodes: tuple[NodeMeasures, ...]
    bridges: tuple[tuple[str, str], ...]
    components: int
    communities: int
    sources: int
    method: str
    rankings: tuple[Ranking, ...]

    @property
    def exact(self) -> bool:
        """Tell whether the betweenness is exact, not estimated from a sample."""
        return self.sources == len(self.nodes)


def measure(network: Network) -> Measures:
    """Measure a network; 20,000 things with 60,000 links take about 7 seconds."""
    iris = sorted(network.graph)
    plain = _plain(network, iris)
    components = _numbered(nx.connected_components(plain), len(iris))
    communities, method = _communities(plain)
    betweenness, sources = _betweenness(plain)
    cuts = set(nx.articulation_points(plain))
    rows = [
        _row(
            network,
            iri,
            neighbours=len(plain[at]),
            # A zero below zero would read oddly.
            betweenness=abs(round(betweenness[at], 6)),
            component=components[at],
            community=communities[at],
            articulation=at in cuts,
        )
        for at, iri in enumerate(iris)
    ]
    bridges = tuple(sorted((iris[min(pair)], iris[max(pair)]) for pair in nx.bridges(plain)))
    return Measures(
        network=_marked(network, rows, set(bridges)),
        nodes=tuple(sorted(rows, key=lambda row: (-row.degree, -row.betweenness, row.label, row.iri))),
        bridges=bridges,
        components=max(components, default=0),
        communities=max(communities, default=0),
        sources=sources,
        method=method,
        rankings=rankings(network),
    )


def table(measures: Measures, most: int | None = None) -> list[tuple[str | int | float | bool, ...]]:
    """Return the rows under COLUMNS, the most connected first, at most `most` of them."""
    return [tuple(getattr(row, column) for column in COLUMNS) for row in measures.nodes[:most]]


def _plain(network: Network, iris: list[str]) -> nx.Graph[int]:
    """Return the plain network, numbered by IRI, so that neither hash seeds nor insertion order are felt."""
    at = {iri: index for index, iri in enumerate(iris)}
    pairs = {(min(at[one], at[two]), max(at[one], at[two])) for one, two in network.graph.edges() if one != two}
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(range(len(iris)))
    plain.add_edges_from(sorted(pairs))
    return plain


def _betweenness(plain: nx.Graph[int]) -> tuple[Mapping[int, float], int]:
    """Return the betweenness of each node, and from how many sources it was reckoned."""
    size = len(plain)
    sources = min(size, max(1, MOST_VISITS // (size + plain.number_of_edges() or 1)))
    if not size:
        return {}, 0
    sample = None if sources == size else sources
    return nx.betweenness_centrality(plain, k=sample, seed=SEED), sources


def _communities(plain: nx.Graph[int]) -> tuple[list[int], str]:
    """Return the number of each node's community, and the method that found them."""
    size = len(plain)
    if size + plain.number_of_edges() <= MOST_FOR_LOUVAIN:
        # Louvain divides by the number of edges.
        sets = nx.community.louvain_communities(plain, seed=SEED) if plain.number_of_edges() else ({at} for at in plain)
        return _numbered(sets, size), "Louvain"
    return _numbered(nx.community.fast_label_propagation_communities(plain, seed=SEED), size), "label propagation"


def _numbered(sets: Iterable[Collection[int]], size: int) -> list[int]:
    """Return the number of each node's set, 1 for the largest; among equals, for the one with the first IRI."""
    numbers = [0] * size
    for number, members in enumerate(sorted(sets, key=lambda members: (-len(members), min(members))), start=1):
        for member in members:
            numbers[member] = number
    return numbers


def _row(network: Network, iri: str, **of_plain: Any) -> NodeMeasures:
    """Return the row of a thing: its names and degrees, and what was measured of the plain network."""
    graph, said = network.graph, network.graph.nodes[iri]
    inward, outward = graph.in_degree(iri), graph.out_degree(iri)
    label, kind = str(said.get("label", iri)), str(said.get("type", ""))
    return NodeMeasures(iri, label, kind, inward + outward, inward, outward, **of_plain)


def _marked(network: Network, rows: list[NodeMeasures], bridges: set[tuple[str, str]]) -> Network:
    """Copy the network with the measures as attributes; the one that was given stays as it is."""
    graph = network.graph.copy()
    for row in rows:
        graph.nodes[row.iri].update({column: getattr(row, column) for column in COLUMNS[3:]})
    for one, two, said in graph.edges(data=True):
        said["bridge"] = (min(one, two), max(one, two)) in bridges
    return replace(network, graph=graph)


def summary(measures: Measures) -> str:
    """Say in one sentence how large the network is and how it was measured."""
    graph = measures.network.graph
    counts = Counter(row.component for row in measures.nodes)
    way = "exact" if measures.exact else f"estimated from {measures.sources} of {len(measures.nodes)} things"
    return (
        f"{len(measures.nodes)} things and {graph.number_of_edges()} links; parts: {measures.components}"
        f" (largest: {counts[1]} things); communities: {measures.communities} ({measures.method});"
        f" bridges: {len(measures.bridges)}; betweenness {way}."
    )
