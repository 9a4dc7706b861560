"""Selection: asks a view of the store and makes the network of its answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kg import names
from kg.errors import QuestionError
from kg.export import facts
from kg.export.attributes import Knowledge, attributes, learn
from kg.export.bulk import bulk
from kg.export.edges import Found, edge_list, gather
from kg.export.filters import Edge, Filters, checked, passing
from kg.export.growth import grown
from kg.export.network import Attributes, Network
from kg.export.views import View
from kg.query.questions import bind, refuse_of_other_class, refuse_unknown
from kg.store import Embedded, Table, Term

if TYPE_CHECKING:
    import networkx as nx

_DEEPEST = 4
_COVERED = f"""SELECT DISTINCT ?date WHERE {{
  {{ ?source a <{names.DEF}RegisterSource> ; <{names.DEF}asOf> ?date }}
  UNION {{ ?source a <{names.DEF}SourceDocument> ; <{names.DEF}publishedOn> ?date }}
}}"""
_PLACE = re.compile(r"\{([a-z_]+)\}")


@bulk()
def select(
    store: Embedded,
    view: View,
    parameters: Mapping[str, str],
    filters: Filters | None = None,
    *,
    version: str = "",
    most: int = 500,
) -> Network:
    """Return what a view shows of the store.

    Args:
        store: to ask.
        view: which question.
        parameters: its parameters by name, as a reader writes them.
        filters: what to leave out.
        version: of the dataset, for the network to carry.
        most: things that a view shows which grows step by step; the title says where there are more.

    Raises:
        QuestionError: a parameter or filter is unknown, missing or of the wrong kind.
    """
    bindings = bind(view.question, parameters)
    refuse_unknown(store, view.question, parameters)
    refuse_of_other_class(store, view.question, parameters)
    wanted = _checked(store, filters)
    table, reached = _asked(store, view, bindings, most)
    found = gather(table)
    nodes, edges = _described(store, view, found, wanted)
    titles = _titles(store, nodes, edges)
    cut = f" (the nearest {most:,} of {reached:,} things found)" if reached else ""
    return Network(
        graph=_graph(nodes, edges),
        view=view.name,
        title=_title(store, view, parameters) + cut,
        parameters=dict(parameters),
        layout=view.layout,
        sources=_ranked(titles, nodes, edges),
        version=version,
        asof=_read_up_to(store),
        notes=(*view.notes, *sorted(found.remarks)),
        titles=titles,
        most=most if reached else 0,
        reached=reached,
    )


def _graph(nodes: Mapping[str, Attributes], edges: Iterable[Edge]) -> nx.MultiDiGraph[str]:
    """Return nodes and edges as networkx has them, in their order; it is loaded now, for it takes a while."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(nodes.items())
    graph.add_edges_from(edges)
    return graph


def _checked(store: Embedded, filters: Filters | None) -> Filters | None:
    """Return filters with full IRIs, none where nothing is to be left out."""
    if filters is None or filters == Filters():
        return None
    return checked(store, filters, facts.classes(store), facts.ranks(store))


def _asked(store: Embedded, view: View, bindings: dict[str, Term], most: int) -> tuple[Table, int]:
    """Return the view's rows, and how many things there are where not all of them are shown, else 0."""
    if not view.repeat:
        table = store.query(view.question.text, bindings)
        assert isinstance(table, Table)
        return table, 0
    given = bindings.pop(f"_{view.repeat}", None)
    steps = int(given.value) if given else 1
    if not 1 <= steps <= _DEEPEST:
        raise QuestionError(f'View "{view.name}": {view.repeat} reads {steps}; expected 1 to {_DEEPEST}.')
    table, reached = grown(store, view.question.text, bindings["_thing"].value, steps, most)
    return table, reached if reached > most else 0


def _described(
    store: Embedded, view: View, found: Found, wanted: Filters | None
) -> tuple[dict[str, Attributes], list[Edge]]:
    """Return the things and links of a view's rows with all that is known of each, those that pass the filters."""
    known = learn(store, found.nodes | {statement for _, _, _, statement in found.edges if statement})
    nodes = {node: attributes(node, known) for node in sorted(found.nodes)}
    edges = edge_list(found, nodes, view.roles, known, store)
    _tell(nodes, edges, view.own_ratings)
    return _filtered(nodes, edges, wanted, known) if wanted else (nodes, edges)


