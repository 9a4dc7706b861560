"""Names on the map: each stands where it covers the fewest points and no other name; one without room is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]

_WIDE, _TALL = 0.56, 1.1  # of a letter and of a line, in ems
_CELL = 0.5  # ems: points are counted by squares of this side
_BESIDE = (1.8, -1.05)  # ems from the point of a district down to the foot of its name
# Ems from the middle of a region to that of its name, the nearest first.
_AROUND = sorted(
    ((across * 0.9, down * 0.6) for across in range(-5, 6) for down in range(-7, 8)),
    key=lambda way: way[0] ** 2 + way[1] ** 2,
)
_FAR = 0.8  # points that a name may cover rather than stand an em further away


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map: where its foot stands in the middle, by how many ems below, and whether there is room."""

    x: float
    y: float
    text: str
    down: float = 0.0
    shown: bool = True


class Sheet:
    """What is drawn so far: the points, and the names that have their place."""

    def __init__(self, points: Iterable[Point], size: float) -> None:
        """Take the points, and the height of an em."""
        self._size, self._cell = size, size * _CELL
        self._points = Counter((int(x // self._cell), int(y // self._cell)) for x, y in points)
        self._taken: list[Rectangle] = []

    def region(self, x: float, y: float, text: str) -> Label:
        """Return the name of a region near the middle of its points; it is always shown."""
        best, least = (x, y), float("inf")
        for across, down in _AROUND:
            far = _FAR * (across**2 + down**2) ** 0.5
            if far >= least:
                break  # all others are further away
            spot = (x + across * self._size, y + down * self._size)
            around = self._around(*spot, text)
            if self._free(around) and (cost := far + self._covered(around)) < least:
                best, least = spot, cost
        self._taken.append(self._around(*best, text))
        return Label(round(best[0], 1), round(best[1], 1), text)

    def district(self, x: float, y: float, text: str, box: Rectangle) -> Label:
        """Return the name of a district below or above its point, where either is free and in the box."""
        for down in sorted(_BESIDE, key=lambda down: self._covered(self._around(x, y + down * self._size, text))):
            around = self._around(x, y + down * self._size, text)
            if self._free(around) and _within(around, box):
                self._taken.append(around)
                return Label(x, y, text, down)
        return Label(x, y, text, _BESIDE[0], shown=False)

    def _around(self, x: float, y: float, text: str) -> Rectangle:
        """Return what a name covers whose foot stands in the middle at a point."""
        wide = len(text) * _WIDE * self._size / 2
        return x - wide, y - self._size * 0.85, x + wide, y + self._size * (_TALL - 0.85)

    def _covered(self, part: Rectangle) -> int:
        left, top, right, bottom = (int(edge // self._cell) for edge in part)
        return sum(self._points[x, y] for x in range(left, right + 1) for y in range(top, bottom + 1))

    def _free(self, part: Rectangle) -> bool:
        return not any(_meet(part, other) for other in self._taken)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _within(part: Rectangle, box: Rectangle) -> bool:
    return part[0] >= box[0] and part[1] >= box[1] and part[2] <= box[2] and part[3] <= box[3]
