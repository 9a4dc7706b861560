"""Workers and their pool: jobs that go together do not suffer for each other."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from api.sandbox import keeper
from api.sandbox.pool import BusyError, DiedError, Limits, Pool, TimedOutError
from api.sandbox.worker import Confines, Held
from kg.store import Embedded


def _echo(held, arguments, content):
    return "text", content


def _sleep(held, arguments, content):
    time.sleep(arguments["seconds"])
    return "text", str(os.getpid()).encode()


def _die(held, arguments, content):
    os._exit(9)


@pytest.fixture(scope="module")
def kept():
    found = keeper.start(Held(Embedded()), {"echo": _echo, "sleep": _sleep, "die": _die})
    yield found
    found.close()


def played(kept, play, size=2, seconds=5.0, slow=None, queue=100):
    """Return what `play(pool)` comes to."""

    async def act():
        pool = Pool(kept, Confines(200), Limits("queries", size, queue, seconds, slow, spare=1, together=8))
        try:
            return await asyncio.wait_for(play(pool), 20)
        finally:
            pool.close()
            await asyncio.sleep(0.05)  # the channels close

    return asyncio.run(act())


async def echoes(pool, number):
    """Ask for echoes all at once, and return them."""
    answers = await asyncio.gather(*(pool.run("echo", {}, str(each).encode()) for each in range(number)))
    return [int(answer.content) for answer in answers]


def test_workers_that_a_busy_time_left_behind_end(kept, monkeypatch):
    monkeypatch.setattr("api.sandbox.pool._SECONDS_TO_REST", 0.2)

    async def play(pool):
        pids = await asyncio.gather(*(pool.run("sleep", {"seconds": 0.3}) for _ in range(3)))
        await asyncio.sleep(0.6)
        left = int((await pool.run("sleep", {"seconds": 0})).content)
        return {int(answer.content) for answer in pids}, left

    pids, left = played(kept, play, size=3)
    assert len(pids) == 3
    assert left in pids
    for pid in pids - {left}:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("size", [1, 3])
def test_each_of_many_jobs_at_once_gets_its_own_answer(kept, size):
    assert played(kept, lambda pool: echoes(pool, 90), size) == list(range(90))


def test_an_answer_of_any_size_comes_whole_among_others(kept):
    contents = [bytes([each % 256]) * (each * 40_000) for each in range(30)]

    async def play(pool):
        return [answer.content for answer in await asyncio.gather(*(pool.run("echo", {}, each) for each in contents))]

    assert played(kept, play) == contents


@pytest.mark.parametrize("first", [True, False])
def test_short_jobs_that_were_sent_with_a_long_one_are_answered_long_before_it(kept, first):
    async def play(pool):
        await echoes(pool, 30)  # jobs are known to be short
        long = ("sleep", {"seconds": 1.5})
        short = [("echo", {})] * 12
        began = time.monotonic()
        works = [asyncio.ensure_future(pool.run(*each)) for each in ([long, *short] if first else [*short, long])]
        late = works.pop(0 if first else -1)
        await asyncio.gather(*works)
        seconds = time.monotonic() - began
        assert not late.done()
        await late
        return seconds

    assert played(kept, play) < 1


def test_only_the_job_that_kills_its_worker_fails(kept):
    async def play(pool):
        await echoes(pool, 30)
        jobs = ["echo", "echo", "die", "echo", "echo", "die", "echo"]
        return await asyncio.gather(*(pool.run(each, {}, b"x") for each in jobs), return_exceptions=True)

    kinds = [type(each) for each in played(kept, play, size=1)]
    assert [place for place, kind in enumerate(kinds) if kind is DiedError] == [2, 5]
    assert kinds.count(DiedError) == 2


def test_only_the_job_that_runs_for_too_long_is_stopped(kept):
    async def play(pool):
        await echoes(pool, 30)
        works = [pool.run("echo", {}), pool.run("sleep", {"seconds": 9}), pool.run("echo", {}), pool.run("echo", {})]
        return await asyncio.gather(*works, return_exceptions=True)

    found = [type(each).__name__ for each in played(kept, play, size=1, seconds=1.0)]
    assert found[1] == TimedOutError.__name__
    # one worker alone: those behind the long one begin when it is over, or have waited for too long by then
    assert set(found[2:]) <= {"Answer", BusyError.__name__}
    assert found[0] == "Answer"


def test_a_job_that_nobody_waits_for_any_more_leaves_the_others_be(kept):
    async def play(pool):
        await echoes(pool, 30)
        works = [asyncio.ensure_future(pool.run("sleep", {"seconds": each})) for each in (3, 0.2, 0.2)]
        while not pool.running:
            await asyncio.sleep(0.01)
        works[0].cancel()
        await asyncio.gather(*works[1:])
        await asyncio.sleep(0.1)
        return pool.running

    assert played(kept, play) == 0


def test_jobs_that_are_not_known_to_be_short_go_alone(kept):
    async def play(pool):
        for _ in range(3):
            await pool.run("sleep", {"seconds": 0.01})
        answers = await asyncio.gather(*(pool.run("sleep", {"seconds": 0.3}) for _ in range(3)))
        return len({answer.content for answer in answers})

    assert played(kept, play, size=3) == 3


def test_the_newest_long_job_is_stopped_where_too_many_run(kept):
    async def play(pool):
        works = [pool.run("sleep", {"seconds": 0.7}) for _ in range(3)]
        return await asyncio.gather(*works, return_exceptions=True)

    assert [type(each) for each in played(kept, play, size=3, slow=2)].count(BusyError) == 1


def test_where_the_queue_is_full_others_are_sent_away_at_once(kept):
    async def play(pool):
        works = [asyncio.ensure_future(pool.run("sleep", {"seconds": 0.5})) for _ in range(2)]
        while pool.running < 2:
            await asyncio.sleep(0.01)
        waiting = [asyncio.ensure_future(pool.run("echo", {})) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="wait already"):
            await pool.run("echo", {})
        return await asyncio.gather(*works, *waiting)

    assert len(played(kept, play, size=2, queue=2)) == 4
