"""Edges of a network, read off the rows of a view.

An edge is one role between two things with one statement, or without any; rows that differ only in ?document or
?quality make one edge. A plain link of a thing that says something of others, such as a finding or a contract, has that
thing as its statement. Where the view gives no documents, an edge has those of its statement; a link of a document,
passage or claim has those of its subject; any other is a plain triple and has no source of its own. Dates and note are
those of the statement where the view gives none; a statement that is a node keeps its note to itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg import names
from kg.errors import QuestionError
from kg.export.attributes import Knowledge, attributes
from kg.export.filters import Edge
from kg.export.network import Attributes
from kg.store import Embedded, Table, Term

# Source, target, role and statement, "" for none.
Name = tuple[str, str, str, str]

_ENDS = {"source", "target", "role", "statement", "remark"}
_GATHERED = {"document": "source", "quality": "quality"}
# Things that say something of others: a plain link of theirs is said by themselves.
_CARRIERS = {"statement", "finding", "recommendation", "contract"}
# Things that are themselves evidence.
_EVIDENCE = {"document", "passage", "claim"}
_INHERITED = ("start", "end", "source", "quality", "note")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Found:
    """Nodes of a view, its edges with what other columns said of each, and its remarks."""

    nodes: set[str] = field(default_factory=set)
    edges: dict[Name, dict[str, set[Term]]] = field(default_factory=dict)
    remarks: set[str] = field(default_factory=set)


def gather(table: Table) -> Found:
    """Return the nodes and edges in the rows of a view."""
    found = Found()
    place = {name: position for position, name in enumerate(table.columns)}
    source, role = place["source"], place.get("role", -1)
    target, statement, remark = (place.get(name, -1) for name in ("target", "statement", "remark"))
    others = [(name, at) for name, at in place.items() if name not in _ENDS and not name.startswith("_")]
    for given in table.rows:
        row = (*given, None)  # what a view has no column for is the None at the end
        one, other, way = row[source], row[target], row[role]
        if one is None:
            continue
        found.nodes.add(one.value)
        if (said_beside := row[remark]) is not None:
            found.remarks.add(said_beside.value)
        if other is None or way is None:
            continue
        found.nodes.add(other.value)
        carrier = row[statement]
        said = found.edges.setdefault((one.value, other.value, way.value, carrier.value if carrier else ""), {})
        for name, at in others:
            if (term := row[at]) is not None:
                said.setdefault(name, set()).add(term)
    return found


def edge_list(
    found: Found, nodes: Mapping[str, Attributes], roles: Mapping[str, str], known: Knowledge, store: Embedded
) -> list[Edge]:
    """Return the edges with their attributes, in the order of their ends and keys.

    Raises:
        QuestionError: the view has an edge in a role that its header does not list.
    """
    shown = _roles({name[2] for name in found.edges}, roles, store)
    carriers = {node for node in nodes if nodes[node]["group"] in _CARRIERS}
    carried: dict[str, Attributes] = {}
    made: list[Edge] = []
    for name, said in found.edges.items():
        source, target, way, statement = name
        role, label = shown[way]
        if not statement and "://" in way and source in carriers:
            statement = source
        key = f"{role}|{names.short(statement)}" if statement else role
        if statement and statement not in carried:
            carried[statement] = _inherited(statement, nodes, known)
        about: Attributes = {"role": role, "label": label, "weight": 1}
        if statement:
            about |= {"statement": statement, **carried[statement]}
        elif nodes[source]["group"] in _EVIDENCE:
            about |= {each: nodes[source][each] for each in ("source", "quality") if each in nodes[source]}
        if said:
            about |= _told(said, known)
        made.append((source, target, key, about))
    made.sort(key=lambda edge: edge[:3])
    return made


def _roles(ways: set[str], roles: Mapping[str, str], store: Embedded) -> dict[str, tuple[str, str]]:
    """Return role and meaning of what stands in ?role: a role of the header, or a property."""
    properties = {way for way in ways if ":" in way}  # a role of the header has no colon
    unknown = sorted(ways - properties - roles.keys())
    if unknown or (properties and "*" not in roles):
        raise QuestionError(
            f'The view has edges in the role "{[*unknown, *sorted(properties)][0]}"; list it in #+ roles.'
        )
    labels = store.labels(properties)
    named = {way: (_short(way), roles.get(_short(way)) or labels.get(way) or names.words(way)) for way in properties}
    return named | {way: (way, roles[way]) for way in ways - properties}


def _short(way: str) -> str:
    """Return the short name of a property: "located-in" of pko:locatedIn."""
    return _HUMP.sub("-", names.short(way).rpartition(":")[2].rpartition("/")[2].rpartition("#")[2]).lower()


def _inherited(statement: str, nodes: Mapping[str, Attributes], known: Knowledge) -> Attributes:
    """Return what an edge has of its statement."""
    about = nodes.get(statement) or attributes(statement, known)
    return {name: about[name] for name in _INHERITED if name in about and (name != "note" or statement not in nodes)}


def _told(said: Mapping[str, set[Term]], known: Knowledge) -> Attributes:
    """Return what the other columns of a view say of an edge."""
    about: Attributes = {}
    for name, terms in said.items():
        if name not in _GATHERED:
            about[name] = _value(min(terms))
    sources = {term.value for term in said.get("document", ())}
    qualities = {str(_value(term)) for term in said.get("quality", ())}
    if sources and not qualities:
        qualities = {quality for source in sources for quality in known.evidence(source)[1]}
    if sources:
        about["source"], about["quality"] = known.sorted_evidence(sources, qualities)
    return {name: value for name, value in about.items() if value != []}


def _value(term: Term) -> str | int | float:
    """Return a term as Python has it: the short name of a concept, a number, or a text."""
    if term.kind == "iri":
        short = names.short(term.value)
        return short.rpartition("/")[2] if short.startswith("vocab/") else short
    datatype = term.datatype.rpartition("#")[2]
    if datatype == "integer":
        return int(term.value)
    return float(term.value) if datatype in {"decimal", "double"} else term.value
