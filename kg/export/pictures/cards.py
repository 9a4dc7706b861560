"""The cards of a picture: how each thing looks and how large it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.export import palette
from kg.export.dates import britannic
from kg.export.network import Network
from kg.export.pictures.links import all_over
from kg.export.pictures.shapes import Card, Polygon, Shape, Text, Thing, marker
from kg.export.pictures.text import LABEL, LINE, clean, width, wrap

ROOM = 122.0  # widest line of a label
_BAND, _PAD, _BADGE = 16.0, 7.0, 16.0
_SAID = ("label", "note", "group", "rating", "type_label", "start", "end")
VAGUE = {"", "concept"}  # words for a class that say less than the kind of thing


@dataclass(frozen=True, slots=True)
class Box:
    """Where something lies: top left corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Say whether a point lies in it."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height

    def overlaps(self, other: Box) -> bool:
        """Say whether the two share more than an edge."""
        slack = 0.01  # Graphviz prints five digits
        apart_x = self.x + self.width <= other.x + slack or other.x + other.width <= self.x + slack
        apart_y = self.y + self.height <= other.y + slack or other.y + other.height <= self.y + slack
        return not (apart_x or apart_y)


@dataclass(frozen=True, slots=True)
class Face:
    """What a card shows: the lines of its label, kind, rating in the inspectorate's words, and figure at its right."""

    iri: str
    lines: tuple[str, ...]
    group: str
    rating: str
    kind: str
    title: str
    width: float
    height: float
    figure: str = ""
    year: str = ""  # of the rating
    quiet: bool = False  # paler, below one that is not


def faces(network: Network) -> dict[str, Face]:
    """Measure the card of each thing, in the order of kinds, labels and IRIs; with dates for a timeline."""
    dated = network.layout == "timeline"
    lines = _formed(network) if dated else _terms(network)
    own = any("rating" in said for *_, said in network.graph.edges(data=True))  # all of them of one inspection
    found = (_face(iri, said, dated, sorted(lines.get(iri, ())), own) for iri, said in network.graph.nodes(data=True))
    return {face.iri: face for face in sorted(found, key=_order)}


def draw(face: Face, box: Box, theme: str) -> Thing:
    """Draw the card of a thing in its box: a band with the kind's mark, the label, and the rating as a badge."""
    paper, strong = palette.PAPERS[theme], palette.colour(face.group, theme)
    fill, stroke = (paper.ground, paper.border) if face.quiet else (palette.tint(face.group, theme), strong)
    shapes: list[Shape] = [Card(box.x, box.y, box.width, box.height, fill, stroke)]
    shapes.append(_band(box, strong))
    sign = palette.ink(strong)
    shapes.append(marker(palette.mark(face.group), box.x + _BAND / 2, box.y + box.height / 2, 4.4, sign))
    inside = len(face.lines) * LINE + (_BADGE if face.rating else 0)
    top = box.y + (box.height - inside) / 2
    left = box.x + _BAND + _PAD - 1
    for number, line in enumerate(face.lines):
        shapes.append(Text(left, top + number * LINE + LABEL * 0.92, line, LABEL, paper.text))
    if face.rating:
        shapes += badge(face.rating, left - 1, top + len(face.lines) * LINE + 2.5, face.year)
    if face.figure:
        right, middle = box.x + box.width - _PAD, box.y + box.height / 2 + LABEL * 0.36
        shapes.append(Text(right, middle, face.figure, LABEL, paper.text, bold=True, anchor="end"))
    return Thing(face.iri, face.title, tuple(shapes))


def badge(rating: str, x: float, y: float, year: str = "") -> list[Shape]:
    """Draw a rating: its words and year on its colour, after as many of four steps as it reached."""
    step = palette.RATINGS.get(rating)
    if step is None:
        words = _worded(rating, year)
        return [
            Card(x, y, width(words) + 8, 13.5, "#ffffff", "#484c50", 3, 0.8),
            Text(x + 4, y + 10.2, words, LABEL, "#0b0c0c"),
        ]
    shapes: list[Shape] = [Card(x, y, badge_width(rating, year), 13.5, step.fill, "#484c50", 3, 0.8)]
    for number in range(4):
        left, high = x + 4 + number * 4, 2.5 + number * 2
        fill = step.ink if number < step.steps else ""
        corners = ((left, y + 11), (left, y + 11 - high), (left + 3, y + 11 - high), (left + 3, y + 11))
        shapes.append(Polygon(corners, fill or step.fill, step.ink, 0.4))
    return [*shapes, Text(x + 23, y + 10.2, _worded(rating, year), LABEL, step.ink)]


