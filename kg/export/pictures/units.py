"""Units: what a layout moves as one piece: a card, a panel of cards, or a house.

A panel holds cards that are joined to the same things in the same ways; a house is a card with the panels of all that
hangs on it alone below. A region with forty courts would be a row of forty cards; a panel breaks it into columns and
says once what joins them, and houses, stacked in rows, keep the text of large charts readable.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.export.pictures.cards import Box, Face
from kg.export.pictures.links import Link
from kg.export.pictures.text import LABEL, LINE, clean, width, wrap

_GAP, _EDGE, _TOP = 5.0, 7.0, 20.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece: its key, its size, and its cards by IRI and panels with their headers, from its top left corner."""

    key: str
    width: float
    height: float
    places: Mapping[str, Box] = field(default_factory=dict)
    panels: tuple[tuple[Box, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind that are joined to the same others in the same ways.

    Attributes:
        parent: the only thing that they are joined to, empty where there are several.
        outward: whether the lines start at the members.
    """

    key: str
    parent: str
    header: str
    members: tuple[Face, ...]
    outward: bool = True


@dataclass(frozen=True, slots=True)
class Joined:
    """A network of units before their shape is known: single cards, groups, and lines between keys."""

    singles: tuple[Face, ...]
    groups: tuple[Group, ...]
    links: tuple[Link, ...]

    @property
    def keys(self) -> list[str]:
        """Of the single cards, then of the groups."""
        return [face.iri for face in self.singles] + [group.key for group in self.groups]

    def housed(self) -> Joined:
        """Leave out the lines of groups that stand in the house of their parent: headers say which way they ran."""
        keys = {group.key for group in self.groups if group.parent}
        groups = tuple(_directed(group) if group.parent else group for group in self.groups)
        return replace(
            self, groups=groups, links=tuple(link for link in self.links if not {link.tail, link.head} & keys)
        )


def gather(
    faces: Mapping[str, Face], links: Sequence[Link], kept: frozenset[str] = frozenset(), least: int = 2
) -> Joined:
    """Group the things of one kind that are joined alike, if so many are; those to be kept stay single.

    A line to a group stands for a line to each of its members.
    """
    joins = _joins(links)
    alike: dict[tuple[str, frozenset[object]], list[Face]] = defaultdict(list)
    for iri, face in faces.items():
        if iri not in kept and joins[iri] and not any(other == iri for other, *_ in joins[iri]):
            alike[face.group, frozenset(joins[iri])].append(face)
    groups = [_group(members, joins) for members in alike.values() if _worth(members, joins, least)]
    parents = {group.parent for group in groups}
    groups = [group for group in groups if not parents & {face.iri for face in group.members}]
    inside = {face.iri: group for group in groups for face in group.members}
    singles = tuple(face for iri, face in faces.items() if iri not in inside)
    moved = {_moved(link, inside): None for link in links}
    return Joined(singles, tuple(groups), tuple(moved))


def panels(joined: Joined, rows: int) -> list[Unit]:
    """Give each unit its size: cards, and panels with no more rows than asked; with 0, about as high as wide."""
    return [card(face) for face in joined.singles] + [_panel(group, rows or _square(group)) for group in joined.groups]


def _square(group: Group) -> int:
    """Return with how many rows a panel is about as high as wide."""
    wide, high = group.members[0].width + _GAP, group.members[0].height + _GAP
    return max(6, round(math.sqrt(len(group.members) * wide / high)))


def houses(joined: Joined, rows: int, wide: float) -> list[Unit]:
    """Give each unit its size: cards, and houses, the panels in each about so wide in all."""
    below: dict[str, list[Group]] = defaultdict(list)
    for group in joined.groups:
        below[group.parent].append(group)
    built = [_house(face, below[face.iri], rows, wide) if below[face.iri] else card(face) for face in joined.singles]
    return built + [_panel(group, rows) for group in below[""]]


def card(face: Face) -> Unit:
    """Return the unit of a single card."""
    return Unit(face.iri, face.width, face.height, {face.iri: Box(0, 0, face.width, face.height)})


def stretched(face: Face, least: float) -> Unit:
    """Return the unit of a single card that is at least so wide."""
    wide = max(face.width, least)
    return Unit(face.iri, wide, face.height, {face.iri: Box(0, 0, wide, face.height)})


def framed(
    key: str, parts: Sequence[tuple[Unit, tuple[float, float]]], header: tuple[str, ...], wide: float, edge: float
) -> Unit:
    """Make one unit of units at their top left corners, in a frame that ends below the lowest."""
    frame = Box(0, 0, wide, max(y + part.height for part, (_, y) in parts) + edge)
    places: dict[str, Box] = {}
    panels = [(frame, header)]
    for part, (x, y) in parts:
        places |= {iri: _shifted(box, x, y) for iri, box in part.places.items()}
        panels += [(_shifted(box, x, y), inner) for box, inner in part.panels]
    return Unit(key, wide, frame.height, places, tuple(panels))


Join = tuple[
    str, str, bool, bool, str
]  # the other thing, the words, whether the line starts here, whether it goes both ways, and its dash


def _joins(links: Sequence[Link]) -> dict[str, set[Join]]:
    """Return what each thing is joined to, and how."""
    joins: dict[str, set[Join]] = defaultdict(set)
    for link in links:
        joins[link.tail].add((link.head, link.label, True, link.back, link.dash))
        joins[link.head].add((link.tail, link.label, False, link.back, link.dash))
    return joins


def _worth(members: Sequence[Face], joins: Mapping[str, set[Join]], least: int) -> bool:
    """Say whether things make a group: a single one does only below a thing that has more to it."""
    joined = joins[members[0].iri]
    return len(members) >= max(least, 2) or (least == 1 and len(joined) == 1 and len(joins[next(iter(joined))[0]]) > 1)


def _group(members: Sequence[Face], joins: Mapping[str, set[Join]]) -> Group:
    joined = joins[members[0].iri]
    ((other, words, outward, *_), *more) = sorted(joined)
    said = members[0].kind if more else words or "linked"
    header = clean(f"{said} · {len(members)}")
    return Group(f"group of {members[0].iri}", "" if more else other, header, tuple(members), outward)


def _directed(group: Group) -> Group:
    """Say in the header of a panel without a line whether its members are the subject of the words or their object."""
    words, dot, count = group.header.rpartition(" · ")
    said = f"{words} this" if group.outward else f"this {words}"
    return replace(group, header=f"{said}{dot}{count}")


def _moved(link: Link, inside: Mapping[str, Group]) -> Link:
    """Lead the lines of a group to its panel; the panel's header carries the words if there is one line."""
    tail, head = inside.get(link.tail), inside.get(link.head)
    single = any(group and group.parent for group in (tail, head))
    return replace(
        link,
        tail=tail.key if tail else link.tail,
        head=head.key if head else link.head,
        label="" if single else link.label,
    )


def _panel(group: Group, rows: int, broad: float = 0.0) -> Unit:
    """Stand the members in columns, more of them than rows demand where a breadth leaves room."""
    wide = max(face.width for face in group.members)
    fitting = min(int((broad - 2 * _EDGE + _GAP) / (wide + _GAP)), len(group.members))
    columns = max(math.ceil(len(group.members) / rows), fitting)
    deep = math.ceil(len(group.members) / columns)
    columns = math.ceil(len(group.members) / deep)
    places: dict[str, Box] = {}
    inner = columns * (wide + _GAP) - _GAP
    header = wrap(group.header, max(inner, 60), LABEL, 2, bold=True)
    bottom, top = 0.0, _TOP + (len(header) - 1) * LINE
    for number in range(columns):
        y = top
        for face in group.members[number * deep : (number + 1) * deep]:
            places[face.iri] = Box(_EDGE + number * (wide + _GAP), y, wide, face.height)
            y += face.height + _GAP
        bottom = max(bottom, y)
    wide = max([inner, *(width(line, bold=True) + 4 for line in header)]) + 2 * _EDGE
    high = bottom - _GAP + _EDGE
    return Unit(group.key, wide, high, places, ((Box(0, 0, wide, high), header),))


def _house(face: Face, below: Sequence[Group], rows: int, wide: float) -> Unit:
    """Put the panels of a thing below its card, in columns of about equal height."""
    columns = _columns(below, rows, wide)
    top = _EDGE + face.height + _EDGE
    places = {face.iri: Box(_EDGE, _EDGE, face.width, face.height)}
    framed: list[tuple[Box, tuple[str, ...]]] = []
    x, bottom = _EDGE, top
    for column in columns:
        y = top
        broad = max(_panel(group, rows).width for group in column)
        for unit in (_panel(group, rows, broad) for group in column):
            places |= {iri: _shifted(box, x, y) for iri, box in unit.places.items()}
            framed += [(Box(x, y, broad, box.height), header) for box, header in unit.panels]
            y += unit.height + _GAP
        x, bottom = x + broad + _GAP, max(bottom, y)
    size = max(x - _GAP, _EDGE + face.width) + _EDGE, bottom - _GAP + _EDGE
    return Unit(face.iri, *size, places, ((Box(0, 0, *size), ()), *framed))


def _columns(below: Sequence[Group], rows: int, wide: float) -> list[list[Group]]:
    """Fill columns with groups, the tallest first, each into the shortest column."""
    sizes = {group.key: _panel(group, rows) for group in below}
    count = max(1, min(len(below), round(wide / (max(unit.width for unit in sizes.values()) + _GAP))))
    columns: list[list[Group]] = [[] for _ in range(count)]
    for group in sorted(below, key=lambda group: -sizes[group.key].height):
        min(columns, key=lambda column: sum(sizes[one.key].height for one in column)).append(group)
    return [column for column in columns if column]


def _shifted(box: Box, x: float, y: float) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)
