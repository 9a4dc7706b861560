"""From units in their places to a plan; what hierarchy and network share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.export.pictures.cards import Box, Face
from kg.export.pictures.plan import Panel, Plan, Route
from kg.export.pictures.shapes import Point
from kg.export.pictures.units import Unit


def settle(
    faces: Mapping[str, Face],
    units: Sequence[Unit],
    corners: Mapping[str, Point],
    routes: Sequence[Route],
    above: float = 0.0,
) -> tuple[Plan, float]:
    """Put units at their top left corners, the plan beginning at 0, 0 with some room above; say which x became 0."""
    points = [point for route in routes for point in route.points]
    lefts = [corners[unit.key][0] for unit in units] + [x for x, _ in points]
    tops = [corners[unit.key][1] for unit in units] + [y for _, y in points]
    left, top = min(lefts, default=0), min(tops, default=0) - above
    right = max([corners[u.key][0] + u.width for u in units] + [x for x, _ in points], default=left)
    down = max([corners[u.key][1] + u.height for u in units] + [y for _, y in points], default=top)
    boxes: dict[str, Box] = {}
    panels: list[Panel] = []
    for unit in units:
        x, y = corners[unit.key][0] - left, corners[unit.key][1] - top
        panels += [Panel(Box(x + b.x, y + b.y, b.width, b.height), header) for b, header in unit.panels]
        boxes |= {iri: Box(x + b.x, y + b.y, b.width, b.height) for iri, b in unit.places.items()}
    moved = tuple(replace(r, points=tuple((x - left, y - top) for x, y in r.points)) for r in routes)
    return Plan(right - left, down - top, faces, boxes, tuple(panels), moved), left