def badge_width(rating: str, year: str = "") -> float:
    """Return the width of a rating's badge."""
    return width(_worded(rating, year)) + (27 if rating in palette.RATINGS else 10)


def _worded(rating: str, year: str) -> str:
    """Return a rating in the inspectorate's words, with its year."""
    known = palette.RATINGS.get(rating)
    words = known.words if known else clean(rating).replace("-", " ").capitalize()
    return f"{words} {year}".rstrip()


def _formed(network: Network) -> dict[str, set[str]]:
    """Return when each thing came of a change, where the graph says no other start of it."""
    nodes, found = network.graph.nodes, defaultdict[str, set[str]](set)
    for _, head, said in network.graph.edges(data=True):
        if said.get("role") == "formed" and "start" in said and "start" not in nodes[head]:
            found[head].add(f"formed {said['start']}")
    return found


def _terms(network: Network) -> dict[str, set[str]]:
    """Return what is known of the end of contracts, for their cards or those of the services that they are for."""
    found = defaultdict[str, set[str]](set)
    for service, day in all_over(network).items():
        found[service].add(f"referrals to {britannic(day, brief=True)}")
    for tail, head, said in network.graph.edges(data=True):
        if said.get("role") not in {"for-service", "has-service"}:
            continue
        card = tail if said["role"] == "for-service" else head
        if end := said.get("end"):
            found[card].add(f"{'' if card == tail else 'a '}contract ends {britannic(str(end), brief=True)}")
        if card == tail and (closed := said.get("closed")):
            found[card].add(f"referrals to {britannic(str(closed), brief=True)}")
    return found


def _face(iri: str, attributes: Mapping[str, Any], dated: bool, more: Sequence[str], own: bool) -> Face:
    said = {name: clean(str(attributes.get(name) or "")) for name in _SAID}
    label = said["label"] or clean(iri.rstrip("/").rpartition("/")[2]) or "?"
    if "/" in label and " " not in label and said["note"]:
        label = said["note"]  # a finding has no name; its summary says more than the end of its IRI
    figure = _figure(attributes)
    rating, dates = said["rating"][:40], _dates(said["start"], said["end"]) if dated else ""
    year = "" if own or not rating else clean(str(attributes.get("rating_date") or ""))[:4]
    more = tuple(clean(one) for one in more)
    lines = (*wrap(label, ROOM), *((dates,) if dates else ()), *more)
    inner = max([width(line) for line in lines] + ([badge_width(rating, year)] if rating else []))
    inner += width(figure, bold=True) + _PAD if figure else 0
    high = max(len(lines) * LINE + (_BADGE if rating else 0) + 7, 22)
    words = _worded(rating, year) if rating else ""
    title = ", ".join(part for part in (label, said["type_label"], dates, *more, words, figure) if part)
    group = said["group"] or "other"
    kind = group if said["type_label"] in VAGUE else said["type_label"]
    return Face(iri, lines, group, rating, kind, title, inner + _BAND + 2 * _PAD, high, figure, year)


def _figure(attributes: Mapping[str, Any]) -> str:
    """Return the share of cases found sufficient on a key question, as printed."""
    told = attributes.get("percentage")
    return "" if told is None else f"{told:g}%" if isinstance(told, int | float) else f"{clean(str(told))}%"


def _dates(start: str, end: str) -> str:
    """Say when something was.

    >>> _dates("2014-06-01", ""), _dates("", "2014"), _dates("2021", "2021")
    ('from 2014-06-01', 'until 2014', '2021')
    """
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"from {start}" if start else f"until {end}" if end else ""


def _order(face: Face) -> tuple[int, str, str]:
    # The IRIs of standards and key questions end in their notation: the order of the report.
    return palette.order(face.group), "" if face.group == "standard" else face.title, face.iri


def _band(box: Box, strong: str) -> Polygon:
    x, y, down, cut = box.x, box.y, box.y + box.height, 2.5
    return Polygon(
        ((x + cut, y), (x + _BAND, y), (x + _BAND, down), (x + cut, down), (x, down - cut), (x, y + cut)), strong
    )
