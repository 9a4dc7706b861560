"""The application: wires the rooms to the dataset. Only this package knows HTTP; nothing in kg imports it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.assistant.server import mcp_server, mount
from api.dataset import Dataset, Loaded
from api.health import router as health_router
from api.http.accesslog import AccessLog
from api.http.auth import Doorkeeper
from api.http.cache import Cache
from api.http.front import Front
from api.http.message import Room
from api.http.problem import MEDIA_TYPE, Problem, of_error
from api.indexes import CurrentIndex
from api.jobs import JOBS
from api.linked.rooms import linked_data
from api.linked.statistics import CATALOGUE_JOBS
from api.loading import load
from api.openapi.document import complete
from api.protocols.graph_store import GraphStore
from api.protocols.sparql import Sparql
from api.protocols.update import Update
from api.questions.answers import catalogue
from api.questions.room import Questions
from api.reconcile import router as reconcile_router
from api.search import router as search_router
from api.settings import Settings, from_environment
from api.validation import router as validation_router
from api.validation import validation_job
from kg.errors import KgError
from kg.release import installed_version

_MEGABYTE = 1 << 20


def create_app(settings: Settings | None = None, loaded: Loaded | None = None) -> FastAPI:
    """Return the application over a store; it forks the process that holds the dataset, so call it before any thread.

    Args:
        settings: of the environment by default.
        loaded: a dataset in memory; the store of the settings by default.

    Raises:
        StoreError: there is no store that can be read.
    """
    settings = settings or from_environment()
    catalogue()  # read before the fork below: workers cannot open a file
    loaded = loaded or load(settings)
    dataset = Dataset(loaded, {**JOBS, **CATALOGUE_JOBS, "validate": validation_job()}, settings)
    index = CurrentIndex(dataset, loaded.index)
    cache, log = Cache(settings.cache_mb * _MEGABYTE), AccessLog(settings.access_log)
    dataset.on_change(cache.clear)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dataset.pool.warm()
        watch = asyncio.create_task(dataset.watch())
        async with run_mcp():
            yield
        watch.cancel()
        log.write()
        dataset.close()

    app = FastAPI(
        title="Probation knowledge graph",
        version=installed_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.dataset = dataset
    _add_problems(app)
    app.include_router(health_router(dataset))
    app.include_router(validation_router(dataset))
    app.include_router(search_router(index))
    app.include_router(reconcile_router(lambda: dataset.store, index, address=settings.address))
    run_mcp = mount(app, mcp_server(dataset, index), settings)
    rooms = _rooms(dataset, settings)
    complete(app, rooms)
    app.add_middleware(
        Front,
        rooms=rooms,
        cache=cache,
        version=lambda: dataset.version,
        log=log,
        most_bytes=settings.body_mb * _MEGABYTE,
    )
    return app


def _rooms(dataset: Dataset, settings: Settings) -> dict[str, Room]:
    """Return the rooms by the first part of their path."""
    door = Doorkeeper(settings.token)
    return {
        "sparql": Sparql(dataset),
        "update": Update(dataset, door),
        "graphs": GraphStore(dataset, door),
        "queries": Questions(dataset),
        **linked_data(dataset),
    }


def _add_problems(app: FastAPI) -> None:
    """Answer every failure with a problem document."""
    tellers: dict[Any, Callable[[Any], Problem]] = {
        Problem: lambda error: error,
        KgError: of_error,
        HTTPException: _of_framework,
        RequestValidationError: lambda error: Problem(400, _told(error)),
        Exception: lambda error: Problem(500, "The server failed; its log says why."),
    }

    def handler(tell: Callable[[Any], Problem]) -> Any:
        async def handle(request: Request, error: Exception) -> Response:
            problem = tell(error)
            return Response(problem.document(), problem.status, problem.headers, MEDIA_TYPE)

        return handle

    for kind, tell in tellers.items():
        app.add_exception_handler(kind, handler(tell))


def _of_framework(error: HTTPException) -> Problem:
    """Return what the framework refuses as a problem in our words."""
    sentences = {
        404: "There is nothing at this address; /openapi.json lists what there is.",
        405: "This address does not take that method; the header Allow says which it takes.",
    }
    detail = sentences.get(error.status_code, str(error.detail))
    return Problem(error.status_code, detail, dict(error.headers or {}))


def _told(error: RequestValidationError) -> str:
    """Return what is wrong with the fields of a request, in one sentence."""
    faults = [f"{each['loc'][-1]}: {each['msg'].lower()}" for each in error.errors()]
    return f"The request cannot be read: {'; '.join(faults)}."
