"""The service description of the SPARQL endpoint, with the true size of each graph (SPARQL 1.1 Service Description)."""

from __future__ import annotations

import json
from typing import Any

from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.negotiate import TRIPLES, choose
from api.http.problem import Problem
from kg import names
from kg.store import convert

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RDF_TYPE = names.PREFIXES["rdf"] + "type"
_INTEGER = names.PREFIXES["xsd"] + "integer"
_RESULT_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads"),
)


async def service_description(dataset: Dataset, asked: Asked) -> Reply:
    """Return the description in the triples form that the asker likes best.

    Raises:
        Problem: 406, none of them.
    """
    form = choose(asked.accept, TRIPLES) or (TRIPLES[0] if "text/html" in asked.accept else None)
    if form is None:
        raise Problem(406, "The service description comes as Turtle, JSON-LD, N-Triples or RDF/XML.")
    answer = await dataset.run("statistics", {})
    settings = dataset.settings
    content = _triples(settings.address + "/sparql", json.loads(answer.content), settings.default_graph == "union")
    return Reply(200, convert(content.encode(), form.name), form.content_type, {"Vary": "Accept"}, tag=form.name)


def _triples(service: str, statistics: dict[str, Any], union: bool) -> str:
    """Return the description as N-Triples."""
    data, default = service + "#dataset", service + "#default-graph"
    features = ["UnionDefaultGraph"] if union else []
    lines = [
        _line(service, _RDF_TYPE, _SD + "Service"),
        _line(service, _SD + "endpoint", service),
        *(_line(service, _SD + "supportedLanguage", _SD + each) for each in ("SPARQL10Query", "SPARQL11Query")),
        *(_line(service, _SD + "resultFormat", _FORMATS + each) for each in _RESULT_FORMATS),
        *(_line(service, _SD + "feature", _SD + each) for each in features),
        _line(service, _SD + "defaultDataset", data),
        _line(data, _RDF_TYPE, _SD + "Dataset"),
        _line(data, _SD + "defaultGraph", default),
        _line(default, _RDF_TYPE, _SD + "Graph"),
        _line(default, _VOID + "triples", statistics["quads" if union else "unnamed"]),
    ]
    for graph, size in statistics["graphs"].items():
        lines += _named_graph(service, data, graph, size)
    return "\n".join(lines) + "\n"


def _named_graph(service: str, data: str, graph: str, size: int) -> list[str]:
    node = f"{service}#graph={graph.replace('#', '%23')}"
    return [
        _line(data, _SD + "namedGraph", node),
        _line(node, _RDF_TYPE, _SD + "NamedGraph"),
        _line(node, _SD + "name", graph),
        _line(node, _SD + "graph", node + "-content"),
        _line(node + "-content", _RDF_TYPE, _SD + "Graph"),
        _line(node + "-content", _VOID + "triples", size),
    ]


def _line(subject: str, predicate: str, value: str | int) -> str:
    target = f'"{value}"^^<{_INTEGER}>' if isinstance(value, int) else f"<{value}>"
    return f"<{subject}> <{predicate}> {target} ."
