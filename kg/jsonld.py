"""JSON-LD with the terms of the ontology as keys: readable as plain JSON, and the very same triples when parsed.

Each document carries the part of the context that it uses, so that nobody fetches anything to read it. Things are
written with their full IRIs, which plain JSON readers can follow.

>>> context = Context({"label": Term("http://www.w3.org/2000/01/rdf-schema#label", language="en")})
>>> context.document()["@context"]["label"]
{'@id': 'http://www.w3.org/2000/01/rdf-schema#label', '@language': 'en'}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg import names
from kg.store.embedded import Embedded
from kg.store.patterns import Quad, about, instances, is_named, term_of
from kg.store.serialize import UnacceptableError
from kg.store.terms import Term as Node

_OWL, _RDF, _RDFS, _XSD = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
_TYPE = _RDF + "type"
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_ALIASES = {"id": "@id", "type": "@type"}
_VERSION = {"@version": 1.1}
# Terms of others that the graph uses: texts in English, properties that lead to things, and the rest.
_TEXTS = (
    "rdfs:label rdfs:comment skos:prefLabel skos:altLabel skos:hiddenLabel skos:definition skos:example skos:scopeNote "
    "skos:editorialNote skos:note dcterms:title dcterms:description"
)
_THINGS = (
    "rdf:subject rdf:predicate rdf:object rdfs:isDefinedBy rdfs:subClassOf rdfs:subPropertyOf rdfs:seeAlso rdfs:domain "
    "rdfs:range skos:inScheme skos:topConceptOf skos:broader skos:narrower skos:related skos:relatedMatch "
    "skos:closeMatch skos:exactMatch owl:disjointWith owl:inverseOf owl:versionIRI dcterms:license dcterms:isPartOf "
    "dcterms:isReplacedBy dcterms:references dcterms:publisher dcterms:subject dcterms:requires foaf:primaryTopic "
    "foaf:page oa:hasSource oa:hasSelector org:originalOrganization org:resultingOrganization org:changedBy "
    "org:subOrganizationOf org:linkedTo org:member org:postIn org:classification prov:wasDerivedFrom "
    "prov:wasAttributedTo prov:wasAssociatedWith prov:used geo:hasGeometry void:inDataset hydra:next hydra:previous"
)
_OTHERS = (
    "skos:notation owl:versionInfo owl:deprecated dcterms:source dcterms:issued dcterms:created dcterms:creator "
    "oa:start oa:end geo:asWKT wgs84:lat wgs84:long hydra:totalItems foaf:name foaf:Document foaf:Person skos:Concept "
    "skos:ConceptScheme owl:Class owl:ObjectProperty owl:DatatypeProperty owl:Ontology org:Organization "
    "org:OrganizationalUnit org:FormalOrganization org:Site org:ChangeEvent org:Membership org:Post prov:Entity "
    "prov:Activity prov:Plan oa:SpecificResource oa:TextPositionSelector geo:Geometry geo:Feature rdf:Statement"
)
_PREFIXES = {
    **names.PREFIXES,
    "void": "http://rdfs.org/ns/void#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
}


@dataclass(frozen=True, slots=True)
class Term:
    """What a key stands for.

    Attributes:
        iri: property or class.
        of_things: its values are IRIs.
        datatype: of its values, "" where they differ.
        language: of its values, "" where they are in none.
    """

    iri: str
    of_things: bool = False
    datatype: str = ""
    language: str = ""

    def definition(self) -> str | dict[str, str]:
        """Return the term as a context defines it."""
        if self.of_things:
            return {"@id": self.iri, "@type": "@id"}
        if self.language:
            return {"@id": self.iri, "@language": self.language}
        return {"@id": self.iri, "@type": self.datatype} if self.datatype else {"@id": self.iri}


class Context:
    """The terms by key, and how to write quads with them."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        """Take the terms; an IRI has one key."""
        self._terms = dict(terms)
        self._keys = {term.iri: key for key, term in self._terms.items()}

    @classmethod
    def of(cls, store: Embedded) -> Context:
        """Return the context of the ontology in a store; its own terms have the first choice of keys."""
        own: dict[str, Term] = {}
        for kind in ("ObjectProperty", "DatatypeProperty", "Class"):
            for iri in instances(store, _OWL + kind):
                if iri.startswith(names.DEF):
                    own[iri.removeprefix(names.DEF)] = _own_term(store, iri, kind)
        return cls({**_foreign_terms(own), **own})

    def document(self) -> dict[str, Any]:
        """Return the whole context."""
        terms = {key: self._terms[key].definition() for key in sorted(self._terms)}
        return {"@context": {**_VERSION, **_ALIASES, **terms}}

    def write(self, quads: Iterable[Quad], first: Iterable[str] = ()) -> bytes:
        """Return the triples of quads as JSON-LD, the nodes named `first` before the others.

        Raises:
            UnacceptableError: JSON-LD has no way to write one of them.
        """
        nodes: dict[str, dict[str, Any]] = {}
        used: dict[str, None] = {}
        triples = dict.fromkeys((term_of(s), p.value, term_of(o)) for s, p, o, _ in quads)
        for subject, predicate, value in triples:
            if value.kind == "triple" or value.datatype == _RDF + "dirLangString":
                raise UnacceptableError("JSON-LD cannot hold all that is said here; ask for Turtle or N-Triples.")
            node = nodes.setdefault(_name(subject), {})
            key, written = self._pair(predicate, value, used)
            node.setdefault(key, []).append(written)
        order = list(dict.fromkeys([*(iri for iri in first if iri in nodes), *nodes]))
        graph = [{"id": name, **_readable(nodes[name])} for name in order]
        terms = {key: self._terms[key].definition() for key in sorted(used)}
        content = {"@context": {**_VERSION, **_ALIASES, **terms}, "@graph": graph}
        return json.dumps(content, ensure_ascii=False, indent=1).encode()

    def _pair(self, predicate: str, value: Node, used: dict[str, None]) -> tuple[str, Any]:
        """Return key and value of a triple; note the terms that they use."""
        if predicate == _TYPE and value.kind == "iri":
            name = self._keys.get(value.value)
            if name:
                used[name] = None
            return "type", name or value.value
        key = self._keys.get(predicate)
        if key is None:
            return predicate, _value(value, Term(predicate))
        used[key] = None
        return key, _value(value, self._terms[key])


def _name(node: Node) -> str:
    return node.value if node.kind == "iri" else f"_:{node.value}"


def _readable(node: dict[str, list[Any]]) -> dict[str, Any]:
    """Put the types first and a single value without brackets."""
    keys = sorted(node, key=lambda key: (key != "type", key != "label", key))
    return {key: node[key][0] if len(node[key]) == 1 else node[key] for key in keys}


def _value(node: Node, term: Term) -> Any:
    """Return a value so that the term makes the same node of it."""
    if node.kind != "literal":
        return _name(node) if term.of_things else {"id": _name(node)}
    if node.language:
        if node.language == term.language:
            return node.value
        return {"@value": node.value, "@language": node.language}
    if node.datatype == term.datatype and not term.of_things:
        return node.value
    bare = not (term.of_things or term.language or term.datatype)
    if bare and node.datatype == _XSD + "integer" and _WHOLE_NUMBER.fullmatch(node.value):
        return int(node.value)
    if bare and node.datatype == _XSD + "boolean" and node.value in {"true", "false"}:
        return node.value == "true"
    if node.datatype == _XSD + "string":
        return node.value if bare else {"@value": node.value}
    return {"@value": node.value, "@type": node.datatype}


def _own_term(store: Embedded, iri: str, kind: str) -> Term:
    if kind == "Class":
        return Term(iri)
    if kind == "ObjectProperty":
        return Term(iri, of_things=True)
    ranges = [o.value for _, _, o, _ in about(store, iri, _RDFS + "range") if is_named(o)]
    if ranges == [_RDF + "langString"]:
        return Term(iri, language="en")
    # Numbers and yes or no are JSON's own; a text needs no type.
    bare = {_XSD + name for name in ("string", "integer", "boolean")} | {_RDFS + "Literal"}
    return Term(iri, datatype=ranges[0]) if len(ranges) == 1 and ranges[0] not in bare else Term(iri)


def _foreign_terms(own: Mapping[str, Term]) -> dict[str, Term]:
    """Return the terms of others; a key that is taken gets the prefix before it."""
    found: dict[str, Term] = {}
    for curies, pattern in (
        (_TEXTS, Term("", language="en")), (_THINGS, Term("", of_things=True)), (_OTHERS, Term(""))
    ):  # fmt: skip
        for prefix, name in (curie.split(":") for curie in curies.split()):
            taken = name in own or name in found or name in _ALIASES
            found[f"{prefix}_{name}" if taken else name] = replace(pattern, iri=_PREFIXES[prefix] + name)
    return found
