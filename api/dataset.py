"""The dataset that a web process serves: its own copy in memory, its version, the pools for queries and exports."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.http.problem import Problem
from api.sandbox import pool as pools
from api.sandbox.keeper import Keeper, start
from api.sandbox.pool import Answer, BusyError, DiedError, Limits, OutcomeError, Pool, TimedOutError
from api.sandbox.worker import Confines, Held, Job
from api.settings import Settings
from kg.errors import StoreError, SupersededError
from kg.store import Change, Embedded, Journal, apply

_SECONDS_BETWEEN_LOOKS = 0.5
_ENDED = "The process that holds the dataset has ended; the server is restarting it. Ask again in a moment."
_LARGE = 1 << 20  # bytes of quads that take long enough to apply for others to notice
_TOGETHER = 8
_STANDS_BACK = 10  # of 19: an export gets a tenth of the processor where a query wants it
_STATUS = {pools.REFUSED: 400, pools.TOO_LARGE: 413, pools.UNACCEPTABLE: 406, pools.STORE_FAILED: 503}
_FAILURES = (TimedOutError, BusyError, DiedError, OutcomeError)
_QUERY_HINT = "ask for less, or for a part with LIMIT"
_EXPORT_HINT = 'narrow it with the filters, take a data format such as GraphML, or run "kg export" on your own machine'


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work in workers, as sentences name it: its name, its limits, and how to ask for less."""

    name: str
    seconds: float
    memory_mb: int
    hint: str

    def problem(self, error: Exception) -> Problem:
        """Return the problem that a failure means to the asker: refused (400, 406, 413), stopped (503), busy (429)."""
        match error:
            case TimedOutError():
                told = f"The {self.name} took longer than {self.seconds:g} seconds and was stopped (timeout)"
                return Problem(503, f"{told}; {self.hint}.", {"Retry-After": "5"}, limit_seconds=self.seconds)
            case BusyError():
                return Problem(429, f"{error} Come back in a moment.", {"Retry-After": "2"})
            case DiedError():
                told = f"The {self.name} needed more than {self.memory_mb} MB of memory"
                told += ", or more than the engine can hold, and was stopped; ask for less."
                return Problem(503, told, {"Retry-After": "5"}, limit_megabytes=self.memory_mb)
        status = _STATUS.get(error.outcome, 500) if isinstance(error, OutcomeError) else 500
        return Problem(status, str(error) or "The server failed; its log says why.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A dataset in memory.

    Attributes:
        held: the store, and the shapes where writes pass a gate.
        version: digest of the dataset.
        index: file of the search index; without one it is made in memory.
        journal: where changes are recorded; without one they are lost at the end.
    """

    held: Held
    version: str
    index: Path | None = None
    journal: Journal | None = None

    def close(self) -> None:
        """Let another process open the journal."""
        if self.journal:
            self.journal.close()


class Dataset:
    """What all rooms ask: quick look-ups in this process, everything else in workers."""

    def __init__(self, loaded: Loaded, jobs: Mapping[str, Job], settings: Settings) -> None:
        """Fork the keeper; call it before any thread or event loop runs."""
        self.settings = settings
        self.version = loaded.version
        self._held, self._journal = loaded.held, loaded.journal
        self._keeper: Keeper = start(loaded.held, jobs)
        self.pool, self.exports = _query_pool(self._keeper, settings), _export_pool(self._keeper, settings)
        self._query = Work("query", settings.query_seconds, settings.query_memory_mb, _QUERY_HINT)
        self._export = Work("export", settings.export_seconds, settings.export_memory_mb, _EXPORT_HINT)
        self._writing = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def store(self) -> Embedded:
        """The dataset in this process, for bounded look-ups only; never for a query that somebody wrote."""
        return self._held.store

    @property
    def alive(self) -> bool:
        """Whether the keeper runs."""
        return self._keeper.alive

    async def watch(self) -> None:
        """End this process once its keeper has died; whoever supervises it starts it anew."""
        while self.alive:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        sys.stderr.write("kg: The process that holds the dataset has ended; its web process starts anew.\n")
        self._start_anew()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of the dataset."""
        self._listeners.append(listener)

    async def run(
        self, job: str, arguments: dict[str, Any], content: bytes = b"", client: str = "", alters: bool = False
    ) -> Answer:
        """Run a job in a worker; `alters` tells that it alters the worker's dataset.

        Raises:
            Problem: it was refused (400, 406, 413), stopped (503), or not begun (429).
        """
        try:
            return await self.pool.run(job, arguments, content, client, alters)
        except _FAILURES as error:
            raise self._told(self._query, error) from None

    async def export(self, arguments: dict[str, Any], client: str = "") -> Answer:
        """Run the job "export" in a worker that may load libraries and start a process to draw.

        Raises:
            Problem: as of `run`.
        """
        try:
            return await self.exports.run("export", arguments, b"", client)
        except _FAILURES as error:
            raise self._told(self._export, error) from None

    def _told(self, work: Work, error: Exception) -> Problem:
        """Return a failure as a problem: a worker dies of its limits, or with its keeper."""
        if isinstance(error, DiedError) and not self.alive:
            return Problem(503, _ENDED, {"Retry-After": "2"})
        return work.problem(error)

    async def write(
        self, job: str, arguments: dict[str, Any], content: bytes = b"", check: Callable[[], None] = lambda: None
    ) -> Answer:
        """Let a worker compute a change, record it, and put it in force; one at a time.

        Args:
            job: what is to be done.
            arguments: for it.
            content: for it.
            check: called when it is the write's turn; raises where the dataset is not as the asker expects it.

        Returns:
            the worker's answer: "change" (in force now), or "report" (refused by the shapes, nothing is changed).

        Raises:
            Problem: as of `run`; 507 where the disk is full.
        """
        async with self._writing:
            check()
            answer = await self.run(job, arguments, content, alters=True)
            if answer.kind == "change":
                change = Change.from_bytes(answer.content)
                if not change.empty:
                    await self._put_in_force(change)
            return answer

    async def _put_in_force(self, change: Change) -> None:
        version = await self._recorded(change)
        try:
            await asyncio.to_thread(self._keeper.apply, change)
            if len(change.added) + len(change.removed) > _LARGE:
                await asyncio.to_thread(apply, self.store, change)
            else:
                apply(self.store, change)
        except Exception:  # noqa: BLE001 - whatever it was, the state in memory is not that on the disk
            self._start_anew()
            raise Problem(503, "The change is recorded; the server starts anew to put it in force.") from None
        self.version = version
        self.pool.renew()
        self.exports.renew()
        for listener in self._listeners:
            listener()

    async def _recorded(self, change: Change) -> str:
        """Record a change, and return the version that it makes."""
        if not self._journal:
            return hashlib.sha256(self.version.encode() + change.to_bytes()).hexdigest()
        try:
            return await asyncio.to_thread(self._journal.append, change)
        except SupersededError as error:
            raise Problem(503, str(error), {"Retry-After": "2"}) from None
        except StoreError as error:
            raise Problem(507, str(error)) from None
        except OSError as error:
            self._start_anew()
            if error.errno == errno.ENOENT:
                raise Problem(503, "The folder of the store is gone; nothing was recorded.") from None
            sentence = f"The change may be recorded, or not ({error.strerror}); look before you repeat it."
            raise Problem(503, sentence) from None

    def _start_anew(self) -> None:
        """End this process: the one that takes its place reads what is recorded."""
        os.kill(os.getpid(), signal.SIGTERM)

    def close(self) -> None:
        """End keeper and workers, and close the journal."""
        self.pool.close()
        self.exports.close()
        self._keeper.close()
        if self._journal:
            self._journal.close()


def _query_pool(keeper: Keeper, settings: Settings) -> Pool:
    """Return the workers for queries of strangers, of which one is always ready."""
    confines = Confines(settings.query_memory_mb, network=bool(settings.allowed_hosts))
    slow, queue, seconds = settings.slow_queries, settings.queue, settings.query_seconds
    return Pool(
        keeper, confines, Limits("queries", settings.workers, queue, seconds, slow, spare=1, together=_TOGETHER)
    )


def _export_pool(keeper: Keeper, settings: Settings) -> Pool:
    """Return the workers for exports, which start when somebody asks, and stay with what they have loaded."""
    confines = Confines(settings.export_memory_mb, files=True, nice=_STANDS_BACK)
    return Pool(keeper, confines, Limits("exports", settings.exports, settings.export_queue, settings.export_seconds))
