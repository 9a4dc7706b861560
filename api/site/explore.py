"""The explorer: from anything to what is linked to it, step by step, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from api.site.neighbourhood import COLUMN, ROW, TALL, WIDE, Branch, Neighbourhood, explore
from api.site.page import PREFIXES, Page, Wanted, render
from api.words import words
from kg import names
from kg.describe import find
from kg.description import called
from kg.errors import QuestionError, ThingNotFoundError
from kg.export import Filters
from kg.export.attributes import attributes, learn
from kg.export.network import GROUPS
from kg.store import Table, literal

_DEEPEST = 4
_FORMS = (("SVG", "svg"), ("PDF", "pdf"), ("GraphML", "graphml"), ("GEXF", "gexf"), ("JSON", "cyjs"))
_MOST_LETTERS, _MOST_WORDS = 32, 19
_NAMED = f"""{PREFIXES}SELECT DISTINCT ?thing ?_key WHERE {{
  VALUES ?property {{ rdfs:label skos:prefLabel skos:altLabel skos:notation pko:acronym dcterms:title }}
  ?thing ?property ?name FILTER(LCASE(STR(?name)) = ?_key)
}} ORDER BY ?thing LIMIT 20"""
_STARTS = "SELECT DISTINCT ?thing WHERE { ?thing a pko:ProbationRegion }"
_MARGIN = 8
_INDENTED = 4  # steps that a list is indented at the most


@dataclass(frozen=True, slots=True)
class State:
    """What a reader asked for, as the address says it.

    Attributes:
        thing: short name of the start.
        opened: short names of opened things, and tokens of relations of which all is shown.
        kind: the one group of things to keep, "" for all.
        since, until: dates to keep to, "" for none.
    """

    thing: str
    opened: tuple[str, ...] = ()
    kind: str = ""
    since: str = ""
    until: str = ""

    def address(self) -> str:
        """Return the address of this state."""
        fields = {"thing": self.thing, "expand": self.opened, **self._filters()}
        return "/explore?" + urlencode({name: value for name, value in fields.items() if value}, doseq=True, safe="/~:")

    def toggled(self, name: str) -> str:
        """Return the address that opens what is closed, or closes what is open."""
        opened = tuple(each for each in self.opened if each != name) if name in self.opened else (*self.opened, name)
        return replace(self, opened=opened).address()

    def exports(self, depth: int, kinds: Iterable[str]) -> list[tuple[str, str]]:
        """Return the downloads of the neighbourhood, so many steps deep, with the same filters."""
        fields: dict[str, Any] = {"thing": self.thing, "depth": depth, **self._filters()}
        fields["type"] = sorted({self.kind, *kinds}) if self.kind else []
        query = urlencode({name: value for name, value in fields.items() if value}, doseq=True, safe="/")
        return [(name, f"/exports/neighbourhood.{suffix}?{query}") for name, suffix in _FORMS]

    def _filters(self) -> dict[str, str]:
        return {"type": self.kind, "since": self.since, "until": self.until}


def make(wanted: Wanted) -> bytes:
    """Make the page."""
    text = wanted.one("thing").strip()
    values: dict[str, Any] = {"text": text, "groups": GROUPS, "problem": "", "choices": [], "view": None}
    values["state"] = state = _state(wanted, text)
    values["starts"] = [] if text else sorted(wanted.select(_STARTS), key=lambda row: str(row["thing label"]))
    if text:
        try:
            start = _start(wanted, text)
            values |= _view(wanted, replace(state, thing=names.short(start)), start)
        except ThingNotFoundError as missing:
            told = str(missing).partition("; for names")[0]
            if told.endswith("; say which."):  # the choices stand below, by name
                told = words(wanted.language)("explore.names_several", text=text)
            values |= {"problem": told, "choices": _choices(wanted, text)}
        except QuestionError as wrong:
            values["problem"] = str(wrong)
    return render("site_explore.html", wanted, **values)


def _start(wanted: Wanted, text: str) -> str:
    """Return the IRI of what a text names, or else clearly means.

    Raises:
        ThingNotFoundError: it names or may mean nothing, or several things.
    """
    try:
        return find(wanted.store, text)
    except ThingNotFoundError:
        if len(wanted.meant) != 1:
            raise
        return names.iri(wanted.meant[0])


def _bears_alone(wanted: Wanted, thing: str, label: str) -> bool:
    """Tell whether a label leads back to its thing, so that a form may send it in place of the short name."""
    try:
        return find(wanted.store, label) == thing
    except (ThingNotFoundError, QuestionError):
        return False


def _state(wanted: Wanted, text: str) -> State:
    opened = tuple(dict.fromkeys(wanted.fields.get("expand", ())))
    return State(text, opened, wanted.one("type"), wanted.one("since"), wanted.one("until"))


def _choices(wanted: Wanted, text: str) -> list[tuple[str, str, str]]:
    """Return the things that bear a name that several bear, or else the nearest: short name, label, kind in words."""
    table = wanted.store.query(_NAMED, {"_key": literal(text.lower())})
    assert isinstance(table, Table)
    things = [row[0].value for row in table.rows if row[0]] or [names.iri(name) for name in wanted.meant]
    t, known = words(wanted.language), learn(wanted.store, things)
    about = {thing: attributes(thing, known) for thing in things}
    kinds = {thing: each.get("type_label") or t(f"explore.group_{each['group']}") for thing, each in about.items()}
    return [(names.short(thing), about[thing]["label"], kinds[thing]) for thing in things]


def _view(wanted: Wanted, state: State, start: str) -> dict[str, Any]:
    """Return what the template needs of a neighbourhood."""
    opened = [names.iri(name) for name in state.opened if "~" not in name and names.REFERENCE.fullmatch(name)]
    whole = [name for name in state.opened if "~" in name]
    filters = Filters((state.kind,) if state.kind else (), since=state.since, until=state.until)
    found = explore(wanted.store, start, opened, whole, filters)
    nameless = [thing for thing, about in found.nodes.items() if about["label"] == names.short(thing)]
    drawn = _Drawn(found, state, start, {thing: called(wanted.store, thing) for thing in nameless})
    shown = [thing for thing in (start, *opened) if thing in found.tree.spots]
    label = drawn.node(start)["label"]
    depth = min(_DEEPEST, max(found.tree.spots[thing][0] for thing in shown) + 1)
    sources = {source for *_, edge in found.edges for source in edge.get("source", ())}
    return {
        "view": found,
        "state": state,
        "start": drawn.node(start),
        "named": label if _bears_alone(wanted, start, label) else state.thing,
        "order": [drawn.row(each) for each in found.tree.order],
        "outline": drawn.outline(),
        "branches": [drawn.branch(branch) for branch in found.tree.branches],
        "crossing": drawn.crossing(),
        "links": drawn.links(),
        "labels": wanted.store.labels(sources),
        "width": max(column for column, _ in found.tree.spots.values()) * COLUMN + WIDE + 2 * _MARGIN,
        "height": found.tree.rows * ROW + 2 * _MARGIN,
        "wide": WIDE,
        "tall": TALL,
        "exports": state.exports(depth, {found.nodes[thing]["group"] for thing in shown}),
        "depth": depth,
    }


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A neighbourhood as it is drawn; `records` says what to call things without a label."""

    found: Neighbourhood
    state: State
    start: str
    records: Mapping[str, str]

    def node(self, thing: str) -> dict[str, Any]:
        """Return how a thing is shown."""
        short, about = names.short(thing), self.found.nodes[thing]
        label = str(about["label"])
        if label == short:
            label = str(about.get("note") or self.records.get(thing, label))
        x, y = self._corner(thing)
        return {
            **{"thing": thing, "short": short, "label": label, "cut": _cut(label, _MOST_LETTERS), "x": x, "y": y},
            **{"kind": about["type_label"], "group": about["group"], "begun": about.get("start", "")},
            **{"end": about.get("end", ""), "parent": names.short(self.found.tree.parents.get(thing, ""))},
            "open": thing == self.start or short in self.state.opened,
            "href": State(short).address() if thing == self.start else self.state.toggled(short),
            "from_here": State(short).address(),
        }

    def row(self, each: str | Branch) -> dict[str, Any]:
        """Return a thing, or the row that shows more or fewer of a relation."""
        if isinstance(each, str):
            return {"node": self.node(each), "more": None}
        x, y = self._place(each.depth, each.last)
        parent = names.short(each.way.thing)
        about = {"token": each.way.token, "hidden": each.hidden, "whole": each.whole, "label": each.label}
        return {
            "node": None,
            "more": {**about, "x": x, "y": y, "href": self.state.toggled(each.way.token), "parent": parent},
        }

    def outline(self) -> list[dict[str, Any]]:
        """Return the rows of the same as a list: each with its depth, and the relation where one begins."""
        tree, rows = self.found.tree, []
        along = {thing: branch for branch in tree.branches for thing in branch.things}
        for each in tree.order:
            branch = along.get(each) if isinstance(each, str) else each
            begins = branch is not None and branch.things[:1] == (each,)
            rows.append({**self.row(each), "depth": min(branch.depth, _INDENTED) if branch else 0, "begins": begins})
            rows[-1] |= {"relation": branch.label, "outward": branch.way.outward} if branch else {}
        return rows

    def branch(self, branch: Branch) -> dict[str, Any]:
        """Return the lines of a relation and its name."""
        left, top = self._corner(branch.way.thing)
        x, first = self._place(branch.depth, branch.row)
        stem, start = left + WIDE + 14, top + TALL // 2
        ends = [self._corner(thing)[1] + TALL // 2 for thing in branch.things]
        if branch.hidden or branch.whole:
            ends.append(self._place(branch.depth, branch.last)[1] + TALL // 2)
        lines = f"M{left + WIDE} {start}H{stem}V{ends[0]}H{x}" + "".join(
            f"M{x - 12} {ends[0]}V{y}H{x}" for y in ends[1:]
        )
        return {
            **{"lines": lines, "x": stem + 6, "y": first + TALL // 2 - 6, "outward": branch.way.outward},
            "label": _cut(branch.label, _MOST_WORDS),
            "count": len(branch.things) + branch.hidden,
        }

    def crossing(self) -> str:
        """Return the lines of links between things of which neither hangs on the other."""
        parents, pairs = self.found.tree.parents, {edge[:2] for edge in self.found.edges}
        across = sorted(pair for pair in pairs if parents.get(pair[0]) != pair[1] and parents.get(pair[1]) != pair[0])
        return "".join(self._curve(*pair) for pair in across)

    def links(self) -> list[dict[str, Any]]:
        """Return all links, in the order of the rows of their lower ends."""
        spots = self.found.tree.spots
        edges = sorted(self.found.edges, key=lambda edge: (max(spots[edge[0]][1], spots[edge[1]][1]), edge[:3]))
        blank = {"start": "", "end": "", "statement": "", "source": ()}
        return [{**blank, **about, "one": self.node(one), "other": self.node(other)} for one, other, _, about in edges]

    def _curve(self, one: str, other: str) -> str:
        (x, y), (right, down) = sorted((self._corner(one), self._corner(other)))
        y, down, bend = y + TALL // 2, down + TALL // 2, max(WIDE + 60, right - x)
        return f"M{x + WIDE} {y}C{x + bend} {y} {right + bend} {down} {right + WIDE} {down}"

    def _corner(self, thing: str) -> tuple[int, int]:
        return self._place(*self.found.tree.spots[thing])

    def _place(self, column: int, row: int) -> tuple[int, int]:
        return column * COLUMN + _MARGIN, row * ROW + _MARGIN


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


PAGE = Page("explore", make, ("thing", "expand", "type", "since", "until"), thing="thing")
