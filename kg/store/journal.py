"""The journal of a build: every change written to it since, in order, each on the disk before anybody is told.

    journal         records: length (8 bytes), SHA-256 over the digest before it and the payload (32), payload
    journal.head    number of records, bytes, last digest, and a SHA-256 over these three

A record counts once the head covers it. What lies behind the head was never acknowledged and is dropped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.errors import StoreError, SupersededError
from kg.store.changes import Change

JOURNAL, HEAD = "journal", "journal.head"
_RECORD = struct.Struct(">Q32s")
_HEAD = struct.Struct(">QQ32s32s")
_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """How far a journal reaches.

    Attributes:
        records: number of changes.
        size: number of bytes.
        chain: digest of the last record, which hangs on all before it.
    """

    records: int = 0
    size: int = 0
    chain: bytes = _START

    def version(self, digest: str) -> str:
        """Return the version of a dataset: its build's digest, changed by every record."""
        return hashlib.sha256(digest.encode() + self.chain).hexdigest() if self.records else digest


def read_head(build: Path) -> Head:
    """Return the head of a build's journal; a build without journal has an empty one.

    Raises:
        StoreError: the head is damaged, or missing beside a journal with acknowledged changes.
    """
    path = build / HEAD
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Head()
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}); mend its permissions.") from None
    if len(content) != _HEAD.size or hashlib.sha256(content[:-32]).digest() != content[-32:]:
        raise StoreError(f'{path} is damaged (its checksum differs); restore a backup with "kg restore".')
    return Head(*_HEAD.unpack(content)[:3])


def read_changes(build: Path, head: Head) -> Iterator[Change]:
    """Yield the changes up to `head`, each checked against the chain of digests.

    Raises:
        StoreError: the journal is shorter than its head says, or a record is damaged.
    """
    path = build / JOURNAL
    if not head.records:
        return
    size = path.stat().st_size if path.exists() else 0
    if size < head.size:
        raise StoreError(
            f"{path} is truncated: it has {size:,} bytes and its head tells of {head.size:,}; "
            'restore a backup with "kg restore".'
        )
    with path.open("rb") as file:
        chain = _START
        for number in range(1, head.records + 1):
            payload, chain = _record(file, chain, head.size, f"{path}: record {number} of {head.records}")
            yield Change.from_bytes(payload)
        if file.tell() != head.size or chain != head.chain:
            raise _damaged(f"{path}: its end")


def _record(file: BinaryIO, chain: bytes, limit: int, place: str) -> tuple[bytes, bytes]:
    """Read one record; return its payload and its digest."""
    start = file.read(_RECORD.size)
    length, digest = _RECORD.unpack(start) if len(start) == _RECORD.size else (limit, b"")
    if file.tell() + length > limit:
        raise _damaged(place)
    payload = file.read(length)
    if hashlib.sha256(chain + payload).digest() != digest:
        raise _damaged(place)
    return payload, digest


def _damaged(place: str) -> StoreError:
    return StoreError(f'{place} is damaged (its checksum differs); restore a backup with "kg restore".')


class Journal:
    """A journal open for writing; one process holds it at a time."""

    def __init__(self, build: Path, digest: str) -> None:
        """Open the journal of the build in folder `build`, whose dataset has this digest.

        Raises:
            StoreError: another process writes to it, or it is damaged or cannot be written.
        """
        self._build, self._digest = build, digest
        try:
            self._file = (build / JOURNAL).open("ab")
        except OSError as error:
            raise StoreError(f"{build / JOURNAL} cannot be written ({error.strerror}); mend its permissions.") from None
        try:
            self._hold()
        except BaseException:
            self._file.close()
            raise

    def _hold(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"Another server writes to {self._build}; end it, or serve without writes.") from None
        self.head = read_head(self._build)
        if os.fstat(self._file.fileno()).st_size < self.head.size:
            next(read_changes(self._build, self.head))
        self._file.truncate(self.head.size)
        _sync(self._build)

    @classmethod
    def open(cls, folder: Path) -> Journal:
        """Open the journal of the build in force in a store's folder."""
        from kg.store.folder import build_in_force, read_manifest

        return cls(build_in_force(folder), read_manifest(folder).digest)

    @property
    def version(self) -> str:
        """The version of the dataset with all changes."""
        return self.head.version(self._digest)

    def append(self, change: Change) -> str:
        """Record a change so that it outlives a crash; return the version that it makes.

        Raises:
            StoreError: the disk is full or fails; nothing is recorded, and the journal stays usable.
            SupersededError: another build is in force by now; nothing is recorded.
            OSError: the folder cannot be flushed; the change may be recorded, or not.
        """
        with swap_lock(self._build.parent.parent, fcntl.LOCK_SH):
            self._refuse_superseded()
            return self._append(change)

    def _refuse_superseded(self) -> None:
        """Refuse a change to a build that is no longer the one in force: nobody would see it."""
        current = self._build.parent.parent / "CURRENT"
        if current.exists() and current.read_text(encoding="utf-8").strip() != self._build.name:
            raise SupersededError(
                "Another build was put in force beside this server, which takes it up now; write again in a moment."
            )

    def _append(self, change: Change) -> str:
        payload = change.to_bytes()
        chain = hashlib.sha256(self.head.chain + payload).digest()
        record = _RECORD.pack(len(payload), chain) + payload
        head = Head(self.head.records + 1, self.head.size + len(record), chain)
        try:
            _write_all(self._file.fileno(), record)
            os.fsync(self._file.fileno())
            self._move_head(head)
        except OSError as error:
            os.ftruncate(self._file.fileno(), self.head.size)
            raise StoreError(
                f"The change cannot be recorded in {self._build / JOURNAL} ({error.strerror}) and was not made; "
                "make room."
            ) from None
        self.head = head
        _sync(self._build)
        return self.version

    def _move_head(self, head: Head) -> None:
        content = _HEAD.pack(head.records, head.size, head.chain, bytes(32))[:-32]
        fresh = self._build / (HEAD + ".new")
        with fresh.open("wb", buffering=0) as file:
            _write_all(file.fileno(), content + hashlib.sha256(content).digest())
            os.fsync(file.fileno())
        fresh.replace(self._build / HEAD)

    def close(self) -> None:
        """Let another process write."""
        self._file.close()


@contextmanager
def swap_lock(folder: Path, kind: int) -> Iterator[None]:
    """Hold off a change of the build in force (fcntl.LOCK_SH), or all writers while it changes (fcntl.LOCK_EX)."""
    with (folder / ".swap").open("a") as file:
        fcntl.flock(file, kind)
        yield


def _write_all(number: int, content: bytes) -> None:
    """Write everything, in parts where the system takes only parts."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(number, rest) :]


def _sync(folder: Path) -> None:
    """Let the folder's own entries reach the disk, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
