"""What the cache of replies keeps and what it lets go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.cache import Cache, Kept, Key

_ROOM = 100_000
_DEAR, _CHEAP = 0.2, 0.0003  # seconds: a total over a large graph, a look-up


def _kept(body: bytes) -> Kept:
    return Kept(200, [], body, '"tag"', b"")


def _key(name: str) -> Key:
    return (b"/sparql", name.encode(), "*/*", "")


def test_a_reply_is_kept_as_it_was() -> None:
    cache = Cache(_ROOM)
    cache.put(_key("a"), _kept(b"one"), _CHEAP)
    assert cache.get(_key("a")) == _kept(b"one")
    assert cache.get(_key("b")) is None


@pytest.mark.parametrize(("look_ups", "stays"), [(5_000, True), (100_000, False)])
def test_what_is_dear_to_make_outlasts_cheap_replies_but_not_for_ever(look_ups: int, stays: bool) -> None:
    cache = Cache(_ROOM)
    cache.put(_key("total"), _kept(b"total"), _DEAR)
    for number in range(look_ups):
        cache.put(_key(f"look-up {number}"), _kept(b"row"), _CHEAP)
    assert (cache.get(_key("total")) is not None) == stays
    assert cache.get(_key("look-up 0")) is None
    assert cache.get(_key(f"look-up {look_ups - 1}"))


def test_of_equal_cost_what_is_asked_for_stays() -> None:
    cache = Cache(_ROOM)
    cache.put(_key("popular"), _kept(b"row"), _CHEAP)
    for number in range(1_000):
        cache.put(_key(f"once {number}"), _kept(b"row"), _CHEAP)
        assert cache.get(_key("popular"))


def test_a_reply_of_more_than_its_share_is_not_kept() -> None:
    cache = Cache(_ROOM)
    cache.put(_key("large"), _kept(b"x" * (_ROOM // 2)), _DEAR)
    assert cache.get(_key("large")) is None


def test_after_a_change_all_is_forgotten_and_there_is_room_again() -> None:
    cache = Cache(_ROOM)
    for number in range(1_000):
        cache.put(_key(f"{number}"), _kept(b"row"), _CHEAP)
    cache.clear()
    assert cache.get(_key("999")) is None
    cache.put(_key("new"), _kept(b"row"), _CHEAP)
    assert cache.get(_key("new"))


_STEPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2_000), st.floats(0, 1), st.booleans()), max_size=200)


@given(_STEPS)
def test_it_never_holds_more_than_it_may_and_never_mixes_replies_up(steps: list[tuple[int, int, float, bool]]) -> None:
    most = 20_000
    cache, bodies = Cache(most), dict[int, bytes]()
    for number, size, seconds, asks in steps:
        if asks:
            cache.get(_key(f"{number}"))
        else:
            bodies.setdefault(number, b"%d " % number + b"x" * size)
            cache.put(_key(f"{number}"), _kept(bodies[number]), seconds)
    held = [found for number in bodies if (found := cache.get(_key(f"{number}")))]
    assert sum(len(kept.body) for kept in held) <= most
    assert all(kept.body == bodies[int(kept.body.split()[0])] for kept in held)
