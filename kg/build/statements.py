"""Records to triples: the class of each kind, and what a record implies beyond its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.build.fields import triples_of_fields
from kg.build.terms import DCTERMS, PKO, RDF, RDFS, SKOS, Triple, concept, english, point, ref, scalar
from kg.documents import Document, Record
from kg.documents.fields import DATED

CLASSES: dict[str, URIRef] = {
    "name": PKO.Assertion,
    "relation": PKO.Assertion,
    "affiliation": PKO.UnitAffiliation,
    "coverage": PKO.AreaCoverage,
    "name-period": PKO.NamePeriod,
    "post-holding": PKO.PostHolding,
    "contract": PKO.ServiceContract,
    "fieldwork": PKO.FieldworkPeriod,
    "sample": PKO.InspectionSample,
    "overall-rating": PKO.OverallRating,
    "standard-rating": PKO.StandardRating,
    "topic-rating": PKO.TopicRating,
    "key-question-result": PKO.KeyQuestionResult,
    "narrative-judgement": PKO.NarrativeJudgement,
    "strength": PKO.Strength,
    "improvement": PKO.AreaForImprovement,
    "finding": PKO.Finding,
    "recommendation": PKO.Recommendation,
    "progress": PKO.RecommendationAssessment,
    "measurement": PKO.Measurement,
    "description": PKO.Description,
    "response": PKO.OfficialResponse,
    "remark": PKO.Remark,
}

# Kinds that belong to the inspection that their document reports, unless the record names another.
_MADE_IN = {
    "overall-rating",
    "standard-rating",
    "topic-rating",
    "key-question-result",
    "narrative-judgement",
    "strength",
    "improvement",
    "finding",
    "recommendation",
    "progress",
    "measurement",
}
_NAME_FORMS = {"alternative": SKOS.altLabel, "notation": SKOS.notation, "title": DCTERMS.title, "acronym": PKO.acronym}


def triples_of_record(record: Record, document: Document) -> Iterator[Triple]:
    """Yield what a record states, without its evidence."""
    node = ref(record.id)
    yield node, RDF.type, PKO.CollectiveRating if "each-of" in record.fields else CLASSES[record.kind]
    for predicate, value in triples_of_fields(record):
        yield node, predicate, value
    inspection = inspection_of(record, document)
    if inspection:
        yield node, PKO.madeIn, ref(inspection)
    yield from _SPECIAL.get(record.kind, _nothing)(record, node, inspection)


def inspection_of(record: Record, document: Document) -> str | None:
    """Return the inspection that a statement belongs to, or None."""
    if "inspection" in record.fields and record.kind not in {"fieldwork", "sample"}:
        return str(record.fields["inspection"])
    if record.kind in _MADE_IN and not record.get("earlier"):
        return document.fields.get("inspection")
    return None


def _nothing(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
    return iter(())


def _name(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
    """State a name both directly and as an assertion that can be traced."""
    named, form = record.fields["of"], record.fields["form"]
    label = SKOS.prefLabel if named.startswith("vocab/") else RDFS.label
    plain = form in {"notation", "acronym"}
    text = Literal(record.fields["text"]) if plain else english(record.fields["text"])
    yield from _asserted(node, ref(named), _NAME_FORMS.get(form, label), text)


def _relation(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
    """State a relation both directly and as an assertion that can be traced."""
    name = record.fields["property"]
    if "object" in record.fields:
        value: Node = ref(record.fields["object"])
    else:
        written = record.fields["value"]
        value = point(written) if name in DATED else scalar(written)
    yield from _asserted(node, ref(record.fields["subject"]), PKO[name], value)


def _asserted(node: URIRef, subject: URIRef, predicate: URIRef, value: Node) -> Iterator[Triple]:
    yield subject, predicate, value
    yield node, RDF.subject, subject
    yield node, RDF.predicate, predicate
    yield node, RDF.object, value


def _inverse(predicate: URIRef, field: str) -> Callable[[Record, URIRef, str | None], Iterator[Triple]]:
    """Return the maker of the triple that leads from the thing in `field` to the record."""

    def triples(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
        yield ref(record.fields[field]), predicate, node

    return triples


def _of_inspection(predicate: URIRef) -> Callable[[Record, URIRef, str | None], Iterator[Triple]]:
    """Return the maker of the triple from an inspection to its sample or fieldwork, read off the record's id."""

    def triples(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
        yield ref("/".join(record.id.split("/")[:2])), predicate, node

    return triples


def _measurement(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
    """Add the bound, and the figure that other sources may report too."""
    yield node, PKO.valueQualifier, concept("bound", record.get("bound", "exact"))
    if record.get("unnamed"):
        return  # extremes of units that are not named are not one figure
    figure = ref(record.get("figure") or figure_of(record, inspection))
    yield node, PKO.ofFigure, figure
    yield figure, RDF.type, PKO.Figure


def figure_of(record: Record, inspection: str | None) -> str:
    """Return the reference of the figure: one metric for one unit, group, instrument, inspection and period."""
    fields = record.fields
    parts = [fields["metric"], fields["of"], *sorted(fields.get("groups", [])), fields.get("instrument"), inspection]
    parts += [fields.get(name) for name in ("standard", "key-question", "from", "to")]
    return "figure/" + "/".join(str(part).replace("/", "-").lower() for part in parts if part)


def _result(record: Record, node: URIRef, inspection: str | None) -> Iterator[Triple]:
    """Put a result on a key question under the question's standard: "2023-region/R2.1-Q3" is under R2.1."""
    yield node, PKO.aboutStandard, concept("framework", record.fields["key-question"].rsplit("-Q", 1)[0])


_SPECIAL: dict[str, Callable[[Record, URIRef, str | None], Iterator[Triple]]] = {
    "name": _name,
    "relation": _relation,
    "affiliation": _inverse(PKO.hasAffiliation, "unit"),
    "coverage": _inverse(PKO.hasCoverage, "unit"),
    "name-period": _inverse(PKO.hasNamePeriod, "of"),
    "fieldwork": _of_inspection(PKO.hasFieldwork),
    "sample": _of_inspection(PKO.hasSample),
    "key-question-result": _result,
    "measurement": _measurement,
}
