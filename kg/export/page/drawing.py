"""The picture of a page: places on a sheet, lines between them, and which labels fit at which magnification."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kg.export import palette
from kg.export.page.content import Content, Node, line
from kg.export.page.routing import Point, paths
from kg.export.pictures.shapes import marker
from kg.export.pictures.text import width

# Centre of each thing, by IRI: x, y downwards, and whatever follows.
Positions = Mapping[str, Sequence[float]]

WIDTH, SIDE, EDGE = 1000.0, 100.0, 40.0
LOWEST, HIGHEST = 440.0, 860.0
MARK = 7.0
# Magnifications at which more labels come to light; the picture at rest on a wide screen has 1.
STEPS = (0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0, 7.5, 11.0)
Side = Literal["below", "above", "beside"]
_SIDES: tuple[Side, ...] = ("below", "above", "beside")
_WORDS = re.compile(r"\w+")
_LONGEST, _SIZE, _LEADING = 34, 12.0, 10


@dataclass(frozen=True, slots=True)
class Dot:
    """A thing in the picture: where it is, its short label, the step from which that shows, and on which side."""

    node: Node
    x: float
    y: float
    label: str
    step: int
    side: Side

    @property
    def anchor(self) -> tuple[float, float, str]:
        """Where its label begins, ends or has its middle, and which of the three."""
        return _anchor(self.node, self.x, self.side)

    @property
    def spoken(self) -> str:
        """What those who listen hear: it begins with the words that others see, so that both can say the same."""
        seen, heard = (_WORDS.findall(words) for words in (self.label, self.node.spoken))
        return self.node.spoken if heard[: len(seen)] == seen else f"{self.label} {self.node.spoken}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture: its size, dots in the order of reading, and the path of each link.

    Attributes:
        width, height: of the sheet.
        room: side of the square that a thing would have if all shared the sheet evenly.
        dots: one a thing.
        paths: one a link, in SVG's notation.
        marks: outline of the mark of each kind that occurs, as points of a polygon around 0, 0.
        steps: magnifications from which the labels of each step show.
        rest: the step that shows without JavaScript.
    """

    width: float
    height: float
    room: float
    dots: tuple[Dot, ...]
    paths: tuple[str, ...]
    marks: Mapping[str, str]
    steps: tuple[float, ...] = STEPS
    rest: int = STEPS.index(1.0)


def draw(content: Content, positions: Positions) -> Drawing:
    """Draw the things at their positions; one without a position lies at 0, 0."""
    height, places = _fitted(content, positions)
    steps = _label_steps(content, places)
    dots = tuple(Dot(node, *places[node.number], _shown(node), *steps[node.number]) for node in content.nodes)
    room = round(math.sqrt(WIDTH * height / (len(dots) or 1)), 1)
    return Drawing(WIDTH, height, room, dots, tuple(paths(content, places, height)), _marks(content))


def _fitted(content: Content, positions: Positions) -> tuple[float, list[Point]]:
    """Scale positions to the sheet without distortion; return its height and the place of each thing."""
    given = [tuple(positions.get(node.iri, (0.0, 0.0)))[:2] for node in content.nodes]
    left, right = min((x for x, _ in given), default=0.0), max((x for x, _ in given), default=0.0)
    top, bottom = min((y for _, y in given), default=0.0), max((y for _, y in given), default=0.0)
    wide, high = max(right - left, 1e-9), max(bottom - top, 1e-9)
    inner = WIDTH - 2 * SIDE
    height = min(max(inner * high / wide + 2 * EDGE, LOWEST), HIGHEST)
    scale = min(inner / wide, (height - 2 * EDGE) / high)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return round(height), [
        (round(WIDTH / 2 + (x - middle_x) * scale, 1), round(height / 2 + (y - middle_y) * scale, 1)) for x, y in given
    ]


