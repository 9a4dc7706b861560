"""What the sides of each disagreement say and who says it: passages in their own words, values of registers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from api.site.page import Wanted, read
from api.site.passages import Span, context
from api.site.shelf import shelved
from api.words import british, words
from kg import names
from kg.store import Embedded

_QUESTION = "discrepancies"
_FOOTNOTE = re.compile("<sup>[0-9]+</sup>")
read(_QUESTION)
# Passages behind each side; a claim that is itself a side is left out of the statement that it words differently.
_PASSAGES = """SELECT DISTINCT (STR(?side) AS ?of) (STR(?statement) AS ?says) ?summary (STR(?_claim) AS ?claim)
  ?document ?tier ?published ?agent ?speaker ?copier ?note ?start ?end ?digest WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?side .
  { ?side pko:evidencedBy ?_claim FILTER NOT EXISTS { ?discrepancy pko:involves ?_claim } BIND(?side AS ?statement) }
  UNION { ?statement pko:evidencedBy ?side BIND(?side AS ?_claim) }
  ?_claim pko:inPassage ?passage .
  ?passage oa:hasSource ?document ; oa:hasSelector ?selector ; pko:textDigest ?digest .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL { ?statement pko:summary ?summary } OPTIONAL { ?document pko:sourceTier ?tier }
  OPTIONAL { ?document pko:publishedOn ?printed } OPTIONAL { ?_claim pko:claimedBy ?agent }
  OPTIONAL { ?_claim pko:speaker ?speaker } OPTIONAL { ?_claim skos:editorialNote ?note }
  OPTIONAL { ?document pko:sourceTier <ID_COPY> ; pko:publishedBy ?copier ; pko:copiedFrom ?original .
    OPTIONAL { ?original pko:publishedOn ?first } FILTER(?copier != ?agent) }
  BIND(COALESCE(?printed, ?first) AS ?published)
} ORDER BY ?of ?document ?claim ?start""".replace("ID_COPY", f"{names.VOCAB}source-tier/press-copy")
# What a register row that is a side tells of, and what it says where the graph keeps that for the row alone.
_ROWS = """SELECT DISTINCT (STR(?side) AS ?of) ?thing ?ends ?status ?last WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?side .
  ?side pko:inTable ?table ; pko:asserts ?thing .
  FILTER NOT EXISTS { ?thing a geo:Geometry } FILTER EXISTS { ?thing rdfs:label ?name }
  OPTIONAL { ?thing pko:snapshotEnd ?ends FILTER(?table = ID_table/crs-contract-dates>) }
  OPTIONAL { ?thing pko:referralStatus ?status FILTER(?table = ID_table/crs-referral-windows>)
    OPTIONAL { ?thing pko:referralsTo ?last } }
} ORDER BY ?of ?thing""".replace("ID_", f"<{names.ID}")
_VALUES = """SELECT DISTINCT (STR(?value) AS ?of) ?says (STR(?_discrepancy) AS ?discrepancy) ?side
  ?source ?used WHERE {
  ?_discrepancy pko:hasDisputedValue ?value . ?value rdfs:label ?says ; pko:restsOn ?side .
  OPTIONAL { ?value pko:saidBy ?source }
  BIND(EXISTS { ?_discrepancy pko:preferred ?value } AS ?used)
} ORDER BY ?of ?source ?side"""
_SOURCES = """SELECT DISTINCT ?source ?publisher ?agent ?tier ?date ?note WHERE {
  { ?value pko:saidBy ?source } UNION
  { ?discrepancy a pko:Discrepancy ; pko:involves ?side . ?side pko:evidencedBy ?row . ?row pko:rowSource ?source }
  OPTIONAL { ?source pko:publisherName ?publisher } OPTIONAL { ?source pko:asOf ?state }
  OPTIONAL { ?source pko:publishedBy ?agent } OPTIONAL { ?source pko:publishedOn ?printed }
  OPTIONAL { ?source pko:sourceTier ?tier } OPTIONAL { ?source skos:editorialNote ?remark }
  BIND(COALESCE(?printed, ?state) AS ?date) BIND(IF(BOUND(?tier), "", STR(?remark)) AS ?note)
}"""

# Statements that rest on a register row with one source only: who says them cannot be mistaken.
_TABLED = """SELECT DISTINCT (STR(?side) AS ?of) ?source WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?side . ?side pko:evidencedBy ?row . ?row pko:rowSource ?source .
  FILTER NOT EXISTS { ?row pko:rowSource ?other FILTER(?other != ?source) }
} ORDER BY ?of ?source"""
# What differs most plainly comes first.
_ORDER = ("value", "date", "definition", "scope", "attribution", "tense", "wording", "name", "rating-basis")

Row = dict[str, Any]


@dataclass(slots=True)
class Entry:
    """A register row, or a statement, on which a value rests.

    Attributes:
        iri: of the row or statement.
        things: what a row tells of, label by IRI.
        told: what the row says of them, "" where the graph does not keep it apart.
    """

    iri: str
    things: dict[str, str] = field(default_factory=dict)
    told: str = ""


@dataclass(slots=True)
class Side:
    """What one statement or claim says, or some sources in registers.

    Attributes:
        iri: of the statement, claim, disputed value or row.
        says: the value that sources give in registers; "" for what passages say.
        text: a statement in one sentence; "" for a claim, whose own words alone tell what it says.
        evidence: statement whose evidence is shown; "" where entries are shown instead.
        preferred: whether the editors use it.
        sources: who says it and where, with the words of passages.
        entries: the rows, or statements, in which a value is recorded.
    """

    iri: str
    says: str = ""
    text: str = ""
    evidence: str = ""
    preferred: bool = False
    sources: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def quoted(self) -> bool:
        """Tell whether the words of a passage are at hand."""
        return any(source["quotes"] for source in self.sources)


@dataclass(slots=True)
class Dispute:
    """A discrepancy with its sides, those in use first.

    Attributes:
        slug: last part of its name, by which other pages lead to it.
    """

    iri: str
    slug: str
    label: str
    kind: str
    note: str
    sides: list[Side] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Tell whether the editors use one of the sides."""
        return any(side.preferred for side in self.sides)

    @property
    def of_documents(self) -> bool:
        """Tell whether a passage of a document is among the sides."""
        return any(source["quotes"] is not None for side in self.sides for source in side.sources)


