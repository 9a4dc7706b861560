"""Search over HTTP: by name, by words, and while somebody types."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from api.http.faults import told
from api.http.known import only
from api.http.negotiate import prefers_html
from api.http.problem import Problem
from api.search_page import Search, form_page, results_page
from api.search_ways import Ways
from kg.search import Hit, SearchIndex
from kg.search.index import MOST_CHARACTERS, MOST_HITS

_PROBLEM = {"type": "object", "required": ["status", "detail"], "properties": {"detail": {"type": "string"}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {
        "description": "The text is empty or too long, or there is no such type; `detail` says which.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    }
}
_PAGE_TOO: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
_MISSING = f"The request cannot be read: q: missing, expected a text of 1 to {MOST_CHARACTERS} characters."
_WORDS = Query(min_length=1, max_length=MOST_CHARACTERS, examples=["west kent pdu"])
Words = Annotated[str, _WORDS]
WordsOrNone = Annotated[str | None, _WORDS]
Types = Annotated[list[str] | None, Query(max_length=20, description="Types (pdu) or classes (pko:Prison) to keep to.")]


class _Told(APIRoute):
    """A route that tells a browser on the page of the search itself which field cannot be read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if self.path != "/search" or not prefers_html(request.headers.get("accept", "")):
                    raise
                words = request.query_params.get("q", "")
                return form_page(Search(words), told(request, error) if words else "")

        return answer


class Found(BaseModel):
    """A thing that a search found."""

    iri: str = Field(examples=["https://w3id.org/probation-kg/id/pdu/west-kent"])
    name: str = Field(examples=["pdu/west-kent"])
    label: str = Field(examples=["West Kent"])
    type: str = Field(examples=["pdu"])
    class_iri: str
    class_label: str = Field(examples=["probation delivery unit"])
    why: str = Field(description="Which of its names matched, and how.")
    score: float = Field(ge=0, le=100)


class Page(BaseModel):
    """One page of a search."""

    total: int = Field(ge=0, le=MOST_HITS, description="How many there are; counted up to 10,000.")
    hits: list[Found]
    next: str | None = Field(default=None, description="Where the next page is.", examples=["/search?q=kent&offset=20"])


class Suggestions(BaseModel):
    """What somebody may be typing, the likeliest first."""

    suggestions: list[Found]


def router(index: Callable[[], SearchIndex], ways: Ways) -> APIRouter:
    """Return the addresses /search and /suggest over an index, and over what tells where a search leads on."""
    routes = APIRouter(tags=["search"], responses=_RESPONSES, route_class=_Told)

    @routes.get(
        "/search",
        response_model=Page,
        response_model_exclude_none=True,
        responses=_PAGE_TOO,
        dependencies=[Depends(only("q", "type", "limit", "offset"))],
    )
    def search(
        *,
        request: Request,
        response: Response,
        q: WordsOrNone = None,
        type: Types = None,  # noqa: A002 - the name of the parameter
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        offset: Annotated[int, Query(ge=0, le=MOST_HITS)] = 0,
    ) -> Page | Response:
        """Find things by name, alias or code, however misspelt; then statements and definitions by their words.

        Without q, a browser gets an empty form.
        """
        asked = Search(q or "", tuple(type or ()), limit, offset)
        if prefers_html(request.headers.get("accept", "")):
            return results_page(asked, index(), ways) if q else form_page(asked)
        if q is None:
            raise Problem(400, _MISSING)
        response.headers["Vary"] = "Accept"
        return _page(asked, index())

    @routes.get("/suggest", dependencies=[Depends(only("q", "type", "limit"))])
    def suggest(
        q: Words,
        type: Types = None,  # noqa: A002 - the name of the parameter
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> Suggestions:
        """Complete a name."""
        return Suggestions(suggestions=_found(index().suggest(q, type, limit)))

    return routes


def _page(asked: Search, index: SearchIndex) -> Page:
    """Return what is found as programs read it, with the address of the page after it."""
    found = index.search(asked.words, asked.types, asked.limit, asked.offset)
    after = asked.offset + asked.limit
    more = after < found.total and len(found.hits) == asked.limit
    return Page(total=found.total, hits=_found(found.hits), next=asked.at(after) if more else None)


def _found(hits: tuple[Hit, ...]) -> list[Found]:
    return [Found(**asdict(hit)) for hit in hits]
