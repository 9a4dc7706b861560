"""/evidence: the chain from a statement to the passages and register rows that say it, step by step."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from api.linked.measures import fraction, measured, percentage
from api.site import marked, place, rows
from api.site.page import NotThere, Page, Wanted, render
from api.site.passages import Span, contexts
from api.site.shelf import shelved
from api.words import words
from kg import names

_SAID = (  # properties of a statement that say what it states, in the order of the page
    *("pko:aboutUnit", "pko:ratesEachUnitOf", "pko:aboutThing", "pko:ofUnit", "pko:affiliatedUnit", "pko:parentUnit"),
    *("pko:coveringUnit", "pko:coveredArea", "pko:contractProvider", "pko:addressedTo", "pko:aboutStandard"),
    *("pko:aboutKeyQuestion", "pko:hasRating", "pko:score", "pko:maxScore", "pko:ofMetric", "pko:value"),
    *("pko:percentage", "pko:onSample", "pko:madeIn"),
    *("pko:validFrom", "pko:validTo", "pko:periodStart", "pko:periodEnd", "pko:asOf", "pko:supersedes"),
    *("pko:partOfStatement", "prov:wasDerivedFrom", "skos:editorialNote"),
)
_STATEMENT = f"""SELECT DISTINCT ?_thing ?property ?value WHERE {{
  VALUES ?property {{ {" ".join(_SAID)} }}
  ?_thing ?property ?value
}} ORDER BY ?value"""
_MEASURED = """SELECT DISTINCT ?_thing ?value ?unit ?bound ?numerator ?denominator ?part WHERE {
  { ?_thing pko:value ?value } UNION { ?_thing pko:percentage ?value }
  OPTIONAL { ?_thing pko:ofMetric/pko:unitOfMeasure ?unit }
  OPTIONAL { ?_thing pko:valueQualifier ?bound }
  OPTIONAL { ?_thing pko:numerator ?numerator }
  OPTIONAL { ?_thing pko:denominator ?denominator }
  OPTIONAL { ?_thing pko:ofUnnamedPart ?part }
}"""
_CLAIMS = """SELECT DISTINCT ?_thing ?claim ?mode ?mode_means ?agent ?speaker ?own ?note
  ?tier ?tier_means ?rank ?document ?start ?end ?digest