def disputes(wanted: Wanted, kind: str = "") -> list[Dispute]:
    """Return the discrepancies of a kind, or all: those of documents first, by kind and label."""
    found = _known(wanted.store, wanted.language)
    return [each for each in found if kind in ("", each.kind)]


@lru_cache(maxsize=1)
def _known(store: Embedded, language: str) -> list[Dispute]:
    """Return all discrepancies; a worker, which holds one state of the dataset, reads them once."""
    wanted = Wanted(store, "", {}, language)
    sources = {row["source"]: _register(row) for row in wanted.select(_SOURCES)}
    passages, rows, values = _statements(wanted), _entries(wanted), _values(wanted, sources)
    tabled = {row["of"]: [sources[row["source"]]] for row in wanted.select(_TABLED)}
    found: dict[str, Dispute] = {}
    for row in wanted.ask(_QUESTION).dicts():
        name = row["discrepancy"]
        if name not in found:
            slug = names.short(name).partition("/")[2]
            found[name] = Dispute(name, slug, row["discrepancy label"], names.short(row["kind"]), row["note"] or "")
            found[name].sides = _filled(values.get(name, []), rows)
        if all(row["side"] != entry.iri for each in found[name].sides for entry in each.entries):
            side = _side(row, passages.get(row["side"]) or rows.get(row["side"]))
            side.sources = side.sources or tabled.get(row["side"], [])
            found[name].sides.append(side)
    for each in found.values():
        each.sides.sort(key=lambda side: (not side.preferred, bool(side.says)))
    return sorted(found.values(), key=_place)


def _place(each: Dispute) -> tuple[bool, int, str]:
    """Return where a disagreement stands: those of documents first, then by what differs."""
    kind = each.kind.rpartition("/")[2]
    return not each.of_documents, _ORDER.index(kind) if kind in _ORDER else len(_ORDER), each.label


def _side(row: Row, known: Side | Entry | None) -> Side:
    """Return a side that is a statement or a claim, or a row of which no value is recorded."""
    preferred = bool(row["preferred"])
    if isinstance(known, Side):
        return Side(known.iri, "", known.text, known.evidence, preferred, known.sources)
    if known:
        return Side(known.iri, preferred=preferred, entries=[known])
    return Side(row["side"], "", row["side label"] or "", row["side"], preferred)