def _tell(nodes: Mapping[str, Attributes], edges: Iterable[Edge], own: bool) -> None:
    """Give each thing the rating, and each key question the percentage, that the edges to it agree on.

    Where `own` holds, no other rating is shown: a unit's latest would read as one that this inspection gave.
    """
    for said in nodes.values() if own else ():
        for name in ("rating", "rating_date", "rating_statement"):
            said.pop(name, None)
    for name in ("rating", "percentage"):
        given: dict[str, set[Any]] = {}
        for _, target, _, edge in edges:
            if name in edge:
                given.setdefault(target, set()).add(edge[name])
        for thing, told in given.items():
            if len(told) == 1:
                nodes[thing][name] = told.pop()
                if name == "rating":
                    _date(nodes, thing, edges)


def _date(nodes: Mapping[str, Attributes], thing: str, edges: Iterable[Edge]) -> None:
    """Give a rating that an inspection's edge gave the statement of that edge, and its date or the report's."""
    said = nodes[thing]
    for name in ("rating_date", "rating_statement"):
        said.pop(name, None)
    for source, target, _, edge in edges:
        if target == thing and "rating" in edge and "statement" in edge:
            said["rating_statement"] = edge["statement"]
            if date := edge.get("start") or nodes[source].get("end"):
                said["rating_date"] = date


def _filtered(
    nodes: dict[str, Attributes], edges: list[Edge], wanted: Filters, known: Knowledge
) -> tuple[dict[str, Attributes], list[Edge]]:
    """Return what passes the filters, in the same order."""
    kinds = {node: {*known.kind(node).classes, found["group"]} for node, found in nodes.items()}
    region = known.labels.get(wanted.region, "")
    stay, left = passing(nodes, edges, wanted, kinds=kinds, ranks=known.ranks, region=region)
    return {node: found for node, found in nodes.items() if node in stay}, left


def _titles(store: Embedded, nodes: Mapping[str, Attributes], edges: Iterable[Edge]) -> dict[str, str]:
    """Return the titles of all documents and registers behind nodes and edges."""
    behind = {source for found in nodes.values() for source in found.get("source", ())}
    behind |= {source for _, _, _, found in edges for source in found.get("source", ())}
    said = facts.said(store, behind)
    labels = {source: said.get(source, {}).get("rdfs:label", ()) for source in sorted(behind)}
    return {source: min(found) for source, found in labels.items() if found}


def _ranked(titles: Mapping[str, str], nodes: Mapping[str, Attributes], edges: Iterable[Edge]) -> tuple[str, ...]:
    """Return titles, those that carry most links and things first, and of equal ones the documents."""
    carried = Counter(source for _, _, _, found in edges for source in found.get("source", ()))
    named = Counter(source for found in nodes.values() for source in found.get("source", ()))

    def rank(source: str) -> tuple[int, int, bool, str]:
        return -carried[source], -named[source], not source.startswith(names.ID + "doc/"), titles[source]

    return tuple(dict.fromkeys(titles[source] for source in sorted(titles, key=rank)))


def _read_up_to(store: Embedded) -> str:
    """Return the last date that any source of the dataset covers."""
    table = store.query(_COVERED)
    assert isinstance(table, Table)
    return max((row[0].value for row in table.rows if row[0]), default="")


def _title(store: Embedded, view: View, parameters: Mapping[str, str]) -> str:
    """Return the first title of which all places can be filled."""
    things = {
        parameter.name: names.iri(parameters[parameter.name])
        for parameter in view.parameters
        if parameter.name in parameters and parameter.type.startswith("IRI")
    }
    labels = store.labels(things.values())
    shown = {name: labels.get(thing, names.short(thing)) for name, thing in things.items()}
    filled = {**parameters, **shown}
    fitting = [title for title in view.titles if set(_PLACE.findall(title)) <= filled.keys()]
    return _PLACE.sub(lambda place: filled[place[1]], fitting[0]) if fitting else view.name
