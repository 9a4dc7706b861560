"""The ways on from the page of a thing: the tools of the site that have something for it, already filled in.

Each is derived from what the graph has, by look-ups and never by a query; a number is that of the page it leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote, urlencode

from api.linked.around import Around
from kg import names
from kg.store.patterns import about, instances, is_named, pointing_to, value_of

_DOCUMENT, _THEME, _SERVICE = (names.ID + "doc/", names.VOCAB + "theme/", names.VOCAB + "service/")
_SUMMARY = names.DEF + "summary"
_REGION, _UNIT = (names.DEF + name for name in ("ProbationRegion", "ProbationDeliveryUnit"))
_RATED = {_REGION, _UNIT} | {
    names.DEF + name for name in ("CommunityRehabilitationCompany", "NationalProbationServiceDivision", "InternalBody")
}
# Kind of site → the value by which the map shows it.
_SITES = {names.DEF + "Court": "court", names.DEF + "Prison": "prison", names.DEF + "ProbationOffice": "office"}
_OPEN = names.VOCAB + "open-status/open"
# Lists: key of the words, class of the statements, and the property that leads to the thing → field of the form.
_LISTS = {
    "findings": ("Finding", {"aboutUnit": "unit", "madeIn": "inspection", "aboutStandard": "standard"}),
    "recommendations": ("Recommendation", {"addressedTo": "addressee", "madeIn": "inspection"}),
}
_NOWHERE = names.ID + "place/unspecified-county"


class Way(NamedTuple):
    """A way on.

    Attributes:
        key: of its words.
        href: address of the tool, with its fields filled in.
        total: how many entries it shows; 0 where no number is told.
        name: what it is about, where that is not the thing itself.
    """

    key: str
    href: str
    total: int = 0
    name: str = ""


def ways(around: Around) -> list[Way]:
    """Return the ways on from a thing, in the order of the page; none where no tool has anything for it."""
    return list(_Ways(around).all())


class _Ways:
    """What the graph has for each tool."""

    def __init__(self, around: Around) -> None:
        self.around, self.iri, self.store = around, around.iri, around.store
        self.name = names.short(around.iri)
        self._known: dict[tuple[str, str], set[str]] = {}  # what leads to a thing by a property, looked up once

    @cached_property
    def kinds(self) -> set[str]:
        """All classes of the thing, those that follow included."""
        return set(self.around.values(self.iri, names.PREFIXES["rdf"] + "type"))

    def all(self) -> Iterator[Way]:
        """Yield the ways, by tool."""
        yield from self.text()
        yield from self.lists()
        yield from self.ratings()
        yield from self.services()
        yield from self.places()

    def text(self) -> Iterator[Way]:
        """Yield the text of a document that was read with the account of its sentences, or the texts about a thing."""
        if self.iri.startswith(_DOCUMENT) and self._has("contentDigest"):
            slug = quote(self.iri.removeprefix(_DOCUMENT))
            yield Way("text", f"/evidence/document/{slug}")
            yield Way("coverage", f"/coverage/{slug}")
        for each in sorted(self._told("reportsOn", self.iri)):
            if about(self.store, each, names.DEF + "contentDigest", 1):
                slug = quote(each.removeprefix(_DOCUMENT))
                yield Way("text_of", f"/evidence/document/{slug}", name=self.around.label(each))

    def lists(self) -> Iterator[Way]:
        """Yield the lists of findings and of recommendations."""
        region = _REGION in self.kinds
        for key, (kind, fields) in _LISTS.items():
            if region and key == "findings":
                yield from self._list(key, kind, "region", self._of_region(), "findings_region")
                continue
            if self.iri.startswith(_THEME):
                yield from self._list(key, kind, "theme", self._told("theme", *self._narrower()))
                continue
            for leads, field in fields.items():
                words = f"{key}_to" if field == "addressee" else key
                yield from self._list(key, kind, field, self._told(leads, self.iri), words)

    def _list(self, key: str, kind: str, field: str, told: set[str], words: str = "") -> Iterator[Way]:
        counted = told.intersection(instances(self.store, names.DEF + kind)) if told else set()
        if total := sum(bool(about(self.store, each, _SUMMARY, 1)) for each in counted):
            yield _way(words or key, f"/{key}", total=total, **{field: self.name})

    def _of_region(self) -> set[str]:
        """Return what is said in inspections of a region, about it, and about its units: what its list shows."""
        inspections, units = self._told("inspects", self.iri), members(self.around)
        return self._told("madeIn", *inspections) | self._told("aboutUnit", self.iri, *units)

    def _narrower(self) -> list[str]:
        """Return a theme with those below it."""
        found = [self.iri]
        for each in found:
            below = pointing_to(self.store, each, names.PREFIXES["skos"] + "broader")
            found += [value_of(quad.subject) for quad in below if value_of(quad.subject) not in found]
        return found

    def ratings(self) -> Iterator[Way]:
        """Yield the history of a rated body and its comparison, key questions, and ratings under a programme."""
        if self.kinds & _RATED and self._is_rated(self.iri):
            yield _way("history", "/ratings/history", unit=self.name)
            yield _way("compare", "/ratings/compare", unit=self.name)
        if self._asserted("KeyQuestionResult", "madeIn"):
            yield _way("questions", "/ratings/key-questions", inspection=self.name)
        if len(rated := self._rated_here()) == 1:
            fields = {"unit": names.short(rated[0])}
            yield Way("history_of", _address("/ratings/history", fields), name=self.around.label(rated[0]))
        if names.DEF + "InspectionProgramme" in self.kinds and self._has("startedIn") and self._leads("underProgramme"):
            yield _way("programme", "/ratings", programme=self.name)

    def _rated_here(self) -> list[str]:
        """Return the bodies that got an overall rating in an inspection."""
        told = self._told("madeIn", self.iri)
        overall = told.intersection(instances(self.store, names.DEF + "OverallRating")) if told else ()
        return sorted({each for rating in overall for each in self.around.values(rating, names.DEF + "aboutUnit")})

    def _is_rated(self, body: str) -> bool:
        return any(about(self.store, each, names.DEF + "hasRating", 1) for each in self._told("aboutUnit", body))

    def services(self) -> Iterator[Way]:
        """Yield what is known of contracts of a region, also from its units, for a service, and of a provider."""
        if _REGION in self.kinds and self._is_served(self.iri):
            yield _way("services", "/provision", region=self.name)
        if _UNIT in self.kinds:
            above = self.around.values(self.iri, names.PREFIXES["org"] + "subOrganizationOf")
            for region in filter(self._is_served, above):
                fields = {"region": names.short(region)}
                yield Way("services_in", _address("/provision", fields), name=self.around.label(region))
        if self.iri.startswith(_SERVICE) and self._asserted("ServiceContract", "contractService"):
            yield _way("providers", "/provision", service=self.name)
        if any(self._asserted("ServiceContract", name) for name in ("contractProvider", "subcontractor")):
            yield _way("contracts", "/provision", provider=self.name)

    def _is_served(self, region: str) -> bool:
        areas = [region, *self._told("servesRegion", region)]
        return any(self._is_contract(each) for each in self._told("contractArea", *areas))

    def _is_contract(self, thing: str) -> bool:
        return names.DEF + "ServiceContract" in self.around.values(thing, names.PREFIXES["rdf"] + "type")

    def places(self) -> Iterator[Way]:
        """Yield who serves a place, and the map with what lies in a region or unit, or with a site among its like."""
        if names.DEF + "Area" in self.kinds and self.iri != _NOWHERE:
            label = self.around.label(self.iri)
            yield _way("serves", "/areas", place=label, area=self.name)
        if _REGION in self.kinds and self._leads("servesRegion"):
            yield _way("map", "/map", region=self.name)
        if _UNIT in self.kinds and self._is_drawn():
            yield _way("map", "/map", unit=self.name)
        yield from self._site()

    def _is_drawn(self) -> bool:
        """Whether the map knows of areas of a unit: those that it covers today."""
        covers = self._told("coveringUnit", self.iri)
        now = [each for each in covers if not about(self.store, each, names.DEF + "validTo", 1)]
        return bool(now) and bool(about(self.store, self.iri, names.PREFIXES["org"] + "subOrganizationOf", 1))

    def _site(self) -> Iterator[Way]:
        kind = next((_SITES[each] for each in self.kinds if each in _SITES), "")
        regions = self.around.values(self.iri, names.DEF + "servesRegion")
        if not kind or len(regions) != 1 or not self._is_placed(kind):
            return
        fields = {"kind": kind, "region": names.short(regions[0])}
        if kind != "office" and self.around.values(self.iri, names.DEF + "openStatus") != [_OPEN]:
            fields["status"] = "all"
        yield Way(f"map_{kind}", _address("/map", fields), name=self.around.label(regions[0]))

    def _is_placed(self, kind: str) -> bool:
        """Whether the map shows where a site lies: a court or prison by its own point, an office by its district's."""
        where = self.around.values(self.iri, names.DEF + "locatedIn") if kind == "office" else [self.iri]
        point = [names.PREFIXES["wgs84"] + name for name in ("lat", "long")]
        return any(all(len(self.around.values(each, name)) == 1 for name in point) for each in where)

    def _has(self, name: str) -> bool:
        return bool(about(self.store, self.iri, names.DEF + name, 1))

    def _leads(self, name: str) -> bool:
        return bool(pointing_to(self.store, self.iri, names.DEF + name, 1))

    def _told(self, name: str, *things: str) -> set[str]:
        """Return what leads by a property to some of the things."""
        return {each for thing in things for each in self._leading(name, thing)}

    def _leading(self, name: str, thing: str) -> set[str]:
        if (name, thing) not in self._known:
            quads = pointing_to(self.store, thing, names.DEF + name)
            self._known[name, thing] = {quad.subject.value for quad in quads if is_named(quad.subject)}
        return self._known[name, thing]

    def _asserted(self, kind: str, name: str) -> bool:
        """Whether something of a class leads to the thing by a property."""
        told = self._told(name, self.iri)
        return bool(told) and not told.isdisjoint(instances(self.store, names.DEF + kind))


def _way(key: str, path: str, total: int = 0, **fields: str) -> Way:
    return Way(key, _address(path, fields), total)


def _address(path: str, fields: dict[str, str]) -> str:
    return f"{path}?{urlencode(fields, safe='/')}"


def members(around: Around) -> list[str]:
    """Return what is affiliated to a region, by label: its delivery units, ended ones included."""
    records = around.pointing(names.DEF + "parentUnit")
    found = {unit for each in records for unit in around.values(each, names.DEF + "affiliatedUnit")}
    return sorted(found, key=around.label)
