"""The application: wires the rooms to the dataset. Only this package knows HTTP; nothing in kg imports it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from api.assistant.late import LateTools
from api.dataset import Dataset, Loaded
from api.exports.room import Exports
from api.health import router as health_router
from api.http.accesslog import AccessLog
from api.http.auth import Doorkeeper
from api.http.cache import Cache
from api.http.faults import told
from api.http.front import Front
from api.http.message import Receive, Room, Scope, Send
from api.http.negotiate import prefers_html
from api.http.problem import Problem, of_error
from api.indexes import CurrentIndex
from api.jobs import JOBS
from api.linked.rooms import linked_data
from api.linked.statistics import CATALOGUE_JOBS
from api.loading import load
from api.openapi.document import complete
from api.pages import problem_reply
from api.protocols.graph_store import GraphStore
from api.protocols.sparql import Sparql
from api.protocols.update import Update
from api.questions.answers import catalogue
from api.questions.room import Questions
from api.reconcile import router as reconcile_router
from api.search import router as search_router
from api.search_ways import Ways
from api.settings import Settings, from_environment
from api.site.feed import PATH as FEED
from api.site.feed import Feed, feed_job
from api.site.home import HOME
from api.site.quality import shapes
from api.site.registry import PAGES
from api.site.room import Site, site_job
from api.site.shelf import fill
from api.validation import router as validation_router
from api.validation import validation_job
from kg.errors import KgError
from kg.resources import installed_version

_MEGABYTE = 1 << 20
_PAGES = {**PAGES, HOME.path: HOME}


class Fronted(FastAPI):
    """An application whose front sees a request before the application's own layers do."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        await self.front(scope, receive, send)

    async def behind_front(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what the front passes on."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None, loaded: Loaded | None = None) -> FastAPI:
    """Return the application over a store; it forks the process that holds the dataset, so call it before any thread.

    Args:
        settings: of the environment by default.
        loaded: a dataset in memory; the store of the settings by default.

    Raises:
        StoreError: there is no store that can be read.
    """
    settings = settings or from_environment()
    fill(settings.documents)
    catalogue(), shapes()  # read before the fork below, too: workers cannot open a file
    loaded = loaded or load(settings)
    jobs = {**JOBS, **CATALOGUE_JOBS, "validate": validation_job(), "site": site_job(_PAGES), "feed": feed_job}
    dataset = Dataset(loaded, jobs, settings)
    index = CurrentIndex(dataset, loaded.index)
    cache, log = Cache(settings.cache_mb * _MEGABYTE), AccessLog(settings.access_log)
    dataset.on_change(cache.clear)
    tools = LateTools(dataset, index)

    app = _without_routes(_lifespan(dataset, tools, log))
    app.state.dataset = dataset
    _add_routes(app, dataset, settings, index, tools)
    rooms = _rooms(dataset, settings, index)
    complete(app, rooms)
    app.front = Front(
        app.behind_front,
        rooms=rooms,
        cache=cache,
        version=lambda: dataset.version,
        log=log,
        most_bytes=settings.body_mb * _MEGABYTE,
        methods=lambda path: _methods(app, path),
        tell=problem_reply,
    )
    return app


def _lifespan(
    dataset: Dataset, tools: LateTools, log: AccessLog
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs beside the application: it begins with spare workers, and ends with everything it started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dataset.pool.warm()
        watch = asyncio.create_task(dataset.watch())
        yield
        watch.cancel()
        await tools.close()
        log.write()
        dataset.close()

    return lifespan


def _without_routes(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> Fronted:
    """Return the application before it has an address: whatever fails, it answers with a problem document."""
    app = Fronted(
        title="Probation knowledge graph",
        version=installed_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    _add_problems(app)
    return app


def _add_routes(app: FastAPI, dataset: Dataset, settings: Settings, index: CurrentIndex, tools: LateTools) -> None:
    """Add the addresses that the framework serves; all others are rooms behind the front."""
    app.include_router(health_router(dataset))
    app.include_router(validation_router(dataset))
    ways = Ways(lambda: dataset.store)
    dataset.on_change(ways.forget)
    app.include_router(search_router(index, ways))
    app.include_router(reconcile_router(lambda: dataset.store, index, address=settings.address))
    app.router.routes.append(Route("/mcp", tools, methods=["POST"]))


def _rooms(dataset: Dataset, settings: Settings, index: CurrentIndex) -> dict[str, Room]:
    """Return the rooms by the first part of their path."""
    door = Doorkeeper(settings.token)
    return {
        "sparql": Sparql(dataset),
        "update": Update(dataset, door),
        "graphs": GraphStore(dataset, door),
        "queries": Questions(dataset, index),
        "exports": Exports(dataset),
        **dict.fromkeys(_PAGES, Site(dataset, _PAGES, index)),
        FEED: Feed(dataset),
        **linked_data(dataset),
    }


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return the methods that the application's routes take at a path; none for /mcp, which minds its own."""
    routes = [each for each in app.routes if getattr(each, "path", "") != "/mcp"]
    scope = {"type": "http", "path": path, "root_path": "", "headers": []}
    found = {
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(each.matches({**scope, "method": method})[0] is Match.FULL for each in routes)
    }
    return found | ({"OPTIONS"} if found else set()) | ({"HEAD"} if "GET" in found else set())


def _add_problems(app: FastAPI) -> None:
    """Answer every failure with a problem document."""
    tellers: dict[Any, Callable[[Request, Any], Problem]] = {
        Problem: lambda request, error: error,
        KgError: lambda request, error: of_error(error),
        HTTPException: lambda request, error: _of_framework(error, prefers_html(request.headers.get("accept", ""))),
        RequestValidationError: lambda request, error: Problem(400, told(request, error)),
        Exception: lambda request, error: Problem(500, "The server failed; its log says why."),
    }

    def handler(tell: Callable[[Request, Any], Problem]) -> Any:
        async def handle(request: Request, error: Exception) -> Response:
            reply = problem_reply(tell(request, error), request.headers.get("accept", ""))
            return Response(reply.body, reply.status, reply.headers, reply.content_type)

        return handle

    for kind, tell in tellers.items():
        app.add_exception_handler(kind, handler(tell))


def _of_framework(error: HTTPException, browser: bool) -> Problem:
    """Return what the framework refuses as a problem in our words: for people, or for programs."""
    sentences = {
        404: (
            "There is nothing at this address; /openapi.json lists what there is.",
            "There is nothing at this address. It may be mistyped, or from a link that is out of date.",
        ),
        405: (
            "This address does not take that method; the header Allow says which it takes.",
            "This address is for programs, which send data to it; there is no page to read here.",
        ),
    }
    detail = sentences.get(error.status_code, (str(error.detail),) * 2)[browser]
    return Problem(error.status_code, detail, dict(error.headers or {}))
