"""Requests for the same at the same time are answered by one piece of work."""

from __future__ import annotations

import asyncio

import pytest

from api.http.accesslog import AccessLog
from api.http.cache import Cache
from api.http.front import Front, Way
from api.http.message import Asked, Gone, Reply
from api.http.problem import Problem
from api.pages import problem_reply

WAY = Way(reads=True, writes=False, gzip=False)


class Slow:
    """A room that takes its time, and counts how often it was asked; the first client may go away."""

    def __init__(self, leaves=False, refuses=False):
        self.asked, self.leaves, self.refuses = 0, leaves, refuses

    async def __call__(self, asked):
        self.asked += 1
        number = self.asked
        await asyncio.sleep(0.05)
        if self.leaves and number == 1:
            raise Gone
        if self.refuses and number == 1:
            raise Problem(429, "Too much.")
        return Reply(200, b"%d" % number, "text/plain", tag="t")


def answers(room, keys, versions=("v", "v", "v", "v", "v", "v")):
    """Return what several requests with these keys, sent at once, get."""
    left = iter(versions)
    version = {"now": "v"}
    front = Front(
        None,
        rooms={"slow": room},
        cache=Cache(0),
        version=lambda: version["now"],
        log=AccessLog(""),
        most_bytes=1,
        methods=lambda path: (),
        tell=problem_reply,
    )

    async def one(key):
        version["now"] = next(left)
        asked = Asked("GET", "/slow", b"", {}, "", None, 1)
        return (await front.answer(room, asked, key, WAY)).body

    async def all_at_once():
        return await asyncio.gather(*map(one, keys), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_the_same_is_made_once():
    room = Slow()
    assert answers(room, [("a",)] * 5) == [b"1"] * 5
    assert room.asked == 1


def test_what_differs_is_made_for_each():
    room = Slow()
    assert sorted(answers(room, [("a",), ("b",), None, None])) == [b"1", b"2", b"3", b"4"]


def test_whoever_asks_after_a_change_sees_it():
    room = Slow()
    assert answers(room, [("a",), ("a",)], ("v", "w")) == [b"1", b"2"]


def test_nobody_is_refused_for_what_another_asked():
    room = Slow(refuses=True)
    assert answers(room, [("a",)] * 3)[1:] == [b"2", b"2"]


@pytest.mark.parametrize("number", [2, 4])
def test_where_the_first_client_goes_the_others_are_answered(number):
    room = Slow(leaves=True)
    first, *others = answers(room, [("a",)] * number)
    assert isinstance(first, Gone)
    assert others == [b"2"] * (number - 1)
    assert room.asked == 2
