"""The lines of a page's picture: past the things between their ends, so that none seems to join what lies on its way.

In a column of units, straight lines to the region above all of them would lie on one another and read as a chain of
command: such a line swings out and comes in from the side.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kg.export.page.content import Content

Point = tuple[float, float]

_CLEAR = 11.0  # room around a mark
_CELL, _STEP = 24.0, 7.0  # of the grid in which things are looked up; between the points of a line that are checked
_SWINGS = (36.0, -36.0, 60.0, -60.0, 84.0, -84.0, 108.0, -108.0, 140.0, -140.0)
_MOST = 400  # links; a picture of more shows no single line


def paths(content: Content, places: Sequence[Point], height: float) -> Iterable[str]:
    """Return the path of each link: straight, bowed beside others of the same pair, past others, or a loop."""
    drawn: Counter[tuple[int, int]] = Counter()
    things, swung = _Things(places, height), Counter[int]()
    for edge in content.edges:
        pair = (min(edge.tail, edge.head), max(edge.tail, edge.head))
        drawn[pair] += 1
        ends = places[edge.tail], places[edge.head]
        if edge.tail == edge.head:
            yield _loop(ends[0], drawn[pair])
            continue
        # 0, 1, -1, 2, -2, … seen from the first of the pair, whichever way the link runs
        bow = drawn[pair] // 2 * (1 if drawn[pair] % 2 else -1) * (1 if edge.tail == pair[0] else -1)
        if len(content.edges) > _MOST or not things.hit(_straight(*ends), pair):
            yield _line(*ends, bow * 14)
        else:
            outward = content.nodes[edge.tail].degree >= content.nodes[edge.head].degree
            hub = edge.tail if outward else edge.head
            yield _past(things, ends, pair, outward, swung[hub])
            swung[hub] += 1


class _Things:
    """Where things lie, in cells of a grid."""

    def __init__(self, places: Sequence[Point], height: float) -> None:
        self._height = height
        self._cells: defaultdict[tuple[int, int], list[tuple[int, Point]]] = defaultdict(list)
        for number, (x, y) in enumerate(places):
            self._cells[int(x // _CELL), int(y // _CELL)].append((number, (x, y)))

    def hit(self, line: Iterable[Point], ends: tuple[int, int]) -> int:
        """Return how many points of a line touch a thing that is not one of its ends, or leave the sheet."""
        return sum(self._touched(point, ends) or not 0 < point[1] < self._height for point in line)

    def _touched(self, point: Point, ends: tuple[int, int]) -> bool:
        column, row = int(point[0] // _CELL), int(point[1] // _CELL)
        near = (
            thing
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for thing in self._cells.get((across, down), ())
        )
        return any(number not in ends and math.dist(place, point) < _CLEAR for number, place in near)


def _straight(tail: Point, head: Point) -> Iterator[Point]:
    count = max(int(math.dist(tail, head) / _STEP), 4)
    for n in range(1, count):
        yield (tail[0] + (head[0] - tail[0]) * n / count, tail[1] + (head[1] - tail[1]) * n / count)


def _past(things: _Things, ends: tuple[Point, Point], pair: tuple[int, int], outward: bool, nth: int) -> str:
    """Return a curve that touches least, the nth of its hub, which comes in at its end from the side."""
    hub, end = ends if outward else ends[::-1]
    found = []
    for number, swing in enumerate(_SWINGS):
        curve = _swung(hub, end, swing)
        found.append((things.hit(_points(curve), pair), abs(number - nth % len(_SWINGS)), curve))
    *_, curve = min(found)
    first, second = _halves(curve if outward else curve[::-1])
    return f"M{_said(first[:1])}C{_said(first[1:])}C{_said(second[1:])}"


def _swung(hub: Point, end: Point, swing: float) -> tuple[Point, ...]:
    (x1, y1), (x2, y2) = hub, end
    long = math.dist(hub, end) or 1.0
    side_x, side_y = -(y2 - y1) / long * swing, (x2 - x1) / long * swing
    near = (x1 + (x2 - x1) * 0.25 + side_x, y1 + (y2 - y1) * 0.25 + side_y)
    return hub, near, (x2 + side_x, y2 + side_y), end


def _points(curve: Sequence[Point]) -> Iterator[Point]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    count = max(int(math.dist(curve[0], curve[3]) / _STEP), 12)
    for n in range(1, count):
        t, s = n / count, 1 - n / count
        a, b, c, d = s**3, 3 * s * s * t, 3 * s * t * t, t**3
        yield a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _halves(curve: Sequence[Point]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Cut a curve in its middle, where the arrowhead sits."""
    a, b, c, d = curve
    ab, bc, cd = _middle(a, b), _middle(b, c), _middle(c, d)
    abc, bcd = _middle(ab, bc), _middle(bc, cd)
    middle = _middle(abc, bcd)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _said(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


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
