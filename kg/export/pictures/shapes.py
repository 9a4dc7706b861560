"""What a picture consists of before it is a file: shapes on a sheet, in points from its top left corner."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled shape with straight sides."""

    points: tuple[Point, ...]
    fill: str
    stroke: str = ""
    thick: float = 1.0

    def moved(self, scale: float, x: float, y: float) -> Polygon:
        """Return it scaled, then shifted."""
        return replace(self, points=_moved(self.points, scale, x, y), thick=self.thick * scale)


@dataclass(frozen=True, slots=True)
class Card:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    radius: float = 4.0
    thick: float = 1.0

    def moved(self, scale: float, x: float, y: float) -> Card:
        """Return it scaled, then shifted."""
        sizes = (self.x * scale + x, self.y * scale + y, self.width * scale, self.height * scale)
        return Card(*sizes, self.fill, self.stroke, self.radius * scale, self.thick * scale)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: straight from point to point, or a chain of cubic Bézier curves (1 + 3n points)."""

    points: tuple[Point, ...]
    stroke: str
    thick: float = 1.0
    dash: tuple[float, ...] = ()
    bent: bool = False

    def moved(self, scale: float, x: float, y: float) -> Curve:
        """Return it scaled, then shifted."""
        dash = tuple(length * scale for length in self.dash)
        return replace(self, points=_moved(self.points, scale, x, y), thick=self.thick * scale, dash=dash)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; y is its baseline."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    bold: bool = False
    anchor: Anchor = "start"

    def moved(self, scale: float, x: float, y: float) -> Text:
        """Return it scaled, then shifted."""
        return replace(self, x=self.x * scale + x, y=self.y * scale + y, size=self.size * scale)


Shape = Polygon | Card | Curve | Text


@dataclass(frozen=True, slots=True)
class Thing:
    """The shapes of one node: in an SVG a link with a title that is read aloud."""

    iri: str
    title: str
    shapes: tuple[Shape, ...]

    def moved(self, scale: float, x: float, y: float) -> Thing:
        """Return it scaled, then shifted."""
        return replace(self, shapes=tuple(shape.moved(scale, x, y) for shape in self.shapes))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its size in points, ground, title, a description for those who cannot see it, and what is drawn."""

    width: float
    height: float
    ground: str
    title: str
    description: str
    drawn: tuple[Shape | Thing, ...] = field(default=())

    @property
    def shapes(self) -> Iterable[Shape]:
        """All shapes in the order in which they are painted."""
        for drawn in self.drawn:
            yield from drawn.shapes if isinstance(drawn, Thing) else (drawn,)


def marker(mark: str, x: float, y: float, radius: float, fill: str) -> Polygon:
    """Draw the mark of a kind of thing around a centre."""
    if mark == "circle":
        return Polygon(_regular(x, y, radius, 20, 0), fill)
    if mark in _CORNERS:
        corners, turn = _CORNERS[mark]
        return Polygon(_regular(x, y, radius, corners, turn), fill)
    outline = {"star": _star, "cross": _cross, "bar": _bar, "hourglass": _hourglass}[mark]
    return Polygon(tuple((x + dx * radius, y + dy * radius) for dx, dy in outline()), fill)


_CORNERS = {
    "square": (4, math.pi / 4),
    "diamond": (4, 0),
    "triangle": (3, -math.pi / 2),
    "wedge": (3, math.pi / 2),
    "pentagon": (5, -math.pi / 2),
    "hexagon": (6, 0),
}


def _regular(x: float, y: float, radius: float, corners: int, turn: float) -> tuple[Point, ...]:
    angles = (turn + 2 * math.pi * n / corners for n in range(corners))
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


def _star() -> tuple[Point, ...]:
    outer, inner = _regular(0, 0, 1.1, 5, -math.pi / 2), _regular(0, 0, 0.45, 5, -math.pi / 2 + math.pi / 5)
    return tuple(point for pair in zip(outer, inner, strict=True) for point in pair)


def _cross() -> tuple[Point, ...]:
    a, b = 1.0, 0.35
    return ((-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b), (-a, -b), (-b, -b))


def _bar() -> tuple[Point, ...]:
    return ((-0.45, -1.0), (0.45, -1.0), (0.45, 1.0), (-0.45, 1.0))


def _hourglass() -> tuple[Point, ...]:
    return ((-0.9, -1.0), (0.9, -1.0), (0.2, 0.0), (0.9, 1.0), (-0.9, 1.0), (-0.2, 0.0))


def _moved(points: Iterable[Point], scale: float, x: float, y: float) -> tuple[Point, ...]:
    return tuple((px * scale + x, py * scale + y) for px, py in points)
