"""CSV: plain tables of nodes and edges, and pairs of them with the headers that Neo4j and Gephi import.

In every CSV file a text that a spreadsheet would take for a formula has an apostrophe before it, as in the answers to
queries: such files are opened with a double click. Lists have "; " between.

Neo4j: ids are strings, `:LABEL` is the type, `:TYPE` the relation in capitals, lists have ";" between (one inside a
list's text becomes %3B), and line breaks are blanks, since its importer takes one line for one record.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kg.export.formats.stream import write_text
from kg.export.profile import Clean, Columns, Edge, Node, Value, flat

_NEO4J_TYPES = {str: "", int: ":long", float: ":double", bool: ":boolean", list: ":string[]"}
_GEPHI_NAMES = {"label": "Label", "role": "Kind", "weight": "Weight"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip file: the same network gives the same bytes

_NEO4J_NOTE = """
Import into an empty Neo4j 5 database:
  neo4j-admin database import full --nodes=nodes.csv --relationships=edges.csv --overwrite-destination neo4j
"""
_GEPHI_NOTE = """
Open in Gephi: File, Import Spreadsheet: first nodes.csv as nodes table, then edges.csv as edges table,
both into the same workspace.
"""


def write_nodes(clean: Clean, out: BinaryIO) -> None:
    """Write the nodes as a plain table."""
    columns = clean.node_columns
    write_text(out, _csv(["id", *columns], ([node.id, *_cells(node, columns)] for node in clean.nodes)))


def write_edges(clean: Clean, out: BinaryIO) -> None:
    """Write the edges as a plain table, with IRI and label of both ends: it can be read without the nodes."""
    columns = clean.edge_columns
    ends = {node.id: (_cell(node.attributes["iri"]), _cell(node.attributes["label"])) for node in clean.nodes}
    head = ["id", "source", "target", "source_iri", "target_iri", "source_label", "target_label"]
    rows = (
        [
            edge.id,
            edge.source,
            edge.target,
            *chain(*zip(ends[edge.source], ends[edge.target], strict=True)),
            *_cells(edge, columns),
        ]
        for edge in clean.edges
    )
    write_text(out, _csv([*head, *columns], rows))


def write_neo4j(clean: Clean, out: BinaryIO) -> None:
    """Write a zip file of nodes.csv and edges.csv with the headers of neo4j-admin's import."""
    nodes = ([node.id, _token(node.attributes.get("type", "Thing")), *_neo4j(node, clean)] for node in clean.nodes)
    edges = (
        [
            edge.source,
            edge.target,
            _token(edge.attributes.get("role", "related")).upper(),
            edge.id,
            *_neo4j(edge, clean),
        ]
        for edge in clean.edges
    )
    of_nodes = ["id:ID", ":LABEL", *(name + _NEO4J_TYPES[kind] for name, kind in clean.node_columns.items())]
    of_edges = [
        *(":START_ID", ":END_ID", ":TYPE", "id"),
        *(name + _NEO4J_TYPES[kind] for name, kind in clean.edge_columns.items()),
    ]
    _zip(clean, out, _NEO4J_NOTE, _csv(of_nodes, nodes), _csv(of_edges, edges))


def write_gephi(clean: Clean, out: BinaryIO) -> None:
    """Write a zip file of nodes.csv and edges.csv with the headers of Gephi's spreadsheet import."""
    nodes = ([node.id, *_cells(node, clean.node_columns)] for node in clean.nodes)
    edges = ([edge.source, edge.target, "Directed", edge.id, *_cells(edge, clean.edge_columns)] for edge in clean.edges)
    of_nodes = ["Id", *(_GEPHI_NAMES.get(name, name) for name in clean.node_columns)]
    of_edges = ["Source", "Target", "Type", "Id", *(_GEPHI_NAMES.get(name, name) for name in clean.edge_columns)]
    _zip(clean, out, _GEPHI_NOTE, _csv(of_nodes, nodes), _csv(of_edges, edges))


def _csv(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cells(row: Node | Edge, columns: Columns) -> list[str]:
    said = row.attributes
    return [_cell(said[name]) if name in said else "" for name in columns]


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return _harmless(value)
    return _harmless(flat(value)) if isinstance(value, list) else flat(value)


def _neo4j(row: Node | Edge, clean: Clean) -> Iterator[str]:
    said, columns = row.attributes, clean.node_columns if isinstance(row, Node) else clean.edge_columns
    for name in columns:
        value = said.get(name)
        if isinstance(value, list):
            yield _harmless(";".join(_one_line(part).replace(";", "%3B") for part in value))
        else:
            yield "" if value is None else _one_line(_cell(value))


def _one_line(said: str) -> str:
    return said.replace("\n", " ")


def _harmless(said: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return "'" + said if said.startswith(_FORMULA) else said


def _token(value: Value) -> str:
    """Return a name for a label or a relation in Neo4j: letters, digits and "_"."""
    return re.sub(r"\W+", "_", flat(value)).strip("_") or "Thing"


def _zip(clean: Clean, out: BinaryIO, note: str, nodes: Iterable[str], edges: Iterable[str]) -> None:
    members: list[tuple[str, Any]] = [
        ("README.txt", [clean.description(), "\n", note]),
        ("nodes.csv", nodes),
        ("edges.csv", edges),
    ]
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=4) as bundle:
        for name, pieces in members:
            member = ZipInfo(name, _LONG_AGO)
            member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            with bundle.open(member, "w", force_zip64=False) as file:
                write_text(file, pieces)  # type: ignore[arg-type]
