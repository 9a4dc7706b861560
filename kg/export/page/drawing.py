"""The picture of a page: places on a sheet, lines between them, and which labels fit at which magnification."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kg.export import palette
from kg.export.page.content import Content, Node, line
from kg.export.pictures.shapes import marker
from kg.export.pictures.text import width

Point = tuple[float, float]
# Centre of each thing, by IRI: x, y downwards, and whatever follows.
Positions = Mapping[str, Sequence[float]]

WIDTH, SIDE, EDGE = 1000.0, 100.0, 40.0
LOWEST, HIGHEST = 440.0, 860.0
MARK = 7.0
# Magnifications at which more labels come to light; the picture at rest on a wide screen has 1.
STEPS = (0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0, 7.5, 11.0)
_WORDS = re.compile(r"\w+")
_LONGEST, _SIZE, _LEADING = 34, 12.0, 10


@dataclass(frozen=True, slots=True)
class Dot:
    """A thing in the picture: where it is, its short label, the step from which that shows, and whether above it."""

    node: Node
    x: float
    y: float
    label: str
    step: int
    above: bool

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
    dots = tuple(Dot(node, *places[node.number], _short(node.label), *steps[node.number]) for node in content.nodes)
    room = round(math.sqrt(WIDTH * height / (len(dots) or 1)), 1)
    return Drawing(WIDTH, height, room, dots, tuple(_paths(content, places)), _marks(content))


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


def _label_steps(content: Content, places: list[Point]) -> dict[int, tuple[int, bool]]:
    """Return the step from which each label shows, and whether above: the first at which it covers nothing.

    Labels and marks keep their size as places move apart: a label that fits at one step fits at the next.
    """
    steps: dict[int, tuple[int, bool]] = {}
    order = sorted(content.nodes, key=lambda node: (-node.degree, node.number))
    leading = {node.number for node in order[:_LEADING]}
    for step, scale in enumerate(STEPS):
        marks, labels = _Taken(), _Taken()
        for node, (x, y) in zip(content.nodes, places, strict=True):
            marks.take(_mark_box(node, x * scale, y * scale, scale))
        for node in sorted(order, key=lambda node: node.number not in steps):
            x, y = places[node.number]
            sides = (steps[node.number][1],) if node.number in steps else (False, True)
            boxes = {above: _label_box(node, x * scale, y * scale, above) for above in sides}
            bare = [above for above in sides if labels.free(boxes[above])]
            best = [above for above in bare if node.number in steps or marks.free(boxes[above])]
            # The names of the most connected tell what the picture is about: they may cover marks.
            for above in (best or (bare if node.number in leading else []))[:1]:
                steps.setdefault(node.number, (step, above))
                labels.take(boxes[above])
    return {node.number: steps.get(node.number, (len(STEPS), False)) for node in content.nodes}


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


def _label_box(node: Node, x: float, y: float, above: bool) -> _Box:
    half, top = width(_short(node.label), _SIZE) / 2 + 3, y - 24 if above else y + 10
    return _Box(x - half, top, x + half, top + 14, node.number)


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


def _paths(content: Content, places: list[Point]) -> Iterable[str]:
    """Return the path of each link: straight, bowed beside others of the same pair, or a loop."""
    drawn: Counter[tuple[int, int]] = Counter()
    for edge in content.edges:
        pair = (min(edge.tail, edge.head), max(edge.tail, edge.head))
        drawn[pair] += 1
        if edge.tail == edge.head:
            yield _loop(places[edge.tail], drawn[pair])
        else:
            # 0, 1, -1, 2, -2, … seen from the first of the pair, whichever way the link runs
            bow = drawn[pair] // 2 * (1 if drawn[pair] % 2 else -1) * (1 if edge.tail == pair[0] else -1)
            yield _line(places[edge.tail], places[edge.head], bow * 14)


def _line(tail: Point, head: Point, bow: float) -> str:
    """Join two places; the path has a corner in its middle, where the arrowhead sits."""
    (x1, y1), (x2, y2) = tail, head
    long = math.hypot(x2 - x1, y2 - y1) or 1.0
    side_x, side_y = -(y2 - y1) / long * bow, (x2 - x1) / long * bow
    middle = f"{(x1 + x2) / 2 + side_x:.1f} {(y1 + y2) / 2 + side_y:.1f}"
    if not bow:
        return f"M{x1} {y1}L{middle}L{x2} {y2}"
    first = f"{x1 + (x2 - x1) / 4 + side_x:.1f} {y1 + (y2 - y1) / 4 + side_y:.1f}"
    second = f"{x1 + (x2 - x1) * 3 / 4 + side_x:.1f} {y1 + (y2 - y1) * 3 / 4 + side_y:.1f}"
    return f"M{x1} {y1}Q{first} {middle}Q{second} {x2} {y2}"


def _loop(place: Point, number: int) -> str:
    x, y = place
    size = 22 + 8 * number
    return f"M{x} {y}C{x - size} {y - size * 1.4:.1f} {x + size} {y - size * 1.4:.1f} {x} {y}"


def _marks(content: Content) -> dict[str, str]:
    marks = sorted({palette.mark(group) for group, _ in content.groups})
    return {
        mark: " ".join(f"{x:.2f},{y:.2f}" for x, y in marker(mark, 0, 0, MARK, "").points).replace("-0.00", "0.00")
        for mark in marks
    }


def _short(label: str) -> str:
    """Cut a label after a whole word, so that what is seen can be said; a single long word is cut anywhere."""
    one = line(label)
    if len(one) <= _LONGEST:
        return one
    kept = one[:_LONGEST].rpartition(" ")[0] or one[: _LONGEST - 1]
    return kept.rstrip(" ,;:–-") + "…"
