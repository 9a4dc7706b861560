"""What each step of an ad-hoc look-up costs, one by one in this process: what stands between us and the bare server."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

_IRI = "https://w3id.org/probation-kg/id/pdu/west-kent"
_QUERY = f"SELECT * {{ <{_IRI}> ?p ?o }}"
_RUNS, _ROUNDS = 300, 5


def timed(run: Callable[[], Any]) -> float:
    """Return the microseconds of one run, the best of some rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for _ in range(_RUNS):
            run()
        best = min(best, time.perf_counter() - began)
    return best / _RUNS * 1e6


async def timed_async(run: Callable[[], Awaitable[Any]]) -> float:
    """Return the microseconds of one awaited run, the best of some rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for _ in range(_RUNS):
            await run()
        best = min(best, time.perf_counter() - began)
    return best / _RUNS * 1e6


def in_worker(store: Any) -> dict[str, float]:
    """Measure the steps of a worker."""
    import pyoxigraph as ox

    from kg.store import Wanted, answer_bytes
    from kg.store.guard import refuse_hostile

    def asked() -> Any:
        return store.engine.query(_QUERY, use_default_graph_as_union=True)

    engine = timed(asked)
    written = timed(lambda: asked().serialize(format=ox.QueryResultsFormat.JSON))
    return {
        "worker: guard": timed(lambda: refuse_hostile(_QUERY)),
        "worker: engine, parse and plan": engine,
        "worker: engine, execute and serialise": written - engine,
        "worker: all of the job": timed(lambda: answer_bytes(store, _QUERY, Wanted())),
    }


def in_front() -> dict[str, float]:
    """Measure the steps of reading a request."""
    from api.http.message import read_fields
    from api.http.negotiate import GRAPHS, TABLES, choose

    fields = b"query=" + quote(_QUERY).encode()
    return {
        "web: read the fields": timed(lambda: read_fields(fields)),
        "web: negotiate": timed(lambda: (choose("*/*", TABLES), choose("*/*", GRAPHS))),
    }


async def in_application(app: Any) -> dict[str, float]:
    """Measure whole requests without a connection: from the cache, and through a worker."""
    asked = 0

    async def request(comment: str = "") -> None:
        await app(_scope(comment), _nothing, _nobody)

    async def fresh() -> None:
        nonlocal asked
        asked += 1
        await request(f"#{asked}")

    async with app.router.lifespan_context(app):
        await fresh()
        pool = app.state.dataset.pool
        wanted = {"graph": "", "service_hosts": []}
        return {
            "web: a repeat from the cache, with log and figures": await timed_async(request),
            "hop: an empty query to a worker and back": await timed_async(
                lambda: pool.run("query", dict(wanted), b"ASK{}")
            ),
            "web, hop and worker: a whole ad-hoc look-up": await timed_async(fresh),
        }


def _scope(comment: str) -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "", "path": "/sparql",
        "raw_path": b"/sparql", "query_string": b"query=" + quote(_QUERY + comment).encode(), "state": {},
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip


async def _nothing() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def _nobody(message: Any) -> None:
    """Take what is sent."""


def main(folder: Path) -> None:
    """Print the steps."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = scratch
        import uvloop

        from api.app import create_app
        from api.settings import Settings

        app = create_app(Settings(store=folder, access_log=str(Path(scratch) / "log")))
        steps = {**in_front(), **uvloop.run(in_application(app)), **in_worker(app.state.dataset.store)}
        for name, microseconds in steps.items():
            print(f"{microseconds:8.0f} µs  {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
