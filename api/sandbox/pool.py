"""A pool: hands jobs to workers of one kind, kills those that pass a limit, and keeps the quick queries quick.

A query that runs longer than a moment becomes a slow one: its worker stands back where others compute, and only so
many may be slow at once. Beyond that the newest slow query of whoever has most of them is stopped. A pool whose jobs
are all long, as exports are, knows no slow ones.

Where jobs are short and several wait, a worker is sent some together, which saves most of the cost of waking it. A job
that waits behind another for longer than an instant, or whose worker dies at another, is given to a second worker,
alone; the first answer counts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import metrics
from api.sandbox.channel import DiedError, Outcome, Turn, Worker
from api.sandbox.keeper import Keeper
from api.sandbox.worker import BROKEN, DONE, QUESTION, REFUSED, STORE_FAILED, TOO_LARGE, UNACCEPTABLE, Confines

_MOMENT = 0.1
_INSTANT = 0.005
_SECONDS_BETWEEN_LOOKS = 0.005
_SECONDS_TO_REST = 20.0
_SHORT = 0.0005  # seconds of work up to which jobs are sent together
_STEP = 1.05  # by which the guess at a typical job follows each job


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
        together: how many short jobs a worker may be sent at once.
    """

    jobs: str
    size: int
    queue: int
    seconds: float
    slow: int | None = None
    spare: int = 0
    together: int = 1


