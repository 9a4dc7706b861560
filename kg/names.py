"""Names: the namespaces of the graph, and the way from a short reference to an IRI.

>>> iri("pdu/west-kent")
'https://w3id.org/probation-kg/id/pdu/west-kent'
>>> iri("vocab/rating/good")
'https://w3id.org/probation-kg/vocab/rating/good'
>>> short("https://w3id.org/probation-kg/id/pdu/west-kent")
'pdu/west-kent'
"""

from __future__ import annotations

import re

BASE = "https://w3id.org/probation-kg/"
DEF = BASE + "def#"
SHAPES = BASE + "shapes#"
ID = BASE + "id/"
VOCAB = BASE + "vocab/"
GRAPH = BASE + "graph/"

PREFIXES = {
    "pko": DEF,
    "pks": SHAPES,
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# What people call the properties and classes of other vocabularies, which the ontology uses but does not name.
PROPERTY_WORDS = {
    "rdf:type": "is a",
    "rdfs:label": "label",
    "rdfs:seeAlso": "see also",
    "rdfs:isDefinedBy": "defined by",
    "rdf:subject": "statement's subject",
    "rdf:predicate": "statement's property",
    "rdf:object": "statement's value",
    "skos:prefLabel": "label",
    "skos:altLabel": "other name",
    "skos:hiddenLabel": "variant of the name",
    "skos:notation": "code",
    "skos:definition": "definition",
    "skos:example": "example",
    "skos:scopeNote": "use",
    "skos:editorialNote": "editors' note",
    "skos:broader": "broader concept",
    "skos:related": "related concept",
    "skos:relatedMatch": "related elsewhere",
    "skos:closeMatch": "close match",
    "skos:inScheme": "in the vocabulary",
    "skos:topConceptOf": "top concept of",
    "dcterms:title": "title",
    "dcterms:description": "description",
    "dcterms:created": "created",
    "dcterms:creator": "creator",
    "dcterms:issued": "issued",
    "dcterms:isPartOf": "part of",
    "dcterms:isReplacedBy": "replaced by",
    "dcterms:license": "licence",
    "dcterms:publisher": "publisher",
    "dcterms:references": "refers to",
    "dcterms:requires": "requires",
    "dcterms:source": "source",
    "dcterms:subject": "subject",
    "geo:asWKT": "position",
    "geo:hasGeometry": "place on the map",
    "oa:start": "first character",
    "oa:end": "end, in characters",
    "oa:hasSelector": "position in the text",
    "oa:hasSource": "document",
    "org:classification": "kind of organisation",
    "org:linkedTo": "linked to",
    "org:member": "member",
    "org:originalOrganization": "organisation before",
    "org:resultingOrganization": "organisation after",
    "org:postIn": "post in",
    "org:subOrganizationOf": "part of",
    "owl:disjointWith": "disjoint with",
    "owl:inverseOf": "inverse of",
    "owl:versionInfo": "version",
    "prov:used": "made with",
    "prov:wasAssociatedWith": "carried out by",
    "prov:wasAttributedTo": "attributed to",
    "prov:wasDerivedFrom": "derived from",
    "schema:version": "version",
    "wgs84:lat": "latitude",
    "wgs84:long": "longitude",
}
CLASS_WORDS = {
    "foaf:Document": "document",
    "foaf:Person": "person",
    "geo:Feature": "feature on the map",
    "geo:Geometry": "position on the map",
    "oa:SpecificResource": "part of a document",
    "oa:TextPositionSelector": "position in a text",
    "org:ChangeEvent": "change of organisations",
    "org:FormalOrganization": "formal organisation",
    "org:Membership": "membership",
    "org:Organization": "organisation",
    "org:OrganizationalUnit": "part of an organisation",
    "org:Post": "post",
    "org:Site": "site",
    "owl:Class": "class",
    "owl:DatatypeProperty": "property with values",
    "owl:ObjectProperty": "property that leads to things",
    "owl:Ontology": "ontology",
    "prov:Activity": "activity",
    "prov:Entity": "entity",
    "prov:Plan": "plan",
    "rdf:Statement": "statement",
    "schema:GovernmentOrganization": "government organisation",
    "schema:NewsArticle": "news article",
    "schema:NewsMediaOrganization": "news organisation",
    "schema:Report": "report",
    "skos:Concept": "concept",
    "skos:ConceptScheme": "vocabulary",
}

# Path of an IRI below id/: type, then slugs; upper case only where a standard's number demands it (R2.1-Q3).
REFERENCE = re.compile(r"[a-z][a-z-]*(?:/[A-Za-z0-9][A-Za-z0-9.-]*)+")


def iri(reference: str) -> str:
    """Return the IRI of a reference such as "pdu/west-kent" or "vocab/theme/staffing"; full IRIs pass unchanged."""
    if "://" in reference:
        return reference
    return (BASE if reference.startswith(("vocab/", "graph/")) else ID) + reference


def short(full: str) -> str:
    """Return the reference of an IRI of this graph, or prefix:name, or the IRI itself where neither applies."""
    if full.startswith(ID):
        return full.removeprefix(ID)
    for prefix, namespace in PREFIXES.items():
        if full.startswith(namespace):
            return f"{prefix}:{full.removeprefix(namespace)}"
    return full.removeprefix(BASE)


def words(full: str) -> str:
    """Return what people call a property or class of another vocabulary, else the short name of an IRI.

    >>> words("http://www.w3.org/2004/02/skos/core#altLabel")
    'other name'
    """
    name = short(full)
    return PROPERTY_WORDS.get(name) or CLASS_WORDS.get(name, name)