def _filled(values: list[Side], rows: Mapping[str, Entry]) -> list[Side]:
    """Return values with what their rows tell of."""
    for value in values:
        value.entries = [rows.get(entry.iri, entry) for entry in value.entries]
    return values


def _statements(wanted: Wanted) -> dict[str, Side]:
    """Return what passages say, by the statement or claim that is a side."""
    found: dict[str, Side] = {}
    shown: defaultdict[str, dict[tuple[Any, ...], Row]] = defaultdict(dict)
    for row in wanted.select(_PASSAGES):
        text = "" if row["of"] == row["claim"] else row["summary"] or ""
        side = found.setdefault(row["of"], Side(row["of"], text=text, evidence=row["says"]))
        key = (row["document"], row["agent"], row["speaker"])
        if key not in shown[row["of"]]:
            shown[row["of"]][key] = _source(row)
            side.sources.append(shown[row["of"]][key])
        source = shown[row["of"]][key]
        source["notes"] += [row["note"]] if row["note"] and row["note"] not in source["notes"] else []
        _quote(source["quotes"], row)
    return found


def _source(row: Row) -> Row:
    """Return a document as the page tells of it: who speaks, where, of what kind and day."""
    speakers = {row[name]: row[f"{name} label"] for name in ("speaker", "agent") if row[name]}
    return {
        "iri": row["document"],
        "label": row["document label"],
        "tier": row["tier label"],
        "date": row["published"],
        "who": speakers,
        "copier": {row["copier"]: row["copier label"]} if row["copier"] else {},
        "publisher": "",
        "notes": [],
        "quotes": {},
    }


def _quote(quotes: dict[str, list[str]], row: Row) -> None:
    """Add a passage in the document's own words, if they are at hand and are those that were recorded."""
    document = shelved(row["document"])
    found = document and context(document, Span(row["start"], row["end"]), row["digest"])
    if found and found.verified:
        said = "".join(piece.text or "…" for piece in found.pieces if piece.marked)
        quotes.setdefault(row["claim"], []).append(" ".join(_FOOTNOTE.sub("", said).split()))


def _entries(wanted: Wanted) -> dict[str, Entry]:
    """Return what each register row that is a side tells of."""
    found: dict[str, Entry] = {}
    for row in wanted.select(_ROWS):
        entry = found.setdefault(row["of"], Entry(row["of"]))
        entry.things[row["thing"]] = row["thing label"] or names.short(row["thing"])
        entry.told = _told(row, wanted.language)
    return found


def _told(row: Row, language: str) -> str:
    """Return what a register row says, where the graph keeps it for that row alone; "" otherwise."""
    said = words(language)
    if row["ends"]:
        return said("disagreements.ends", date=british(row["ends"]))
    if row["last"]:
        return said("disagreements.last", status=row["status label"], date=british(row["last"]))
    return row["status label"] or ""


def _values(wanted: Wanted, sources: Mapping[str, Row]) -> dict[str, list[Side]]:
    """Return what sources say in registers, by discrepancy."""
    found: dict[str, dict[str, Side]] = {}
    for row in wanted.select(_VALUES):
        side = found.setdefault(row["discrepancy"], {}).setdefault(
            row["of"], Side(row["of"], says=row["says"], preferred=bool(row["used"]))
        )
        if row["side"] not in [entry.iri for entry in side.entries]:
            side.entries.append(Entry(row["side"], told=row.get("side label") or ""))
        if row["source"] and sources[row["source"]] not in side.sources:
            side.sources.append(sources[row["source"]])
    return {name: list(sides.values()) for name, sides in found.items()}


def _register(row: Row) -> Row:
    """Return a source of registers, or a document that a value names, as the page tells of it."""
    return {
        "iri": row["source"],
        "label": row["source label"],
        "tier": row["tier label"] if row["tier"] else "",
        "date": row["date"],
        "who": {row["agent"]: row["agent label"]} if row["agent"] else {},
        "copier": {},
        "publisher": row["publisher"] or "",
        "notes": [row["note"]] if row["note"] else [],
        "quotes": None,
    }
