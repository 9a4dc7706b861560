"""Properties of things: which there are, and their values."""

from __future__ import annotations

from collections.abc import Iterable

from api.reconcile.models import Cell, Entity, Extend, Extension, Proposed
from kg import describe, names
from kg.errors import QuestionError
from kg.search import SearchIndex
from kg.store import Embedded, Term

_XSD = names.PREFIXES["xsd"]
_WHOLE = {_XSD + kind for kind in ("integer", "int", "nonNegativeInteger", "positiveInteger")}
_BROKEN = {_XSD + kind for kind in ("decimal", "double", "float")}
_DAY = _XSD + "date"

# Two that stand for several.
SEVERAL = {
    "region": ("region", ("org:subOrganizationOf", "pko:servesRegion")),
    "code": ("code of any kind", ("skos:notation", "pko:gssCode", "pko:acronym")),
}
_PASSED_OVER = {"rdf:type", "pko:evidencedBy"}
# Properties are read off so many things of a class.
_LOOKED_AT = 200


def values_of(store: Embedded, thing: str, prop: str) -> list[Term]:
    """Return the values of a property of a thing; none where it has none.

    Raises:
        QuestionError: `prop` is neither a prefixed name nor an IRI.
    """
    wanted = _expanded(prop)
    return [
        value for name, value in describe.facts(store, thing) if name and value and names.short(name.value) in wanted
    ]


def extend(store: Embedded, question: Extend) -> Extension:
    """Return the values of properties of things.

    Raises:
        QuestionError: an identifier or a property is none.
    """
    wanted = {each.id: _expanded(each.id) for each in question.properties}
    facts = {each: _facts(store, each) for each in dict.fromkeys(question.ids)}
    shown = {value.value for pairs in facts.values() for _, value in pairs if value.kind == "iri"}
    labels = store.labels(shown)
    rows = {
        thing: {
            prop: [_cell(value, labels) for name, value in pairs if name in expanded]
            for prop, expanded in wanted.items()
        }
        for thing, pairs in facts.items()
    }
    return Extension(meta=[Entity(id=each, name=_name(store, each)) for each in wanted], rows=rows)


def propose(store: Embedded, index: SearchIndex, kind: str, limit: int) -> Proposed:
    """Return the properties that things of a class have.

    Raises:
        QuestionError: there is no such class.
    """
    if kind not in index.types or ":" not in kind:
        raise QuestionError(f'There is no class "{kind[:60]}"; ask /reconcile/suggest/type for those there are.')
    looked_at = index.things_of(kind, _LOOKED_AT)
    used = sorted({names.short(row[0].value) for thing in looked_at for row in describe.facts(store, thing) if row[0]})
    offered = [each for each in (*SEVERAL, *used) if each not in _PASSED_OVER][:limit]
    return Proposed(type=kind, limit=limit, properties=[Entity(id=each, name=_name(store, each)) for each in offered])


def full(name: str) -> str:
    """Return the IRI of a prefixed name; IRIs pass unchanged."""
    prefix, _, local = name.partition(":")
    return names.PREFIXES[prefix] + local if prefix in names.PREFIXES else name


def thing_of(identifier: str) -> str | None:
    """Return the IRI of a thing's identifier, such as "pdu/west-kent" or an IRI of the graph; None where it is none."""
    reference = identifier.removeprefix(names.ID)
    return names.ID + reference if names.REFERENCE.fullmatch(reference) else None


def _expanded(prop: str) -> tuple[str, ...]:
    if prop in SEVERAL:
        return SEVERAL[prop][1]
    if ":" not in prop:
        raise QuestionError(f'There is no property "{prop[:60]}"; ask /reconcile/extend/propose for those there are.')
    return (names.short(prop),)


def _facts(store: Embedded, identifier: str) -> list[tuple[str, Term]]:
    thing = thing_of(identifier)
    rows: Iterable[tuple[Term | None, ...]] = describe.facts(store, thing) if thing else ()
    return [(names.short(row[0].value), row[1]) for row in rows if row[0] and row[1]]


def _cell(value: Term, labels: dict[str, str]) -> Cell:
    """Return a value in the form that the specification has for it."""
    if value.kind == "iri":
        short = names.short(value.value)
        return {"id": short, "name": labels.get(value.value, short)}
    if value.datatype in _WHOLE:
        return {"int": int(value.value)}
    if value.datatype in _BROKEN:
        return {"float": float(value.value)}
    return {"date": f"{value.value}T00:00:00Z"} if value.datatype == _DAY else {"str": value.value}


def _name(store: Embedded, prop: str) -> str:
    if prop in SEVERAL:
        return SEVERAL[prop][0]
    short = names.short(prop)
    return names.PROPERTY_WORDS.get(short) or store.labels([full(short)]).get(full(short), short)
