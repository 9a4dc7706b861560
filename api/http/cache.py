"""Replies kept for repeats: those go first that cost least to make again; a change of the dataset empties it.

What a reply is worth is the time that it took to make, times how often it was asked for, by its size. Whatever is put
in or asked for is set above what has just gone, so that what nobody asks for goes in the end, whatever it cost
(the policy is known as GreedyDual-Size with frequency: Cherkasova, 1998).
"""

from __future__ import annotations

from heapq import heappop, heappush, heapreplace
from typing import NamedTuple

Key = tuple[bytes | str, ...]
_OVERHEAD = 1_800  # bytes of headers, as pairs and as lines, and of the key's shorter parts, measured
_MOST_KEY = 2_000
_MOST_SHARE = 8  # no reply takes more than this part of the cache


class Kept(NamedTuple):
    """A reply as it goes over the wire: status, headers, body, its ETag, and the headers as bytes."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str
    head: bytes


class _Entry:
    """A reply with its size, what one use of it saves, and its rank among those that may go."""

    __slots__ = ("kept", "rank", "saves", "size", "uses")

    def __init__(self, kept: Kept, size: int, saves: float, rank: float) -> None:
        self.kept, self.size, self.saves, self.rank, self.uses = kept, size, saves, rank, 1


class Cache:
    """Replies by what was asked."""

    def __init__(self, most_bytes: int) -> None:
        """Hold so many bytes."""
        self._most = most_bytes
        self._size = 0
        self._gone = 0.0  # the rank of what went last
        self._entries: dict[Key, _Entry] = {}
        self._ranked: list[tuple[float, Key]] = []  # a heap; an entry's own rank may be higher by now

    def get(self, key: Key) -> Kept | None:
        """Return what was kept."""
        found = self._entries.get(key)
        if found is None:
            return None
        found.uses += 1
        found.rank = self._gone + found.uses * found.saves
        return found.kept

    def put(self, key: Key, kept: Kept, seconds: float) -> None:
        """Keep a reply that took so many seconds to make, if it is not too large."""
        size = len(kept.body) + _OVERHEAD
        if size > self._most // _MOST_SHARE or key in self._entries or sum(map(len, key)) > _MOST_KEY:
            return
        self._size += size
        while self._size > self._most:
            self._let_one_go()
        entry = _Entry(kept, size, seconds / size, self._gone + seconds / size)
        self._entries[key] = entry
        heappush(self._ranked, (entry.rank, key))

    def _let_one_go(self) -> None:
        """Forget the reply of the lowest rank."""
        rank, key = self._ranked[0]
        entry = self._entries[key]
        while entry.rank > rank:
            heapreplace(self._ranked, (entry.rank, key))
            rank, key = self._ranked[0]
            entry = self._entries[key]
        heappop(self._ranked)
        del self._entries[key]
        self._size -= entry.size
        self._gone = rank

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        self._ranked.clear()
        self._size, self._gone = 0, 0.0
