"""Rankings: which things of a kind have most of another kind, such as providers by the regions they serve."""

from __future__ import annotations

from dataclasses import dataclass

from kg.export.network import Network

# Kind that is ranked, kind that is counted, and the kinds through which a link may lead on its way.
_QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("provider", "region", ("contract", "statement")),
    ("provider", "area", ("contract", "statement")),
    ("provider", "contract", ("statement",)),
    ("provider", "service", ("contract", "statement")),
    ("theme", "inspection", ("finding", "recommendation", "statement")),
    ("theme", "unit", ("finding", "recommendation", "inspection", "statement")),
    ("theme", "finding", ("statement",)),
    ("standard", "inspection", ("finding", "statement")),
    ("unit", "court", ("statement",)),
    ("unit", "prison", ("statement",)),
    ("unit", "office", ("statement",)),
    ("unit", "area", ("statement",)),
    ("unit", "inspection", ("statement",)),
    ("unit", "provider", ("contract", "statement")),
    ("region", "unit", ("statement",)),
    ("region", "court", ("unit", "statement")),
    ("region", "prison", ("unit", "statement")),
    ("region", "provider", ("contract", "statement")),
    ("document", "statement", ("claim", "passage")),
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Things of one kind in the order of how many of another kind they are linked to.

    Attributes:
        title: such as "Providers by number of regions".
        group: kind that is ranked.
        counted: kind that is counted; "" counts neighbours of any kind.
        rows: count, label and IRI of each thing that has any, the most first, then by label and IRI.
    """

    title: str
    group: str
    counted: str
    rows: tuple[tuple[int, str, str], ...]


def rankings(network: Network) -> tuple[Ranking, ...]:
    """Answer the questions of the field that the network has an answer to, then rank each kind by its neighbours."""
    groups = {iri: str(said.get("group", "other")) for iri, said in network.graph.nodes(data=True)}
    general = [(group, "", ()) for group in sorted(set(groups.values()))]
    reach = _Reach(network, groups, {iri: _neighbours(network, iri) for iri in groups})
    found = (reach.ranking(*question) for question in (*_QUESTIONS, *general))
    return tuple(ranking for ranking in found if ranking.rows)


@dataclass(frozen=True, slots=True)
class _Reach:
    """The kind and the neighbours of each thing."""

    network: Network
    groups: dict[str, str]
    near: dict[str, set[str]]

    def ranking(self, group: str, counted: str, through: tuple[str, ...]) -> Ranking:
        rows = []
        for iri in (iri for iri, kind in self.groups.items() if kind == group):
            count = len(self.reached(iri, counted, through) if counted else self.near[iri])
            if count:
                rows.append((count, str(self.network.graph.nodes[iri].get("label", iri)), iri))
        what = plural(counted) if counted else "neighbours"
        rows.sort(key=lambda row: (-row[0], *row[1:]))
        return Ranking(f"{plural(group).capitalize()} by number of {what}", group, counted, tuple(rows))

    def reached(self, start: str, counted: str, through: tuple[str, ...]) -> set[str]:
        """Return the things of a kind linked to `start`, directly or by way of one thing of a kind in `through`."""
        passed = [iri for iri in self.near[start] if self.groups[iri] in through]
        reached = self.near[start].union(*(self.near[iri] for iri in passed))
        return {iri for iri in reached if self.groups[iri] == counted and iri != start}


def _neighbours(network: Network, iri: str) -> set[str]:
    graph = network.graph
    return {*graph.predecessors(iri), *graph.successors(iri)} - {iri}


def plural(group: str) -> str:
    """Return what several things of a kind are called."""
    return {"body": "bodies", "other": "other things"}.get(group, f"{group}s")
