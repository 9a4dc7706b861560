"""What a view shows, as tests compare it: its links in a role, and how many things of each group there are."""

from __future__ import annotations

from collections import Counter

from kg import names
from kg.export.network import Network


def edges(network: Network, role: str) -> list[tuple[str, str]]:
    """Return the links in a role, as pairs of short names in their order."""
    found = ((one, other) for one, other, said in network.graph.edges(data=True) if said["role"] == role)
    return sorted((names.short(one), names.short(other)) for one, other in found)


def groups(network: Network) -> Counter:
    """Count the things of each group."""
    return Counter(said["group"] for _, said in network.graph.nodes(data=True))