class Pool:
    """Workers of one kind over a keeper."""

    def __init__(self, keeper: Keeper, confines: Confines, limits: Limits) -> None:
        """Take the limits of each worker, and those of all together."""
        self._keeper, self._confines, self.limits = keeper, confines, limits
        self._generation = 0
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._starting = 0
        self._waiting: list[Turn] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._watched = self._called = self._closed = False
        self._resting: asyncio.TimerHandle | None = None
        self._typical = 2 * _SHORT  # nobody knows yet

    @property
    def waiting(self) -> int:
        """Number of jobs that wait for a worker."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Number of jobs that are with a worker."""
        return sum(len(worker.turns) for worker in self._busy)

    async def run(
        self, job: str, arguments: dict[str, Any], content: bytes = b"", client: str = "", alters: bool = False
    ) -> Answer:
        """Run a job in a worker; one that alters the worker's dataset is the last of that worker.

        Raises:
            TimedOutError, BusyError, DiedError: it was stopped, or not begun.
            OutcomeError: it ended without an answer.
        """
        loop = asyncio.get_running_loop()
        self._make_room_for(client)
        head = orjson.dumps({"job": job, **arguments})
        message = QUESTION.pack(len(head), len(content)) + head + content
        turn = Turn(message, client, loop.time(), alters, alters, loop.create_future())
        self._waiting.append(turn)
        self._call(loop)
        try:
            outcome, kind, answer, _ = await turn.answer
        except BaseException:
            self._forget(turn)
            raise
        if outcome != DONE:
            raise OutcomeError(outcome, answer.decode())
        return Answer(kind, answer)

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to it that those who wait are called: at once where nobody is at work, else with who comes meanwhile."""
        if not self._busy:
            self._hand_out()
        elif not self._called:
            self._called = True
            loop.call_soon(self._hand_out)

    def _forget(self, turn: Turn) -> None:
        """Let a job go that nobody waits for; a worker that works for nobody ends."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        if turn.worker in self._busy and not turn.worker.wanted:
            self._discard(turn.worker)

    def _hand_out(self) -> None:
        """Give those who wait to idle workers, who has least at work first."""
        self._called = False
        if len(self._waiting) > 1:
            held = Counter(turn.client for worker in self._busy for turn in worker.turns)
            self._waiting.sort(key=lambda turn: held[turn.client])
        while self._waiting:
            worker = self._idle_worker()
            if worker is None:
                self._start_workers()
                return
            turns = self._next_turns()
            self._waiting = self._waiting[len(turns) :]
            self._busy.add(worker)
            worker.send(turns)
            self._watch(worker)

    def _next_turns(self) -> list[Turn]:
        """Return the first who wait and may go together."""
        most = self.limits.together if self._typical <= _SHORT else 1
        turns = self._waiting[:most]
        alone = next((place for place, turn in enumerate(turns) if turn.alone), len(turns))
        return turns[: max(alone, 1)]

    def _idle_worker(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive and worker.generation == self._generation:
                return worker
            worker.kill()
        return None

    def _answered(self, worker: Worker, outcome: Outcome) -> None:
        """Hand an answer over, and the worker on, once it has done all.

        One that was slowed down ends, as only a privileged process could undo that.
        """
        self._typical *= _STEP if outcome.seconds > self._typical else 1 / _STEP
        turn = worker.turns.popleft()
        if not turn.answer.done():
            turn.answer.set_result(outcome)
        if turn.worker is None and turn in self._waiting:
            self._waiting.remove(turn)
        if turn.last or worker.slow:
            self._discard(worker)
        elif worker.turns:
            worker.began = asyncio.get_running_loop().time()
        else:
            self._release(worker)

    def _lost(self, worker: Worker) -> None:
        """Fail what a dead worker was at; what it had not begun is given to others."""
        turns = [turn for turn in worker.turns if turn.worker is worker]
        if turns and turns[0] is worker.turns[0]:
            turns.pop(0).fail(DiedError())
        worker.turns.clear()
        self._again([turn for turn in turns if not turn.answer.done()])
        if worker in self._busy:
            self._discard(worker)

    def _again(self, turns: list[Turn]) -> None:
        """Put jobs first in the queue, each to be alone with its worker."""
        for turn in turns:
            turn.alone, turn.worker = True, None
        self._waiting[:0] = turns
        if turns:
            self._hand_out()

    def _watch(self, worker: Worker) -> None:
        """Note when a worker began; a timer for each job would cost more than a look at all now and then."""
        loop = asyncio.get_running_loop()
        worker.began = loop.time()
        self._look_later(loop)

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._watched:
            self._watched = True
            loop.call_later(_SECONDS_BETWEEN_LOOKS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Find the jobs that run for longer than a moment, and stop those whose time is over."""
        now = loop.time()
        self._watched = False
        if self._busy or self._waiting:  # planned first: whatever fails below, the limits hold
            self._look_later(loop)
        elif not self._resting:
            self._resting = loop.call_later(_SECONDS_TO_REST, self._rest)
        for worker in list(self._busy):
            self._look_at(worker, now - worker.began)
        for turn in [turn for turn in self._waiting if now - turn.since >= self.limits.seconds]:
            self._waiting.remove(turn)
            turn.fail(BusyError("No worker became free in time."))

    def _rest(self) -> None:
        """Where nothing runs, end the workers that a busy time left behind, the one that was idle for longest first."""
        self._resting = None
        while not self._busy and len(self._idle) > max(1, self.limits.spare):
            self._idle.pop(0).kill()

    def _look_at(self, worker: Worker, seconds: float) -> None:
        """Judge a worker by how long it has been at its first job."""
        if seconds >= _INSTANT and len(worker.turns) > 1:
            self._again([turn for turn in list(worker.turns)[1:] if not (turn.alone or turn.answer.done())])
        if seconds >= _INSTANT and not worker.wanted:
            self._discard(worker)
        elif seconds >= self.limits.seconds:
            self._stop(worker, TimedOutError())
        elif seconds >= _MOMENT and not worker.slow and self.limits.slow is not None:
            self._becomes_slow(worker, self.limits.slow)

    def _stop(self, worker: Worker, error: Exception) -> None:
        """End the job that a worker is at with an error, and the worker."""
        worker.turns[0].fail(error)
        self._discard(worker)

    def _becomes_slow(self, worker: Worker, most: int) -> None:
        """Put a worker among the slow ones; where these are too many, stop the newest of the greediest client."""
        worker.slow_down()
        slow = [each for each in self._busy if each.slow]
        if len(slow) > most:
            held = Counter(each.turns[0].client for each in slow)
            greedy = max(held.values())
            greediest = [each for each in slow if held[each.turns[0].client] == greedy]
            newest = max(greediest, key=lambda each: each.slow_since)
            self._stop(newest, BusyError(f"Too many long {self.limits.jobs} run already."))

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
        newest.fail(full)

    def _release(self, worker: Worker) -> None:
        """Hand a worker on, unless it is out of date."""
        self._busy.discard(worker)
        if worker.generation != self._generation or not worker.alive:
            self._discard(worker)
            return
        self._offer(worker)

    def _offer(self, worker: Worker) -> None:
        self._idle.append(worker)
        if self._waiting:
            self._hand_out()

    def _discard(self, worker: Worker) -> None:
        self._busy.discard(worker)
        worker.kill()
        metrics.count_ended()
        self._start_workers()

    def _start_workers(self) -> None:
        """Start as many workers as the jobs that wait and a few spare ones need, within the size of the pool."""
        if self._closed:
            return
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
        worker = Worker(generation, self._answered, self._lost)
        try:
            channel = self._keeper.fork_worker(self._confines)
            channel.setblocking(False)
            await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=channel)
            await worker.ready()
        except asyncio.CancelledError:
            worker.kill()
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            self._starting -= 1
            worker.kill()
            if self._waiting:
                self._waiting.pop(0).fail(error)
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
        self._closed = True
        if self._resting:
            self._resting.cancel()
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
