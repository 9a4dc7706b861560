"""What stands around a thing, read by look-ups of single things and each value once: never by a query."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from api.disputes import Disputed, disputes_of
from api.known import Known
from kg import names
from kg.description import Description, called
from kg.store import Embedded
from kg.store.patterns import Quad, about, is_named, pointing_to, term_of, value_of

TYPE = names.PREFIXES["rdf"] + "type"
_RDF, _ORG, _SKOS = (names.PREFIXES[prefix] for prefix in ("rdf", "org", "skos"))
_DERIVED = names.GRAPH + "derived/"
_REFERENCE = names.GRAPH + "reference/"
# Records that say when and by whom a fact between two bodies or areas is stated: the fact's property → the property
# that leads to its records, and the one by which a record names the value.
_RECORDS = {
    names.DEF + "covers": (names.DEF + "hasCoverage", names.DEF + "coveredArea"),
    _ORG + "subOrganizationOf": (names.DEF + "hasAffiliation", names.DEF + "parentUnit"),
}
_MOST = 200
_ROW = names.ID + "row/"
_EVIDENCED_BY, _QUALITY = names.DEF + "evidencedBy", names.DEF + "rowQuality"
_DOUBTFUL = names.VOCAB + "quality/c"


class Dated(NamedTuple):
    """A date as the graph writes it ("2024-05"), and the IRI of the property that gives it."""

    date: str = ""
    basis: str = ""


class Around:
    """The neighbourhood of the thing that a description describes."""

    def __init__(self, store: Embedded, description: Description) -> None:
        """Take the store and the description."""
        self.store, self.description, self.iri = store, description, description.thing.iri
        self._labels = dict(description.labels)
        self._known = Known(store)

    def label(self, iri: str) -> str:
        """Return what people call a thing."""
        if not self._labels.get(iri):
            self._labels[iri] = called(self.store, iri)
        return self._labels[iri]

    def values(self, thing: str, *properties: str) -> list[str]:
        """Return the values of the first of some properties, given by their IRIs, that a thing has."""
        for name in properties:
            if found := [value_of(quad.object) for quad in about(self.store, thing, name, _MOST)]:
                return sorted(set(found))
        return []

    def value(self, thing: str, *properties: str) -> str:
        """Return the first value of the first of some properties that a thing has; "" without one."""
        return next(iter(self.values(thing, *properties)), "")

    def dated(self, thing: str, *properties: str) -> Dated:
        """Return the date of a thing by the first of some properties that it has."""
        for name in properties:
            if date := self.value(thing, name):
                return Dated(date, name)
        return Dated()

    def in_welsh(self, thing: str) -> str:
        """Return the name of a thing in Welsh; "" without one."""
        found = [term_of(quad.object) for quad in about(self.store, thing, _SKOS + "altLabel", _MOST)]
        return next((term.value for term in found if term.language == "cy"), "")

    def kinds(self, thing: str) -> list[str]:
        """Return the classes that a thing was given, without those that follow from them."""
        quads = about(self.store, thing, TYPE, _MOST)
        said = {value_of(o) for _, _, o, g in quads if not value_of(g).startswith(_DERIVED)}
        found = sorted(said or {value_of(quad.object) for quad in quads})
        return [each for each in found if not each.startswith(_SKOS)] or found

    def pointing(self, *properties: str) -> list[str]:
        """Return the things that point to the thing by some properties, `_MOST` at most by each."""
        quads = [quad for name in properties for quad in pointing_to(self.store, self.iri, name, _MOST)]
        return list(dict.fromkeys(value_of(quad.subject) for quad in quads if is_named(quad.subject)))

    @cached_property
    def facts(self) -> dict[str, list[Quad]]:
        """The facts of the thing by property, each value once, as a source says it before as a rule derives it."""
        found: dict[str, dict[Any, Quad]] = {}
        for quad in sorted(
            self.description.thing.quads, key=lambda quad: value_of(quad.graph_name).startswith(_DERIVED)
        ):
            found.setdefault(quad.predicate.value, {}).setdefault(quad.object, quad)
        return {name: sorted(each.values(), key=self._order) for name, each in found.items()}

    def _order(self, quad: Quad) -> str:
        return self.label(quad.object.value) if is_named(quad.object) else value_of(quad.object)

    @cached_property
    def _assertions(self) -> dict[tuple[str, str], str]:
        """The statements that assert a fact of the thing, by the fact's property and value."""
        found: dict[tuple[str, str], str] = {}
        for statement in self.pointing(_RDF + "subject"):
            predicate, value = (self.value(statement, _RDF + name) for name in ("predicate", "object"))
            found.setdefault((predicate, value), statement)
        return found

    @cached_property
    def _rows(self) -> list[str]:
        return [each.iri for each in self.description.thing.evidence if each.iri.startswith(_ROW)]

    def disputes(self, *things: str) -> tuple[Disputed, ...]:
        """Return the disagreements of sources in which things or statements take part, each once."""
        found = disputes_of(self.store, *things)
        return tuple(dict.fromkeys(dispute for those in found.values() for dispute in those))

    def doubtful(self, *evidence: str) -> bool:
        """Whether evidence is nothing but rows that the registers grade as derived or doubtful (grade C)."""
        return bool(evidence) and all(_DOUBTFUL in self.values(each, _QUALITY) for each in evidence)

    def stated_doubtfully(self, statement: str) -> bool:
        """Whether only doubtful rows carry a statement."""
        return self.doubtful(*self.values(statement, _EVIDENCED_BY))

    def known(self, statement: str) -> str:
        """Return the mark of how a rating is known; "" of one that an official text gives, and of what is no rating."""
        return self._known.of(statement)

    def record_of(self, quad: Quad) -> str:
        """Return the dated record of a fact, such as the coverage of an area; "" without one."""
        leads, names_value = _RECORDS.get(quad.predicate.value, ("", ""))
        records = self.values(self.iri, leads) if leads else []
        return next((each for each in records if value_of(quad.object) in self.values(each, names_value)), "")

    def statement_of(self, quad: Quad) -> str:
        """Return the statement that says a fact; "" where none is known."""
        if quad.predicate.value == names.DEF + "latestRating":
            return value_of(quad.object)
        asserted = self._assertions.get((quad.predicate.value, value_of(quad.object)), "")
        return asserted or self.record_of(quad)

    def rows_of(self, quad: Quad) -> list[str]:
        """Return the rows of registers that say a fact: those of the table that is its graph."""
        graph = value_of(quad.graph_name)
        if not graph.startswith(_REFERENCE):
            return []
        rows = [each for each in self._rows if each.startswith(f"{_ROW}{graph.removeprefix(_REFERENCE)}/")]
        ending = "/" + value_of(quad.object).rpartition("/")[2]
        return [each for each in rows if each.endswith(ending)] or rows if len(rows) > 1 else rows

    def row_of(self, quad: Quad) -> str:
        """Return the row of a register that says a fact; "" where not just one does."""
        rows = self.rows_of(quad)
        return rows[0] if len(rows) == 1 else ""
