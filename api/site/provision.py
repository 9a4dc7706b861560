"""The page of provision: which provider is under contract for which service in which region, and where nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from api.site.page import PREFIXES, Page, Wanted, render
from api.words import words
from kg import names

_FIELDS = ("region", "service", "provider")
_ROLES = """  VALUES (?link ?role) { (pko:contractProvider "holder") (pko:subcontractor "subcontractor") }
"""
_IN_REGION = """  ?contract a pko:ServiceContract ; pko:contractService ?service ; pko:contractArea ?area .
  { ?area a pko:ProbationRegion BIND(?area AS ?region) } UNION { ?area a pko:PoliceArea ; pko:servesRegion ?region }
"""
# Everything that is known of contracts, one row a contract and provider; days of the catalogue and days of referrals
# come with the grade of their rows, for no source gives them with authority.
_CONTRACTS = f"""SELECT DISTINCT ?service ?region ?area ?contract ?name ?reference ?role ?provider ?sex
  ?least_age ?most_age ?until ?catalogue_start ?catalogue_end ?catalogue_grade ?dispute ?referrals
  ?referrals_from ?referrals_to ?referrals_grade ?note
WHERE {{
{_IN_REGION}  OPTIONAL {{ {_ROLES}    ?contract ?link ?provider }}
  OPTIONAL {{ ?contract rdfs:label ?title }}
  OPTIONAL {{ ?contract pko:summary ?summary }}
  BIND(COALESCE(?title, ?summary) AS ?name)
  OPTIONAL {{ ?contract pko:contractType ?type ; skos:notation ?reference }}
  OPTIONAL {{ ?contract pko:eligibleSex ?sex
    FILTER NOT EXISTS {{ ?contract pko:eligibleSex ?other FILTER(?other != ?sex) }} }}
  OPTIONAL {{ ?contract pko:minimumAge ?least_age }}
  OPTIONAL {{ ?contract pko:maximumAge ?most_age }}
  OPTIONAL {{ ?contract pko:validTo ?until }}
  OPTIONAL {{
    ?days pko:asserts ?contract ; pko:inTable <{names.ID}table/crs-contract-dates> ; pko:rowQuality ?catalogue_grade .
    OPTIONAL {{ ?contract pko:snapshotStart ?catalogue_start }}
    OPTIONAL {{ ?contract pko:snapshotEnd ?catalogue_end }}
    OPTIONAL {{ ?dispute pko:involves ?days }}
  }}
  OPTIONAL {{
    ?window pko:asserts ?contract ; pko:inTable <{names.ID}table/crs-referral-windows> ;
      pko:rowQuality ?referrals_grade .
    OPTIONAL {{ ?contract pko:referralStatus ?referrals }}
    OPTIONAL {{ ?contract pko:referralsFrom ?referrals_from }}
    OPTIONAL {{ ?contract pko:referralsTo ?referrals_to }}
  }}
  OPTIONAL {{ ?contract skos:editorialNote ?note }}
}}
ORDER BY ?service ?region ?area ?contract ?role ?provider"""
_COUNTS = f"""SELECT ?region ?service (COUNT(DISTINCT ?listed) AS ?listed_count) (COUNT(DISTINCT ?told) AS ?told_count)
  (COUNT(DISTINCT ?shut) AS ?closed_count)
