"""The data formats of a network: which there are, what opens each, and how it is written.

One cleaning step (kg.export.profile) comes before all of them; what a format cannot hold is said in its module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import QuestionError
from kg.export.bulk import bulk
from kg.export.formats import dot, geojson, gexf, graphml, jsons, mermaid, pajek, tables
from kg.export.profile import Clean

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a network can be downloaded in.

    Attributes:
        name: in addresses and on the command line.
        suffix: of file names, without the dot before it.
        media_type: for the Content-Type header.
        title: what people call it.
        opens: what reads it, and what it leaves out.
        write: writes a cleaned network to a binary stream.
        most_edges: limit of the format, None where it has none.
    """

    name: str
    suffix: str
    media_type: str
    title: str
    opens: str
    write: Callable[[Clean, BinaryIO], None]
    most_edges: int | None = None


_ALL = (
    Format(
        "graphml",
        "graphml",
        "application/graphml+xml",
        "GraphML",
        "yEd, Gephi, Cytoscape, igraph (R, Python), networkx, Tulip",
        graphml.write,
    ),
    Format(
        "gexf",
        "gexf",
        "application/gexf+xml",
        "GEXF 1.3",
        "Gephi, with its timeline and the colours of the kinds; networkx, graphology",
        gexf.write,
    ),
    Format("dot", "dot", "text/vnd.graphviz", "DOT", "Graphviz, Gephi, Tulip", dot.write),
    Format(
        "cyjs",
        "cyjs",
        "application/json",
        "Cytoscape JSON",
        "Cytoscape.js, Cytoscape",
        jsons.write_cytoscape,
    ),
    Format(
        "node-link",
        "json",
        "application/json",
        "node-link JSON",
        "networkx (node_link_graph), D3",
        jsons.write_node_link,
    ),
    Format(
        "jgf",
        "jgf.json",
        "application/vnd.jgf+json",
        "JSON Graph Format 2",
        "programs that read the schema of jsongraphformat.info",
        jsons.write_jgf,
    ),
    Format(
        "pajek",
        "net",
        "text/plain; charset=utf-8",
        "Pajek",
        "Pajek, igraph, networkx, VOSviewer; labels, relations and weights only",
        pajek.write,
    ),
    Format(
        "mermaid",
        "mmd",
        "application/vnd.mermaid",
        "Mermaid flowchart",
        "Markdown editors, GitHub, GitLab; labels, relations and kinds only",
        mermaid.write,
        mermaid.MOST_EDGES,
    ),
    Format("nodes-csv", "nodes.csv", CSV, "CSV of the nodes", "spreadsheets, pandas, R", tables.write_nodes),
    Format("edges-csv", "edges.csv", CSV, "CSV of the edges", "spreadsheets, pandas, R", tables.write_edges),
    Format("neo4j", "neo4j.zip", "application/zip", "CSV for Neo4j", "neo4j-admin database import", tables.write_neo4j),
    Format("gephi", "gephi.zip", "application/zip", "CSV for Gephi", "Gephi's spreadsheet import", tables.write_gephi),
    Format(
        "geojson",
        "geojson",
        "application/geo+json",
        "GeoJSON",
        "QGIS, Leaflet, kepler.gl; only things with a place and the links between two of them",
        geojson.write,
    ),
)
FORMATS: dict[str, Format] = {known.name: known for known in _ALL}


class FormatError(QuestionError):
    """A format is unknown, or the network is too large for it."""


def named(name: str) -> Format:
    """Return a format by its name.

    Raises:
        FormatError: There is no such format.
    """
    if name not in FORMATS:
        raise FormatError(f'There is no format "{name}". Choose one of: {", ".join(FORMATS)}.')
    return FORMATS[name]


@bulk()
def write(clean: Clean, name: str, out: BinaryIO) -> None:
    """Write a cleaned network in a format; nothing is written if it is too large for it.

    Raises:
        FormatError: There is no such format, or it does not hold so many edges.
    """
    wanted = named(name)
    if wanted.most_edges is not None and len(clean.edges) > wanted.most_edges:
        raise FormatError(
            f"{wanted.title} holds {wanted.most_edges} links, and this network has {len(clean.edges):,}: "
            "ask for a smaller part, or for another format."
        )
    wanted.write(clean, out)
