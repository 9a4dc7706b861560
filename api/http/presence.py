"""Work for a client ends when the client has gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any, TypeVar

from api.http.message import Asked, Gone

_SECONDS_BEFORE_WATCHING = 0.05  # most answers are there before, and need no watch

Result = TypeVar("Result")


async def unless_gone(asked: Asked, work: Awaitable[Result]) -> Result:
    """Await work for a request; when the client hangs up meanwhile, the work is cancelled.

    Raises:
        Gone: the client hung up.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    watch: list[asyncio.Task[None]] = []
    timer = loop.call_later(_SECONDS_BEFORE_WATCHING, lambda: watch.append(loop.create_task(_hung_up(asked, task))))
    try:
        return await work
    except asyncio.CancelledError:
        if watch and watch[0].done():
            task.uncancel()
            raise Gone from None
        raise
    finally:
        timer.cancel()
        for each in watch:
            each.cancel()


async def _hung_up(asked: Asked, task: asyncio.Task[Any]) -> None:
    """Cancel a task once the client has closed the connection."""
    with contextlib.suppress(OSError):
        while (await asked.receive())["type"] != "http.disconnect":
            pass
        task.cancel()
