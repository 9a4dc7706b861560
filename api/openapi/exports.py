"""The paths of the exports in the OpenAPI document: their list, the description of a view, and one path a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.exports.catalogue import (
    FIELDS,
    MOST,
    MOST_THINGS,
    ROOT,
    Field,
    described,
    forms,
    shared,
    suffixes,
    views,
    whole,
)
from api.openapi.parts import IRI, TEXT, found, parameter_of, problems
from kg import names

if TYPE_CHECKING:
    from kg.export import View

_HEADERS = {
    "Content-Disposition": {"$ref": "#/components/headers/Disposition"},
    "Link": {"$ref": "#/components/headers/Links"},
}
_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_DATE = f"^([0-9]{{4}}(-{_MONTH}(-{_DAY})?)?)?$"
_REFERENCE = f"^$|{IRI}"
_WORD = "^([A-Za-z][A-Za-z-]*)?$"
# Field → schema of its value; an empty one counts as not given.
_SCHEMAS: dict[str, dict[str, Any]] = {
    "type": {"type": "string", "pattern": _WORD, "maxLength": 300},
    "within": {"type": "string", "pattern": _REFERENCE, "maxLength": 300},
    "since": {"type": "string", "pattern": _DATE},
    "until": {"type": "string", "pattern": _DATE},
    "source": {"type": "string", "pattern": _REFERENCE, "maxLength": 300},
    "quality": {"type": "string", "pattern": _WORD, "maxLength": 300},
    "measures": {"type": "boolean", "default": False},
    "most": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_THINGS}, {"const": ""}], "default": MOST},
}


def export_paths() -> dict[str, Any]:
    """Return the paths of the exports."""
    name = {
        "name": "view",
        "in": "path",
        "required": True,
        "description": "name of a view",
        "schema": {"type": "string", "enum": list(views())},
        "example": "neighbourhood",
    }
    paths: dict[str, Any] = {
        ROOT: {"get": _told("exports", "The views and the forms in which they can be had", [], whole())},
        f"{ROOT}/{{view}}": {"get": _told("export-view", "What a view shows, and what it takes", [name], _one_view())},
    }
    for view in views().values():
        paths[f"{ROOT}/{view.name}.{{format}}"] = {"get": _operation(view)}
    return paths


def _one_view() -> dict[str, Any]:
    return {**described(views()["neighbourhood"]), **shared()}


def _told(name: str, summary: str, parameters: list[dict[str, Any]], example: dict[str, Any]) -> dict[str, Any]:
    form = {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}
    schema = {
        "type": "object",
        "required": list(example),
        "properties": {
            field: {"type": "array" if isinstance(value, list) else "string"} for field, value in example.items()
        },
    }
    content = {"application/json": {"schema": schema, "example": example}, "text/html": {"schema": TEXT}}
    return {
        "tags": ["exports"],
        "operationId": name,
        "summary": summary,
        "parameters": [*parameters, form],
        "responses": {**found("What there is.", content), **problems(400, 404, 406)},
    }


def _operation(view: View) -> dict[str, Any]:
    form = {
        "name": "format",
        "in": "path",
        "required": True,
        "description": "; ".join(f"{each.suffix} or {each.name}: {each.title}" for each in forms().values()),
        "schema": {"type": "string", "enum": list(suffixes())},
        "example": "graphml",
    }
    own = [parameter_of(each) for each in view.parameters]
    for each in own:
        if not each["required"]:
            each["schema"] = {"anyOf": [each["schema"], {"const": ""}]}
    return {
        "tags": ["exports"],
        "operationId": f"export-{view.name}",
        "summary": view.summary,
        "description": view.description,
        "parameters": [form, *own, *map(_field, FIELDS)],
        "responses": {
            **found("The export.", _content(view), _HEADERS),
            **problems(400, 404, 413, 429, 503),
        },
    }


def _field(field: Field) -> dict[str, Any]:
    if field.name in _SCHEMAS:
        schema: dict[str, Any] = _SCHEMAS[field.name]
    else:
        schema = {"type": "string", "enum": list(field.choices), "default": field.default}
    if field.several:
        schema = {"type": "array", "items": schema, "maxItems": 20}
    return {"name": field.name, "in": "query", "description": field.description, "schema": schema}


def _content(view: View) -> dict[str, Any]:
    """Return the media types of the forms, with an answer in two of them."""
    content: dict[str, Any] = {}
    for form in forms().values():
        media_type = form.media_type.partition(";")[0]
        schema: dict[str, Any] = {"type": "object"} if media_type.endswith("json") else TEXT
        content[media_type] = {"schema": {} if form.binary else schema}
    content["application/json"]["example"] = sample(view)
    content["text/csv"]["example"] = "id,source,target,role,label\r\ne0,n0,n1," + ",".join(_role(view)) + "\r\n"
    return content


def sample(view: View) -> dict[str, Any]:
    """Return an answer of a view as node-link JSON: two things and a link."""
    role, label = _role(view)
    about = {"view": view.name, "title": view.titles[-1], "sources": ["…"], "version": "…", "asof": "2026-01-31"}
    about["notes"] = []
    values = {each.name: each.example for each in view.parameters if not each.optional}
    things = [
        {"id": "n0", "iri": f"{names.ID}…", "label": "…", "type": "…", "type_label": "…", "group": "unit"},
        {"id": "n1", "iri": f"{names.ID}…", "label": "…", "type": "…", "type_label": "…", "group": "region"},
    ]
    link = {"source": "n0", "target": "n1", "key": "e0", "role": role, "label": label, "weight": 1}
    return {
        "directed": True,
        "multigraph": True,
        "graph": {**about, "parameters": values},
        "nodes": things,
        "edges": [link],
    }


def _role(view: View) -> tuple[str, str]:
    """Return the first role of a view that has a name of its own, with its meaning."""
    return next(((role, meaning) for role, meaning in view.roles.items() if role != "*"), ("part-of", "is part of"))
