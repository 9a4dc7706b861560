"""Validation of a few things at a time: the shapes are read once, each check then takes milliseconds.

Checks of the whole graph (sums, uniqueness over all things) have no single thing in focus and are left to `validate`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg import names
from kg.errors import OntologyError
from kg.store import Change, Embedded, apply, touched
from kg.validate.engines import Result, oxigraph_data, result_of, run
from kg.validate.report import Report
from kg.validate.run import load_shapes, reported

if TYPE_CHECKING:
    from rdflib import Graph

# Beyond so many things, the fast engine over the whole graph is quicker than one check after another.
_MOST_THINGS = 200
_TYPE = names.PREFIXES["rdf"] + "type"
_OBJECT = re.compile(rb"^\S+ <([^>]*)> (?:<([^>]*)>|(_:\S+) )", re.MULTILINE)
_BLANK = re.compile(rb"^(_:\S+) ", re.MULTILINE)
_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")


class Checker:
    """Checks single things in a store with pySHACL, which asks the engine itself: nothing is held twice.

    Once made, it opens no file and imports nothing, so that confined processes can use it.
    """

    def __init__(self, store: Embedded) -> None:
        """Read the shapes; `store` is asked anew at every check."""
        from pyshacl.validator import Validator

        self._store, self._shapes = store, load_shapes()
        self._data = oxigraph_data(store)
        graph = self._shapes.rdflib_graph()
        self._validator = Validator(self._data, shacl_graph=graph, options={"inplace": True})
        self._known = {str(shape.node): shape for shape in self._validator.shacl_graph.shapes}
        self._targets = {target: _by_target(graph, target) for target in _TARGETS}
        self._warm_up()

    def check(self, things: Iterable[str]) -> list[Result]:
        """Return what the shapes that have these things in focus say of them.

        Args:
            things: IRIs in full; a blank node by its label in the store, after "_:".
        """
        from pyshacl.errors import ValidationFailure

        executor = self._validator.make_executor()
        focus: dict[str, list[Any]] = defaultdict(list)
        for thing in sorted(set(things)):
            node = _node(thing)
            for shape in self._shapes_of(node):
                focus[shape].append(node)
        found: list[Any] = []
        try:
            for shape in sorted(focus):
                found += self._known[shape].validate(executor, self._data, focus=focus[shape])[1]
        except ValidationFailure as error:
            raise OntologyError(
                f"A shape cannot be applied: {error.message}; mend the shape in ontology/shapes/."
            ) from None
        return self._results(found)

    def gate(self, change: Change) -> Report | None:
        """Return why a change may not be made, the violations alone, or None where it may.

        The things that it touches are checked as they are after it; the store is left as it is before it, whether it
        has been made there already or not.
        """
        apply(self._store, change)
        try:
            things = self._touched(change)
            results = self.check(things) if len(things) <= _MOST_THINGS else self._check_all(things)
            violations = [result for result in results if result.severity == "Violation"]
            report = reported(violations, self._store) if violations else None
        finally:
            apply(self._store, Change(change.removed, change.added, change.dropped, change.created))
        return report

    def _touched(self, change: Change) -> set[str]:
        """Return the things that a change is about, those it names, and those that point to what lost something."""
        lines = change.added + change.removed
        found = {*touched(change), *(label.decode() for label in _BLANK.findall(lines))}
        for predicate, value, label in _OBJECT.findall(lines):
            if predicate.decode() != _TYPE:
                found.add((value or label).decode())
        for thing in touched(Change(removed=change.removed)):
            found.update(self._pointing(thing))
        return found

    def _pointing(self, thing: str) -> Iterator[str]:
        from rdflib import BNode

        for subject, _ in self._data.subject_predicates(_node(thing)):
            yield f"_:{subject}" if isinstance(subject, BNode) else str(subject)

    def _check_all(self, things: set[str]) -> list[Result]:
        """Apply all shapes to everything, and keep what is said of these things."""
        results = run("shacl", self._store, self._shapes)
        return [result for result in results if result.focus in things or result.value in things]

    def _shapes_of(self, thing: Any) -> set[str]:
        """Return the shapes that target a thing: by a class, by a property it has, or by one that leads to it."""
        by_class, by_subject, by_object = (self._targets[target] for target in _TARGETS)
        found: set[str] = set()
        for predicate, value in self._data.predicate_objects(thing):
            found |= by_subject.get(str(predicate), set())
            if str(predicate) == _TYPE:
                for kind in self._with_superclasses(value):
                    found |= by_class.get(kind, set())
        for predicate, shapes in by_object.items():
            if shapes - found and self._leads(predicate, thing):
                found |= shapes
        return found

    def _with_superclasses(self, kind: Any) -> Iterator[str]:
        from rdflib.namespace import RDFS

        seen, ahead = set[Any](), [kind]
        while ahead:
            each = ahead.pop()
            if each not in seen:
                seen.add(each)
                ahead += self._data.objects(each, RDFS.subClassOf)
                yield str(each)

    def _leads(self, predicate: str, thing: Any) -> bool:
        from rdflib import URIRef

        return next(iter(self._data.subjects(URIRef(predicate), thing)), None) is not None

    def _results(self, reports: list[Any]) -> list[Result]:
        """Turn pySHACL's own results into ours."""
        if not reports:
            return []
        graph, _ = self._validator.create_validation_report(self._validator.shacl_graph, False, reports)
        return [result_of(graph, node) for _, node, _ in reports]

    def _warm_up(self) -> None:
        """Let pySHACL import what it imports late: refuse a thing that violates shapes."""
        nobody = f"<{names.ID}example/warm-up> <{_TYPE}> <{names.DEF}ProbationDeliveryUnit> .\n"
        self.gate(Change(added=nobody.encode()))


def _node(thing: str) -> Any:
    """Return a thing as pySHACL knows it."""
    from rdflib import BNode, URIRef

    return BNode(thing.removeprefix("_:")) if thing.startswith("_:") else URIRef(thing)


def _by_target(shapes: Graph, target: str) -> dict[str, set[str]]:
    """Return the shapes by what they target, a class or a property."""
    from rdflib import URIRef

    found: dict[str, set[str]] = defaultdict(set)
    for shape, value in shapes.subject_objects(URIRef(names.PREFIXES["sh"] + target)):
        found[str(value)].add(str(shape))
    return found
