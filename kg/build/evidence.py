"""Evidence: claims, passages and documents, the way from each statement to the words that say it."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Literal

from kg.build.terms import DCTERMS, OA, PKO, RDF, RDFS, SKOS, Triple, concept, english, integer, point, ref
from kg.documents import Document, Passage, Record

_QUOTED = {"direct-quotation", "indirect-quotation"}


def triples_of_document(document: Document) -> Iterator[Triple]:
    """Yield what is known of a source document."""
    node, fields = ref(f"doc/{document.slug}"), document.fields
    yield node, RDF.type, PKO[fields["class"]]
    yield node, RDFS.label, english(fields["label"])
    yield node, PKO.sourceTier, concept("source-tier", fields["tier"])
    yield node, PKO.contentDigest, Literal(fields["sha256"])
    yield node, PKO.lengthInCodePoints, integer(fields["length"])
    yield node, PKO.publishedBy, ref(fields["publisher"])
    if "published" in fields:
        yield node, PKO.publishedOn, point(fields["published"])
    if "copied-from" in fields:
        yield node, PKO.copiedFrom, ref(fields["copied-from"])
    for inspection in fields.get("reports-on", []):
        yield node, PKO.reportsOn, ref(inspection)
    if "note" in fields:
        yield node, SKOS.editorialNote, english(fields["note"])


def triples_of_claim(record: Record, document: Document) -> Iterator[Triple]:
    """Yield the claim behind a record and the passages that it was read from."""
    node = ref(record.id if record.kind == "claim" else f"claim/{record.id}")
    mode = record.get("mode") or document.fields["mode"]
    yield node, RDF.type, PKO.Quotation if mode in _QUOTED else PKO.Claim
    yield node, PKO.claimMode, concept("claim-mode", mode)
    yield node, PKO.claimedBy, ref(_agent(record, document))
    if "speaker" in record.fields:
        yield node, PKO.speaker, ref(record.fields["speaker"])
    if record.kind == "claim":  # its statement is worded after another source, which may say more
        told = ((DCTERMS.description, "summary"), (SKOS.editorialNote, "note"))
        yield from ((node, name, english(record.fields[field])) for name, field in told if field in record.fields)
    for statement in record.get("asserts", [record.id]):
        yield node, PKO.asserts, ref(statement)
        yield ref(statement), PKO.evidencedBy, node
    for passage in record.passages:
        yield node, PKO.inPassage, ref(_path(passage))
        yield from _triples_of_passage(passage)


def _agent(record: Record, document: Document) -> str:
    """Return who makes the claim: the named speaker of a quotation, else whose words the document prints."""
    speaker = str(record.get("speaker", ""))
    if speaker and not speaker.startswith("unattributed/"):
        return speaker
    return str(record.get("by") or document.fields.get("by") or document.fields["publisher"])


def _path(passage: Passage) -> str:
    return f"passage/{passage.document}/{passage.start}-{passage.end}"


def _triples_of_passage(passage: Passage) -> Iterator[Triple]:
    node, selector = ref(_path(passage)), ref(_path(passage) + "/position")
    yield node, RDF.type, PKO.Passage
    yield node, OA.hasSource, ref(f"doc/{passage.document}")
    yield node, OA.hasSelector, selector
    yield node, PKO.textDigest, Literal(passage.sha256)
    yield selector, RDF.type, OA.TextPositionSelector
    yield selector, OA.start, integer(passage.start)
    yield selector, OA.end, integer(passage.end)
