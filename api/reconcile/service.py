"""The addresses of the reconciliation service. JSONP, which version 0.2 leaves to the service, is not offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.http.known import only
from api.reconcile import models, preview, properties
from api.reconcile.matching import reconcile, short_class, type_of
from kg import names
from kg.errors import QuestionError, ThingNotFoundError
from kg.search import SearchIndex, fold
from kg.store import Embedded

MOST_BYTES = 1_000_000
_PAGE = 10
_MOST_CURSOR = 1_000
_DEFAULT_TYPES = ("pko:ProbationDeliveryUnit", "pko:ProbationRegion", "pko:Prison", "pko:Court", "pko:Area")
_PROBLEM = {"type": "object", "required": ["status", "detail"], "properties": {"detail": {"type": "string"}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {
        "description": "The request is not what was expected; `detail` says what was.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    },
    404: {
        "description": "There is no such thing.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    },
}
_FIELDS = ("queries", "query", "extend")
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {field: {"type": "string"} for field in _FIELDS},
                    "example": {"queries": '{"q0": {"query": "West Kent", "type": "pko:ProbationDeliveryUnit"}}'},
                }
            }
        },
    }
}
Answer = models.Manifest | models.Extension | models.Result | dict[str, models.Result]
Text = Annotated[str, Query(max_length=300)]
Cursor = Annotated[int, Query(ge=0, le=_MOST_CURSOR, description="How many suggestions to pass over.")]


async def form(request: Request) -> dict[str, str]:
    """Read the fields of a form.

    Raises:
        QuestionError: the body is no such form, or larger than a megabyte.
    """
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise QuestionError(f"The body has more than {MOST_BYTES:,} bytes; send fewer queries at a time.")
    try:
        fields = parse_qs(content.decode(), keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError:
        raise QuestionError(
            "The body is no form in UTF-8; send queries=… as application/x-www-form-urlencoded."
        ) from None
    return {name: values[0] for name, values in fields.items()}


class Service:
    """What the addresses do."""

    def __init__(
        self, store: Callable[[], Embedded], index: Callable[[], SearchIndex], address: str, view: str | None
    ) -> None:
        """Take where to get the store and the index, the public address, and the template of pages about things."""
        self._store, self._index, self._address, self._view = store, index, address, view

    def get(
        self,
        request: Request,
        queries: Annotated[str | None, Query(description="A batch of queries, as JSON.")] = None,
        query: Annotated[str | None, Query(description="One query: a name, or JSON.")] = None,
        extend: Annotated[str | None, Query(description="Things and properties to fetch, as JSON.")] = None,
    ) -> Answer:
        """Describe the service, or answer the queries of the address."""
        fields = {"queries": queries, "query": query, "extend": extend}
        given = {name: value for name, value in fields.items() if value is not None}
        return self._answer(given) if given else self._manifest(request)

    def post(self, fields: Annotated[dict[str, str], Depends(form)]) -> Answer:
        """Answer a batch of queries, a single query, or a question for properties."""
        return self._answer(fields)

    def entities(self, prefix: Text = "", cursor: Cursor = 0, type: Text | None = None) -> models.Suggestions:  # noqa: A002
        """Complete the name of a thing."""
        if not fold(prefix):
            return models.Suggestions(result=[])
        index = self._index()
        found = index.suggest(prefix, [short_class(type)] if type else index.nameable, cursor + _PAGE)
        return models.Suggestions(
            result=[
                models.Suggestion(id=hit.name, name=hit.label, description=hit.why, notable=type_of(hit))
                for hit in found[cursor:]
            ]
        )

    def types(self, prefix: Text = "", cursor: Cursor = 0) -> models.Suggestions:
        """Complete the name of a type."""
        if not fold(prefix):
            return models.Suggestions(result=[])
        index = self._index()
        found = [hit for hit in index.suggest(prefix, ["owl:Class"], _MOST_CURSOR) if hit.name in index.types]
        shown = found[cursor : cursor + _PAGE]
        return models.Suggestions(result=[models.Suggestion(id=hit.name, name=hit.label) for hit in shown])

    def properties(self, prefix: Text = "", cursor: Cursor = 0) -> models.Suggestions:
        """Complete the name of a property."""
        begun = fold(prefix)
        if not begun:
            return models.Suggestions(result=[])
        common = {**{each: name for each, (name, _) in properties.SEVERAL.items()}, **names.PROPERTY_WORDS}
        found = [models.Suggestion(id=each, name=name) for each, name in common.items() if name.startswith(begun)]
        kinds = ["owl:ObjectProperty", "owl:DatatypeProperty"]
        hits = self._index().suggest(prefix, kinds, cursor + _PAGE)
        found += [models.Suggestion(id=hit.name, name=hit.label, description=hit.why) for hit in hits]
        return models.Suggestions(result=found[cursor : cursor + _PAGE])

    def preview(self, id: Annotated[str, Query(max_length=300, examples=["pdu/west-kent"])]) -> Response:  # noqa: A002
        """Show a small page about a thing."""
        thing = properties.thing_of(id)
        if thing is None:
            raise ThingNotFoundError(f'"{id[:60]}" is no identifier; write one such as pdu/west-kent.')
        content = preview.page(self._store(), self._index(), thing)
        return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})

    def propose(
        self,
        type: Annotated[str, Query(max_length=300, examples=["pko:ProbationDeliveryUnit"])],  # noqa: A002
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> models.Proposed:
        """List the properties that things of a type have."""
        return properties.propose(self._store(), self._index(), short_class(type), limit)

    def _answer(self, fields: dict[str, str]) -> Answer:
        index, store = self._index(), self._store()
        if "queries" in fields:
            batch = models.read_batch(fields["queries"])
            return {key: reconcile(index, store, query) for key, query in batch.items()}
        if "query" in fields:
            return reconcile(index, store, models.read_query(fields["query"]))
        if "extend" in fields:
            return properties.extend(store, models.read_extend(fields["extend"]))
        read = f" but {min(fields)[:60]!r}" if fields else ""
        raise QuestionError(f"The request asks nothing{read}; send queries, query or extend.")

    def _manifest(self, request: Request) -> models.Manifest:
        base = self._address or str(request.base_url)
        here, index = base.rstrip("/") + "/reconcile", self._index()
        types = index.describe([properties.full(each) for each in _DEFAULT_TYPES])
        return models.Manifest(
            versions=["0.1", "0.2"],
            name="Probation knowledge graph",
            identifierSpace=names.ID,
            schemaSpace=names.DEF,
            defaultTypes=[models.Entity(id=hit.name, name=hit.label) for hit in types],
            view=models.Template(url=self._view or base.rstrip("/") + "/id/{{id}}"),
            suggest=models.Suggest(
                entity=_at(here, "/suggest/entity"),
                type=_at(here, "/suggest/type"),
                property=_at(here, "/suggest/property"),
            ),
            preview=models.Preview(url=here + "/preview?id={{id}}", width=preview.WIDTH, height=preview.HEIGHT),
            extend=models.Proposals(propose_properties=_at(here, "/extend/propose")),
        )


def _at(here: str, path: str) -> models.Location:
    return models.Location(service_url=here, service_path=path)


def router(
    store: Callable[[], Embedded], index: Callable[[], SearchIndex], address: str = "", view: str | None = None
) -> APIRouter:
    """Return the addresses of the service, below /reconcile.

    Args:
        store: gives the dataset.
        index: gives its search index.
        address: the public address of the server; by default that of each request.
        view: template of the address of pages about things, with "{{id}}"; by default <address>/id/{{id}}.
    """
    service = Service(store, index, address, view)
    routes = APIRouter(prefix="/reconcile", tags=["reconciliation"], responses=_RESPONSES)
    add: Callable[..., None] = routes.add_api_route
    known = [Depends(only(*_FIELDS, "callback"))]  # callback: of older clients, which take an answer without it, too
    add("", service.get, response_model_exclude_none=True, dependencies=known)
    add("", service.post, methods=["POST"], response_model_exclude_none=True, openapi_extra=_FORM, dependencies=known)
    add("/suggest/entity", service.entities, response_model_exclude_none=True)
    add("/suggest/type", service.types, response_model_exclude_none=True)
    add("/suggest/property", service.properties, response_model_exclude_none=True)
    add("/preview", service.preview, response_class=HTMLResponse)
    add("/extend/propose", service.propose)
    return routes
