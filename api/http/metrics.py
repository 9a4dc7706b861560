"""Figures of the server in Prometheus' text form; several web processes add theirs up in a folder."""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left
from collections import Counter as tally  # noqa: N813 - Prometheus has a Counter, too
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client import multiprocess as several

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_REQUESTS = Counter("probation_kg_requests_total", "Requests by room, method and status.", ("room", "method", "status"))
_SECONDS = Histogram(
    "probation_kg_request_seconds",
    "Seconds from request to reply, where the cache had none.",
    ("room",),
    buckets=_BUCKETS,
)
_REPEATS = Counter("probation_kg_cache_hits_total", "Requests answered from the cache.")
_ENDED = Counter("probation_kg_workers_ended_total", "Query workers that were stopped, died or had to go.")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
_SECONDS_BETWEEN_FLUSHES = 1.0
_children: dict[Any, Any] = {}
_requests: tally[tuple[str, str, int]] = tally()
_repeats = 0
_slots: dict[str, list[float]] = {}  # by room: seconds in all, then requests of each bucket


def count(room: str, method: str, status: int, seconds: float, repeat: bool) -> None:
    """Note one request; the counts reach the figures within a second, for a file they share is slow to write.

    Args:
        room: first part of the path.
        method: of the request.
        status: of the reply.
        seconds: from request to reply; of answers from the cache they are not noted.
        repeat: whether the cache gave the answer.
    """
    global _repeats  # noqa: PLW0603 - one number a process
    if not _requests:
        asyncio.get_running_loop().call_later(_SECONDS_BETWEEN_FLUSHES, flush)
    _requests[room, method if method in _METHODS else "other", status] += 1
    if repeat:
        _repeats += 1
    else:
        slots = _slots.get(room)
        if slots is None:
            slots = _slots[room] = [0.0] * (len(_BUCKETS) + 2)
        slots[0] += seconds
        slots[bisect_left(_BUCKETS, seconds) + 1] += 1


def flush() -> None:
    """Add what was counted to the figures."""
    global _repeats  # noqa: PLW0603
    for (room, method, status), number in _requests.items():
        _child(_REQUESTS, room, method, str(status)).inc(number)
    _REPEATS.inc(_repeats)
    for room, (seconds, *buckets) in _slots.items():
        _add(_child(_SECONDS, room), seconds, buckets)
    _requests.clear()
    _slots.clear()
    _repeats = 0


def _add(histogram: Any, seconds: float, buckets: list[float]) -> None:
    """Add many observations at once, which the library offers only one by one."""
    histogram._sum.inc(seconds)
    for bucket, number in zip(histogram._buckets, buckets, strict=True):
        if number:
            bucket.inc(number)


def _child(figure: Counter | Histogram, *labels: str) -> Any:
    """Return a figure with its labels; looking it up costs as much as counting."""
    key = (figure, *labels)
    found = _children.get(key)
    if found is None:
        found = _children[key] = figure.labels(*labels)
    return found


def count_ended() -> None:
    """Note a worker that ended."""
    _ENDED.inc()


def text() -> bytes:
    """Return all figures."""
    flush()
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        several.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
