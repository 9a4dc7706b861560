"""Work for a client ends when the client has gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any, TypeVar

from api.http.message import Asked, Gone

_SECONDS_BETWEEN_LOOKS = 0.05  # most answers are there before, and need no watch
_young: dict[asyncio.Task[Any], Asked] = {}
_planned: list[asyncio.TimerHandle] = []
_watches: dict[asyncio.Task[Any], asyncio.Task[None]] = {}

Result = TypeVar("Result")


async def unless_gone(asked: Asked, work: Awaitable[Result]) -> Result:
    """Await work for a request; when the client hangs up meanwhile, the work is cancelled.

    Raises:
        Gone: the client hung up.
    """
    task = asyncio.current_task()
    assert task is not None
    _plan_look()
    _young[task] = asked
    try:
        return await work
    except asyncio.CancelledError:
        if task in _watches and _watches[task].done():
            task.uncancel()
            raise Gone from None
        raise
    finally:
        _young.pop(task, None)
        if task in _watches:
            _watches.pop(task).cancel()


def _plan_look() -> None:
    """Plan to look at what is young, once for all; a timer for each request would cost more."""
    if not _planned:
        _planned.append(asyncio.get_running_loop().call_later(_SECONDS_BETWEEN_LOOKS, _watch_young))


def _watch_young() -> None:
    """Watch the clients of all work that began since the last look and still runs."""
    _planned.clear()
    for task, asked in _young.items():
        _watches[task] = asyncio.get_running_loop().create_task(_hung_up(asked, task))
    _young.clear()


async def _hung_up(asked: Asked, task: asyncio.Task[Any]) -> None:
    """Cancel a task once the client has closed the connection."""
    with contextlib.suppress(OSError):
        while (await asked.receive())["type"] != "http.disconnect":
            pass
        task.cancel()
