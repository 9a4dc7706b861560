"""The description of a thing in the terms of schema.org, which search engines read."""

from __future__ import annotations

import json
from typing import Any

from kg import names
from kg.description import LICENCE, Description, document_of
from kg.store.patterns import Quad, is_named, value_of

_ORG, _FOAF, _SKOS, _DCTERMS = (names.PREFIXES[prefix] for prefix in ("org", "foaf", "skos", "dcterms"))
# The first that the thing is an instance of decides.
_TYPES = {
    names.DEF + "ProbationOffice": "Place",
    names.DEF + "Area": "AdministrativeArea",
    names.DEF + "Court": "Courthouse",
    names.DEF + "Prison": "CivicStructure",
    names.DEF + "GovernmentBody": "GovernmentOrganization",
    names.DEF + "Inspectorate": "GovernmentOrganization",
    names.DEF + "MediaOrganisation": "NewsMediaOrganization",
    names.DEF + "ProbationRegion": "GovernmentOrganization",
    names.DEF + "ProbationDeliveryUnit": "GovernmentOrganization",
    _ORG + "Organization": "Organization",
    _FOAF + "Person": "Person",
    names.DEF + "InspectionReport": "Report",
    names.DEF + "NewsArticle": "NewsArticle",
    names.DEF + "SourceDocument": "CreativeWork",
    names.DEF + "RegisterSource": "Dataset",
    names.DEF + "ReferenceTable": "Dataset",
    names.DEF + "Scheme": "Service",
    names.DEF + "Intervention": "Service",
    names.DEF + "ServiceContract": "Service",
    names.DEF + "Quotation": "Quotation",
    names.DEF + "Claim": "Claim",
    names.DEF + "Statement": "Claim",
    names.DEF + "TimelineEvent": "Event",
    _SKOS + "ConceptScheme": "DefinedTermSet",
    _SKOS + "Concept": "DefinedTerm",
}
_TEXTS = {
    _SKOS + "altLabel": "alternateName",
    names.DEF + "acronym": "alternateName",
    _SKOS + "definition": "description",
    names.DEF + "summary": "description",
    names.DEF + "postcode": "postalCode",
    names.DEF + "publishedOn": "datePublished",
    names.DEF + "isbn": "isbn",
}
_THINGS = {
    _ORG + "subOrganizationOf": "parentOrganization",
    names.DEF + "covers": "areaServed",
    names.DEF + "publishedBy": "publisher",
    _SKOS + "inScheme": "inDefinedTermSet",
    names.DEF + "withinArea": "containedInPlace",
}
_NEEDS = {  # a property that schema.org knows of some types only
    "parentOrganization": {"Organization", "GovernmentOrganization", "NewsMediaOrganization"},
    "areaServed": {"Organization", "GovernmentOrganization", "Service"},
    "publisher": {"Report", "NewsArticle", "CreativeWork", "Dataset"},
    "datePublished": {"Report", "NewsArticle", "CreativeWork", "Dataset"},
    "isbn": {"Report"},
    "inDefinedTermSet": {"DefinedTerm"},
    "containedInPlace": {"AdministrativeArea", "Place"},
    "postalCode": set[str](),
}


def schema_org(description: Description) -> bytes:
    """Return the description as JSON-LD of schema.org, safe inside a script element."""
    thing = description.thing
    kinds = {value_of(o) for _, p, o, _ in thing.quads if p.value == names.PREFIXES["rdf"] + "type"}
    kind = next((name for iri, name in _TYPES.items() if iri in kinds), "Thing")
    document = document_of(thing.iri)
    content: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@id": thing.iri,
        "@type": kind,
        "name": description.label,
        "url": document,
        "mainEntityOfPage": {"@id": document, "@type": "WebPage", "license": LICENCE},
    }
    for quad in thing.quads:
        name, value = _pair(quad, description)
        if name and kind in _NEEDS.get(name, {kind}) and value not in content.setdefault(name, []):
            content[name].append(value)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode()


def _pair(quad: Quad, description: Description) -> tuple[str, Any]:
    _, p, o, _ = quad
    if is_named(o):
        return _THINGS.get(p.value, ""), {"@id": o.value, "name": description.labels.get(o.value, "")}
    return _TEXTS.get(p.value, ""), value_of(o)
