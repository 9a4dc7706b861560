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
