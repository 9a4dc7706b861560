"""Which disagreements of sources a thing, a statement, a claim or a register row takes part in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg import names
from kg.description import called
from kg.store import Embedded
from kg.store.patterns import about, instances, is_named, value_of

_LABEL = names.PREFIXES["rdfs"] + "label"
_ABOUT = (
    *(names.DEF + name for name in ("about", "ofUnit", "addressedTo", "affiliatedUnit", "coveringUnit", "coveredArea")),
    names.PREFIXES["rdf"] + "subject",
)
_INVOLVES, _ASSERTS, _TABLE = (names.DEF + name for name in ("involves", "asserts", "inTable"))


@dataclass(frozen=True, slots=True)
class Disputed:
    """A disagreement as other pages tell of it.

    Attributes:
        iri: of the discrepancy.
        label: the matter on which sources differ, "Code of Barnsley".
        address: of the page that sets its sides against one another.
    """

    iri: str
    label: str
    address: str


def disputes_of(store: Embedded, *things: str) -> dict[str, tuple[Disputed, ...]]:
    """Return the disagreements by the IRI that takes part in them; an IRI that takes part in none is left out.

    Args:
        store: the dataset.
        things: IRIs of things (a unit, an office), statements, claims or register rows.
    """
    known = disputed_things(store)
    return {thing: known[thing] for thing in things if thing in known}


def address_of(discrepancy: str) -> str:
    """Return the address of the page that sets the sides of a disagreement against one another."""
    return "/disagreements/" + names.short(discrepancy).removeprefix("discrepancy/")


@lru_cache(maxsize=1)
def disputed_things(store: Embedded) -> Mapping[str, tuple[Disputed, ...]]:
    """Return all disagreements by what takes part in them, in the order of their labels; read once.

    A process that changes its dataset calls `disputed_things.cache_clear()` then.
    """
    found: dict[str, dict[Disputed, None]] = {}
    each = [Disputed(iri, called(store, iri), address_of(iri)) for iri in instances(store, names.DEF + "Discrepancy")]
    for dispute in sorted(each, key=lambda one: (one.label, one.iri)):
        found[dispute.iri] = {dispute: None}
        for side in _named(store, dispute.iri, _INVOLVES):
            for involved in _involved(store, side):
                found.setdefault(involved, {})[dispute] = None
    return {thing: tuple(those) for thing, those in found.items()}


def _involved(store: Embedded, side: str) -> Iterator[str]:
    """Yield a side, and what takes part with it.

    A register row tells many things of a body and sources differ on one of them: it brings in the body, which has a
    label, but no statement. A claim brings in the statement that it words, and a statement what it is about.
    """
    yield side
    asserted = _named(store, side, _ASSERTS)
    if about(store, side, _TABLE, 1):
        yield from (each for each in asserted if about(store, each, _LABEL, 1))
        return
    for statement in (side, *asserted):
        yield statement
        yield from _named(store, statement, *_ABOUT)


def _named(store: Embedded, thing: str, *properties: str) -> list[str]:
    """Return the named things to which some properties lead from a thing."""
    quads = [quad for name in properties for quad in about(store, thing, name)]
    return [value_of(quad.object) for quad in quads if is_named(quad.object)]
