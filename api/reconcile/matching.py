"""From a query to its candidates: the names of the graph judge, the properties narrow."""

from __future__ import annotations

from dataclasses import replace

from api.reconcile.models import Candidate, Constraint, Entity, Query, Result
from api.reconcile.properties import values_of
from kg import names
from kg import reconcile as judge
from kg.search import Hit, SearchIndex, fold
from kg.search.index import MOST_CHARACTERS
from kg.store import Embedded

_FEW = 10
_MOST = 100
# Things that are looked at for each name; those that bear the very name are always among them.
_POOL = 60


def reconcile(index: SearchIndex, store: Embedded, query: Query) -> Result:
    """Return the candidates for a name; `match` only where one thing alone bears it, and is of the type asked for.

    Raises:
        QuestionError: there is no such type or property.
    """
    name = query.query or next((value for each in query.properties for value in each.values), "")
    wanted = [short_class(each) for each in query.types]
    if not judge.plain(name) or not fold(name) or len(name) > MOST_CHARACTERS:
        return Result(result=[])
    kept = [each for each in _ranked(index, name, wanted) if _satisfies(index, store, each.thing, query.properties)]
    if query.type_strict == "all":
        kept = [each for each in kept if set(wanted) <= index.types_of(each.thing)]
    bearing = sum(each.score >= judge.BARE for each in kept)
    if wanted and query.type_strict == "should":
        kept += _of_other_types(index, name, {each.thing for each in kept})
    kept = kept[: max(1, int(min(query.limit or _FEW, _MOST)))]
    described = {hit.iri: hit for hit in index.describe([each.thing for each in kept])}
    return Result(result=[_candidate(each, described[each.thing], bearing == 1) for each in kept])


def _ranked(index: SearchIndex, name: str, types: list[str]) -> list[judge.Candidate]:
    return judge.rank(name, *index.pool(name, types, _POOL), _POOL)


def _of_other_types(index: SearchIndex, name: str, known: set[str]) -> list[judge.Candidate]:
    """Return the things of other types than those that should be, at half their score: offered, but never a match."""
    others = (each for each in _ranked(index, name, []) if each.thing not in known)
    return [replace(each, score=each.score / 2) for each in others]


def short_class(name: str) -> str:
    """Return a type as the index knows it: "pko:Prison" for its IRI or its name."""
    return names.short(name) if "://" in name else name


def type_of(hit: Hit) -> list[Entity]:
    """Return the narrowest class of a thing."""
    return [Entity(id=names.short(hit.class_iri), name=hit.class_label)] if hit.class_iri else []


def _candidate(found: judge.Candidate, hit: Hit, alone: bool) -> Candidate:
    match = alone and found.score >= judge.BARE
    return Candidate(
        id=hit.name, name=hit.label, description=found.why, score=found.score, match=match, type=type_of(hit)
    )


def _satisfies(index: SearchIndex, store: Embedded, thing: str, constraints: list[Constraint]) -> bool:
    """Tell whether a thing has one of the values of each property."""
    return all(_has(index, store, thing, each) for each in constraints)


def _has(index: SearchIndex, store: Embedded, thing: str, constraint: Constraint) -> bool:
    """Tell whether a property of a thing has a value: a text alike but for case, or a thing that bears the name."""
    found = values_of(store, thing, constraint.pid)
    for wanted in constraint.values:
        for value in found:
            if value.kind != "iri" and judge.plain(value.value) == judge.plain(wanted):
                return True
            if value.kind == "iri" and (wanted == names.short(value.value) or index.bears(value.value, wanted)):
                return True
    return False
