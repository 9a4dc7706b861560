"""The tools at /mcp, made when somebody first asks for them: their libraries take a third of a second to load."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response

from api.dataset import Dataset
from api.http.message import Receive, Scope, Send
from api.http.problem import Problem
from api.indexes import CurrentIndex
from api.pages import problem_reply

_JSON = "application/json"


class LateTools:
    """An ASGI application that makes the real one at its first request."""

    def __init__(self, dataset: Dataset, index: CurrentIndex) -> None:
        """Take what the tools ask."""
        self._dataset, self._index = dataset, index
        self._app: asyncio.Future[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is no JSON is refused before the tools are made."""
        headers = Headers(scope=scope)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _JSON:
            reply = problem_reply(_not_json(media_type), headers.get("accept", ""))
            await Response(reply.body, reply.status, reply.headers, reply.content_type)(scope, receive, send)
            return
        if self._app is None:
            self._app = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._app))
        await (await asyncio.shield(self._app))(scope, receive, send)

    async def _run(self, app: asyncio.Future[Any]) -> None:
        """Run the tools until the end, in one task, as their task group demands."""
        try:
            manager = await asyncio.to_thread(self._made)
            async with manager.run():
                app.set_result(manager.asgi_app)
                await self._ending.wait()
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            if not app.done():
                app.set_exception(error)

    def _made(self) -> Any:
        from api.assistant.server import mcp_server, over_http

        return over_http(mcp_server(self._dataset, self._index), self._dataset.settings)

    async def close(self) -> None:
        """End the tools."""
        self._ending.set()
        if self._task:
            await self._task


def _not_json(media_type: str) -> Problem:
    return Problem(
        415, f"The body is {media_type or 'of no named type'}; expected {_JSON}: name it in the header Content-Type."
    )
