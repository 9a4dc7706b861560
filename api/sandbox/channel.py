"""The web process's end of one worker: jobs go out, answers come in, and it can be slowed down or killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import time
from pathlib import Path
from typing import cast

from api.sandbox.worker import ANSWER, QUESTION

_SECONDS_TO_START = 10.0


class DiedError(Exception):
    """The worker died at the job: it passed its memory limit, or the engine failed."""


class Worker(asyncio.Protocol):
    """The channel to one worker process."""

    def __init__(self, generation: int) -> None:
        """Note of which state of the dataset the worker is."""
        self.generation = generation
        self.pid = 0
        self.client = ""
        self.slow = False
        self.slow_since = 0.0
        self.began = 0.0
        self._buffer = bytearray()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answer: asyncio.Future[tuple[int, str, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take the process id, or a part of an answer."""
        self._buffer += data
        if not self._ready.done():
            if len(self._buffer) >= 4:
                (self.pid,) = struct.unpack_from("!I", self._buffer)
                del self._buffer[:4]
                self._ready.set_result(None)
            return
        if len(self._buffer) < ANSWER.size:
            return
        outcome, kind, size = ANSWER.unpack_from(self._buffer)
        start = ANSWER.size + kind
        if len(self._buffer) >= start + size and self._answer and not self._answer.done():
            text = self._buffer[ANSWER.size : start].decode()
            self._answer.set_result((outcome, text, bytes(self._buffer[start:])))
            self._buffer.clear()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits that the worker has died, and end what it left behind."""
        self.kill()
        for future in (self._ready, self._answer):
            if future and not future.done():
                future.set_exception(DiedError())
                future.exception()  # looked at: nobody may be waiting any more

    @property
    def alive(self) -> bool:
        """Whether the channel is open."""
        return self._transport is not None and not self._transport.is_closing()

    async def ready(self) -> None:
        """Wait for the process to say that it runs."""
        await asyncio.wait_for(asyncio.shield(self._ready), _SECONDS_TO_START)

    def ask(self, arguments: bytes, content: bytes) -> asyncio.Future[tuple[int, str, bytes]]:
        """Send a job; the future is its outcome, kind and content, or DiedError, or what `fail` was given."""
        self._answer = asyncio.get_running_loop().create_future()
        if not self.alive:
            self._answer.set_exception(DiedError())
        else:
            assert self._transport is not None
            self._transport.write(QUESTION.pack(len(arguments), len(content)) + arguments + content)
        return self._answer

    def fail(self, error: Exception) -> None:
        """End the job at hand with an error, and the process."""
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)
        self.kill()

    def kill(self) -> None:
        """End the process and all that it started, at once; its id may be another's from then on."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.pid = 0
        if self._transport:
            self._transport.close()

    def slow_down(self) -> None:
        """Let all threads of the process compute only while nobody else wants to, so that others are served first."""
        self.slow = True
        self.slow_since = time.monotonic()
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))
