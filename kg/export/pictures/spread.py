"""Networks: what is linked lies close together, laid out by Graphviz's neato or sfdp; then cards are pushed apart.

Graphviz's own ways to part boxes either stretch the whole sheet or are not built into the wheel, so the last step is
done here: neighbours in each other's way move by half the overlap each, along the side where it is smaller.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from kg.export.network import Network
from kg.export.pictures.cards import Box, Face, faces
from kg.export.pictures.graphviz import Job, lay
from kg.export.pictures.links import Link, links
from kg.export.pictures.placing import settle
from kg.export.pictures.plan import Plan, Route
from kg.export.pictures.shapes import Point
from kg.export.pictures.units import Joined, Unit, gather, panels

_NEATO = 90  # units up to which neato's better but slower layout is used
_GAP_X, _GAP_Y = 16.0, 12.0
_DENSITIES = (0.36, 0.8)  # share of the sheet that cards cover before they are pushed apart
_ROUNDS, _GROWTH = 60, 1.08

_ROWS = 6  # of a panel

Centre = list[float]


def networks(network: Network, aspects: Sequence[float], rows: int = _ROWS) -> Iterator[list[Plan]]:
    """Yield plans for each proportion (width by height) of a page: first with room between cards, then with little."""
    found = faces(network)
    joined = gather(found, links(network))
    units = panels(joined, rows)
    program = "neato" if len(units) <= _NEATO else "sfdp"
    (laid,) = lay([Job(program, "plain", _dot(units, joined))])
    centres = [laid.centres[f"n{number}"] for number in range(len(units))]
    for density in _DENSITIES:
        yield [_plan(found, joined, units, _apart(units, centres, aspect, density)) for aspect in aspects]


def _plan(found: Mapping[str, Face], joined: Joined, units: Sequence[Unit], corners: Mapping[str, Point]) -> Plan:
    return settle(found, units, corners, list(_routes(joined, units, corners)))[0]


def _dot(units: Sequence[Unit], joined: Joined) -> str:
    names = {unit.key: f"n{number}" for number, unit in enumerate(units)}
    lines = ["start=1 overlap=true splines=false maxiter=600 epsilon=0.001 pack=true", "node [shape=point]"]
    lines += names.values()
    sizes = {unit.key: math.hypot(unit.width, unit.height) / 72 for unit in units}
    for link in joined.links:
        if link.tail != link.head:
            length = 0.4 + (sizes[link.tail] + sizes[link.head]) / 2
            lines.append(f"{names[link.tail]} -- {names[link.head]} [len={length:.3f}]")
    return "graph {\n" + "\n".join(lines) + "\n}"


def _apart(units: Sequence[Unit], centres: Sequence[Point], aspect: float, density: float) -> dict[str, Point]:
    """Stretch a layout to a proportion, part what overlaps, and return top left corners."""
    xs, ys = [x for x, _ in centres], [y for _, y in centres]
    wide, high = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    area = sum((unit.width + _GAP_X) * (unit.height + _GAP_Y) for unit in units) / density
    scale_x, scale_y = math.sqrt(area * aspect) / wide, math.sqrt(area / aspect) / high
    places = [[x * scale_x, y * scale_y] for x, y in centres]
    halves = [((unit.width + _GAP_X) / 2, (unit.height + _GAP_Y) / 2) for unit in units]
    while not _push(places, halves):
        for place in places:
            place[0], place[1] = place[0] * _GROWTH, place[1] * _GROWTH
    return {unit.key: (x - unit.width / 2, y - unit.height / 2) for unit, (x, y) in zip(units, places, strict=True)}


def _push(places: list[Centre], halves: Sequence[Point]) -> bool:
    """Part overlapping boxes in rounds; say whether none overlaps any more."""
    for _ in range(_ROUNDS):
        moved = False
        for one, other in _near(places, halves):
            dx, dy = places[other][0] - places[one][0], places[other][1] - places[one][1]
            over_x = halves[one][0] + halves[other][0] - abs(dx)
            over_y = halves[one][1] + halves[other][1] - abs(dy)
            if over_x > 0.01 and over_y > 0.01:
                moved = True
                axis, by, way = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
                shift = math.copysign(by / 2 + 0.05, way)
                places[one][axis] -= shift
                places[other][axis] += shift
        if not moved:
            return True
    return False


def _near(places: Sequence[Centre], halves: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """Yield pairs that overlapped when the round began, from top to bottom."""
    spans = [(y - half[1], y + half[1]) for (_, y), half in zip(places, halves, strict=True)]
    order = sorted(range(len(places)), key=lambda number: (spans[number][0], number))
    found = []
    for rank, one in enumerate(order):
        x, half, down = places[one][0], halves[one][0], spans[one][1]
        for other in islice(order, rank + 1, None):
            if spans[other][0] >= down:
                break
            if abs(places[other][0] - x) < half + halves[other][0]:
                found.append((one, other))
    return iter(found)


def _routes(joined: Joined, units: Sequence[Unit], corners: Mapping[str, Point]) -> Iterator[Route]:
    boxes = {unit.key: Box(*corners[unit.key], unit.width, unit.height) for unit in units}
    for link in joined.links:
        if link.tail == link.head:
            yield Route(link, _loop(boxes[link.tail]), bent=True)
        else:
            yield straight(link, boxes[link.tail], boxes[link.head])


def straight(link: Link, tail: Box, head: Box) -> Route:
    """Draw a straight line between two boxes, from border to border."""
    return Route(link, (_border(tail, head.centre), _border(head, tail.centre)), bent=False)


def _border(box: Box, outside: Point) -> Point:
    """Return where the line from a box's centre to a point leaves the box."""
    x, y = box.centre
    dx, dy = outside[0] - x, outside[1] - y
    shares = [size / 2 / abs(by) for size, by in ((box.width, dx), (box.height, dy)) if abs(by) > 1e-6]
    share = min([*shares, 1.0])
    return x + dx * share, y + dy * share


def _loop(box: Box) -> tuple[Point, ...]:
    """Lead a line from a thing to itself over its top right corner."""
    x, y = box.x + box.width, box.y
    return (
        (x - 14, y),
        (x - 14, y - 14),
        (x + 12, y - 14),
        (x + 12, y + 6),
        (x + 12, y + 9),
        (x + 4, y + 9),
        (x, y + 9),
    )