def _label_steps(content: Content, places: list[Point]) -> dict[int, tuple[int, Side]]:
    """Return the step from which each label shows, and on which side: the first at which it covers nothing.

    Labels and marks keep their size as places move apart: a label that fits at one step fits at the next.
    """
    steps: dict[int, tuple[int, Side]] = {}
    order = sorted(content.nodes, key=lambda node: (-node.degree, node.number))
    leading = {node.number for node in order[:_LEADING]}
    for step, scale in enumerate(STEPS):
        marks, labels = _Taken(), _Taken()
        for node, (x, y) in zip(content.nodes, places, strict=True):
            marks.take(_mark_box(node, x * scale, y * scale, scale))
        for node in sorted(order, key=lambda node: node.number not in steps):
            x, y = places[node.number]
            sides = (steps[node.number][1],) if node.number in steps else _SIDES
            boxes = {side: _label_box(node, x, (x * scale, y * scale), side) for side in sides}
            bare = [side for side in sides if labels.free(boxes[side])]
            best = [side for side in bare if node.number in steps or marks.free(boxes[side])]
            # The names of the most connected tell what the picture is about: they may cover marks.
            for side in (best or (bare if node.number in leading else []))[:1]:
                steps.setdefault(node.number, (step, side))
                labels.take(boxes[side])
    return {node.number: steps.get(node.number, (len(STEPS), "below")) for node in content.nodes}


class _Box(NamedTuple):
    """A box on the screen, and the number of the thing that it belongs to."""

    left: float
    top: float
    right: float
    bottom: float
    owner: int


def _mark_box(node: Node, x: float, y: float, scale: float) -> _Box:
    # A picture made small shows many things: there labels may touch marks, or none would show.
    room = min(scale, 1.0) * MARK
    return _Box(x - room, y - room, x + (room * 3.6 if node.rating else room), y + room, node.number)


def _label_box(node: Node, place: float, at: Point, side: Side) -> _Box:
    x, y, anchor = _anchor(node, place, side)
    wide = width(_shown(node), _SIZE) + 6
    left = at[0] + x - 3 - {"start": 0.0, "middle": wide / 2 - 3, "end": wide - 6}[anchor]
    return _Box(left, at[1] + y - 11, left + wide, at[1] + y + 3, node.number)


def _anchor(node: Node, place: float, side: Side) -> tuple[float, float, str]:
    """Return where a label stands from its mark, and from where it runs: near an edge of the sheet, away from that."""
    right = place > WIDTH * 2 / 3
    if side == "beside":
        return (-11, 4, "end") if right else (28 if node.rating else 11, 4, "start")
    y = 21 if side == "below" else -13
    return (8, y, "end") if right else (-8, y, "start") if place < WIDTH / 3 else (0, y, "middle")


class _Taken:
    """Boxes that are taken, in cells of a coarse grid, so that only near ones are compared."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, int], list[_Box]] = defaultdict(list)

    def take(self, box: _Box) -> None:
        for cell in self._touched(box):
            self._cells[cell].append(box)

    def free(self, box: _Box) -> bool:
        others = (other for cell in self._touched(box) for other in self._cells.get(cell, ()))
        return not any(_overlap(box, other) for other in others if other.owner != box.owner)

    @staticmethod
    def _touched(box: _Box) -> Iterable[tuple[int, int]]:
        columns = range(int(box.left // 100), int(box.right // 100) + 1)
        rows = range(int(box.top // 50), int(box.bottom // 50) + 1)
        return ((column, row) for column in columns for row in rows)


def _overlap(one: _Box, other: _Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


def _marks(content: Content) -> dict[str, str]:
    marks = sorted({palette.mark(group) for group, _ in content.groups})
    return {
        mark: " ".join(f"{x:.2f},{y:.2f}" for x, y in marker(mark, 0, 0, MARK, "").points).replace("-0.00", "0.00")
        for mark in marks
    }


def _shown(node: Node) -> str:
    """Return a thing's short label, with the share of cases found sufficient where it has one."""
    return f"{_short(node.label)} {node.share}".rstrip()


def _short(label: str) -> str:
    """Cut a label after a whole word, so that what is seen can be said; a single long word is cut anywhere."""
    one = line(label)
    if len(one) <= _LONGEST:
        return one
    kept = one[:_LONGEST].rpartition(" ")[0] or one[: _LONGEST - 1]
    return kept.rstrip(" ,;:–-") + "…"
