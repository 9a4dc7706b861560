"""What the explorer shows: a thing, what is linked to it by relation, what is linked to that, and where each stands.

Things stand in columns: the start, what is linked to it, what is linked to that. Each thing stands once, where it was
met first; every further link between things that are shown is there, too. Facts of things and links are those of the
exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kg import names
from kg.export import Filters
from kg.export.attributes import attributes, learn
from kg.export.edges import edge_list, gather
from kg.export.facts import classes, parts, ranks
from kg.export.filters import Edge, checked, passing
from kg.export.network import Attributes
from kg.store import Embedded, Row, Table, Term

FEW = 4  # things of one relation that are shown at first
_MANY = 60  # and once a reader asks for all of them
_MOST = 200  # things in one picture
_AT_ONCE = 60  # links in one query
WIDE, TALL, ROW, COLUMN = 252, 38, 46, 408

_LINKS = """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT DISTINCT ?source ?role ?target WHERE {
  VALUES ?thing { #things }
  GRAPH ?graph {
    { ?thing ?role ?other BIND(?thing AS ?source) BIND(?other AS ?target) }
    UNION { ?other ?role ?thing BIND(?other AS ?source) BIND(?thing AS ?target) }
  }
  FILTER(?graph NOT IN (<https://w3id.org/probation-kg/graph/derived/inverses>,
    <https://w3id.org/probation-kg/graph/derived/super-properties>,
    <https://w3id.org/probation-kg/graph/derived/symmetric-properties>))
  FILTER(?role NOT IN (geo:hasGeometry, oa:hasSelector, pko:asserts, pko:hasAffiliation, pko:hasCoverage))
  FILTER(ISIRI(?other) && ?other != ?thing)
  BIND(STRAFTER(STR(?other), "https://w3id.org/probation-kg/") AS ?path)
  FILTER((STRSTARTS(?path, "id/") && !STRSTARTS(?path, "id/row/")) || STRSTARTS(?path, "vocab/theme/")
    || STRSTARTS(?path, "vocab/service/") || STRSTARTS(?path, "vocab/framework/"))
}"""
# The statement that says a link: it names both ends and the relation, or is the record of just this relation.
_SAID = """PREFIX org: <http://www.w3.org/ns/org#>
PREFIX pko: <https://w3id.org/probation-kg/def#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT DISTINCT ?source ?role ?target ?statement WHERE {
  VALUES (?source ?role ?target) { #links }
  { ?statement rdf:subject ?source ; rdf:object ?target ; rdf:predicate ?role }
  UNION { ?statement pko:coveringUnit ?source ; pko:coveredArea ?target BIND(pko:covers AS ?role) }
  UNION { ?statement pko:affiliatedUnit ?source ; pko:parentUnit ?target BIND(org:subOrganizationOf AS ?role) }
}"""

# Relations of records that say in their own words what plain links say, too.
_RECORDED = frozenset(names.DEF + name for name in ("coveringUnit", "coveredArea", "affiliatedUnit", "parentUnit")) | {
    names.PREFIXES["rdf"] + name for name in ("subject", "predicate", "object")
}

# Source, role and target of a link, as IRIs.
Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """One relation of one thing: its IRI, and whether it leads from the thing or to it."""

    thing: str
    role: str
    outward: bool

    @property
    def token(self) -> str:
        """Return the way as an address has it."""
        return "~".join((names.short(self.thing), "out" if self.outward else "in", names.short(self.role)))


@dataclass(frozen=True, slots=True)
class Branch:
    """The things along one relation: those that are shown here, how many there are in all, and the row of the rest.

    Attributes:
        way: the relation.
        label: it in words.
        things: that stand in its rows.
        hidden: how many more there are that stand nowhere.
        whole: whether a reader asked for all.
        depth: column of the things.
        row, last: where the first of them stands, and the row after them for "more" or "fewer".
    """

    way: Way
    label: str
    things: tuple[str, ...]
    hidden: int
    whole: bool
    depth: int = 0
    row: int = 0
    last: int = 0


@dataclass(slots=True)
class Tree:
    """Where all stands: column and row of each thing, the thing it hangs on, the branches, and the height in rows."""

    spots: dict[str, tuple[int, int]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    order: list[str | Branch] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is shown: the tree, and what the exports say of its things and of all links between them."""

    tree: Tree
    nodes: Mapping[str, Attributes]
    edges: list[Edge]


def explore(store: Embedded, start: str, opened: Iterable[str], whole: Iterable[str], wanted: Filters) -> Neighbourhood:
    """Return what is linked to a thing, and to those that a reader opened.

    Args:
        store: to ask.
        start: IRI of the thing in the first column.
        opened: IRIs of further things whose links are shown.
        whole: ways of which all things are shown, by token.
        wanted: kinds and dates of things to keep; the start and what is opened stay in any case.

    Raises:
        QuestionError: a kind or a date is not known.
    """
    heads = list(dict.fromkeys((start, *opened)))
    links = _asked(store, heads)
    if wanted != Filters():
        links = _filtered(store, links, checked(store, wanted, classes(store), ranks(store)), set(heads))
    tree = _planted(store, start, heads, set(whole), links)
    nodes, edges = _known(
        store, [link for link in links if link[0] in tree.spots and link[2] in tree.spots], tree.spots
    )
    return Neighbourhood(tree, nodes, edges)


def _asked(store: Embedded, things: list[str]) -> list[Link]:
    rows: list[Row] = []
    for part in parts(things, full=True):
        table = store.query(_LINKS.replace("#things", part))
        assert isinstance(table, Table)
        rows += table.rows
    return sorted({(row[0].value, row[1].value, row[2].value) for row in rows if row[0] and row[1] and row[2]})


def _filtered(store: Embedded, links: list[Link], wanted: Filters, heads: set[str]) -> list[Link]:
    """Return the links whose ends are of the kinds and dates asked for."""
    things = {end for source, _, target in links for end in (source, target)}
    known = learn(store, things)
    nodes = {thing: attributes(thing, known) for thing in things}
    kinds = {thing: {found["group"], found["type"]} for thing, found in nodes.items()}
    stay, _ = passing(nodes, [], wanted, kinds=kinds, ranks=known.ranks, region="")
    stay |= heads
    return [link for link in links if link[0] in stay and link[2] in stay]


def _planted(store: Embedded, start: str, heads: list[str], whole: set[str], links: list[Link]) -> Tree:
    """Return where all things stand, each below the first thing from which a link leads to it."""
    ways: dict[str, dict[Way, set[str]]] = {head: {} for head in heads}
    for source, role, target in links:
        if source in ways:
            ways[source].setdefault(Way(source, role, True), set()).add(target)
        if target in ways:
            ways[target].setdefault(Way(target, role, False), set()).add(source)
    labels = store.labels({end for link in links for end in link})
    planter = _Planter(ways, whole, labels, Tree({start: (0, 0)}, order=[start]))
    planter.grow(start, 1)
    planter.tree.rows = planter.row
    return planter.tree


@dataclass(slots=True)
class _Planter:
    """Places things, one row after another.

    Attributes:
        ways: of each opened thing its relations, with the things at their other ends.
        whole: relations of which all things are shown, by token.
        labels: of things and relations.
        tree: what is placed so far.
        row: the first free row.
    """

    ways: Mapping[str, Mapping[Way, set[str]]]
    whole: set[str]
    labels: Mapping[str, str]
    tree: Tree
    row: int = 0

    def grow(self, thing: str, depth: int) -> None:
        """Place what hangs on an opened thing, short relations first, records last, from its own row on."""
        first = self.row
        ways = sorted(
            self.ways[thing].items(), key=lambda pair: (pair[0].role in _RECORDED, len(pair[1]), pair[0].token)
        )
        for branch in [found for way, others in ways if (found := self._branch(way, others, depth))]:
            self._lay(branch)
        self.row = max(self.row, first + 1)

    def _branch(self, way: Way, others: Iterable[str], depth: int) -> Branch | None:
        """Choose the things of a relation, which from now on stand here; none where all stand elsewhere."""
        free = sorted((other for other in others if other not in self.tree.spots), key=self._named)
        whole = way.token in self.whole
        most = min(_MANY if whole else FEW, max(0, _MOST - len(self.tree.spots)))
        shown = [other for at, other in enumerate(free) if at < most or other in self.ways]
        for other in shown:
            self.tree.spots[other] = (depth, 0)
            self.tree.parents[other] = way.thing
        label = self.labels.get(way.role) or names.words(way.role)
        return Branch(way, label, tuple(shown), len(free) - len(shown), whole, depth) if free else None

    def _lay(self, branch: Branch) -> None:
        """Give the things of a branch their rows, each opened one with all that hangs on it."""
        first = self.row
        for thing in branch.things:
            self.tree.spots[thing] = (branch.depth, self.row)
            self.tree.order.append(thing)
            if thing in self.ways:
                self.grow(thing, branch.depth + 1)
            else:
                self.row += 1
        laid = replace(branch, row=first, last=self.row)
        self.tree.branches.append(laid)
        if branch.hidden or branch.whole:
            self.tree.order.append(laid)
            self.row += 1

    def _named(self, thing: str) -> tuple[str, str]:
        return self.labels.get(thing) or names.short(thing), thing


def _known(store: Embedded, links: list[Link], things: Iterable[str]) -> tuple[dict[str, Attributes], list[Edge]]:
    """Return what the exports say of things and of links, each link with the statement that says it."""
    columns = ("source", "role", "target")
    rows: list[Row] = [(Term(source), Term(role), Term(target), None) for source, role, target in links]
    for at in range(0, len(links), _AT_ONCE):
        listed = " ".join(f"(<{source}> <{role}> <{target}>)" for source, role, target in links[at : at + _AT_ONCE])
        table = store.query(_SAID.replace("#links", listed))
        assert isinstance(table, Table)
        rows += table.rows
    stated = {row[:3] for row in rows if row[3]}
    rows = [row for row in rows if row[3] or row[:3] not in stated]
    found = gather(Table((*columns, "statement"), tuple(rows)))
    found.nodes.update(things)
    statements = {statement for *_, statement in found.edges if statement}
    known = learn(store, found.nodes | statements)
    nodes = {thing: attributes(thing, known) for thing in found.nodes}
    return nodes, edge_list(found, nodes, {"*": "each property under its own name"}, known, store)
