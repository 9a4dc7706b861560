"""Kinds of things: which of a thing's classes tells most, and to which group of a legend it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg import names

# The first class here that a thing has decides its group; every thing has all classes above its narrowest.
_GROUPS = {
    "ProbationRegion": "region",
    "ProbationDeliveryUnit": "unit",
    "FunctionalUnit": "unit",
    "RegionalTeam": "unit",
    "Area": "area",
    "Court": "court",
    "Prison": "prison",
    "ProbationOffice": "office",
    "PredecessorBody": "body",
    "ServiceProvider": "provider",
    "PrisonOperator": "provider",
    "ServiceContract": "contract",
    "Intervention": "service",
    "Inspection": "inspection",
    "StandardsFramework": "standard",
    "StandardsDomain": "standard",
    "Standard": "standard",
    "KeyQuestion": "standard",
    "Finding": "finding",
    "Recommendation": "recommendation",
    "OrganisationChange": "change",
    "TimelineEvent": "change",
    "SourceDocument": "document",
    "RegisterSource": "document",
    "ReferenceTable": "document",
    "Passage": "passage",
    "Evidence": "claim",
    "Statement": "statement",
    "AreaCoverage": "statement",
    "UnitAffiliation": "statement",
    "Ownership": "statement",
    "PostHolding": "statement",
    "NamePeriod": "statement",
    "StatedAbsence": "statement",
    "Discrepancy": "statement",
    "DisputedValue": "statement",
    "InspectionSample": "statement",
    "FieldworkPeriod": "statement",
    "UnattributedSpeaker": "person",
    "foaf:Person": "person",
    "org:Post": "person",
    "org:Organization": "body",
    "owl:Class": "term",
    "owl:ObjectProperty": "term",
    "owl:DatatypeProperty": "term",
}
_CONCEPTS = {"theme": "theme", "service": "service", "framework": "standard"}


def local(name: str) -> str:
    """Return the local name of a class or property of the ontology, prefix:name for one of another vocabulary."""
    return names.short(name).removeprefix("pko:")


def group_of(thing: str, classes: Iterable[str]) -> str:
    """Return the group of a thing with these classes, given by local name."""
    held = set(classes)
    for name, group in _GROUPS.items():
        if name in held:
            return group
    if thing.startswith(names.VOCAB):
        return _CONCEPTS.get(thing.removeprefix(names.VOCAB).partition("/")[0], "term")
    return "other" if thing.startswith(names.ID) else "term"


def type_of(classes: Iterable[str], above: Mapping[str, set[str]]) -> str:
    """Return the class that tells most, by local name: of the ontology rather than another, and the narrowest.

    Args:
        classes: all classes of a thing, by local name.
        above: each class of the ontology with the classes above it.
    """
    held = set(classes)
    own = {name for name in held if ":" not in name} or held
    broader = set[str]().union(*(above.get(name, ()) for name in own))
    return min(own - broader or own, key=lambda name: (_rank(name), name), default="")


def _rank(name: str) -> int:
    """Return the place of a class in the table of groups, after them all for one that is not there."""
    return _PLACES.get(name, len(_PLACES))


_PLACES = {name: place for place, name in enumerate(_GROUPS)}
