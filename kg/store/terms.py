"""Terms and tables as a store hands them out, independent of the engine and cheap to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = _XSD + "string"


class Term(NamedTuple):
    """An RDF term.

    Attributes:
        value: the IRI, the label of a blank node, the lexical form of a literal, or a triple as N-Triples writes it.
        kind: "iri", "bnode", "literal" or "triple".
        datatype: IRI of a literal's datatype, "" for others.
        language: tag of a literal in a language, "" for others.
    """

    value: str
    kind: str = "iri"
    datatype: str = ""
    language: str = ""

    def n3(self) -> str:
        """Return the term as N-Triples writes it."""
        if self.kind == "iri":
            return f"<{self.value}>"
        if self.kind == "bnode":
            return f"_:{self.value}"
        if self.kind == "triple":
            return self.value
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        if self.language:
            return f'"{escaped}"@{self.language}'
        return f'"{escaped}"' if self.datatype in {"", _STRING} else f'"{escaped}"^^<{self.datatype}>'


def literal(value: str, datatype: str = _STRING, language: str = "") -> Term:
    """Return a literal; `datatype` may be the local name of an XML Schema type."""
    return Term(value, "literal", datatype if "://" in datatype else _XSD + datatype, language)


Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a SELECT query: names of columns, and rows with None where a variable is unbound."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer to a CONSTRUCT or DESCRIBE query."""

    triples: tuple[tuple[Term, Term, Term], ...]


Answer = Table | Triples | bool
