"""Which property each field of a record becomes. Most fields mean the same in every kind; PER_KIND lists the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from rdflib import URIRef
from rdflib.term import Node

from kg.build.terms import ORG, PKO, SKOS, boolean, concept, decimal, english, integer, point, ref
from kg.documents import Record

# Property, and how a value becomes a term.
Mapping = tuple[URIRef, Callable[[Any], Node]]


def _in(scheme: str) -> Callable[[Any], Node]:
    """Return the maker of concepts of one scheme."""
    return partial(concept, scheme)


_FROM: Mapping = (PKO.validFrom, point)
_TO: Mapping = (PKO.validTo, point)

FIELDS: dict[str, Mapping] = {
    "summary": (PKO.summary, english),
    "note": (SKOS.editorialNote, english),
    "as-of": (PKO.asOf, point),
    "themes": (PKO.theme, _in("theme")),
    "standard": (PKO.aboutStandard, _in("framework")),
    "key-question": (PKO.aboutKeyQuestion, _in("framework")),
    "key-questions": (PKO.aboutKeyQuestion, _in("framework")),
    "ordinal": (PKO.ordinal, integer),
    "aspect": (PKO.aspect, _in("aspect")),
    "explains": (PKO.explains, ref),
    "part-of": (PKO.partOfStatement, ref),
    "groups": (PKO.forGroup, ref),
    "unit": (PKO.aboutUnit, ref),
    "units": (PKO.aboutUnit, ref),
    "each-of": (PKO.ratesEachUnitOf, ref),
    "rating": (PKO.hasRating, _in("rating")),
    "score": (PKO.score, integer),
    "maximum": (PKO.maxScore, integer),
    "percentage": (PKO.percentage, decimal),
    "drives": (PKO.drivesRating, boolean),
    "sample": (PKO.onSample, ref),
    "repeats": (PKO.repeats, ref),
    "earlier": (PKO.quotedAsEarlier, boolean),
    "truncated": (PKO.truncatedInSource, boolean),
    "level": (PKO.progressLevel, _in("progress")),
    "still-required": (PKO.stillRequired, boolean),
    "metric": (PKO.ofMetric, _in("metric")),
    "numerator": (PKO.numerator, integer),
    "denominator": (PKO.denominator, integer),
    "instrument": (PKO.byInstrument, ref),
    "comparator": (PKO.comparator, ref),
    "unnamed": (PKO.ofUnnamedPart, boolean),
    "from": _FROM,
    "to": _TO,
}

PER_KIND: dict[str, dict[str, Mapping]] = {
    "affiliation": {"unit": (PKO.affiliatedUnit, ref), "parent": (PKO.parentUnit, ref)},
    "coverage": {
        "unit": (PKO.coveringUnit, ref),
        "area": (PKO.coveredArea, ref),
        "extent": (PKO.coverageExtent, _in("extent")),
        "basis": (PKO.coverageBasis, _in("coverage-basis")),
    },
    "name-period": {"text": (PKO.nameText, english)},
    "post-holding": {
        "person": (ORG.member, ref),
        "post": (PKO.heldPost, ref),
        "title": (PKO.titleAsPrinted, english),
    },
    "contract": {
        "service": (PKO.contractService, _in("service")),
        "provider": (PKO.contractProvider, ref),
        "areas": (PKO.contractArea, ref),
        "body": (PKO.contractingBody, ref),
    },
    "fieldwork": {
        "level": (PKO.fieldworkLevel, _in("fieldwork-level")),
        "from": (PKO.startsOn, point),
        "to": (PKO.endsOn, point),
    },
    "sample": {
        "population": (PKO.sampledPopulation, _in("population")),
        "size": (PKO.sampleSize, integer),
        "part-of": (PKO.subSampleOf, ref),
        "standards": (PKO.supportsStandard, _in("framework")),
        "from": (PKO.casesBeganFrom, point),
        "to": (PKO.casesBeganTo, point),
    },
    "recommendation": {"to": (PKO.addressedTo, ref)},
    "progress": {"of": (PKO.assesses, ref)},
    "measurement": {
        "of": (PKO.ofUnit, ref),
        "value": (PKO.value, decimal),
        "from": (PKO.periodStart, point),
        "to": (PKO.periodEnd, point),
    },
}

# Organisations: a statement is about a unit where it concerns one of these, about a thing otherwise.
ORGANISATIONS = ("region/", "pdu/", "team/", "body/", "court/", "prison/")


def triples_of_fields(record: Record) -> Iterator[tuple[URIRef, Node]]:
    """Yield property and value for every field of `record` that maps to one by itself."""
    mapping = FIELDS | PER_KIND.get(record.kind, {})
    for field, value in record.fields.items():
        if field in mapping:
            predicate, term = mapping[field]
            yield from ((predicate, term(each)) for each in (value if isinstance(value, list) else [value]))
    for reference in record.get("about", []):
        yield (PKO.aboutUnit if reference.startswith(ORGANISATIONS) else PKO.aboutThing), ref(reference)
