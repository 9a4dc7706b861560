"""The page of disagreements: what sources say against one another, who says it, and which side is used here and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from api.site.page import Page, Wanted, read, render
from api.words import british, words
from kg import names

_QUESTION = "discrepancies"
read(_QUESTION)
# Passages behind each side; a claim that is itself a side is left out of the statement that it words differently.
_PASSAGES = """SELECT DISTINCT (STR(?side) AS ?of) (STR(?statement) AS ?says) ?summary
  ?document ?tier ?published ?agent ?speaker ?note WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?side .
  { ?side pko:evidencedBy ?claim FILTER NOT EXISTS { ?discrepancy pko:involves ?claim } BIND(?side AS ?statement) }
  UNION { ?statement pko:evidencedBy ?side BIND(?side AS ?claim) }
  ?claim pko:inPassage/oa:hasSource ?document .
  OPTIONAL { ?statement pko:summary ?summary } OPTIONAL { ?document pko:sourceTier ?tier }
  OPTIONAL { ?document pko:publishedOn ?published } OPTIONAL { ?claim pko:claimedBy ?agent }
  OPTIONAL { ?claim pko:speaker ?speaker } OPTIONAL { ?claim skos:editorialNote ?note }
} ORDER BY ?of ?document"""
# Rows of registers that are a side, or that support one.
_ROWS = """SELECT DISTINCT (STR(?side) AS ?of) ?thing ?table ?source ?as_of ?publisher ?grade
  ?ends ?status ?last WHERE {
  ?discrepancy a pko:Discrepancy ; pko:involves ?side .
  { ?side pko:inTable ?table BIND(?side AS ?row)
    OPTIONAL { ?side pko:asserts ?thing . FILTER NOT EXISTS { ?thing a geo:Geometry } } }
  UNION { ?side a pko:Statement ; pko:evidencedBy ?row . ?row pko:inTable ?table }
  ?row pko:rowSource ?source ; pko:rowQuality ?grade .
  OPTIONAL { ?source pko:asOf ?as_of } OPTIONAL { ?source pko:publisherName ?publisher }
  OPTIONAL { ?thing pko:snapshotEnd ?ends FILTER(?table = ID_table/crs-contract-dates>) }
  OPTIONAL { ?thing pko:referralStatus ?status FILTER(?table = ID_table/crs-referral-windows>)
    OPTIONAL { ?thing pko:referralsTo ?last } }
} ORDER BY ?of ?source ?thing""".replace("ID_", f"<{names.ID}")
_COVERAGES = """SELECT DISTINCT (STR(?side) AS ?of) ?unit ?area WHERE {
  ?discrepancy pko:involves ?side . ?side pko:coveringUnit ?unit ; pko:coveredArea ?area }"""
_KINDS = f"SELECT ?kind ?meaning WHERE {{ ?kind skos:inScheme <{names.VOCAB}discrepancy> ; skos:definition ?meaning }}"
_MOST_SIDES = 6

Row = dict[str, Any]


@dataclass(slots=True)
class Side:
    """What one statement, claim or register row says.

    Attributes:
        iri: of the statement, claim or row.
        text: what it says in one sentence; "" for a row, whose things are named instead.
        evidence: statement or row whose evidence is shown.
        preferred: whether the editors use it.
        sources: the passages and rows behind it.
        things: what a register row tells of, label by IRI.
        told: what the row says of them, "" where the graph does not keep it apart.
    """

    iri: str
    text: str
    evidence: str
    preferred: bool
    sources: list[Row] = field(default_factory=list)
    things: dict[str, str] = field(default_factory=dict)
    told: str = ""


@dataclass(slots=True)
class Dispute:
    """A discrepancy with its sides, those in use first.

    Attributes:
        slug: last part of its name, by which other pages lead to it.
        many: whether the sides are too many for cards and come as a list.
    """

    iri: str
    slug: str
    label: str
    kind: str
    note: str
    sides: list[Side] = field(default_factory=list)

    @property
    def many(self) -> bool:
        """Tell whether there are too many sides to set them side by side."""
        return len(self.sides) > _MOST_SIDES

    @property
    def settled(self) -> bool:
        """Tell whether the editors use one of the sides."""
        return any(side.preferred for side in self.sides)


def make(wanted: Wanted) -> bytes:
    """Return the page: all disagreements by kind, or those of one kind."""
    kinds = {names.short(row["kind"]): row for row in wanted.select(_KINDS)}
    kind, problem = wanted.one("kind"), ""
    if kind and kind not in kinds:
        problem, kind = words(wanted.language)("disagreements.wrong_kind", value=kind[:80]), ""
    disputes = _disputes(wanted, kind)
    groups = _grouped(disputes)
    address = f"/queries/{_QUESTION}?"
    chosen = {"kind": kind} if kind else {}
    values = {
        "kinds": kinds,
        "kind": kind,
        "problem": problem,
        "groups": {name: groups[name] for name in sorted(groups, key=lambda name: (-len(groups[name]), name))},
        "total": len(disputes),
        "csv": address + urlencode(chosen | {"format": "csv"}),
        "query": address + urlencode(chosen),
    }
    return render("site_disagreements.html", wanted, **values)


def _disputes(wanted: Wanted, kind: str) -> list[Dispute]:
    """Return the discrepancies of a kind, or all, with their sides."""
    sides = _sides(wanted)
    found: dict[str, Dispute] = {}
    for row in wanted.ask(_QUESTION, **({"kind": kind} if kind else {})).dicts():
        name = row["discrepancy"]
        slug = names.short(name).partition("/")[2]
        new = Dispute(name, slug, row["discrepancy label"], names.short(row["kind"]), row["note"] or "")
        side = sides.get(row["side"]) or Side(row["side"], "", row["side"], False)
        shown = replace(side, text=side.text or row["side label"] or "", preferred=bool(row["preferred"]))
        found.setdefault(name, new).sides.append(shown)
    for each in found.values():
        each.sides.sort(key=lambda side: (not side.preferred, side.text))
    return sorted(found.values(), key=lambda each: each.label)


def _grouped(disputes: Iterable[Dispute]) -> dict[str, list[Dispute]]:
    """Return discrepancies by kind."""
    found: dict[str, list[Dispute]] = {}
    for each in disputes:
        found.setdefault(each.kind, []).append(each)
    return found


def _sides(wanted: Wanted) -> dict[str, Side]:
    """Return what each side says and where, by its IRI."""
    found: dict[str, Side] = {}
    said = words(wanted.language)
    for row in wanted.select(_PASSAGES):
        side = found.setdefault(row["of"], Side(row["of"], row["summary"] or "", row["says"], False))
        side.sources.append(_source(row))
    for row in wanted.select(_ROWS):
        side = found.setdefault(row["of"], Side(row["of"], "", row["of"], False))
        if row["thing"]:
            side.things[row["thing"]] = row["thing label"] or names.short(row["thing"])
        entry = _entry(row)
        side.sources += [entry] if entry not in side.sources else []
        side.told = _told(row, wanted.language)
    for row in wanted.select(_COVERAGES):
        text = said("disagreements.coverage", unit=row["unit label"], area=row["area label"])
        found.setdefault(row["of"], Side(row["of"], "", row["of"], False)).text = text
    return found


def _told(row: Mapping[str, Any], language: str) -> str:
    """Return what a register row says, where the graph keeps it for that row alone; "" otherwise."""
    said = words(language)
    if row["ends"]:
        return said("disagreements.ends", date=british(row["ends"]))
    if row["last"]:
        return said("disagreements.last", status=row["status label"], date=british(row["last"]))
    return row["status label"] or ""


def _source(row: Mapping[str, Any]) -> Row:
    """Return a passage as the page tells of it: document, tier, day and who speaks."""
    speakers = {row[name]: row[f"{name} label"] for name in ("speaker", "agent") if row[name]}
    return {
        "iri": row["document"],
        "label": row["document label"],
        "tier": row["tier label"],
        "date": row["published"],
        "who": speakers,
        "table": "",
        "note": row["note"],
    }


def _entry(row: Mapping[str, Any]) -> Row:
    """Return a register row as the page tells of it: source, table, grade and day."""
    return {
        "iri": row["source"],
        "label": row["source label"],
        "tier": row["grade label"],
        "date": row["as_of"],
        "who": {},
        "table": row["table label"],
        "publisher": row["publisher"],
        "note": None,
    }


PAGE = Page("disagreements", make, ("kind",))
