"""A plan: where every card, panel and line of a picture lies, before page and file. All in units of the layout."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.export import palette
from kg.export.pictures.cards import Box, Face, draw
from kg.export.pictures.links import DASHES, Link
from kg.export.pictures.shapes import Card, Curve, Point, Polygon, Shape, Text, Thing
from kg.export.pictures.text import LABEL, LINE, width

_HEAD = 6.0  # length of an arrowhead
_MOST_LABELS = 60  # beyond that, words on lines are noise


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame around things that are joined to the same other thing in the same way, and the words for that."""

    box: Box
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a line: its points, straight or Bézier, from the tail of its link to its head.

    Attributes:
        above: it passes over panels, and room for words is kept on its second half.
    """

    link: Link
    points: tuple[Point, ...]
    bent: bool
    above: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything lies.

    Attributes:
        width, height: of the whole.
        faces: what each card shows, by IRI.
        boxes: where each card lies, by IRI.
        panels, routes: frames, the outer before the inner, and lines; both lie behind the cards.
        years: of a timeline, each with its place from the left.
    """

    width: float
    height: float
    faces: Mapping[str, Face]
    boxes: Mapping[str, Box]
    panels: tuple[Panel, ...] = ()
    routes: tuple[Route, ...] = ()
    years: tuple[tuple[str, float], ...] = ()

    def fit(self, width: float, height: float) -> float:
        """Return the greatest scale at which the plan fits into a space."""
        return min(width / max(self.width, 1.0), height / max(self.height, 1.0))


def paint(plan: Plan, theme: str) -> Iterator[Shape | Thing]:
    """Yield the shapes of a plan, those behind first."""
    paper = palette.PAPERS[theme]
    yield from _years(plan, paper)
    for route in (route for route in plan.routes if not route.above):
        yield from _line(route, paper.line)
    for panel in plan.panels:
        box = panel.box
        yield Card(box.x, box.y, box.width, box.height, paper.panel, paper.border, 6)
        for number, line in enumerate(panel.header):
            yield Text(box.x + 8, box.y + 13 + number * LINE, line, LABEL, paper.quiet, bold=True)
    for route in (route for route in plan.routes if route.above):
        yield from _line(route, paper.line)
    for iri, face in plan.faces.items():
        yield draw(face, plan.boxes[iri], theme)
    yield from _words(plan, paper)


def _years(plan: Plan, paper: palette.Paper) -> Iterator[Shape]:
    for name, x in plan.years:
        yield Curve(((x, 16.0), (x, plan.height)), paper.border, 0.8)
        yield Text(x, 11, name, LABEL * 1.1, paper.quiet, bold=True, anchor="middle")


def _line(route: Route, stroke: str) -> Iterator[Shape]:
    points = route.points
    if len(points) < 2:
        return
    thick = 0.7 + 0.35 * math.sqrt(route.link.weight) if route.link.weight else 1.1
    yield Curve(points, stroke, thick, DASHES.get(route.link.dash, ()), bent=route.bent)
    if route.link.ahead:
        yield from _arrow(points[-1], _before(points[::-1]), stroke)
    if route.link.back:
        yield from _arrow(points[0], _before(points), stroke)


def _before(points: tuple[Point, ...]) -> Point:
    """Return the first point that differs from the end of a line: the direction from which it arrives."""
    return next((point for point in points[1:] if math.dist(point, points[0]) > 0.5), points[-1])


def _arrow(tip: Point, origin: Point, fill: str) -> Iterator[Shape]:
    length = math.dist(tip, origin)
    if length < 0.5:
        return
    dx, dy = (tip[0] - origin[0]) / length * _HEAD, (tip[1] - origin[1]) / length * _HEAD
    base = tip[0] - dx, tip[1] - dy
    yield Polygon((tip, (base[0] - dy * 0.45, base[1] + dx * 0.45), (base[0] + dy * 0.45, base[1] - dx * 0.45)), fill)


def _words(plan: Plan, paper: palette.Paper) -> Iterator[Shape]:
    """Yield words on the lines where they hide neither a card nor other words, unless one word fits all lines."""
    drawn = [route for route in plan.routes if len(route.points) > 1]
    routes = [route for route in drawn if route.link.label]
    counted = any(route.link.weight for route in drawn)
    if not counted and (len(routes) > _MOST_LABELS or len({route.link.relation for route in drawn}) < 2):
        return
    ends = [Box(x - 5, y - 5, 10, 10) for route in routes for x, y in (route.points[0], route.points[-1])]
    taken = [*plan.boxes.values(), *(panel.box for panel in plan.panels), *ends]
    dots = [(along(route, n / 24), route) for route in drawn for n in range(25)]
    for route in routes:
        sure = bool(route.link.areas) and route.above  # room is kept for them, and without them the line says more
        free = [box for box in _boxes(route, plan.width) if sure or not any(map(box.overlaps, taken))]
        if free:
            others = [dot for dot, other in dots if other is not route]
            box = min(free, key=lambda one: sum(map(one.holds, others)))  # the first that hides least of other lines
            taken.append(box)
            yield Card(box.x, box.y, box.width, box.height, paper.ground, "", 3)
            yield Text(box.centre[0], box.y + 10.6, route.link.label, LABEL, paper.quiet, anchor="middle")


def _boxes(route: Route, wide: float) -> Iterator[Box]:
    """Yield where on a line its words might stand."""
    size = width(route.link.label) + 6
    for x, y in _places(route):
        if 0 <= x - size / 2 <= wide - size:
            yield Box(x - size / 2, y - 7, size, 14)


def _places(route: Route) -> Iterable[Point]:
    """Yield points on a line at which its words might stand, the middle first, or that of the half kept for them."""
    for share in (0.75,) if route.above else (0.5, 0.4, 0.6, 0.3, 0.7):
        yield along(route, share)


def along(route: Route, share: float) -> Point:
    """Return the point of a line at a share of its pieces."""
    points, step = route.points, 3 if route.bent else 1
    pieces = (len(points) - 1) // step
    place = share * pieces
    first = min(int(place), pieces - 1)
    t, piece = place - first, points[first * step : first * step + step + 1]
    while len(piece) > 1:  # de Casteljau; for a straight piece, plain interpolation
        piece = tuple((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in itertools.pairwise(piece))
    return piece[0]
