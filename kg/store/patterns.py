"""Look-ups by pattern: what is said of a thing, and what points to it; microseconds each, no query.

Quads are the engine's own, so that they can be written straight into any form (`kg.store.serialize`). They unpack into
subject, predicate, object and graph, each with a `value`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.store.embedded import Embedded, term_of
from kg.store.terms import Term

__all__ = [
    "Quad",
    "about",
    "instances",
    "is_iri",
    "is_named",
    "label_quad",
    "make_quads",
    "pointing_to",
    "term_of",
    "value_of",
    "within",
]

Quad = Any

_RDF_TYPE = ox.NamedNode(names.PREFIXES["rdf"] + "type")
_LABELS = tuple(
    ox.NamedNode(name)
    for name in (
        names.PREFIXES["rdfs"] + "label",
        names.PREFIXES["skos"] + "prefLabel",
        names.PREFIXES["dcterms"] + "title",
        names.DEF + "summary",
    )
)


def is_iri(text: str) -> bool:
    """Tell whether a text is an IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def about(store: Embedded, thing: str, predicate: str | None = None, most: int | None = None) -> list[Quad]:
    """Return the quads about a thing, `most` at most, in the engine's order."""
    name = ox.NamedNode(predicate) if predicate else None
    return list(islice(store.engine.quads_for_pattern(ox.NamedNode(thing), name, None), most))


def pointing_to(store: Embedded, thing: str, predicate: str | None = None, most: int | None = None) -> list[Quad]:
    """Return the quads whose object is a thing, `most` at most, in the engine's order."""
    name = ox.NamedNode(predicate) if predicate else None
    return list(islice(store.engine.quads_for_pattern(None, name, ox.NamedNode(thing)), most))


def within(store: Embedded, graph: str, most: int | None = None) -> list[Quad]:
    """Return the quads of a named graph, `most` at most."""
    return list(islice(store.engine.quads_for_pattern(None, None, None, ox.NamedNode(graph)), most))


def instances(store: Embedded, of: str) -> list[str]:
    """Return the IRIs of the instances of a class, sorted."""
    found = store.engine.quads_for_pattern(None, _RDF_TYPE, ox.NamedNode(of))
    return sorted({value_of(quad.subject) for quad in found})


def label_quad(store: Embedded, thing: str) -> Quad | None:
    """Return the quad that labels a thing best: label before summary, English before others."""
    for name in _LABELS:
        quads: Iterable[Quad] = store.engine.quads_for_pattern(ox.NamedNode(thing), name, None)
        found = [quad for quad in quads if isinstance(quad.object, ox.Literal)]
        if found:
            return min(found, key=lambda quad: (quad.object.language != "en", quad.object.value))
    return None


def value_of(node: Any) -> str:
    """Return the text of a node: an IRI, a literal's lexical form, or a blank node's or triple's notation."""
    return str(getattr(node, "value", node))


def is_named(node: Any) -> bool:
    """Tell whether a node of a quad is an IRI."""
    return isinstance(node, ox.NamedNode)


def make_quads(graph: str, facts: Iterable[tuple[str, str, Term]]) -> list[Quad]:
    """Return quads of subject, predicate and object in a graph."""
    name = ox.NamedNode(graph)
    return [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), _node(o), name) for s, p, o in facts]


def _node(term: Term) -> Any:
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
