"""The terms that a query can use, for completion while it is written: /sparql/terms.json."""

from __future__ import annotations

import orjson

from kg import names
from kg.store import Embedded, Table

ADDRESS = "/sparql/terms.json"
_TERMS = """PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term (MIN(?kind) AS ?first) (MIN(?label) AS ?name) (MIN(?definition) AS ?told) WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  ?term a ?kind ; rdfs:label ?label . FILTER(ISIRI(?term))
  OPTIONAL { ?term skos:definition ?definition }
} GROUP BY ?term ORDER BY ?term LIMIT 5000"""
_MOST_TOLD = 160
_CLASS, _PROPERTY = "class", "property"


def terms(store: Embedded) -> bytes:
    """Return prefixes, and classes and properties as [prefixed name, kind, label, definition], as JSON.

    The terms are those of the ontology, and those of other vocabularies that the graph uses.
    """
    table = store.query(_TERMS)
    assert isinstance(table, Table)
    found = {name: [_CLASS, words, ""] for name, words in names.CLASS_WORDS.items()}
    found |= {name: [_PROPERTY, words, ""] for name, words in names.PROPERTY_WORDS.items()}
    for term, kind, label, told in table.rows:
        if term and kind and label and term.value.startswith(names.DEF):
            is_class = kind.value.endswith("#Class")
            found[names.short(term.value)] = [
                _CLASS if is_class else _PROPERTY,
                label.value,
                _beginning(told.value if told else ""),
            ]
    rows = [[name, *said] for name, said in sorted(found.items())]
    return orjson.dumps({"prefixes": names.PREFIXES, "terms": rows})


def _beginning(text: str) -> str:
    """Return a text, or as many of its first words as a list of suggestions has room for."""
    return text if len(text) <= _MOST_TOLD else text[:_MOST_TOLD].rpartition(" ")[0] + " …"
