"""RDF terms as the build writes them: canonical literals, IRIs of references, one namespace object a vocabulary."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from rdflib import Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from kg import names

PKO = Namespace(names.DEF)
OA = Namespace(names.PREFIXES["oa"])
Triple = tuple[URIRef, URIRef, Node]

__all__ = ["DCTERMS", "FOAF", "OA", "ORG", "OWL", "PKO", "PROV", "RDF", "RDFS", "SKOS", "XSD"]


@cache
def ref(reference: str) -> URIRef:
    """Return the IRI of a reference such as "pdu/west-kent"."""
    return URIRef(names.iri(reference))


@cache
def concept(scheme: str, name: str) -> URIRef:
    """Return the IRI of a concept of a scheme."""
    return URIRef(f"{names.VOCAB}{scheme}/{name}")


def english(text: str) -> Literal:
    """Return a text in English."""
    return Literal(text, lang="en")


def integer(number: int) -> Literal:
    """Return an xsd:integer."""
    return Literal(str(number), datatype=XSD.integer)


def boolean(flag: bool) -> Literal:
    """Return an xsd:boolean."""
    return Literal("true" if flag else "false", datatype=XSD.boolean)


def decimal(number: float | int) -> Literal:
    """Return an xsd:decimal in canonical form: 30, 123.8."""
    return Literal(format(Decimal(str(number)).normalize(), "f"), datatype=XSD.decimal)


def point(text: str) -> Literal:
    """Return a day, month or year as xsd:date, xsd:gYearMonth or xsd:gYear, by its length."""
    datatype = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}[len(text)]
    return Literal(text, datatype=datatype)


def scalar(value: Any) -> Literal:
    """Return the literal of a JSON value that is neither a date nor a text in a language."""
    if isinstance(value, bool):
        return boolean(value)
    if isinstance(value, int):
        return integer(value)
    return decimal(value) if isinstance(value, float) else Literal(value)
