"""The paths of linked data in the OpenAPI document: things, documents, the ontology, graphs, the catalogue."""

from __future__ import annotations

from typing import Any

from api.http.negotiate import GRAPHS, HTML, TRIPLES
from api.linked.things import FORMS
from api.openapi.parts import TEXT, contents, found, path_of, problems

_SENT_ON = {
    "description": "Leads to the document.",
    "headers": {"Location": {"description": "where it is", "schema": TEXT}},
}
_LINKS = {"Link": {"description": "other forms, licence, pages (RFC 8288)", "schema": TEXT}}


def linked_paths() -> dict[str, Any]:
    """Return the paths of linked data."""
    pages = (HTML, *GRAPHS)
    thing = path_of("type and name of a thing", "pdu/west-kent")
    concept = path_of("a vocabulary, or one of its concepts", "rating/good")
    document = path_of("of a thing; a suffix such as .ttl names the form", "pdu/west-kent")
    graph = path_of("name of a graph", "vocab")
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9_999_999}}
    return {
        "/id/{path}": _get("thing", "The thing itself: leads to what is said of it", [thing], _sent_on()),
        "/vocab/{path}": _get("concept", "A concept: leads to what is said of it", [concept], _sent_on()),
        "/doc/{path}": _get("document", "What the graph says of a thing", [document, page], _sent(FORMS, 301, 303)),
        "/def": _get("ontology", "The terms: classes and properties", [], _sent(pages)),
        "/shapes": _get("shapes", "The shapes that data must conform to", [], _sent(pages)),
        "/graph": _get("graphs", "All named graphs: leads to the description of the dataset", [], {"303": _SENT_ON}),
        "/graph/{path}": _get("graph", "The triples of a named graph", [graph], _sent(pages, 303)),
        "/catalog": _get("catalogue", "The catalogue of the dataset (DCAT)", [], _sent(TRIPLES)),
        "/.well-known/void": _get("void", "The description of the dataset (VoID)", [], _sent(TRIPLES)),
        "/context.jsonld": _get("context", "The context of documents in JSON-LD", [], _one("application/ld+json")),
        "/dump.nq.gz": _get("dump", "The whole dataset as N-Quads", [], _one("application/gzip")),
        "/sitemap.xml": _get("site-map", "The site map", [page], _one("application/xml")),
        "/robots.txt": _get("robots", "What search engines are asked to leave alone", [], _one("text/plain")),
    }


def _get(name: str, summary: str, parameters: list[dict[str, Any]], responses: dict[str, Any]) -> dict[str, Any]:
    operation = {"tags": ["linked data"], "operationId": name, "summary": summary, "parameters": parameters}
    return {"get": {**operation, "responses": responses}}


def _sent_on() -> dict[str, Any]:
    return {"303": _SENT_ON, **problems(400, 404, 406, 410)}


def _sent(forms: Any, *redirections: int) -> dict[str, Any]:
    return {
        **found("In the form that was asked for.", contents(forms), _LINKS),
        **{str(status): _SENT_ON for status in redirections},
        **problems(400, 404, 406, 410, 413, 429, 503),
    }


def _one(media_type: str) -> dict[str, Any]:
    schema = {} if media_type.endswith("json") else TEXT
    return {**found("As it is.", {media_type: {"schema": schema}}), **problems(400, 404, 429, 503)}
