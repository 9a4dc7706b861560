"""Figures of the server in Prometheus' text form; several web processes add theirs up in a folder."""

from __future__ import annotations

import os
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client import multiprocess as several

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_REQUESTS = Counter("probation_kg_requests_total", "Requests by room, method and status.", ("room", "method", "status"))
_SECONDS = Histogram("probation_kg_request_seconds", "Seconds from request to reply.", ("room",), buckets=_BUCKETS)
_REPEATS = Counter("probation_kg_cache_hits_total", "Requests answered from the cache.")
_ENDED = Counter("probation_kg_workers_ended_total", "Query workers that were stopped, died or had to go.")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
_children: dict[Any, Any] = {}


def count(room: str, method: str, status: int, seconds: float) -> None:
    """Note one request."""
    key = (room, method, status)
    pair = _children.get(key)
    if pair is None:
        known = method if method in _METHODS else "other"
        pair = _children[key] = (_REQUESTS.labels(room, known, str(status)), _SECONDS.labels(room))
    pair[0].inc()
    pair[1].observe(seconds)


def count_repeat() -> None:
    """Note an answer from the cache."""
    _REPEATS.inc()


def count_ended() -> None:
    """Note a worker that ended."""
    _ENDED.inc()


def text() -> bytes:
    """Return all figures."""
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        several.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
