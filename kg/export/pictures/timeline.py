"""Timelines: what came first stands left, under the year in which it began; laid out by Graphviz's dot in columns.

What came of a dated change and has no other start stands behind that change. What has neither a known start nor a link
stands in a column of its own before the first year. A line that only says what is part of what moves nothing.
Years in which nothing began have no column: the axis orders, it does not measure. Dates are in words on each card.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.export.network import Network
from kg.export.pictures.cards import faces
from kg.export.pictures.graphviz import Job, lay
from kg.export.pictures.hierarchy import settled
from kg.export.pictures.links import Link, links
from kg.export.pictures.plan import Plan
from kg.export.pictures.units import Joined, Unit, gather, panels

_ROWS = (4, 8, 16, 30)  # of a panel: the page takes its pick
_AXIS = 26.0  # height of the years
_UNKNOWN = "start not known"
_MANY = 400


def timelines(network: Network) -> Iterator[list[Plan]]:
    """Yield plans of different proportions."""
    found = faces(network)
    joined = gather(found, links(network))
    begun = _begun(network, joined)
    years = sorted(set(begun.values()) - {_UNKNOWN})
    years = [_UNKNOWN, *years] if _UNKNOWN in begun.values() and years else years
    shaped = [panels(joined, rows) for rows in (_ROWS if len(found) <= _MANY else _ROWS[2:])]
    laid = lay([Job("dot", "plain", _dot(units, joined.links, begun, years)) for units in shaped])
    plans = []
    for units, one in zip(shaped, laid, strict=True):
        plan, left = settled(found, units, joined, one, _AXIS if years else 0.0)
        places = tuple((year, one.centres[_point(year)][0] - left) for year in years)
        plans.append(replace(plan, years=places))
    yield plans


def _begun(network: Network, joined: Joined) -> dict[str, str]:
    """Return the year in which each unit began, for a panel that of its first; see the module for those without."""
    members = {face.iri: [face.iri] for face in joined.singles}
    members |= {group.key: [face.iri for face in group.members] for group in joined.groups}
    said = network.graph.nodes
    years = {key: [str(said[iri].get("start") or "")[:4] for iri in iris] for key, iris in members.items()}
    begun = {key: min(known) for key, known in years.items() if all(len(y) == 4 and y.isdecimal() for y in known)}
    formed = {
        head: str(edge["start"])[:4]
        for _, head, edge in network.graph.edges(data=True)
        if edge.get("role") == "formed" and "start" in edge
    }
    for key in members.keys() - begun.keys():
        came = [formed[iri] for iri in members[key] if iri in formed]
        if came:
            begun[key] = min(came)
        elif not any(network.graph.degree(iri) for iri in members[key]):
            begun[key] = _UNKNOWN
    return begun


def _point(year: str) -> str:
    """Return the name of a year's point in DOT."""
    return f"y{year}" if year.isdecimal() else "unknown"


def _dot(units: Sequence[Unit], joins: Sequence[Link], begun: Mapping[str, str], years: Sequence[str]) -> str:
    """Write years as a chain of points, the units that began in one level with it or between it and the next."""
    names = {unit.key: f"n{number}" for number, unit in enumerate(units)}
    lines = ["rankdir=LR nodesep=0.12 ranksep=0.36 nslimit=2 nslimit1=2 mclimit=1"]
    lines.append('node [shape=box fixedsize=true label=""] edge [arrowhead=none]')
    lines += (f"{names[u.key]} [width={u.width / 72:.4f} height={u.height / 72:.4f}]" for u in units)
    lines += (f"{_point(year)} [width=0.02 height=0.02]" for year in years)
    lines += (f"{_point(one)} -> {_point(two)} [style=invis weight=0]" for one, two in itertools.pairwise(years))
    following = dict(itertools.pairwise(years))
    for key, year in sorted(begun.items()):
        if year not in years:
            continue
        lines.append(f"{_point(year)} -> {names[key]} [style=invis weight=0 minlen=0]")
        if year in following:
            lines.append(f"{names[key]} -> {_point(following[year])} [style=invis weight=0]")
    lines += (  # what has no known start stands left of the year of what came of it
        f"{names[link.tail]} -> {_point(begun[link.head])} [style=invis weight=0]"
        for link in joins
        if link.tail not in begun and begun.get(link.head) in years and link.dash != "part"
    )
    lines += (
        f"{names[link.tail]} -> {names[link.head]}" + (" [constraint=false]" if link.dash == "part" else "")
        for link in joins
        if link.tail != link.head
    )
    return "digraph {\n" + "\n".join(lines) + "\n}"
