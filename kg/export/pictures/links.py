"""The lines of a picture: which relations join two things, with the words and the dashes that limit them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from kg.export.dates import britannic
from kg.export.network import Network
from kg.export.pictures.text import clean

Dash = Literal["", "doubtful", "over", "part"]
DASHES: dict[str, tuple[float, ...]] = {"doubtful": (5, 3), "over": (8, 4), "part": (1.5, 3)}
_MOST_AREAS = 4


@dataclass(frozen=True, slots=True)
class Link:
    """All relations between two things, drawn as one line.

    Attributes:
        label: the words of the relations, with the areas to which they are limited.
        ahead, back: whether there is an arrowhead at the head, at the tail.
        upward: the tail is a part of the head.
        relation, areas: the two parts of the label; no areas where a relation holds without limit.
        dash: why the line is dashed: all behind it is doubtful (grade C), or over, or it only says what is part of what
            among changes.
        weight: how many statements it stands for, 0 where the view does not count them.
    """

    tail: str
    head: str
    label: str
    ahead: bool
    back: bool
    upward: bool = False
    relation: str = ""
    areas: str = ""
    dash: Dash = ""
    weight: int = 0


@dataclass(frozen=True, slots=True)
class _Said:
    """One relation: its words, whether it makes a part, its area, when it was closed, its dash and its weight."""

    words: str
    part: bool
    area: str
    closed: str
    dash: Dash
    weight: int


def links(network: Network) -> list[Link]:
    """Join the relations of each pair of things; those of a thing with itself too."""
    counted, over = counts(network), all_over(network)
    said: dict[tuple[str, str], set[_Said]] = {}
    for tail, head, attributes in network.graph.edges(data=True):
        one = _said(attributes, network.layout == "timeline", counted)
        if tail in over:
            one = replace(one, closed="")  # the card of the service says it once
        said.setdefault((tail, head), set()).add(one)
    pairs = sorted({(min(pair), max(pair)) for pair in said})
    return [_link(said, one, other) for one, other in pairs]


def all_over(network: Network) -> dict[str, str]:
    """Return the services under all whose contracts no one can be referred any more, with the last day of referrals."""
    closed: dict[str, set[str]] = defaultdict(set)
    for tail, _, said in network.graph.edges(data=True):
        if said.get("role") == "held-by":
            closed[tail].add(str(said.get("closed") or ""))
    return {service: max(days) for service, days in closed.items() if "" not in days}


def counts(network: Network) -> bool:
    """Say whether a view counts statements: then each line has its number."""
    return any(said.get("weight", 1) > 1 for *_, said in network.graph.edges(data=True))


def _said(attributes: Mapping[str, Any], timeline: bool, counted: bool) -> _Said:
    part, closed = attributes.get("role") == "part-of", clean(str(attributes.get("closed") or ""))
    doubtful = tuple(attributes.get("quality", ()))[:1] == ("c",)
    dash: Dash = "part" if part and timeline else "over" if closed else "doubtful" if doubtful else ""
    words = clean(str(attributes.get("label") or attributes.get("role") or ""))
    area, weight = clean(str(attributes.get("area") or "")), int(attributes.get("weight", 1)) if counted else 0
    return _Said(words, part, area, closed, dash, weight)


def _link(said: Mapping[tuple[str, str], set[_Said]], one: str, other: str) -> Link:
    ahead, back = said.get((one, other), set()), said.get((other, one), set())
    every = ahead | back
    words = " / ".join(sorted({each.words for each in every if each.words}))
    tail, head = (one, other) if ahead else (other, one)
    upward = any(each.part for each in ahead or back)
    weight = sum(each.weight for each in every)
    limits = "; ".join(filter(None, (_areas(every), _closed(every), str(weight or ""))))
    dashes = {each.dash for each in every}
    return Link(
        tail=tail,
        head=head,
        label=f"{words} ({limits})" if limits else words,
        ahead=True,
        back=bool(ahead and back and one != other),
        upward=upward,
        relation=words,
        areas=limits,
        dash=dashes.pop() if len(dashes) == 1 else "",
        weight=weight,
    )


def _areas(every: Iterable[_Said]) -> str:
    """Return the areas to which relations are limited, or how many there are; none where one has no limit."""
    areas = {each.area for each in every}
    if "" in areas:
        return ""
    return f"{len(areas)} areas" if len(areas) > _MOST_AREAS else ", ".join(sorted(areas))


def _closed(every: Iterable[_Said]) -> str:
    """Say until when people could be referred, where that is over for all contracts behind a line."""
    dates = {each.closed for each in every}
    return "" if "" in dates else f"referrals to {britannic(max(dates)[:7], brief=True)}"
