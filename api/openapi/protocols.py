"""The paths of the standard protocols in the OpenAPI document: SPARQL, update, graph store."""

from __future__ import annotations

from typing import Any

from api.http.negotiate import GRAPHS, HTML, TABLES, TRIPLES
from api.openapi.parts import TEXT, contents, found, path_of, problems
from api.protocols.sparql import FILE_NAME
from api.protocols.writes import REFUSALS

_IRIS: dict[str, Any] = {"type": "array", "items": {"type": "string", "format": "iri"}}
_TOKEN: list[dict[str, list[str]]] = [{"token": []}]
_ASK = "ASK { ?thing ?property ?value }"
_UPDATE = "INSERT DATA { <https://example.org/a> <https://example.org/b> <https://example.org/c> }"
_TRIPLE = "<https://example.org/a> <https://example.org/b> <https://example.org/c> ."


def protocol_paths() -> dict[str, Any]:
    """Return the paths of all protocols."""
    return {
        "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
        "/update": {"post": _update()},
        "/graphs": _graphs("", [_query("graph", {"type": "string", "format": "iri"}), _query("default", TEXT)]),
        "/graphs/{path}": _graphs("-by-address", [path_of("address of a graph below /graphs/", "example")]),
    }


def _query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def _dataset_fields() -> dict[str, Any]:
    return {
        "query": TEXT,
        "default-graph-uri": _IRIS,
        "named-graph-uri": _IRIS,
        "format": {"type": "string", "enum": [form.name for form in TABLES + GRAPHS]},
        "name": {
            "type": "string",
            "pattern": f"^{FILE_NAME}$",
            "description": "What to call a file of the answer, without its ending; the answer is then a download.",
        },
    }


def _sparql_get() -> dict[str, Any]:
    fields = _dataset_fields()
    parameters = [_query("query", fields.pop("query"), example=_ASK)]
    return {
        "tags": ["SPARQL"],
        "operationId": "sparql",
        "summary": "Answer a SPARQL 1.1 query; without any parameter, describe the service",
        "parameters": parameters + [_query(name, schema) for name, schema in fields.items()],
        "responses": {
            **_sparql_responses(),
            **found("The answer; to a browser, a page with it.", contents((*TABLES, *GRAPHS, HTML))),
        },
    }


def _sparql_post() -> dict[str, Any]:
    form = {"type": "object", "required": ["query"], "properties": _dataset_fields(), "additionalProperties": False}
    graphs = [_query(name, _IRIS) for name in ("default-graph-uri", "named-graph-uri")]
    return {
        "tags": ["SPARQL"],
        "operationId": "sparql-post",
        "summary": "Answer a SPARQL 1.1 query in the body, or in a form",
        "parameters": graphs,
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": TEXT, "example": _ASK},
                "application/x-www-form-urlencoded": {"schema": form, "example": {"query": _ASK}},
            },
        },
        "responses": {**_sparql_responses(), **problems(415)},
    }


def _sparql_responses() -> dict[str, Any]:
    content = contents(TABLES + GRAPHS)
    return {**found("The answer.", content), **problems(400, 406, 413, 429, 503)}


def _update() -> dict[str, Any]:
    form = {
        "type": "object",
        "required": ["update"],
        "properties": {"update": TEXT, "using-graph-uri": _IRIS, "using-named-graph-uri": _IRIS},
        "additionalProperties": False,
    }
    return {
        "tags": ["writes"],
        "operationId": "update",
        "summary": "Run a SPARQL 1.1 update; refused as a whole if the outcome violates the shapes",
        "security": _TOKEN,
        "parameters": [_query(name, _IRIS) for name in ("using-graph-uri", "using-named-graph-uri")],
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-update": {"schema": TEXT, "example": _UPDATE},
                "application/x-www-form-urlencoded": {"schema": form, "example": {"update": _UPDATE}},
            },
        },
        "responses": _write_responses(204),
    }


def _write_responses(*done: int) -> dict[str, Any]:
    sentences = {201: "The graph is new.", 204: "The change is in force."}
    refused = {"description": "The shapes forbid the change; nothing was changed.", "content": contents(REFUSALS)}
    return {
        **{str(status): {"description": sentences[status]} for status in done},
        "422": refused,
        **problems(400, 401, 403, 404, 413, 415, 429, 503, 507),
    }


def _graphs(suffix: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the operations on a graph, named by parameters or by its own address."""
    forms = {"schema": {"type": "string", "enum": [form.name for form in GRAPHS]}}
    triples = contents(TRIPLES)
    triples["application/n-triples"]["example"] = _TRIPLE
    body = {"required": True, "content": triples}
    read = {
        "summary": "The triples of one graph",
        "parameters": [*parameters, {"name": "format", "in": "query", **forms}],
        "responses": {**found("The triples.", contents(GRAPHS)), **problems(400, 404, 406, 413, 429, 503)},
    }
    summaries = {"put": "Replace a graph", "post": "Add triples to a graph", "delete": "Drop a graph"}
    operations: dict[str, dict[str, Any]] = {"get": read}
    for method, summary in summaries.items():
        done = (204,) if method == "delete" else (201, 204)
        operation = {"summary": summary, "security": _TOKEN, "parameters": parameters}
        operations[method] = {**operation, "responses": _write_responses(*done)}
        if method != "delete":
            operations[method]["requestBody"] = body
    for method, operation in operations.items():
        operation.update(tags=["graphs"], operationId=f"graph-{method}{suffix}")
    return operations
