"""A pool: hands jobs to workers of one kind, kills those that pass a limit, and keeps the quick queries quick.

A query that runs longer than a moment becomes a slow one: its worker computes only while others rest, and only so
many may be slow at once. Beyond that the newest slow query of whoever has most of them is stopped. A pool whose jobs
are all long, as exports are, knows no slow ones.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from api.http import metrics
from api.sandbox.channel import DiedError, Worker
from api.sandbox.keeper import Keeper
from api.sandbox.worker import BROKEN, DONE, REFUSED, STORE_FAILED, TOO_LARGE, UNACCEPTABLE, Confines

_MOMENT = 0.1
_SECONDS_BETWEEN_LOOKS = 0.02


class TimedOutError(Exception):
    """A job passed its time limit and was stopped."""


class BusyError(Exception):
    """Too many jobs wait already, or too many slow ones run."""


class OutcomeError(Exception):
    """The job ended without an answer.

    Attributes:
        outcome: one of REFUSED, TOO_LARGE, UNACCEPTABLE, STORE_FAILED, BROKEN.
    """

    def __init__(self, outcome: int, detail: str) -> None:
        """Take the outcome and its sentence."""
        super().__init__(detail)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job returned: its kind, and the content."""

    kind: str
    content: bytes


class _Waiter(NamedTuple):
    """A job that waits for a worker: who asks, and where the worker is handed over."""

    client: str
    worker: asyncio.Future[Worker]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a pool.

    Attributes:
        jobs: what its jobs are called, for sentences: "queries".
        size: workers, the most jobs that run at once.
        queue: jobs that wait before others are sent away.
        seconds: wall-clock limit of a job.
        slow: how many may run longer than a moment at once; None where all may, and stay as they are.
        spare: workers that are ready before anybody asks.
    """

    jobs: str
    size: int
    queue: int
    seconds: float
    slow: int | None = None
    spare: int = 0


class Pool:
    """Workers of one kind over a keeper."""

    def __init__(self, keeper: Keeper, confines: Confines, limits: Limits) -> None:
        """Take the limits of each worker, and those of all together."""
        self._keeper, self._confines, self.limits = keeper, confines, limits
        self._generation = 0
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._starting = 0
        self._waiting: list[_Waiter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._watched = False

    @property
    def waiting(self) -> int:
        """Number of jobs that wait for a worker."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Number of jobs that run."""
        return len(self._busy)

    async def run(
        self, job: str, arguments: dict[str, Any], content: bytes = b"", client: str = "", alters: bool = False
    ) -> Answer:
        """Run a job in a worker; one that alters the worker's dataset is the last of that worker.

        Raises:
            TimedOutError, BusyError, DiedError: it was stopped, or not begun.
            OutcomeError: it ended without an answer.
        """
        message = orjson.dumps({"job": job, **arguments})
        worker = await self._acquire(client)
        try:
            self._watch(worker)
            outcome, kind, answer = await worker.ask(message, content)
        except BaseException:
            self._discard(worker)
            raise
        if alters:
            self._discard(worker)
        else:
            self._release(worker)
        if outcome != DONE:
            raise OutcomeError(outcome, answer.decode())
        return Answer(kind, answer)

    def _watch(self, worker: Worker) -> None:
        """Note when a worker began; a timer for each job would cost more than a look at all now and then."""
        loop = asyncio.get_running_loop()
        worker.began = loop.time()
        if not self._watched:
            self._watched = True
            loop.call_later(_SECONDS_BETWEEN_LOOKS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Find the jobs that run for longer than a moment, and stop those whose time is over."""
        now = loop.time()
        self._watched = bool(self._busy)
        if self._watched:  # planned first: whatever fails below, the limits hold
            loop.call_later(_SECONDS_BETWEEN_LOOKS, self._look, loop)
        for worker in list(self._busy):
            if now - worker.began >= self.limits.seconds:
                worker.fail(TimedOutError())
            elif now - worker.began >= _MOMENT and not worker.slow and self.limits.slow is not None:
                self._becomes_slow(worker, self.limits.slow)

    def _becomes_slow(self, worker: Worker, most: int) -> None:
        """Put a worker among the slow ones; where these are too many, stop the newest of the greediest client."""
        worker.slow_down()
        slow = [each for each in self._busy if each.slow]
        if len(slow) > most:
            held = Counter(each.client for each in slow)
            greedy = max(held.values())
            newest = max((each for each in slow if held[each.client] == greedy), key=lambda each: each.slow_since)
            newest.fail(BusyError(f"Too many long {self.limits.jobs} run already."))

    async def _acquire(self, client: str) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive and worker.generation == self._generation:
                self._take(worker, client)
                return worker
            worker.kill()
        self._make_room_for(client)
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        place = _Waiter(client, waiter)
        self._waiting.append(place)
        self._start_workers()
        try:
            await asyncio.wait({waiter}, timeout=self.limits.seconds)
            if not waiter.done():
                raise BusyError("No worker became free in time.")
            return waiter.result()
        except BaseException:
            if waiter.done() and waiter.exception() is None:  # handed over just when nobody wanted it any more
                self._release(waiter.result())
            raise
        finally:
            if place in self._waiting:
                self._waiting.remove(place)

    def _take(self, worker: Worker, client: str) -> None:
        """Put a worker to work; its time begins anew with the job that it is sent."""
        self._busy.add(worker)
        worker.client, worker.began = client, math.inf

    def _make_room_for(self, client: str) -> None:
        """Where the queue is full, send away the newest of whoever has most in it, which may be the one who asks."""
        if len(self._waiting) < self.limits.queue:
            return
        held = Counter(each.client for each in self._waiting)
        greediest = max(held, key=held.__getitem__)
        full = BusyError(f"Too many {self.limits.jobs} wait already.")
        if held[client] + 1 >= held[greediest]:
            raise full
        newest = next(each for each in reversed(self._waiting) if each.client == greediest)
        self._waiting.remove(newest)
        if not newest.worker.done():
            newest.worker.set_exception(full)

    def _release(self, worker: Worker) -> None:
        """Hand a worker on, unless it is out of date or was slowed down, which only a privileged process can undo."""
        self._busy.discard(worker)
        if worker.slow or worker.generation != self._generation or not worker.alive:
            self._discard(worker)
            return
        self._offer(worker)

    def _offer(self, worker: Worker) -> None:
        if not self._waiting:
            self._idle.append(worker)
            return
        held = Counter(each.client for each in self._busy)
        for place in sorted(self._waiting, key=lambda each: held[each.client]):  # who has least at work comes first
            self._waiting.remove(place)
            if not place.worker.done():
                self._take(worker, place.client)
                place.worker.set_result(worker)
                return
        self._idle.append(worker)

    def _discard(self, worker: Worker) -> None:
        self._busy.discard(worker)
        worker.kill()
        metrics.count_ended()
        self._start_workers()

    def _start_workers(self) -> None:
        """Start as many workers as the jobs that wait and a few spare ones need, within the size of the pool."""
        room = self.limits.size - len(self._busy) - len(self._idle) - self._starting
        wanted = len(self._waiting) + self.limits.spare - len(self._idle) - self._starting
        for _ in range(min(room, wanted)):
            self._starting += 1
            task = asyncio.get_running_loop().create_task(self._start())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _start(self) -> None:
        """Start one worker and offer it."""
        generation = self._generation
        worker = Worker(generation)
        try:
            channel = self._keeper.fork_worker(self._confines)
            channel.setblocking(False)
            await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=channel)
            await worker.ready()
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            self._starting -= 1
            worker.kill()
            waiter = next((each.worker for each in self._waiting if not each.worker.done()), None)
            if waiter:
                waiter.set_exception(error)
            return
        self._starting -= 1
        if generation != self._generation:
            worker.kill()
            self._start_workers()
        else:
            self._offer(worker)

    def renew(self) -> None:
        """Let no further job see the old state of the dataset; jobs at work end on it."""
        self._generation += 1
        while self._idle:
            self._idle.pop().kill()
        self._start_workers()

    def warm(self) -> None:
        """Start the spare workers before the first job comes."""
        self._start_workers()

    def close(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        for worker in [*self._idle, *self._busy]:
            worker.kill()


__all__ = [
    "BROKEN",
    "REFUSED",
    "STORE_FAILED",
    "TOO_LARGE",
    "UNACCEPTABLE",
    "Answer",
    "BusyError",
    "DiedError",
    "Limits",
    "OutcomeError",
    "Pool",
    "TimedOutError",
]