WHERE {
  ?_thing pko:evidencedBy ?claim .
  ?claim pko:claimMode ?mode ; pko:claimedBy ?agent ; pko:inPassage ?passage .
  ?passage oa:hasSource ?document ; oa:hasSelector ?selector ; pko:textDigest ?digest .
  ?selector oa:start ?start ; oa:end ?end .
  ?document pko:sourceTier ?tier .
  OPTIONAL { ?tier pko:ordinal ?rank }
  OPTIONAL { ?tier skos:definition ?tier_means }
  OPTIONAL { ?mode skos:definition ?mode_means }
  OPTIONAL { ?claim pko:speaker ?speaker }
  OPTIONAL { ?claim dcterms:description ?own }
  OPTIONAL { ?claim skos:editorialNote ?note }
} ORDER BY ?rank ?document ?start ?claim"""
_DISAGREEMENTS = """SELECT DISTINCT ?_thing ?discrepancy ?kind ?side ?note ?preferred WHERE {
  { ?discrepancy pko:involves ?_thing }
  UNION { ?_thing pko:evidencedBy ?evidence . ?discrepancy pko:involves ?evidence }
  ?discrepancy pko:discrepancyKind ?kind ; pko:involves ?side
  OPTIONAL { ?discrepancy pko:resolutionNote ?note }
  BIND(EXISTS { ?discrepancy pko:preferred ?side } AS ?preferred)
} ORDER BY ?discrepancy DESC(?preferred) ?side"""
_KINDS = """SELECT DISTINCT ?_thing ?kind WHERE { ?_thing a ?kind FILTER(STRSTARTS(STR(?kind), STR(pko:))) }"""
_PLAIN = ("Statement", "Record", "Judgement", "Evidence", "SourceDocument")  # said by the narrower kind as well
_MOST_STATEMENTS = 100


def make(wanted: Wanted) -> bytes:
    """Make the page of a statement or thing, of a document in full, or of all documents.

    Raises:
        NotThere: nothing bears the name at the end of the address.
    """
    if not wanted.path:
        return render("site_evidence_all.html", wanted, documents=marked.all_documents(wanted))
    if wanted.path.startswith("document/"):
        return marked.make(wanted, wanted.path.removeprefix("document/"))
    thing = named(wanted, wanted.path)
    if rows.is_row(thing):
        return rows.make(wanted, thing)
    if place.is_passage(thing):
        return place.make(wanted, thing)
    claims = wanted.select(_CLAIMS, thing=thing)
    said = wanted.ask("statements-about-a-thing", thing=thing).dicts()
    documents = {slug: marked.described(wanted, slug) for slug in dict.fromkeys(each["document"] for each in claims)}
    return render(
        "site_evidence.html",
        wanted,
        thing=thing,
        title=wanted.store.labels([thing]).get(thing) or names.short(thing),
        kinds=_kinds(wanted, thing),
        facts=_facts(wanted, thing),
        documents=[(documents[slug], _claims(list(group))) for slug, group in groupby(claims, _document)],
        count=len({each["claim"] for each in claims}),
        rows=rows.behind(wanted, thing),
        disagreements=_disagreements(wanted, thing),
        said=said[:_MOST_STATEMENTS],
        more=max(0, len(said) - _MOST_STATEMENTS),
    )


def named(wanted: Wanted, name: str) -> str:
    """Return the IRI of a short name.

    Raises:
        NotThere: nothing bears it.
    """
    thing = names.iri(name) if names.REFERENCE.fullmatch(name) else ""
    if not thing or not wanted.store.mentions(thing):
        raise NotThere(
            f'Nothing in the graph is called "{name}"; search for it by its name, or take a link "Evidence".'
        )
    return thing


def _document(row: dict[str, Any]) -> str:
    return str(row["document"])


def _kinds(wanted: Wanted, thing: str) -> list[str]:
    """Return the labels of what a thing is, without those that a narrower one implies."""
    found = {
        names.short(row["kind"]).removeprefix("pko:"): row["kind label"] for row in wanted.select(_KINDS, thing=thing)
    }
    return sorted(str(label) for kind, label in found.items() if label and kind not in _PLAIN) or sorted(
        str(label) for label in found.values() if label
    )


def _facts(wanted: Wanted, thing: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what a statement says, by property, in the order of the query; a measured value in words."""
    rows = [{**row, **_measure(wanted, thing, row)} for row in wanted.select(_STATEMENT, thing=thing)]
    rows.sort(key=lambda row: _SAID.index(names.short(row["property"])))
    return [
        (name, list(group)) for name, group in groupby(rows, lambda row: names.short(row["property"]).partition(":")[2])
    ]


def _measure(wanted: Wanted, thing: str, row: dict[str, Any]) -> dict[str, str]:
    """Return what stands in place of a measured value, and the note on it or on whose it is; {} for all else."""
    name = names.short(row["property"])
    known = wanted.select(_MEASURED, thing=thing) if name in ("pko:value", "pko:percentage", "pko:ofUnit") else []
    if not known:
        return {}
    told = {key: str(value) for key, value in known[0].items() if value is not None}
    if name == "pko:ofUnit":
        return {"note": words(wanted.language)("measure.part")} if told.get("part") == "True" else {}
    value, unit, bound = (told.get(key, "") for key in ("value", "unit", "bound"))
    shown = percentage(value) if name == "pko:percentage" else measured(value, unit, bound)
    return {"value": shown, "note": fraction(told.get("numerator", ""), told.get("denominator", ""))}


def _claims(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the claims of one document, each with its parts: one passage, or several that are read as one."""
    document = shelved(lines[0]["document"])
    claims = [list(group) for _, group in groupby(sorted(lines, key=_claim), lambda line: line["claim"])]
    return [
        {**claim[0], "parts": claim, "contexts": contexts(document, map(_part, claim)) if document else []}
        for claim in sorted(claims, key=lambda claim: (claim[0]["start"], claim[0]["claim"]))
    ]


def _claim(line: dict[str, Any]) -> tuple[str, int]:
    return line["claim"], line["start"]


def _part(line: dict[str, Any]) -> tuple[Span, str]:
    return Span(line["start"], line["end"]), line["digest"]


def _disagreements(wanted: Wanted, thing: str) -> list[list[dict[str, Any]]]:
    rows = wanted.select(_DISAGREEMENTS, thing=thing)
    return [list(group) for _, group in groupby(rows, lambda row: row["discrepancy"])]


PAGE = Page("evidence", make, deep=True)
