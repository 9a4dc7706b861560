"""The dataset that a web process serves: its own copy in memory, its version, and the pool for everybody's queries."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.http.problem import Problem
from api.sandbox import pool as pools
from api.sandbox.keeper import Keeper, start
from api.sandbox.pool import Answer, BusyError, DiedError, OutcomeError, Pool, TimedOutError
from api.sandbox.worker import Confines, Held, Job
from api.settings import Settings
from kg.errors import StoreError, SupersededError
from kg.store import Change, Embedded, Journal, apply

_SECONDS_BETWEEN_LOOKS = 0.5
_LARGE = 1 << 20  # bytes of quads that take long enough to apply for others to notice
_STATUS = {pools.REFUSED: 400, pools.TOO_LARGE: 413, pools.UNACCEPTABLE: 406, pools.STORE_FAILED: 503}


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
        confines = Confines(settings.query_memory_mb, network=bool(settings.allowed_hosts))
        self._keeper: Keeper = start(loaded.held, jobs, confines)
        self.pool = Pool(self._keeper, settings.workers, settings.slow_queries, settings.queue, settings.query_seconds)
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
        except TimedOutError:
            raise Problem(
                503,
                f"The query took longer than {self.pool.seconds:g} seconds and was stopped (timeout); "
                "ask for less, or for a part with LIMIT.",
                {"Retry-After": "5"},
                limit_seconds=self.pool.seconds,
            ) from None
        except BusyError as error:
            raise Problem(429, f"{error} Come back in a moment.", {"Retry-After": "2"}) from None
        except DiedError:
            raise Problem(
                503,
                f"The query needed more than {self.settings.query_memory_mb} MB of memory, or more than the engine "
                "can hold, and was stopped; ask for less.",
                {"Retry-After": "5"},
                limit_megabytes=self.settings.query_memory_mb,
            ) from None
        except OutcomeError as error:
            raise Problem(
                _STATUS.get(error.outcome, 500), str(error) or "The server failed; its log says why."
            ) from None

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
            sentence = f"The change may be recorded, or not ({error.strerror}); look before you repeat it."
            raise Problem(503, sentence) from None

    def _start_anew(self) -> None:
        """End this process: the one that takes its place reads what is recorded."""
        os.kill(os.getpid(), signal.SIGTERM)

    def close(self) -> None:
        """End keeper and workers, and close the journal."""
        self.pool.close()
        self._keeper.close()
        if self._journal:
            self._journal.close()
