"""Replies kept for repeats: the least recently asked for goes first; a change of the dataset empties it."""

from __future__ import annotations

from collections import OrderedDict
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


class Cache:
    """Replies by what was asked."""

    def __init__(self, most_bytes: int) -> None:
        """Hold so many bytes."""
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def get(self, key: Key) -> Kept | None:
        """Return what was kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a reply, if it is not too large."""
        size = len(kept.body) + _OVERHEAD
        if size > self._most // _MOST_SHARE or key in self._kept or sum(map(len, key)) > _MOST_KEY:
            return
        self._kept[key] = kept
        self._size += size
        while self._size > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest.body) + _OVERHEAD

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._size = 0
