"""Nests: trees as frames in frames, without a line to each thing.

What hangs on the thing asked for stands in one frame a relation, in columns of about equal height, each part with
what hangs on it in a frame of its own; the header of a frame says once what joins its things to the thing above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.export.pictures.cards import Box, Face
from kg.export.pictures.links import Link
from kg.export.pictures.placing import settle
from kg.export.pictures.plan import Plan, Route
from kg.export.pictures.shapes import Point
from kg.export.pictures.text import LINE, width, wrap
from kg.export.pictures.units import Unit, card, framed, stretched

_MOST, _DEEPEST, _MOST_COLUMNS = 60, 3, 10  # things, levels below the root, columns
_GAP, _CLOSE, _EDGE, _TOP = 6.0, 4.0, 7.0, 20.0
_LINE, _BESIDE = 26.0, 30.0  # length of a line to a frame; of a line beside its words


@dataclass(frozen=True, slots=True)
class _Branch:
    """Things that hang on another in the same way: the link of the first of them, and their IRIs."""

    link: Link
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    """The root, the single card beside it if there is one, and the line between them; from 0, 0."""

    root: Box
    width: float
    height: float
    corners: tuple[tuple[Unit, Point], ...]
    routes: tuple[Route, ...]


_Tree = Mapping[str, Sequence[_Branch]]


def nests(faces: Mapping[str, Face], links: Sequence[Link], roots: frozenset[str]) -> list[Plan]:
    """Return plans with fewer and more columns, none where the network is no tree of three levels below one root."""
    tree = _tree(faces, links, roots)
    if not tree:
        return []
    (root,) = roots
    near = {root, *(member for branch in tree[root] for member in branch.members)}
    faces = {iri: face if iri in near else replace(face, quiet=True) for iri, face in faces.items()}
    singles = [branch for branch in tree[root] if len(branch.members) == 1 and branch.members[0] not in tree][:1]
    branches = [branch for branch in tree[root] if branch not in singles]
    plans = []
    for columns in range(1, min(max(len(branch.members) for branch in branches), _MOST_COLUMNS) + 1):
        frames = [(_framed(faces, tree, branch, columns), branch.link) for branch in branches]
        plans.append(_below(faces, _head(faces, root, singles, upright=False), frames))
        if len(frames) == 1:
            plans.append(_beside(faces, _head(faces, root, singles, upright=True), *frames[0]))
    return plans


def _tree(faces: Mapping[str, Face], links: Sequence[Link], roots: frozenset[str]) -> _Tree:
    """Return the branches below each thing that has any; nothing where there is no such tree."""
    if len(roots) != 1 or len(links) != len(faces) - 1 or len(faces) > _MOST:
        return {}
    if any(link.areas or link.tail == link.head for link in links):
        return {}
    joined: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        joined[link.tail].append(link)
        joined[link.head].append(link)
    tree: dict[str, list[_Branch]] = {}
    seen, waiting = set(roots), dict.fromkeys(roots, 0)
    while waiting:
        thing, depth = waiting.popitem()
        ways = {link.head if link.tail == thing else link.tail: link for link in joined[thing]}
        below = {other: ways[other] for other in faces if other in ways and other not in seen}
        seen |= below.keys()
        waiting |= dict.fromkeys(below, depth + 1)
        if below and depth == _DEEPEST:
            return {}
        if below:
            tree[thing] = list(_branches(faces, thing, below))
    return tree if len(seen) == len(faces) and len(tree) > 1 else {}


def _branches(faces: Mapping[str, Face], thing: str, below: Mapping[str, Link]) -> Iterator[_Branch]:
    alike: dict[tuple[str, str, bool, bool], list[str]] = defaultdict(list)
    for other, link in below.items():
        alike[faces[other].group, link.label, link.tail == thing, link.back].append(other)
    for members in alike.values():
        yield _Branch(below[members[0]], tuple(members))


def _framed(faces: Mapping[str, Face], tree: _Tree, branch: _Branch, columns: int, least: float = 0.0) -> Unit:
    """Frame the things of a branch, in their order, in columns of equal breadth and about equal height."""
    words = {inner.link.label for member in branch.members for inner in tree.get(member, ())}
    said = words.pop() if len(words) == 1 else ""
    header = f"{branch.link.label or 'linked'} · {len(branch.members)}" + (f"; below each: {said}" if said else "")
    broad = max([least - 2 * _EDGE, *(_part(faces, tree, member, bool(said)).width for member in branch.members)])
    shelves = _shelved([_part(faces, tree, member, bool(said), broad) for member in branch.members], columns)
    inner = len(shelves) * (broad + _GAP) - _GAP
    lines = wrap(header, inner - 4, lines=3, bold=True)
    top = _TOP + (len(lines) - 1) * LINE
    parts = []
    for number, shelf in enumerate(shelves):
        parts += _stacked(shelf, (_EDGE + number * (broad + _GAP), top), _GAP)
    return framed(f"branch of {branch.members[0]}", parts, lines, inner + 2 * _EDGE, _EDGE)


def _part(faces: Mapping[str, Face], tree: _Tree, thing: str, said: bool, broad: float = 0.0) -> Unit:
    """Return a card or, where something hangs on it, a house: the card with what hangs on it below, in a frame."""
    face, branches = faces[thing], tree.get(thing, ())
    if not branches:
        return stretched(face, broad)
    inner, below = max(face.width, broad - 2 * _EDGE), list[Unit]()
    for _ in range(2):  # to measure, then as broad as the broadest
        if said:
            below = [_part(faces, tree, member, False, inner) for branch in branches for member in branch.members]
        else:
            below = [_framed(faces, tree, branch, 1, inner) for branch in branches]
        inner = max(inner, *(unit.width for unit in below))
    parts = _stacked([stretched(face, inner), *below], (_EDGE, _EDGE), _CLOSE)
    return framed(thing, parts, (), inner + 2 * _EDGE, _EDGE)


def _stacked(parts: Sequence[Unit], corner: Point, gap: float) -> list[tuple[Unit, Point]]:
    """Stand units one below the other."""
    found, (x, y) = [], corner
    for part in parts:
        found.append((part, (x, y)))
        y += part.height + gap
    return found


def _shelved(parts: Sequence[Unit], columns: int) -> list[list[Unit]]:
    """Fill columns one after the other, to the least height at which there are no more of them than asked."""
    heights = [part.height + _GAP for part in parts]
    sums = {sum(heights[first:after]) for first in range(len(parts)) for after in range(first + 1, len(parts) + 1)}
    for limit in sorted(each for each in sums if each >= max(heights)):
        shelves: list[list[Unit]] = []
        room = 0.0
        for part, height in zip(parts, heights, strict=True):
            if height > room + 0.01:
                shelves.append([])
                room = limit
            shelves[-1].append(part)
            room -= height
        if len(shelves) <= columns:
            return shelves
    return [list(parts)]


def _head(faces: Mapping[str, Face], root: str, singles: Sequence[_Branch], *, upright: bool) -> _Head:
    """Put the single card below the root or at its right."""
    first = card(faces[root])
    box = Box(0, 0, first.width, first.height)
    if not singles:
        return _Head(box, first.width, first.height, ((first, (0, 0)),), ())
    link, other = singles[0].link, card(faces[singles[0].members[0]])
    if upright:
        wide, top = max(first.width, other.width), first.height + _BESIDE * 1.4
        box = Box((wide - first.width) / 2, 0, first.width, first.height)
        route = _route(link, root, (wide / 2, first.height), (wide / 2, top))
        corners = (first, (box.x, 0.0)), (other, ((wide - other.width) / 2, top))
        return _Head(box, wide, top + other.height, corners, (route,))
    high, left = max(first.height, other.height), first.width + width(link.label) + _BESIDE
    box = Box(0, (high - first.height) / 2, first.width, first.height)
    route = _route(link, root, (first.width, high / 2), (left, high / 2))
    corners = (first, (0.0, box.y)), (other, (left, (high - other.height) / 2))
    return _Head(box, left + other.width, high, corners, (route,))


def _below(faces: Mapping[str, Face], head: _Head, frames: Sequence[tuple[Unit, Link]]) -> Plan:
    """Put the frames in a row below the head, with lines from the root that bend where there are several."""
    wide = sum(unit.width + 2 * _GAP for unit, _ in frames) - 2 * _GAP
    x, (start, _) = head.width / 2 - wide / 2, head.root.centre
    start = min(max(start, x + 12), x + wide - 12)
    down, half, top = head.root.y + head.root.height, head.height + _LINE / 2, head.height + _LINE
    corners, routes = list(head.corners), list(head.routes)
    for unit, link in frames:
        end = start if len(frames) == 1 else x + unit.width / 2
        points = (
            ((start, down), (end, top)) if end == start else ((start, down), (start, half), (end, half), (end, top))
        )
        corners.append((unit, (x, top)))
        routes.append(_route(replace(link, label=""), head.corners[0][0].key, *points))
        x += unit.width + 2 * _GAP
    return _settled(faces, corners, routes)


def _beside(faces: Mapping[str, Face], head: _Head, frame: Unit, link: Link) -> Plan:
    """Put the frame at the right of the head."""
    x, y = head.width + _LINE, head.height / 2 - frame.height / 2
    level = max(head.root.centre[1], y + 12)
    route = _route(replace(link, label=""), head.corners[0][0].key, (head.root.x + head.root.width, level), (x, level))
    return _settled(faces, [*head.corners, (frame, (x, y))], [*head.routes, route])


def _settled(faces: Mapping[str, Face], corners: Sequence[tuple[Unit, Point]], routes: Sequence[Route]) -> Plan:
    return settle(faces, [unit for unit, _ in corners], {unit.key: corner for unit, corner in corners}, routes)[0]


def _route(link: Link, root: str, *points: Point) -> Route:
    """Lead a line outwards from the root, or the other way where the link does."""
    return Route(link, points if link.tail == root else points[::-1], bent=False)
