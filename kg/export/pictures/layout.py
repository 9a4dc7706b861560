"""Where the things of a network lie: Graphviz's hierarchy or network, or a scale of years.

The same network gives the same places, whatever the order in which it was found, and on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kg.export.network import Network
from kg.export.pictures.cards import faces
from kg.export.pictures.graphviz import PictureError
from kg.export.pictures.hierarchy import hierarchies
from kg.export.pictures.links import counts, links
from kg.export.pictures.plan import Plan
from kg.export.pictures.spread import networks
from kg.export.pictures.tiers import tallies
from kg.export.pictures.timeline import timelines

MOST_NODES, MOST_EDGES = 2500, 6000
SCREEN, PAGE = 1.7, 1.25  # width by height: of a picture, and of a page to explore, which phones show upright
_ROOM = (1450.0, 1450.0 / SCREEN)  # what is taken in at one look, in units of the layout


def plans(network: Network, aspects: tuple[float, ...] = (SCREEN,), *, framed: bool = True) -> Iterator[list[Plan]]:
    """Yield plans of different proportions, of which a page takes the one that it can show largest, then denser plans.

    Args:
        network: to draw.
        aspects: width by height of pages, for networks.
        framed: whether frames in frames may stand for lines.

    Raises:
        PictureError: the network is too large for a picture, or its layout takes too long.
    """
    nodes, edges = network.graph.number_of_nodes(), network.graph.number_of_edges()
    if nodes > MOST_NODES or edges > MOST_EDGES:
        raise PictureError(
            f"A picture shows up to {MOST_NODES:,} things and {MOST_EDGES:,} links, this view has {nodes:,} and "
            f"{edges:,}: narrow the view, or take a data format such as GraphML."
        )
    if not nodes:
        return iter([[Plan(0, 0, {}, {})]])
    if network.layout == "hierarchy":
        return hierarchies(network, framed=framed)
    if network.layout == "timeline":
        return timelines(network)
    counted = _counted(network) if framed else []
    return chain([counted] if counted else [], networks(network, aspects) if framed else networks(network, aspects, 0))


def _counted(network: Network) -> list[Plan]:
    """Return plans that show how often each thing is linked to each other, where a view counts that."""
    return tallies(faces(network), links(network)) if counts(network) else []


def choose(network: Network, aspects: tuple[float, ...] = (SCREEN,), *, framed: bool = True) -> Plan:
    """Return the plan for a screen: the first that is not too large to be taken in, else the densest; see plans().

    Raises:
        PictureError: the network is too large for a picture, or its layout takes too long.
    """
    best = Plan(0, 0, {}, {})
    if framed and network.layout == "network" and (counted := _counted(network)):
        return counted[0]
    for choice in plans(network, aspects, framed=framed):
        best = max(choice, key=_seen)
        if _seen(best) >= 1:
            break
    return best


def _seen(plan: Plan) -> float:
    return plan.fit(*_ROOM)


def positions(network: Network) -> dict[str, tuple[float, float, float, float]]:
    """Return the centre (x, y; y downwards), width and height of each thing's card, by IRI; none overlaps another.

    The unit is that of a label 10 high. Fit for a drawing that has a line for each link, and no frames.

    Raises:
        PictureError: the network is too large for a picture, or its layout takes too long.
    """
    plan = choose(network, (PAGE,), framed=False)
    return {iri: (*plan.boxes[iri].centre, plan.boxes[iri].width, plan.boxes[iri].height) for iri in plan.faces}
