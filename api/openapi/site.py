"""The paths of the site's pages in the OpenAPI document, and of what stands beside them: feed, terms, tools."""

from __future__ import annotations

from typing import Any

from api.openapi.parts import TEXT, found, path_of, problems
from api.site.page import Page
from api.site.registry import PAGES

_MOST = 300  # characters of a value
_MESSAGE = {
    "type": "object",
    "required": ["jsonrpc", "method"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"description": "an integer or a text, which the answer repeats"},
        "method": {"type": "string"},
        "params": {"description": "what the method takes: an object"},
    },
}
_PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


def site_paths() -> dict[str, Any]:
    """Return the paths of the pages, with the fields that each takes."""
    paths = {"/": _get("home", "The first page", [], _sent("text/html"))}
    for name, page in PAGES.items():
        summary = f"A page for readers: {name}"
        paths[f"/{name}"] = _get(f"page-{name}", summary, _fields(page), _sent("text/html", 400))
        if page.deep:
            below = [path_of("of what the page is about", ""), *_fields(page)]
            del below[0]["example"]
            paths[f"/{name}/{{path}}"] = _get(f"page-{name}-of", summary, below, _sent("text/html", 400, 404))
    paths["/feed.atom"] = _get("feed", "Documents by publication, as Atom", [], _sent("application/atom+xml"))
    return paths


def tool_paths() -> dict[str, Any]:
    """Return the path of the tools for language models, and that of the terms for editors of queries."""
    body = {"required": True, "content": {"application/json": {"schema": _MESSAGE, "example": _PING}}}
    answers = {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": {"type": "object"}}}},
        "202": {"description": "A message that has no answer was taken."},
        **problems(406, 413, 415, 429, 503),
        "400": {"description": "No message of the protocol.", "content": {"application/json": {"schema": {}}}},
    }
    tools = {"tags": ["tools"], "operationId": "tools", "summary": "Tools for language models (MCP over HTTP)"}
    terms = _get("terms", "The terms of the ontology, for completion", [], _sent("application/json"))
    return {"/mcp": {"post": {**tools, "requestBody": body, "responses": answers}}, "/sparql/terms.json": terms}


def _fields(page: Page) -> list[dict[str, Any]]:
    value = {"type": "string", "maxLength": _MOST}
    schema = {"type": "array", "items": value, "maxItems": 50}
    return [{"name": name, "in": "query", "schema": schema} for name in page.fields]


def _get(name: str, summary: str, parameters: list[dict[str, Any]], responses: dict[str, Any]) -> dict[str, Any]:
    operation = {"tags": ["site"], "operationId": name, "summary": summary, "parameters": parameters}
    return {"get": {**operation, "responses": responses}}


def _sent(media_type: str, *refused: int) -> dict[str, Any]:
    schema = {} if media_type.endswith("json") else TEXT
    return {**found("As it is.", {media_type: {"schema": schema}}), **problems(*refused, 429, 503)}