WHERE {{
{_IN_REGION}  OPTIONAL {{ ?contract pko:contractType ?type BIND(?contract AS ?listed) }}
  OPTIONAL {{ ?contract pko:contractType ?type ; pko:referralStatus <{names.VOCAB}referral-status/closed>
    BIND(?contract AS ?shut) }}
  BIND(IF(BOUND(?listed), ?none, ?contract) AS ?told)
}} GROUP BY ?region ?service"""
_SERVICES = f"SELECT ?service WHERE {{ ?service skos:inScheme <{names.VOCAB}service> }}"
_REGIONS = "SELECT ?region WHERE { ?region a pko:ProbationRegion }"
_PROVIDERS = "SELECT DISTINCT ?provider WHERE { ?contract pko:contractProvider|pko:subcontractor ?provider }"
_ABSENCES = """SELECT ?region ?service ?absence ?as_of ?summary WHERE {
  ?absence a pko:StatedAbsence ; pko:absenceIn ?region ; pko:absenceOf ?service ; pko:summary ?summary .
  OPTIONAL { ?absence pko:asOf ?as_of } }"""
# All that is said of the region and the service, whether it names the service or bears its theme: no side is left out.
_TOLD = f"""SELECT DISTINCT ?_region ?service ?statement ?summary ?inspection WHERE {{
  {{ ?statement pko:aboutUnit ?_region }} UNION {{ ?statement pko:ofUnit ?_region }}
  {{ ?statement pko:aboutThing ?service }} UNION {{ ?statement pko:forGroup ?service }}
  UNION {{ ?statement pko:theme ?theme . ?theme skos:relatedMatch ?service }}
  ?service skos:inScheme <{names.VOCAB}service> . ?statement pko:summary ?summary .
  FILTER NOT EXISTS {{ VALUES ?shown {{ pko:ServiceContract pko:StatedAbsence }} ?statement a ?shown }}
  OPTIONAL {{ ?statement pko:madeIn ?inspection }} }} ORDER BY ?service ?statement"""
_THEMES = "SELECT ?service ?theme WHERE { ?theme skos:inScheme ?scheme ; skos:relatedMatch ?service }"
_REGISTER = f"""SELECT ?source ?as_of ?note WHERE {{
  ?row pko:inTable <{names.ID}table/%s> ; pko:rowSource ?source . ?source pko:asOf ?as_of .
  OPTIONAL {{ ?source skos:editorialNote ?note }} }} LIMIT 1"""
_OUTSIDE = {"unpaid-work", "electronic-monitoring", "commissioned-rehabilitative-services"}

Row = dict[str, Any]


@dataclass(slots=True)
class Contract:
    """A contract as the page shows it.

    Attributes:
        row: what is the same in all rows of the contract.
        holders: its lead provider; empty where no source names one.
        subcontractors: who delivers part of it.
        disputes: discrepancies in which its days take part.
        notes: of the editors.
    """

    row: Row
    holders: dict[str, str] = field(default_factory=dict)
    subcontractors: dict[str, str] = field(default_factory=dict)
    disputes: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)

    def read(self, row: Row) -> None:
        """Take in one more row of the contract."""
        if row["provider"]:
            providers = self.holders if row["role"] == "holder" else self.subcontractors
            providers[row["provider"]] = row["provider label"] or names.short(row["provider"])
        self.disputes |= {row["dispute"]} - {None}
        self.notes |= {row["note"]} - {None}

    @property
    def in_register(self) -> bool:
        """Tell whether the register of contracts lists it; otherwise a document tells of it."""
        return bool(self.row["reference"])


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown of one service: contracts, regions for which a source lists none, regions not known.

    Attributes:
        twice: whether a document and the register both tell of contracts for one region.
    """

    service: str
    label: str
    contracts: Sequence[Contract]
    absent: Sequence[Row]
    unknown: Sequence[tuple[str, str]]
    told: Sequence[Row]
    twice: bool


def make(wanted: Wanted) -> bytes:
    """Return the page: a table of all regions and services, or the contracts that a choice leaves."""
    choices = _choices(wanted)
    chosen, problem = _chosen(wanted, choices)
    values: dict[str, Any] = {
        "choices": choices,
        "chosen": chosen,
        "problem": problem,
        "register": wanted.select(_REGISTER % "crs-contracts")[0],
        "catalogue": wanted.select(_REGISTER % "crs-contract-dates")[0],
        "windows": wanted.select(_REGISTER % "crs-referral-windows")[0],
        "themes": {row["service"]: names.short(row["theme"]) for row in wanted.select(_THEMES)},
        "downloads": _downloads(chosen),
        "sections": _sections(wanted, choices, chosen) if chosen else [],
        "grid": None if chosen else _grid(wanted, choices),
    }
    values["heading"] = _heading(wanted, chosen, choices)
    return render("site_provision.html", wanted, **values)


def _choices(wanted: Wanted) -> dict[str, dict[str, str]]:
    """Return labels by short name for each field, in the order of the labels."""
    asked = {"region": _REGIONS, "service": _SERVICES, "provider": _PROVIDERS}
    return {name: _labels(wanted.select(text), name) for name, text in asked.items()}


def _labels(rows: Iterable[Row], column: str) -> dict[str, str]:
    """Return the labels of a column by short name, sorted by label."""
    found = {names.short(row[column]): row[f"{column} label"] or names.short(row[column]) for row in rows}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def _chosen(wanted: Wanted, choices: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, str], str]:
    """Return the choices that hold, and one sentence on the first that does not."""
    given = {name: wanted.one(name) for name in _FIELDS if wanted.one(name)}
    wrong = [name for name, value in given.items() if value not in choices[name]]
    if not wrong:
        return given, ""
    said = words(wanted.language)("provision.wrong_" + wrong[0], value=given[wrong[0]][:80])
    return {name: value for name, value in given.items() if name not in wrong}, said


