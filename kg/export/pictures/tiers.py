"""Tiers: one thing, what it is joined to, and what that is joined to, with curves between the columns of the two.

Fit for services and those who hold them: each service in its place by name, each holder once, however many services it
has; what all lines of a tier say stands once in its header, and on a line only the areas to which it is limited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.export.pictures.cards import Box, Face
from kg.export.pictures.links import Link
from kg.export.pictures.placing import settle
from kg.export.pictures.plan import Plan, Route
from kg.export.pictures.shapes import Point
from kg.export.pictures.text import width
from kg.export.pictures.units import Unit, card, framed, stretched

_MOST, _MOST_LINES = 40, 100  # things of a tier, lines between two
_EDGE, _TOP, _LINE = 7.0, 20.0, 40.0
_WORDS = 15.0  # height of words on a line
_SPACES = ((10.0, 110.0), (7.0, 70.0), (4.0, 44.0))  # between cards, and for curves before the words on them


def tiers(faces: Mapping[str, Face], links: Sequence[Link], roots: frozenset[str]) -> list[list[Plan]]:
    """Return plans, the one with most space first; none where the network has no three tiers, or is a plain tree."""
    if len(roots) != 1:
        return []
    (root,) = roots
    lower = [link for link in links if link.tail != root]
    first = [link for link in links if link.tail == root]
    going_on = {link.relation for link in first if link.head in {other.tail for other in lower}}
    upper = {link.head: link for link in first if link.relation in going_on}
    lacking = {link.head: link for link in first if link.relation not in going_on}
    middle = [iri for iri in faces if iri in upper]
    last = [iri for iri in faces if iri not in upper and iri not in lacking and iri != root]
    apart = {link.tail for link in lower} <= set(middle) and {link.head for link in lower} == set(last)
    alike = all(_alike(of) for of in (list(upper.values()), lower, list(lacking.values()) or lower)) and all(
        len({faces[iri].group for iri in tier}) == 1 for tier in (middle, last)
    )
    tree = len(lower) == len(last) and not any(link.areas for link in lower)
    if not apart or not alike or tree or max(len(middle), len(last)) > _MOST or len(lower) > _MOST_LINES:
        return []
    return [
        [
            _plan(faces, root, (middle, upper[middle[0]], lacking), (last, lower), space, on_top=on_top)
            for on_top in (False, True)
        ]
        for space in _SPACES
    ]


def tallies(faces: Mapping[str, Face], links: Sequence[Link]) -> list[Plan]:
    """Return plans of two tiers with a count on each line, what is counted most first; none where nothing is counted.

    Each card at the right shows the sum of its counts.
    """
    last = Counter[str]()
    for link in links:
        last[link.head] += link.weight
    given = Counter[str]()
    for link in links:
        given[link.tail] += link.weight
    first = sorted((iri for iri in faces if iri not in last), key=lambda iri: -given[iri])
    fit = all(link.weight and link.tail in first for link in links) and len(links) <= 4 * _MOST_LINES
    if not links or not fit or not _alike(links) or len(last) > 2 * _MOST or len(first) + len(last) != len(faces):
        return []
    broader = {iri: width(f"{count}", bold=True) + _EDGE for iri, count in last.items()}
    summed = {
        iri: replace(faces[iri], figure=f"{count}", width=faces[iri].width + broader[iri])
        for iri, count in last.items()
    }
    shown = _roomy({**faces, **summed}, links)
    lines = Counter(link.tail for link in links)
    shown = {**shown, **{iri: replace(shown[iri], height=max(shown[iri].height, _WORDS * lines[iri])) for iri in first}}
    tier = sorted(last, key=lambda iri: (-last[iri], faces[iri].title))
    high = max(_height(shown, tier, 4.0), _height(shown, first, 4.0))
    left = _tier(shown, first, f"{links[0].relation} · {len(first)}", high)
    right = _tier(shown, tier, f"{shown[tier[0]].kind} · {len(tier)}", high)
    words = max(width(link.areas) for link in links)
    corners = {left.key: (0.0, 0.0), right.key: (left.width + 3 * _SPACES[0][1] + words, 0.0)}
    boxes = {
        iri: replace(box, x=box.x + corners[unit.key][0]) for unit in (left, right) for iri, box in unit.places.items()
    }
    return [settle(shown, [left, right], corners, list(_curves(boxes, links, words)))[0]]


def _alike(links: Sequence[Link]) -> bool:
    return len({(link.relation, link.back) for link in links}) == 1


def _plan(
    faces: Mapping[str, Face],
    root: str,
    second: tuple[Sequence[str], Link, Mapping[str, Link]],
    third: tuple[Sequence[str], Sequence[Link]],
    space: tuple[float, float],
    *,
    on_top: bool,
) -> Plan:
    (middle, upper, lacking), (last, lower) = second, third
    faces = _roomy(faces, lower)
    places = {iri: number for number, iri in enumerate(middle)}
    last = sorted(last, key=lambda iri: _mean([places[link.tail] for link in lower if link.head == iri]))
    high = max(_height(faces, middle, space[0]), _height(faces, last, space[0]))
    left, right = (
        _tier(faces, tier, f"{words} · {len(tier)}", high)
        for tier, words in ((middle, upper.relation), (last, lower[0].relation))
    )
    start = card(faces[root])
    words = max(width(link.areas) for link in lower)
    lack = _lacking(faces, lacking, start.width if not on_top else left.width - 2 * _EDGE) if lacking else None
    broad = max(start.width, lack.width if lack else 0.0)
    x, y = (0.0, start.height + _LINE * 0.7) if on_top else (broad + _LINE, 0.0)
    far = x + left.width + space[1] + (words + 22 if words else 0)
    home = ((left.width - start.width) / 2, 0.0) if on_top else (0.0, (left.height - start.height) / 2)
    way = ((left.width / 2, start.height), (left.width / 2, y))
    if not on_top:
        way = ((start.width, left.height / 2), (x, left.height / 2))
    corners = {start.key: home, left.key: (x, y), right.key: (far, y)}
    units = [start, left, right]
    if lack:  # what is stated not to be there stands by itself, and no line leads on from it
        units.append(lack)
        below = max(left.height - lack.height, home[1] + start.height + 2 * _EDGE)
        corners[lack.key] = (0.0, y + left.height + 2 * _EDGE if on_top else below)
    boxes = {
        iri: replace(box, x=box.x + corners[unit.key][0], y=box.y + y)
        for unit in (left, right)
        for iri, box in unit.places.items()
    }
    first = Route(replace(upper, label=""), way, bent=False)
    return settle(faces, units, corners, [first, *_curves(boxes, lower, words)])[0]


def _lacking(faces: Mapping[str, Face], lacking: Mapping[str, Link], broad: float) -> Unit:
    """Frame the things that the root is said not to have."""
    tier = [iri for iri in faces if iri in lacking]
    relation = lacking[tier[0]].relation
    return _tier(faces, tier, f"{relation} · {len(tier)}", _height(faces, tier, 4.0), broad)


def _roomy(faces: Mapping[str, Face], lower: Sequence[Link]) -> Mapping[str, Face]:
    """Give cards of the last tier the height that words on their lines need."""
    lines = Counter(link.head for link in lower)
    worded = {link.head for link in lower if link.areas}
    taller = {iri: replace(faces[iri], height=max(faces[iri].height, _WORDS * lines[iri])) for iri in worded}
    return {iri: taller.get(iri, face) for iri, face in faces.items()}


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers)


def _height(faces: Mapping[str, Face], tier: Sequence[str], gap: float) -> float:
    return sum(faces[iri].height for iri in tier) + gap * (len(tier) - 1)


def _tier(faces: Mapping[str, Face], tier: Sequence[str], header: str, high: float, least: float = 0.0) -> Unit:
    """Frame the cards of a tier in one column, spread over a height."""
    broad = max([least, width(header, bold=True), *(faces[iri].width for iri in tier)])
    gap = (high - _height(faces, tier, 0)) / max(len(tier) - 1, 1)
    y = _TOP if len(tier) > 1 else _TOP + gap / 2
    parts: list[tuple[Unit, Point]] = []
    for iri in tier:
        parts.append((stretched(faces[iri], broad), (_EDGE, y)))
        y += faces[iri].height + gap
    return framed(f"tier of {tier[0]}", parts, (header,), broad + 2 * _EDGE, _EDGE)


def _curves(boxes: Mapping[str, Box], lower: Sequence[Link], words: float) -> Iterator[Route]:
    """Draw a curve for each link, and a straight piece at its end for words so wide.

    The lines of one card lie side by side in the order in which they arrive.
    """
    for link in lower:
        start, end = boxes[link.tail], boxes[link.head]
        out = sorted((boxes[one.head].y, one.head) for one in lower if one.tail == link.tail)
        into = sorted((boxes[one.tail].y, one.tail) for one in lower if one.head == link.head)
        x0, y0 = start.x + start.width, start.y + start.height * (out.index((end.y, link.head)) + 0.5) / len(out)
        x2, y1 = end.x, end.y + end.height * (into.index((start.y, link.tail)) + 0.5) / len(into)
        x1 = x2 - (words + 29 if words else 0)
        bend = (x1 - x0) * 0.45
        curve = ((x0, y0), (x0 + bend, y0), (x1 - bend, y1), (x1, y1))
        straight = ((x1 * 2 + x2) / 3, y1), ((x1 + x2 * 2) / 3, y1), (x2, y1)
        yield Route(replace(link, label=link.areas), (*curve, *(straight if words else ())), bent=True, above=True)
