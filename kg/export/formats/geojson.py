"""GeoJSON (RFC 7946): things with a place as points, links between two placed things as lines.

Things without a place cannot be drawn on a map: `nodes_without_place` and `edges_without_line` count what is left out.
A link of a thing with itself has no line either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from kg.export.formats.jsons import json
from kg.export.formats.stream import separated, write_text
from kg.export.profile import Clean, Value

Position = tuple[Value, Value]


def write(clean: Clean, out: BinaryIO) -> None:
    """Write the placed part of a network as a feature collection; lists stay lists."""
    write_text(out, _pieces(clean))


def _pieces(clean: Clean) -> Iterator[str]:
    places = {
        node.id: (node.attributes["lon"], node.attributes["lat"]) for node in clean.nodes if "lat" in node.attributes
    }
    lines = sum(edge.source in places and edge.target in places and edge.source != edge.target for edge in clean.edges)
    left_out = {"nodes_without_place": len(clean.nodes) - len(places), "edges_without_line": len(clean.edges) - lines}
    head = {"type": "FeatureCollection", "about": clean.about, **left_out}
    yield json(head)[:-1] + ',"features":[\n'
    yield from separated(map(json, _features(clean, places)))
    yield "\n]}\n"


def _features(clean: Clean, places: dict[str, Position]) -> Iterator[dict[str, Any]]:
    for node in clean.nodes:
        if node.id in places:
            properties = {name: value for name, value in node.attributes.items() if name not in {"lat", "lon"}}
            yield _feature(node.id, {"type": "Point", "coordinates": places[node.id]}, properties)
    for edge in clean.edges:
        if edge.source in places and edge.target in places and edge.source != edge.target:
            line = {"type": "LineString", "coordinates": (places[edge.source], places[edge.target])}
            yield _feature(edge.id, line, {"source": edge.source, "target": edge.target, **edge.attributes})


def _feature(name: str, geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
