"""One connection to an index for each process, so that a server may fork its workers after the index is written."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import StoreError

_MAPPED_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class _Open:
    """A connection, the process that opened it, and the turn that its threads take."""

    database: sqlite3.Connection
    process: int
    turn: threading.Lock


class Connection:
    """Reads an index; threads of one process take turns, each process opens the file for itself."""

    def __init__(self, path: Path | None = None, memory: sqlite3.Connection | None = None) -> None:
        """Read the index in a file, or one in memory, of which a forked process keeps a copy."""
        self._path, self._memory = path, memory
        self._open: _Open | None = None

    def rows(self, question: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the rows that answer a question in SQL.

        Raises:
            StoreError: there is no index in the file.
        """
        opened = self._open
        if opened is None or opened.process != os.getpid():
            opened = self._open = _Open(self._database(), os.getpid(), threading.Lock())
        with opened.turn:
            return opened.database.execute(question, values or {}).fetchall()

    def _database(self) -> sqlite3.Connection:
        if self._path is None:
            assert self._memory is not None
            return self._memory
        try:
            database = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            database.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")
            database.execute("SELECT 1 FROM thing LIMIT 1")
        except sqlite3.Error as error:
            raise StoreError(
                f"The search index in {self._path} cannot be read ({error}); delete it, and it is written anew."
            ) from None
        return database

    def close(self) -> None:
        """Close the file; it is opened again when next asked."""
        if self._open is not None:
            self._open.database.close()
        self._open = None


def written(path: Path | None, fill: Callable[[sqlite3.Connection], None]) -> Connection:
    """Write a database with `fill`, in memory or to a file that appears only once it is whole; return a connection.

    Raises:
        StoreError: the file cannot be written.
    """
    if path is None:
        memory = sqlite3.connect(":memory:", check_same_thread=False)
        fill(memory)
        return Connection(memory=memory)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            _fill_file(unfinished, fill)
            unfinished.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"The search index {path} cannot be written ({error}); make room or choose another folder."
        ) from None
    return Connection(path)


def _fill_file(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    disk = sqlite3.connect(path)
    try:
        # An unfinished file is thrown away, so that no journal is needed.
        disk.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;")
        fill(disk)
    finally:
        disk.close()