def _heading(wanted: Wanted, chosen: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> str:
    """Return what the choice is called."""
    labels = {name: choices[name][value] for name, value in chosen.items()}
    parts = [words(wanted.language)(f"provision.chosen_{name}", label=labels[name]) for name in labels]
    return ", ".join(parts)


def contracts_text(chosen: Mapping[str, str]) -> str:
    """Return the question for the contracts that a choice leaves; every value is one of those offered."""
    values = [f"VALUES ?{name} {{ <{names.iri(chosen[name])}> }}" for name in ("region", "service") if name in chosen]
    if "provider" in chosen:
        values.append(f"?contract pko:contractProvider|pko:subcontractor <{names.iri(chosen['provider'])}> .")
    return _CONTRACTS.replace("WHERE {\n", "WHERE {\n  " + "\n  ".join(values) + "\n" if values else "WHERE {\n", 1)


def _contracts(wanted: Wanted, chosen: Mapping[str, str]) -> list[Contract]:
    """Return contracts in the order of services, regions and areas."""
    found: dict[str, Contract] = {}
    for row in wanted.select(contracts_text(chosen)):
        found.setdefault(row["contract"], Contract(row)).read(row)
    return sorted(found.values(), key=_order)


def _order(contract: Contract) -> tuple[str, bool, str]:
    """Return what contracts are sorted by: region, the register before documents, area."""
    return contract.row["region label"], not contract.in_register, contract.row["area label"]


def _sections(wanted: Wanted, choices: Mapping[str, Mapping[str, str]], chosen: Mapping[str, str]) -> list[Section]:
    """Return one section a service; gaps are shown unless a provider is chosen, to whom they would not belong."""
    contracts = _contracts(wanted, chosen)
    absences = wanted.select(_ABSENCES)
    told = wanted.select(_TOLD, region=chosen["region"]) if "region" in chosen else []
    regions = {chosen["region"]: ""} if "region" in chosen else choices["region"]
    sections = []
    for service in [chosen["service"]] if "service" in chosen else _bought(choices):
        mine = [each for each in contracts if names.short(each.row["service"]) == service]
        gaps = _gaps(service, regions, mine, absences) if "provider" not in chosen else ([], [])
        named = [(region, choices["region"][region]) for region in gaps[1]]
        said = [row for row in told if names.short(row["service"]) == service and "provider" not in chosen]
        if mine or gaps[0] or named or said:
            label = choices["service"][service]
            sections.append(Section(names.iri(service), label, mine, gaps[0], named, said, _twice(mine)))
    return sections


def _bought(choices: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the services that the register can list, in the order of their labels."""
    return [service for service in choices["service"] if service.rpartition("/")[2] not in _OUTSIDE]


def _gaps(
    service: str, regions: Iterable[str], contracts: Iterable[Contract], absences: Iterable[Row]
) -> tuple[list[Row], list[str]]:
    """Return the stated absences of a service, and the regions for which neither a contract nor an absence is known."""
    served = {names.short(each.row["region"]) for each in contracts}
    absent = {names.short(row["region"]): row for row in absences if names.short(row["service"]) == service}
    missing = [region for region in regions if region not in served]
    return [absent[region] for region in missing if region in absent], [each for each in missing if each not in absent]


def _twice(contracts: Sequence[Contract]) -> bool:
    """Tell whether a document and the register both tell of a contract for one region."""
    regions = [{each.row["region"] for each in contracts if each.in_register is listed} for listed in (True, False)]
    return bool(regions[0] & regions[1])


def _grid(wanted: Wanted, choices: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the table of regions and services: counts, stated absences, and None where nothing is known."""
    cells: dict[tuple[str, str], Row] = {}
    counted = wanted.select(_COUNTS)
    for row in [*wanted.select(_ABSENCES), *counted]:
        cells[names.short(row["region"]), names.short(row["service"])] = row
    twice = any(row["listed_count"] and row["told_count"] for row in counted)
    return {"regions": choices["region"], "services": _bought(choices), "cells": cells, "twice": twice}


def _downloads(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the same contracts as CSV, of their query, and of the absences as CSV."""
    text = PREFIXES + contracts_text(chosen)
    kept = {"region": chosen["region"]} if "region" in chosen else {}
    absences = "/queries/services-without-a-contract?"
    return {
        "csv": "/sparql?" + urlencode({"query": text, "name": "contracts", "format": "csv"}),
        "query": "/sparql?" + urlencode({"query": text}),
        "absences": absences + urlencode(kept | {"format": "csv"}),
        "absences_query": absences + urlencode(kept),
    }


PAGE = Page("provision", make, _FIELDS)
