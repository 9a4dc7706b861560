"""The dataset: all records as named graphs, after every reference has been found to lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import URIRef

from kg import names
from kg.build.evidence import triples_of_claim, triples_of_document
from kg.build.fields import FIELDS, PER_KIND
from kg.build.statements import triples_of_record
from kg.build.terms import ORG, PKO, RDF, RDFS, SKOS, Triple, concept, english, ref
from kg.documents import Document, FactBase, Record
from kg.errors import FactRecordError

# Graph IRI: its triples.
Dataset = dict[URIRef, set[Triple]]


def build(base: FactBase, concepts: set[str]) -> Dataset:
    """Return all facts as triples in their named graphs.

    Args:
        base: the fact records.
        concepts: IRIs of all concepts and properties of the ontology, against which records are checked.

    Raises:
        FactRecordError: a record refers to a thing, statement, concept or property that does not exist.
    """
    _check_references(base, concepts)
    dataset = {URIRef(names.GRAPH + "reference/things"): {triple for thing in base.things for triple in _thing(thing)}}
    for document in base.documents:
        dataset[URIRef(f"{names.GRAPH}source/{document.slug}")] = set(_document(document))
    dataset[URIRef(names.GRAPH + "editorial")] = {triple for row in base.discrepancies for triple in _discrepancy(row)}
    return dataset


def _document(document: Document) -> Iterator[Triple]:
    yield from triples_of_document(document)
    for record in document.records:
        if record.kind != "claim":
            yield from triples_of_record(record, document)
        yield from triples_of_claim(record, document)


def _thing(thing: dict[str, Any]) -> Iterator[Triple]:
    """Yield a thing's class and names."""
    node = ref(thing["id"])
    yield node, RDF.type, _class(thing["class"])
    yield node, RDFS.label, english(thing["label"])
    for name in thing.get("alt", []):
        yield node, SKOS.altLabel, english(name)
    if "in" in thing:
        yield node, ORG.postIn, ref(thing["in"])
    if "note" in thing:
        yield node, SKOS.editorialNote, english(thing["note"])


def _class(name: str) -> URIRef:
    """Return the IRI of a class: "Court" of the ontology, or "org:Post" of another vocabulary."""
    prefix, colon, local = name.partition(":")
    return URIRef(names.PREFIXES[prefix] + local) if colon else PKO[name]


def _discrepancy(row: dict[str, Any]) -> Iterator[Triple]:
    """Yield a disagreement that the editors recorded."""
    node = ref(row["id"])
    yield node, RDF.type, PKO.Discrepancy
    yield node, RDFS.label, english(row["label"])
    yield node, PKO.discrepancyKind, concept("discrepancy", row["kind"])
    yield node, PKO.resolutionNote, english(row["note"])
    for statement in row["involves"]:
        yield node, PKO.involves, ref(statement)
    for side in row.get("preferred", []):
        yield node, PKO.preferred, ref(side)
    for number, value in enumerate(row.get("values", []), start=1):
        yield from _disputed_value(node, ref(f"{row['id']}/value/{number}"), value)


def _disputed_value(discrepancy: URIRef, node: URIRef, value: dict[str, Any]) -> Iterator[Triple]:
    """Yield what some sources say in a disagreement, and which those are."""
    yield discrepancy, PKO.hasDisputedValue, node
    yield node, RDF.type, PKO.DisputedValue
    yield node, RDFS.label, english(value["says"])
    for side in value["rests-on"]:
        yield node, PKO.restsOn, ref(side)
    for source in value.get("by", []):
        yield node, PKO.saidBy, ref(source)
    if value.get("used"):
        yield discrepancy, PKO.preferred, node


def _check_references(base: FactBase, concepts: set[str]) -> None:
    """Raise at the first reference that leads nowhere."""
    known = concepts | set(_minted(base))
    for record in base.records():
        for field, target in _references(record):
            if str(target) not in known:
                missing = names.short(str(target))
                raise FactRecordError(
                    f'{record.place}, record "{record.id}": "{field}" names {missing}, which does not exist; '
                    "correct the name, or add the thing to things.jsonl or the concept to ontology/vocab/."
                )
    for place, reference in _plain_references(base):
        if str(reference) not in known:
            raise FactRecordError(
                f"{place} names {names.short(str(reference))}, which does not exist; correct the name."
            )
    for row in base.discrepancies:
        named = [
            *row["involves"],
            f"vocab/discrepancy/{row['kind']}",
            *row.get("preferred", []),
            *(each for value in row.get("values", []) for each in (*value["rests-on"], *value.get("by", []))),
        ]
        for reference in named:
            if names.iri(reference) not in known:
                raise FactRecordError(
                    f'discrepancies.jsonl, "{row["id"]}": {reference} does not exist; correct the id.'
                )


def _plain_references(base: FactBase) -> Iterator[tuple[str, URIRef]]:
    """Yield what documents and things refer to, with the place that does."""
    for document in base.documents:
        fields, place = document.fields, f"{document.slug}/document.json"
        yield place, PKO[fields["class"]]
        yield place, concept("source-tier", fields["tier"])
        yield place, concept("claim-mode", fields["mode"])
        for field in ("publisher", "inspection", "copied-from"):
            if field in fields:
                yield place, ref(fields[field])
        yield from ((place, ref(each)) for each in fields.get("reports-on", []))
    for thing in base.things:
        if ":" not in thing["class"]:
            yield f'things.jsonl, "{thing["id"]}"', PKO[thing["class"]]
        if "in" in thing:
            yield f'things.jsonl, "{thing["id"]}"', ref(thing["in"])


def _minted(base: FactBase) -> Iterator[str]:
    """Yield the IRIs of all things, documents and records."""
    yield from (names.iri(thing["id"]) for thing in base.things)
    yield from (names.iri(f"doc/{document.slug}") for document in base.documents)
    yield from (names.iri(record.id) for record in base.records())


def _references(record: Record) -> Iterator[tuple[str, URIRef]]:
    """Yield every reference of a record with the field that holds it."""
    mapping = FIELDS | PER_KIND.get(record.kind, {})
    for field in ("speaker", "by", "inspection", "of", "subject", "object"):
        if field in record.fields:
            yield field, ref(record.fields[field])
    for field in ("asserts", "about"):
        yield from ((field, ref(each)) for each in record.get(field, []))
    if record.kind == "relation":
        yield "property", PKO[record.fields["property"]]
    for field, value in record.fields.items():
        if field in mapping:
            terms: Iterable[Any] = map(mapping[field][1], value if isinstance(value, list) else [value])
            yield from ((field, term) for term in terms if isinstance(term, URIRef))
    if "bound" in record.fields:
        yield "bound", concept("bound", record.fields["bound"])
    if "mode" in record.fields:
        yield "mode", concept("claim-mode", record.fields["mode"])
