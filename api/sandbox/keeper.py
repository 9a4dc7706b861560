"""The keeper: a process that holds the dataset in memory and forks workers from it, which share its memory.

It has one thread and does nothing else, so that a fork is safe and quick. It ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import asdict

import orjson

from api.sandbox.worker import Confines, Held, Job, work
from kg.errors import StoreError
from kg.store import Change, apply

_FORK, _CHANGE = b"F", b"C"
_DIE_WITH_PARENT = 1
_SECONDS_TO_APPLY = 60
_LONGEST_ORDER = 1000


class Keeper:
    """The web process's end of a keeper."""

    def __init__(self, control: socket.socket, pid: int) -> None:
        """Wrap the control socket and the process id of a running keeper."""
        self._control, self.pid = control, pid
        control.settimeout(_SECONDS_TO_APPLY)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        try:
            return os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def fork_worker(self, confines: Confines) -> socket.socket:
        """Return a channel to a fresh worker within its limits.

        Raises:
            StoreError: the keeper has died.
        """
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [_FORK, orjson.dumps(asdict(confines))], [theirs.fileno()])
        except OSError:
            ours.close()
            raise StoreError("The process that holds the dataset has ended; the server is restarting it.") from None
        finally:
            theirs.close()
        return ours

    def apply(self, change: Change) -> None:
        """Apply a change to the keeper's dataset; workers forked from now on see it.

        Raises:
            StoreError: the keeper has died.
        """
        content = os.memfd_create("change")
        try:
            with open(content, "wb", closefd=False) as file:
                file.write(change.to_bytes())
            socket.send_fds(self._control, [_CHANGE], [content])
            answer = self._control.recv(1)
        except OSError:
            answer = b""
        finally:
            os.close(content)
        if answer != _CHANGE:
            raise StoreError("The process that holds the dataset has ended; the server is restarting it.")

    def close(self) -> None:
        """End the keeper and its workers."""
        self._control.close()
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def start(held: Held, jobs: Mapping[str, Job]) -> Keeper:
    """Fork a keeper of what this process holds; call it before any thread or event loop runs."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, pages shared with the children
    pid = os.fork()
    if pid == 0:
        _keep(theirs, held, jobs)
    theirs.close()
    return Keeper(ours, pid)


def _keep(control: socket.socket, held: Held, jobs: Mapping[str, Job]) -> None:
    """Fork a worker, or apply a change, whenever the control socket says so; never returns."""
    try:
        control = _keep_only(control)
        while True:
            order, descriptors, _, _ = socket.recv_fds(control, _LONGEST_ORDER, 1)
            if not order:
                break
            if order[:1] == _FORK:
                _fork(control, descriptors[0], held, jobs, order[1:])
            else:
                _change(descriptors[0], held)
                control.send(_CHANGE)
            os.close(descriptors[0])
    finally:
        os._exit(0)


def _keep_only(control: socket.socket) -> socket.socket:
    """Close everything inherited but the standard streams and the control socket, which moves to number 3."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a Ctrl-C reaches the whole group; the web process ends the keeper
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries dead workers
    if control.fileno() != 3:
        os.dup2(control.fileno(), 3)
        control.detach()
        control = socket.socket(fileno=3)
    os.closerange(4, 65536)
    return control


def _fork(control: socket.socket, descriptor: int, held: Held, jobs: Mapping[str, Job], confines: bytes) -> None:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        os.dup2(descriptor, 3)
        os.close(descriptor)
        work(socket.socket(fileno=3), held, jobs, Confines(**orjson.loads(confines)))


def _change(descriptor: int, held: Held) -> None:
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        change = Change.from_bytes(file.read())
    apply(held.store, change)
    held.report = b""
