"""What workers do for the rooms: each job takes the dataset, arguments and content, and returns a kind and bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.exports.making import export
from api.protocols.form import query_page
from api.questions.answers import question
from api.sandbox.worker import Held, Job
from kg.store import (
    Change,
    Wanted,
    answer_bytes,
    effect_of_dataset,
    effect_of_drop,
    effect_of_load,
    effect_of_update,
    graph_bytes,
    parse_payload,
    refuse_triple_terms,
)


def query(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Answer a SPARQL query, the content, in one of the forms that the asker takes."""
    arguments["service_hosts"] = frozenset(arguments["service_hosts"])
    return answer_bytes(held.store, content.decode(), Wanted(**arguments))


def update(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the change that a SPARQL update, the content, makes; or the report of the shapes that forbid it."""
    using, using_named, base = (arguments[name] for name in ("using", "using_named", "base"))
    return _gated(held, arguments, effect_of_update(held.store, content.decode(), using, using_named, base))


def load(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the change that putting the payloads, the content, into a graph makes; or the report that forbids it."""
    quads: list[Any] = []
    start = 0
    for part in arguments["parts"]:
        end = start + part["size"]
        quads += parse_payload(content[start:end], part["media_type"], arguments["base"], arguments["dataset"])
        start = end
    if arguments["dataset"]:
        return _gated(held, arguments, effect_of_dataset(held.store, quads, arguments["replace"]))
    return _gated(held, arguments, effect_of_load(held.store, arguments["graph"], quads, arguments["replace"]))


def drop(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the change that dropping a graph makes; or the report that forbids it."""
    return _gated(held, arguments, effect_of_drop(held.store, arguments["graph"]))


def graph(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the triples of one graph in a form; kind "none" where there is no such graph."""
    if not held.store.has_graph(arguments["graph"]):
        return "none", b""
    return "graph", graph_bytes(held.store, arguments["graph"], arguments["form"], arguments["most_bytes"])


def statistics(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return the number of quads of each named graph, and of all, as JSON."""
    graphs = held.store.graphs()
    quads = len(held.store)
    return "statistics", json.dumps(
        {"quads": quads, "unnamed": quads - sum(graphs.values()), "graphs": graphs}
    ).encode()


def _gated(held: Held, arguments: dict[str, Any], change: Change) -> tuple[str, bytes]:
    """Let a change pass only if what it touches still conforms; else answer with the report in the form wanted."""
    if held.checker:
        refuse_triple_terms(change)
        report = held.checker.gate(change)
        if report:
            return "report", report.written(arguments["report"])
    return "change", change.to_bytes()


JOBS: Mapping[str, Job] = {
    "query": query,
    "query-page": query_page,
    "question": question,
    "update": update,
    "load": load,
    "drop": drop,
    "graph": graph,
    "statistics": statistics,
    "export": export,
}
