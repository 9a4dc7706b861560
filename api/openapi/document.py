"""The OpenAPI document: FastAPI describes its own routes, this module adds the rooms served without its router."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from fastapi import FastAPI

from api.openapi.exports import export_paths
from api.openapi.linked import linked_paths
from api.openapi.parts import COMPONENTS, found, parameter_of, problems
from api.openapi.protocols import protocol_paths
from api.openapi.site import site_paths, tool_paths
from api.questions.answers import ANSWER_FORMS, catalogue
from kg import names
from kg.query import Question

# First word of a column's note → its schema and a sample; anything else is a text.
_COLUMNS: dict[str, tuple[dict[str, Any], Any]] = {
    "IRI": ({"type": ["string", "null"], "format": "iri"}, names.ID + "…"),
    "integer": ({"type": ["integer", "null"]}, 3),
    "decimal": ({"type": ["number", "null"]}, 12.5),
    "true": ({"type": ["boolean", "null"]}, True),
    "date": ({"type": ["string", "null"]}, "2024-01-22"),
    "day": ({"type": ["string", "null"]}, "2024-01"),
}
_TEXT: tuple[dict[str, Any], Any] = ({"type": ["string", "null"]}, "…")


def complete(app: FastAPI, rooms: Collection[str]) -> None:
    """Let the application's OpenAPI document describe the rooms as well, each under the first part of its path."""
    own = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(own(), rooms)
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def completed(document: dict[str, Any], rooms: Collection[str]) -> dict[str, Any]:
    """Return a document of FastAPI with the paths of the rooms, and with problems as they are really sent."""
    for path in document["paths"].values():
        for operation in path.values():
            _tell_problems(operation["responses"])
    queries = query_paths(each.question for each in catalogue().values())
    paths = {**protocol_paths(), **linked_paths(), **queries, **export_paths()}
    paths |= site_paths() | tool_paths()
    document["paths"].update({path: each for path, each in paths.items() if path.split("/")[1] in {*rooms, "mcp"}})
    components = document.setdefault("components", {})
    for kind, parts in COMPONENTS.items():
        components.setdefault(kind, {}).update(parts)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def _tell_problems(responses: dict[str, Any]) -> None:
    """Replace FastAPI's own description of a refused request, which this server answers with 400."""
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
        responses.setdefault("400", {"$ref": "#/components/responses/BadRequest"})
    for status, response in problems(503).items():
        responses.setdefault(status, response)


def query_paths(questions: Iterable[Question]) -> dict[str, Any]:
    """Return the paths of the named queries, one each, and of their list and texts."""
    paths: dict[str, Any] = {"/queries": _list_path(), "/queries/{name}.rq": _text_path()}
    for question in questions:
        paths[f"/queries/{question.name}"] = {"get": _operation(question)}
    return paths


def _list_path() -> dict[str, Any]:
    entry = {
        "type": "object",
        "required": ["name", "summary", "description", "parameters", "columns", "link", "example"],
        "properties": {
            **{name: {"type": "string"} for name in ("name", "summary", "description", "columns", "link", "example")},
            "parameters": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type", "optional", "example"],
                    "properties": {
                        **{name: {"type": "string"} for name in ("name", "type", "example")},
                        "optional": {"type": "boolean"},
                    },
                },
            },
        },
    }
    content = {
        "application/json": {"schema": {"type": "array", "items": entry}},
        "text/html": {"schema": {"type": "string"}},
    }
    form = {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}
    return {
        "get": {
            "tags": ["queries"],
            "operationId": "queries",
            "summary": "The named queries with their parameters and columns",
            "parameters": [form],
            "responses": {**found("The queries.", content), **problems(400, 406)},
        }
    }


