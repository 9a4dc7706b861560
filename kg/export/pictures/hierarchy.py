"""Hierarchies: the thing asked for first, then level by level what hangs on it, laid out by Graphviz's dot."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from kg.export import palette
from kg.export.network import GROUPS, Network
from kg.export.pictures.cards import Face, faces
from kg.export.pictures.graphviz import Job, Laid, lay
from kg.export.pictures.links import Link, links
from kg.export.pictures.nests import nests
from kg.export.pictures.placing import settle
from kg.export.pictures.plan import Plan, Route
from kg.export.pictures.tiers import tiers
from kg.export.pictures.units import Joined, Unit, gather, houses, panels
from kg.names import iri

_ROWS = (3, 5, 8, 13, 21)  # of a panel, and
_WAYS = ("TB", "LR")  # whether levels run downwards or to the right: the page takes its pick
_OPEN, _MANY = 150, 600  # units above which lines to every panel, and things above which many shapes, are not tried
_FRAMES = tuple((rows, wide) for wide in (150.0, 320.0, 480.0, 800.0) for rows in (8, 20))
_STOREYS = (1, 2, 3, 4, 6, 9)


def hierarchies(network: Network, *, framed: bool = True) -> Iterator[list[Plan]]:
    """Yield plans of different proportions: first tiers or nests, if asked, where the network is of such a kind.

    Then charts with a line to every panel, then denser ones of houses.
    """
    found, joins = faces(network), links(network)
    roots = _asked(network)
    if framed:
        yield from tiers(found, joins, roots)
        yield from filter(None, [nests(found, joins, roots)])
    joined = gather(found, joins, roots)
    if len(joined.keys) <= _OPEN:
        yield _lined(found, joined, roots)
    yield _housed(found, gather(found, joins, roots, least=1).housed(), roots)


def _lined(found: Mapping[str, Face], joined: Joined, roots: frozenset[str]) -> list[Plan]:
    """Lay out charts with a line to every panel."""
    levels = _levels(joined, found, roots)
    shaped = [(panels(joined, rows), way) for rows in (_ROWS if joined.groups else (1,)) for way in _WAYS]
    laid = lay([Job("dot", "plain", _dot(units, joined, levels, way)) for units, way in shaped])
    return [settled(found, units, joined, one)[0] for (units, _), one in zip(shaped, laid, strict=True)]


def _housed(found: Mapping[str, Face], joined: Joined, roots: frozenset[str]) -> list[Plan]:
    """Lay out charts of houses, the last of each level in storeys one below the other."""
    levels = _levels(joined, found, roots)
    frames, stacks = (_FRAMES, _STOREYS) if len(found) <= _MANY else (_FRAMES[-3:], _STOREYS[1::2])
    if not any(group.parent for group in joined.groups):
        frames = frames[:1]  # no house has a width
    shaped = [(houses(joined, rows, wide), storeys) for rows, wide in frames for storeys in stacks]
    laid = lay([Job("dot", "plain", _dot(units, joined, levels, "TB", storeys)) for units, storeys in shaped])
    return [settled(found, units, joined, one)[0] for (units, _), one in zip(shaped, laid, strict=True)]


def _asked(network: Network) -> frozenset[str]:
    """Return the things that the reader named as parameters."""
    return frozenset(named for named in map(iri, network.parameters.values()) if named in network.graph)


def _levels(joined: Joined, found: Mapping[str, Face], roots: frozenset[str]) -> dict[str, int]:
    """Return how many steps each unit is from its root: a thing asked for, else the greatest kind with most links."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for link in joined.links:
        neighbours[link.tail].append(link.head)
        neighbours[link.head].append(link.tail)

    def rank(key: str) -> tuple[bool, int, int]:
        kind = palette.order(found[key].group) if key in found else len(GROUPS) + 1
        return key not in roots, kind, -len(neighbours[key])

    keys = [key for key in joined.keys if key in found or key in neighbours]
    levels: dict[str, int] = {}
    waiting = deque((root, 0) for root in keys if root in roots)
    levels |= {link.head: -1 for link in joined.links if link.upward and link.tail in roots and link.head not in roots}
    candidates = iter(sorted(keys, key=rank))
    while len(levels) < len(keys):
        key, level = waiting.popleft() if waiting else (next(candidates), 0)
        if key not in levels:
            levels[key] = level
            waiting.extend((neighbour, level + 1) for neighbour in neighbours[key])
    return levels


def _dot(units: Sequence[Unit], joined: Joined, levels: Mapping[str, int], way: str, storeys: int = 1) -> str:
    """Write the units as boxes of fixed size, every line from the nearer level to the farther."""
    names = {unit.key: f"n{number}" for number, unit in enumerate(units)}
    apart = 0.7 if len({link.label for link in joined.links if link.label}) > 1 else 0.35  # room for words or arrows
    lines = [
        f"rankdir={way} nodesep=0.17 ranksep={apart} nslimit=2 nslimit1=2 mclimit=1 outputorder=edgesfirst pack=16"
    ]
    lines.append('node [shape=box fixedsize=true label=""] edge [arrowhead=none]')
    lines += (f"{names[u.key]} [width={u.width / 72:.4f} height={u.height / 72:.4f}]" for u in units)
    for link in joined.links:
        tail, head = _falling(link, levels)
        level = " [constraint=false]" if levels[tail] == levels[head] and tail != head else ""
        lines.append(f"{names[tail]} -> {names[head]}{level}")
    lines += (
        f"{names[one]} -> {names[other]} [style=invis weight=0]"
        for one, other in _stacked(units, joined, levels, storeys)
    )
    return "digraph {\n" + "\n".join(lines) + "\n}"


def _stacked(
    units: Sequence[Unit], joined: Joined, levels: Mapping[str, int], storeys: int
) -> Iterator[tuple[str, str]]:
    """Yield pairs of units of one level, of which the second is to stand below the first: none has a level below it."""
    above = {_falling(link, levels)[0] for link in joined.links if levels[link.tail] != levels[link.head]}
    ends: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.key not in above:
            ends[levels[unit.key]].append(unit)
    for stack in ends.values():
        wide = math.ceil(len(stack) / storeys)
        yield from ((one.key, other.key) for one, other in zip(stack, stack[wide:], strict=False))


def _falling(link: Link, levels: Mapping[str, int]) -> tuple[str, str]:
    return (link.head, link.tail) if levels[link.tail] > levels[link.head] else (link.tail, link.head)


def settled(
    found: Mapping[str, Face], units: Sequence[Unit], joined: Joined, laid: Laid, above: float = 0.0
) -> tuple[Plan, float]:
    """Return the plan of a layout by dot, some room left above it, and what was cut off at its left."""
    corners, ends = {}, {}
    for number, unit in enumerate(units):
        x, y = laid.centres[f"n{number}"]
        corners[unit.key] = (x - unit.width / 2, y - unit.height / 2)
        ends[unit.key] = f"n{number}"
    routes = []
    for link in joined.links:
        there = laid.splines.get((ends[link.tail], ends[link.head]))
        points = there or laid.splines.get((ends[link.head], ends[link.tail]), ())[::-1]
        routes.append(Route(link, points, bent=True))
    return settle(found, units, corners, routes, above)
