"""Triples of a table: one a cell, as the metadata says; and for every row where it comes from and how good it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, XSD
from rdflib.term import Node

from kg import names
from kg.reference.metadata import Column, Table, variables
from kg.reference.rows import Row

Triple = tuple[URIRef, URIRef, Node]
_POINTS = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
_PKO = names.DEF


def triples_of_table(table: Table, rows: list[Row]) -> Iterator[Triple]:
    """Yield the triples of all rows, with those that lead from each subject to its row, source and quality."""
    node = URIRef(f"{names.ID}table/{table.name}")
    yield node, RDF.type, URIRef(_PKO + "ReferenceTable")
    yield node, RDFS.label, Literal(table.title, lang="en")
    for row in rows:
        yield from _triples_of_row(table, row)


def row_reference(table: Table, row: Row) -> str:
    """Return the IRI of a row's own record."""
    return f"{names.ID}row/{table.name}/" + "/".join(row.one(name) for name in table.key)


def _triples_of_row(table: Table, row: Row) -> Iterator[Triple]:
    record = URIRef(row_reference(table, row))
    yield record, RDF.type, URIRef(_PKO + "ReferenceRow")
    yield record, URIRef(_PKO + "inTable"), URIRef(f"{names.ID}table/{table.name}")
    for source in row.cells.get("source", ()):
        yield record, URIRef(_PKO + "rowSource"), URIRef(f"{names.ID}source/{source}")
    if "quality" in row.cells:
        yield record, URIRef(_PKO + "rowQuality"), URIRef(f"{names.VOCAB}quality/{row.one('quality').lower()}")
    subjects: set[URIRef] = set()
    for column in table.columns:
        for subject, predicate, value in _triples_of_cell(table, column, row, record):
            subjects.add(subject)
            yield subject, predicate, value
    for subject in subjects - {record}:
        yield subject, URIRef(_PKO + "evidencedBy"), record


def _triples_of_cell(table: Table, column: Column, row: Row, record: URIRef) -> Iterator[Triple]:
    if not column.property:
        return
    predicate = URIRef(column.property)
    for subject in _iris(column.about or table.about, row, record):
        for value in _objects(column, row, record):
            yield subject, predicate, value


def _objects(column: Column, row: Row, record: URIRef) -> Iterator[Node]:
    if column.value:
        yield from _iris(column.value, row, record)
    else:
        yield from (_literal(column, value) for value in row.cells[column.name])


def _iris(template: str, row: Row, record: URIRef) -> Iterator[URIRef]:
    """Expand a template; an empty cell makes none, a cell with several values makes several."""
    if template == "{_row}":
        yield record
        return
    used = variables(template)
    for values in product(*(row.cells[name] for name in used)):
        text = template
        for name, value in zip(used, values, strict=True):
            text = text.replace("{" + name + "}", value)
        yield URIRef(text)


def _literal(column: Column, value: str) -> Literal:
    if column.language:
        return Literal(value, lang=column.language)
    if column.base == "string":
        return Literal(value)
    if column.base == "point":
        return Literal(value, datatype=_POINTS[len(value)])
    if column.base == "decimal":
        value = format(Decimal(value).normalize(), "f")
    return Literal(value, datatype=URIRef(column.base) if "://" in column.base else XSD[column.base])
