"""A worker: a forked process that holds the dataset and runs one job after another until it is killed.

It has no network and dies when its memory limit or its keeper ends. One for queries cannot open a file; one that may
open files and start processes leads a process group, so that nothing outlives it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from kg.errors import KgError, StoreError
from kg.store import Embedded, ResultTooLargeError, UnacceptableError, start_deep

if TYPE_CHECKING:
    from kg.validate.focus import Checker

QUESTION = struct.Struct("!II")  # lengths of the arguments (JSON) and of the content
ANSWER = struct.Struct("!BBII")  # outcome, length of the kind, length of the content, microseconds of work
DONE, REFUSED, TOO_LARGE, UNACCEPTABLE, STORE_FAILED, BROKEN = range(6)

_MEGABYTE = 1 << 20
_AT_ONCE, _MOST_AT_ONCE = 1 << 14, 1 << 20
_MOST_MICROSECONDS = (1 << 32) - 1
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(slots=True)
class Held:
    """What a keeper and its workers hold in memory.

    Attributes:
        store: the dataset.
        checker: the shapes, where writes pass a gate.
        report: what the shapes found in the dataset, as its build wrote it; b"" where that is not known, or no more.
    """

    store: Embedded
    checker: Checker | None = None
    report: bytes = b""


Job = Callable[[Held, dict[str, Any], bytes], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Confines:
    """Limits of a worker.

    Attributes:
        memory_mb: memory beside the dataset; a process that it starts has a limit of its own.
        network: whether it may reach the network.
        files: whether it may open files and start processes.
        nice: how far it stands back where others compute, 0 to 19.
    """

    memory_mb: int
    network: bool = False
    files: bool = False
    nice: int = 0


def work(channel: socket.socket, held: Held, jobs: Mapping[str, Job], confines: Confines) -> None:
    """Serve jobs from `channel` for ever; called in a fresh child process, never returns."""
    try:
        os.setpgrp()  # leads a group, to be killed as a whole; a session would have a share of the processor for itself
        _die_with_keeper(confines)
        os.nice(confines.nice)
        start_deep(lambda: _serve(channel, held, jobs, confines)).join()
    finally:
        os._exit(1)


def _die_with_keeper(confines: Confines) -> None:
    """End when the keeper does; a worker that starts processes is told, so that it can take them along."""
    last = signal.SIGKILL
    if confines.files:
        last = signal.SIGTERM
        signal.signal(last, lambda number, frame: os.killpg(0, signal.SIGKILL))
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, last)


def _confine(channel: socket.socket, confines: Confines) -> None:
    """Give up what is not needed. Without free file descriptors no socket and no file can be opened."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + confines.memory_mb * _MEGABYTE
    hard = resource.getrlimit(resource.RLIMIT_AS)[1] if confines.files else most  # for what it starts
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))  # the engine aborts beyond
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if confines.network:
        return
    ctypes.CDLL(None).unshare(_NEW_NETWORK)  # needs a privilege; the limits below hold without it
    if confines.files:
        return
    descriptors = channel.fileno() + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))


def _serve(channel: socket.socket, held: Held, jobs: Mapping[str, Job], confines: Confines) -> None:
    _confine(channel, confines)
    channel.sendall(struct.pack("!I", os.getpid()))
    inbox = Inbox(channel)
    while True:
        arguments, content = inbox.next()
        began = time.perf_counter()
        outcome, kind, answer = _run(jobs[arguments.pop("job")], held, arguments, content)
        took = min(int((time.perf_counter() - began) * 1e6), _MOST_MICROSECONDS)
        channel.sendall(ANSWER.pack(outcome, len(kind), len(answer), took) + kind + answer)


def _run(job: Job, held: Held, arguments: dict[str, Any], content: bytes) -> tuple[int, bytes, bytes]:
    """Run a job; return its outcome, the kind of its answer, and the answer or a sentence."""
    try:
        kind, answer = job(held, arguments, content)
    except ResultTooLargeError as error:
        return TOO_LARGE, b"", str(error).encode()
    except UnacceptableError as error:
        return UNACCEPTABLE, b"", str(error).encode()
    except StoreError as error:
        return STORE_FAILED, b"", str(error).encode()
    except KgError as error:
        return REFUSED, b"", str(error).encode()
    except MemoryError:
        os._exit(1)  # as where the engine passes the limit
    except Exception:  # noqa: BLE001 - a fault of the project itself: told to the log, not to the asker
        traceback.print_exc(file=sys.stderr)
        return BROKEN, b"", b""
    return DONE, kind.encode(), answer


class Inbox:
    """What is sent over a channel, job by job; several may come at once."""

    def __init__(self, channel: socket.socket) -> None:
        """Take the channel."""
        self._channel, self._bytes = channel, bytearray()

    @property
    def holds_more(self) -> bool:
        """Whether a whole job is there already."""
        return len(self._bytes) >= QUESTION.size and len(self._bytes) >= self._end()

    def next(self) -> tuple[dict[str, Any], bytes]:
        """Return the arguments and the content of the next job, once they are there; end where none will come."""
        while not self.holds_more:
            part = self._channel.recv(_MOST_AT_ONCE if self._bytes else _AT_ONCE)
            if not part:
                os._exit(0)
            self._bytes += part
        size, end = QUESTION.size + QUESTION.unpack_from(self._bytes)[0], self._end()
        arguments, content = orjson.loads(self._bytes[QUESTION.size : size]), bytes(self._bytes[size:end])
        del self._bytes[:end]
        return arguments, content

    def _end(self) -> int:
        arguments, content = QUESTION.unpack_from(self._bytes)
        return QUESTION.size + int(arguments) + int(content)
