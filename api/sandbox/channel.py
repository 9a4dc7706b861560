"""The web process's end of one worker: jobs go out, answers come in, and it can be slowed down or killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from api.sandbox.worker import ANSWER

_SECONDS_TO_START = 10.0
_STANDS_BACK = 10  # of 19


class DiedError(Exception):
    """The worker died at the job: it passed its memory limit, or the engine failed."""


class Outcome(NamedTuple):
    """What a worker says of a job: how it ended, the kind of its answer, the content, and seconds of work."""

    outcome: int
    kind: str
    content: bytes
    seconds: float


@dataclass(slots=True, eq=False)
class Turn:
    """A job that waits for a worker, or is with one.

    Attributes:
        message: the job, as it is sent.
        client: who asks.
        since: when it began to wait, by the loop's clock.
        alone: whether no other job may be sent along with it.
        last: whether the worker ends behind it.
        answer: what it becomes: an outcome, or an error.
        worker: with whom it is.
    """

    message: bytes
    client: str
    since: float
    alone: bool
    last: bool
    answer: asyncio.Future[Outcome]
    worker: Worker | None = None

    def fail(self, error: Exception) -> None:
        """End it with an error, unless it has ended."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # looked at: nobody may be waiting any more


class Worker(asyncio.Protocol):
    """The channel to one worker process."""

    def __init__(
        self, generation: int, answered: Callable[[Worker, Outcome], None], lost: Callable[[Worker], None]
    ) -> None:
        """Note of which state of the dataset the worker is, and whom to tell of an answer, and of its end."""
        self.generation = generation
        self.pid = 0
        self.slow = False
        self.slow_since = 0.0
        self.began = 0.0
        self.turns: deque[Turn] = deque()
        self._answered, self._lost = answered, lost
        self._buffer = bytearray()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take the process id, or answers, the last of which may be a part."""
        self._buffer += data
        if not self._ready.done():
            if len(self._buffer) >= 4:
                (self.pid,) = struct.unpack_from("!I", self._buffer)
                del self._buffer[:4]
                self._ready.set_result(None)
            return
        while len(self._buffer) >= ANSWER.size:
            outcome, kind, size, micros = ANSWER.unpack_from(self._buffer)
            start = ANSWER.size + kind
            if len(self._buffer) < start + size:
                return
            text, content = self._buffer[ANSWER.size : start].decode(), bytes(self._buffer[start : start + size])
            del self._buffer[: start + size]
            self._answered(self, Outcome(outcome, text, content, micros / 1e6))

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits that the worker has died, and end what it left behind."""
        self.kill()
        if not self._ready.done():
            self._ready.set_exception(DiedError())
            self._ready.exception()  # looked at: nobody may be waiting any more
        self._lost(self)

    @property
    def alive(self) -> bool:
        """Whether the channel is open."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def wanted(self) -> bool:
        """Whether anybody waits for what it does."""
        return any(turn.worker is self and not turn.answer.done() for turn in self.turns)

    async def ready(self) -> None:
        """Wait for the process to say that it runs."""
        await asyncio.wait_for(asyncio.shield(self._ready), _SECONDS_TO_START)

    def send(self, turns: list[Turn]) -> None:
        """Send jobs, which the worker does one after another."""
        assert self._transport is not None
        for turn in turns:
            turn.worker = self
        self.turns.extend(turns)
        self._transport.write(b"".join([turn.message for turn in turns]))

    def kill(self) -> None:
        """End the process and all that it started, at once; its id may be another's from then on."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.pid = 0
        if self._transport:
            self._transport.close()

    def slow_down(self) -> None:
        """Let all threads of the process stand back where others want to compute, for a tenth of what these get."""
        self.slow = True
        self.slow_since = time.monotonic()
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _STANDS_BACK)
