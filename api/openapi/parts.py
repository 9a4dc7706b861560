"""Parts that the paths of the OpenAPI document share: problems, what was found, paging, and the operator's token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.http.negotiate import Form
from api.http.problem import MEDIA_TYPE
from api.questions.answers import ANSWER_FORMS, MOST_ROWS
from kg.query import Parameter

TEXT: dict[str, Any] = {"type": "string"}
IRI = r"^[A-Za-z]([A-Za-z0-9+.:/#_~,()-]|%[0-9A-Fa-f]{2})*$"
# Type of a parameter → its schema; anything else is the IRI of a thing.
_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": 1 - 10**18, "maximum": 10**18 - 1},
    "decimal": {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"},
    "date": {"type": "string", "format": "date"},
    "gYear": {"type": "string", "pattern": "^[0-9]{4}$"},
    "string": {"type": "string", "pattern": r"^[^\u0000-\u001f]*$"},
}
_RETRY = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "string"}}}
_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("BadRequest", "The request cannot be read, or names something that the graph does not know."),
    401: ("Unauthorized", "The token is missing or wrong."),
    403: ("Forbidden", "This server takes no writes."),
    404: ("NotFound", "There is nothing here."),
    406: ("NotAcceptable", "The Accept header takes none of the forms on offer."),
    410: ("Gone", "The name was withdrawn; the problem says when and why."),
    413: ("TooLarge", "The request body, or the answer, is larger than this server takes or sends, or the form holds."),
    415: ("UnsupportedMediaType", "The body is of a media type that is not taken."),
    429: ("TooManyRequests", "Too many queries run or wait; come back after a moment."),
    503: ("Unavailable", "The query passed a limit of time or memory, or the store cannot be read."),
    507: ("InsufficientStorage", "The disk is full; nothing was changed."),
}


def problems(*statuses: int) -> dict[str, Any]:
    """Return the responses for problems of these statuses."""
    return {str(status): {"$ref": f"#/components/responses/{_PROBLEMS[status][0]}"} for status in statuses}


def found(description: str, content: dict[str, Any], headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the responses 200, with content by media type, and 304."""
    tagged = {"ETag": {"$ref": "#/components/headers/ETag"}, **(headers or {})}
    return {
        "200": {"description": description, "headers": tagged, "content": content},
        "304": {"$ref": "#/components/responses/NotModified"},
    }


def contents(forms: Iterable[Form]) -> dict[str, Any]:
    """Return the content of a response that comes in several forms, by media type."""
    found: dict[str, Any] = {}
    for form in forms:
        name = form.media_types[0]
        if name == "application/sparql-results+json":
            found[name] = {"schema": {"$ref": "#/components/schemas/SparqlResults"}}
        elif name == MEDIA_TYPE:
            found[name] = {"schema": {"$ref": "#/components/schemas/Problem"}}
        else:
            found[name] = {"schema": {} if name.endswith("json") else TEXT}
    return found


def path_of(description: str, example: str) -> dict[str, Any]:
    """Return the parameter for the rest of a path."""
    return {
        "name": "path",
        "in": "path",
        "required": True,
        "description": description,
        "schema": TEXT,
        "example": example,
    }


def parameter_of(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter of a named query or of a view."""
    reference = parameter.type.startswith("IRI")
    hint = (
        '; a reference such as "pdu/west-kent", or a full IRI, of something that the graph knows' if reference else ""
    )
    value: Any = int(parameter.example) if parameter.type == "integer" else parameter.example
    return {
        "name": parameter.name,
        "in": "query",
        "required": not parameter.optional,
        "description": parameter.type + hint,
        "schema": _TYPES.get(parameter.type, {"type": "string", "pattern": IRI}),
        "example": value,
    }


def _response(status: int, description: str) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        response["headers"] = _RETRY
    return response


_PROBLEM = {
    "type": "object",
    "description": "What was wrong with the request, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "each wrong parameter",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "findings": {
            "type": "array",
            "description": "what the shapes found in a write that they refused",
            "items": {"$ref": "#/components/schemas/FoundFault"},
        },
        "nearest": {"type": "array", "description": "names like the one asked for", "items": {"type": "string"}},
    },
}
_RESULTS = {
    "type": "object",
    "description": "SPARQL 1.1 Query Results JSON.",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "boolean": {"type": "boolean"},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/SparqlTerm"}},
                }
            },
        },
    },
}
_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"type": "string", "enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "datatype": {"type": "string"},
        "xml:lang": {"type": "string"},
    },
}


def _number(name: str, description: str, least: int, most: int, default: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": description, "schema": schema}


COMPONENTS: dict[str, dict[str, Any]] = {
    "schemas": {"Problem": _PROBLEM, "SparqlResults": _RESULTS, "SparqlTerm": _TERM},
    "responses": {
        "NotModified": {"description": "The copy that the client has is still right."},
        **{name: _response(status, description) for status, (name, description) in _PROBLEMS.items()},
    },
    "headers": {
        "Disposition": {"description": "a name for the file (RFC 6266)", "schema": {"type": "string"}},
        "Links": {"description": "canonical address, description, licence (RFC 8288)", "schema": {"type": "string"}},
        "ETag": {"description": "names this state of this answer", "schema": {"type": "string"}},
        "Pages": {
            "description": "the first, last, previous and next page (RFC 8288), where there are several",
            "schema": {"type": "string"},
        },
    },
    "parameters": {
        "Format": {
            "name": "format",
            "in": "query",
            "description": "form of the answer; without it the Accept header chooses",
            "schema": {"type": "string", "enum": [form.name for form in ANSWER_FORMS]},
        },
        "Limit": _number("limit", "most rows to send; the query is evaluated whole, then cut", 1, MOST_ROWS, MOST_ROWS),
        "Offset": _number("offset", "rows to leave out before them", 0, 999_999_999, 0),
    },
    "securitySchemes": {
        "token": {"type": "http", "scheme": "bearer", "description": "the token that the server's operator has set"}
    },
}