def _text_path() -> dict[str, Any]:
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "name of a query",
        "schema": {"type": "string", "enum": list(catalogue())},
        "example": "ratings-of-a-unit",
    }
    content = {"application/sparql-query": {"schema": {"type": "string"}}}
    return {
        "get": {
            "tags": ["queries"],
            "operationId": "query-text",
            "summary": "The SPARQL text of a named query, with the header that documents it",
            "parameters": [name],
            "responses": {**found("The query.", content), **problems(400, 404, 406)},
        }
    }


_NAMED: dict[str, Any] = {
    "description": "A browser sent the name of a thing in place of its IRI: leads to the answer.",
    "headers": {"Location": {"description": "where it is", "schema": {"type": "string"}}},
}


def _operation(question: Question) -> dict[str, Any]:
    shared = [{"$ref": f"#/components/parameters/{name}"} for name in ("Format", "Limit", "Offset")]
    content: dict[str, Any] = {
        form.media_types[0]: {"schema": {"type": "string"}}
        for form in ANSWER_FORMS
        if not form.media_types[0].endswith("json")
    }
    content["application/json"] = {"schema": answer_schema(question), "example": _sample(question)}
    content["application/sparql-results+json"] = {"schema": {"$ref": "#/components/schemas/SparqlResults"}}
    return {
        "tags": ["queries"],
        "operationId": question.name,
        "summary": question.summary,
        "description": question.description,
        "parameters": [*map(parameter_of, question.parameters), *shared],
        "responses": {
            **found("The answer.", content, {"Link": {"$ref": "#/components/headers/Pages"}}),
            **({"303": _NAMED} if any(each.type.startswith("IRI") for each in question.parameters) else {}),
            **problems(400, 404, 406, 413, 429, 503),
        },
    }


def answer_schema(question: Question) -> dict[str, Any]:
    """Return the schema of a query's answer in JSON; a column of IRIs may have one with labels beside it."""
    properties: dict[str, Any] = {}
    for name, (schema, _) in _columns(question).items():
        properties[name] = schema
        if schema.get("format") == "iri":
            properties[f"{name} label"] = {"type": ["string", "null"]}
    row = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        "type": "object",
        "required": ["query", "parameters", "version", "total", "offset", "limit", "rows", "next"],
        "properties": {
            "query": {"const": question.name},
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
            "version": {"type": "string", "description": "digest of the dataset"},
            "total": {"type": "integer", "minimum": 0, "description": "rows of the whole answer"},
            "offset": {"type": "integer", "minimum": 0},
            "limit": {"type": "integer", "minimum": 1},
            "rows": {"type": "array", "items": row},
            "next": {"type": ["string", "null"], "description": "relative reference of the next page"},
        },
    }


def _sample(question: Question) -> dict[str, Any]:
    values = {each.name: each.example for each in question.parameters if not each.optional}
    row = {name: sample for name, (_, sample) in _columns(question).items()}
    sized = {"version": "…", "total": 1, "offset": 0, "limit": 10_000}
    return {"query": question.name, "parameters": values, **sized, "rows": [row], "next": None}


def _columns(question: Question) -> dict[str, tuple[dict[str, Any], Any]]:
    """Return schema and sample of each column: those of the parameters, then those that the header documents."""
    noted = [column.partition(" (") for column in _split(question.columns)]
    documented = {name.strip(): note.rstrip(")") for name, _, note in noted}
    projected = set(re.findall(r"\?(\w+)", question.text.partition("\nSELECT ")[2].partition("WHERE")[0]))
    # The column of a parameter keeps the underscore of its variable where the query has a column of its name.
    asked = {f"_{each.name}" if each.name in projected else each.name: each.type for each in question.parameters}
    kinds = {**asked, **documented}
    return {name: _COLUMNS.get(_first_word(kind), _TEXT) for name, kind in kinds.items()}


def _first_word(note: str) -> str:
    return note.replace(",", " ").split(" ")[0]


def _split(columns: str) -> list[str]:
    """Split the header's list of columns at commas outside parentheses."""
    parts, depth = [""], 0
    for character in columns:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
