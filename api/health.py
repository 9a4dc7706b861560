"""Whether the server lives and is ready, and its figures."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.dataset import Dataset
from api.http import metrics
from api.http.problem import Problem


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = Field(description="always ok")


class Ready(BaseModel):
    """The dataset is loaded, and a worker answers."""

    status: Literal["ok"] = Field(description="always ok")
    version: str = Field(description="version of the dataset", examples=["3fd9dacfa07f0ea7"])
    quads: int = Field(description="number of quads", examples=[131477])
    running: int = Field(description="queries at work in this process", examples=[0])
    waiting: int = Field(description="queries that wait in this process", examples=[0])


def router(dataset: Dataset) -> APIRouter:
    """Return the routes over a dataset."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/health/live")
    async def live() -> Live:
        """Tell that the process answers."""
        return Live(status="ok")

    @routes.get("/health")
    @routes.get("/health/ready")
    async def ready() -> Ready:
        """Tell that the dataset is loaded and the workers' keeper lives."""
        if not dataset.alive:
            raise Problem(503, "The process that holds the dataset has ended; the server is restarting it.")
        pool = dataset.pool
        return Ready(
            status="ok",
            version=dataset.version,
            quads=len(dataset.store),
            running=pool.running,
            waiting=pool.waiting,
        )

    @routes.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def figures() -> Response:
        """Return the figures of the server in Prometheus' text form."""
        return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)

    return routes
