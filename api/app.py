"""The read-only web application: named queries as JSON. Only this package knows HTTP."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

import kg
from kg import resources
from kg.errors import KgError, StoreError
from kg.query import read_questions


def create_app(store: Path | None = None) -> FastAPI:
    """Return the application over the store in `store`, or over the packaged facts built in memory."""
    graph = cache(lambda: kg.load(store))
    app = FastAPI(title="Probation knowledge graph", version="0.1.0", docs_url=None, redoc_url=None)

    @app.get("/queries")
    def queries() -> list[dict[str, Any]]:
        """List the named queries with their parameters."""
        found = read_questions(resources.queries()).values()
        return [
            {
                "name": question.name,
                "summary": question.summary,
                "parameters": [
                    {"name": p.name, "type": p.type, "optional": p.optional, "example": p.example}
                    for p in question.parameters
                ],
            }
            for question in found
        ]

    @app.get("/queries/{name}")
    def answer(name: str, request: Request) -> list[dict[str, Any]]:
        """Answer one named query; its parameters are those of the address."""
        if name not in read_questions(resources.queries()):
            raise HTTPException(404, f'There is no query "{name}"; see /queries.')
        return graph().ask(name, **dict(request.query_params)).dicts()

    @app.exception_handler(KgError)
    def problem(request: Request, error: KgError) -> JSONResponse:
        """Answer a mistake of the asker, or a missing store, with a problem document (RFC 9457)."""
        return _problem(503 if isinstance(error, StoreError) else 400, str(error))

    @app.exception_handler(HTTPException)
    def not_found(request: Request, error: HTTPException) -> JSONResponse:
        """Answer an unknown address with a problem document."""
        return _problem(error.status_code, str(error.detail))

    return app


def _problem(status: int, detail: str) -> JSONResponse:
    body = {"type": "about:blank", "title": "The question cannot be answered", "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
