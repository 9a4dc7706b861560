"""Validation of a few things at a time: graphs are loaded once, each check then takes milliseconds.

Checks of the whole graph (sums, uniqueness over all things) have no single thing in focus and are left to `validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.store import Embedded
from kg.validate.engines import Result, results_of_pyshacl
from kg.validate.run import load_shapes


class Checker:
    """Holds a store's triples and the shapes, ready to check single things with pySHACL's focus nodes."""

    def __init__(self, store: Embedded) -> None:
        """Load both graphs."""
        self._data = store.rdflib_graph()
        self._shapes = load_shapes().rdflib_graph()

    def check(self, things: Iterable[str]) -> list[Result]:
        """Return what the shapes that have these things in focus say of them; IRIs in full."""
        focus = sorted(things)
        shapes = {shape for thing in focus for shape in self._shapes_of(thing)}
        return results_of_pyshacl(self._data, self._shapes, focus, sorted(shapes))[0] if shapes else []

    def _shapes_of(self, thing: str) -> Iterator[str]:
        """Yield the shapes that target a thing: by one of its classes (derived ones included) or by a property."""
        from rdflib import URIRef
        from rdflib.namespace import RDF, SH

        for kind in self._data.objects(URIRef(thing), RDF.type):
            yield from map(str, self._shapes.subjects(SH.targetClass, kind))
        for predicate in set(self._data.predicates(URIRef(thing))):
            yield from map(str, self._shapes.subjects(SH.targetSubjectsOf, predicate))
