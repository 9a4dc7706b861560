"""Runs the server: loads the store, shares the port among web processes, and restarts one that dies."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import uvicorn

from api.app import create_app
from api.dataset import Loaded
from api.http.shortway import QuickProtocol
from api.loading import load
from api.questions.answers import catalogue
from api.settings import Settings
from api.site.quality import shapes
from kg.errors import KgError, StoreError
from kg.store import build_in_force

_BACKLOG = 1024
_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_TO_FINISH = 3.0
_MOST_FAILURES = 5
_ENDING = (signal.SIGTERM, signal.SIGINT)
_DIE_WITH_PARENT = 1
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD: blocks from this size on go back to the system once they are free
_LARGE_BLOCK = 1 << 18


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until the process is told to end.

    Args:
        settings: what to serve, and how.
        say: told the address once requests are served, and three links.

    Raises:
        StoreError: there is no store, or the port is taken.
    """
    listener = _listen(settings)
    settings = replace(settings, port=listener.getsockname()[1])
    Supervisor(settings, listener).run(lambda: _announce(settings, say))


def _listen(settings: Settings) -> socket.socket:
    """Open the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            f"Port {settings.port} of {settings.host} cannot be opened ({reason}); "
            "choose another with --port or PROBATION_KG_PORT, or --host where the address is wrong."
        ) from None
    listener.listen(_BACKLOG)
    return listener


def _announce(settings: Settings, say: Callable[[str], None]) -> None:
    address = settings.address
    if settings.scratch:
        say(f"Serving an empty dataset at {address}")
        return
    say(f"Serving {settings.store} at {address}")
    say(f"  a unit         {address}/id/pdu/west-kent")
    say(f"  a question     {address}/queries/rating-history-of-a-unit?unit=pdu/west-kent")
    say(f"  SPARQL         {address}/sparql")


class Supervisor:
    """Keeps the web processes running: one that takes writes, or several that share a dataset in memory.

    A build that is put in force meanwhile is taken up: new processes serve it, and the old ones end.
    """

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        """Take the settings and the open port."""
        self._settings, self._listener = settings, listener
        self._number = 1 if settings.token else settings.processes
        self._children: set[int] = set()
        self._loaded: Loaded | None = None
        self._build: Path | None = None
        self._ending = False

    def run(self, announce: Callable[[], None]) -> None:
        """Run until told to end.

        Raises:
            StoreError: the store cannot be read, or the web processes cannot be kept running.
        """
        for number in _ENDING:
            signal.signal(number, self._end)
        try:
            self._load()
            if not self._start() and not self._ending:
                raise StoreError("The server cannot start; its message stands above.")
            if not self._ending:
                announce()
            self._watch()
        finally:
            self._bury(set(self._children))

    def _in_force(self) -> Path | None:
        """Return the build in force; None where nothing is read from a folder."""
        return None if self._settings.scratch else build_in_force(self._settings.store)

    def _load(self) -> None:
        """Read the build in force. Where writes are on, its one process reads it, and its journal, for itself."""
        self._build = self._in_force()
        pages = threading.Thread(target=_read)  # which takes as long as to load a dataset
        pages.start()
        try:
            if not self._settings.token:
                self._loaded = load(self._settings)
        finally:
            pages.join()  # before any fork
        gc.collect()
        gc.freeze()
        _give_back()

    def _start(self) -> bool:
        """Start as many web processes as are wanted; tell whether all became ready."""
        pipes = [self._fork() for _ in range(self._number)]
        return all([_ready(pipe) for pipe in pipes])  # noqa: C419 - each is waited for

    def _fork(self) -> int:
        """Start a web process; return the end of a pipe that tells when it is ready, or dead."""
        reading, writing = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # a signal must find the child among the children
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            status = 1
            try:
                status = _serve_web(self._settings, self._listener, self._loaded, writing)
            finally:
                sys.stderr.flush()
                os._exit(status)
        self._children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        os.close(writing)
        return reading

    def _watch(self) -> None:
        """Replace what dies, and take up what is built."""
        failures = 0
        while not self._ending:
            if self._dead():
                failures = 0 if _ready(self._fork()) else failures + 1
            if failures >= _MOST_FAILURES and not self._ending:
                raise StoreError("The web process ends as soon as it starts; its message stands above.")
            if self._superseded():
                self._take_up()
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _dead(self) -> bool:
        """Bury what has died; tell whether there are fewer children than wanted."""
        for pid in list(self._children):
            if _ended(pid):
                self._children.discard(pid)
                if not self._ending:
                    sys.stderr.write(f"kg: Web process {pid} ended; another takes its place.\n")
        return len(self._children) < self._number

    def _superseded(self) -> bool:
        try:
            return self._in_force() != self._build
        except StoreError:
            return False  # between two builds, or removed: what is in memory is served on

    def _take_up(self) -> None:
        """Serve the build in force in place of the one before; where it cannot be read, go on as before."""
        old = set(self._children)
        try:
            self._load()
        except StoreError as error:
            sys.stderr.write(f"A new build is in force and cannot be taken up: {error}\n")
            return
        if self._start():
            self._bury(old)

    def _bury(self, children: set[int]) -> None:
        """Let web processes finish what they serve, and end."""
        _tell(children, signal.SIGTERM)
        until = time.monotonic() + self._settings.query_seconds + _SECONDS_TO_FINISH
        left = set(children)
        while left and time.monotonic() < until:
            left = {pid for pid in left if not _ended(pid)}
            time.sleep(_SECONDS_BETWEEN_LOOKS / 4)
        _tell(left, signal.SIGKILL)
        self._children -= children

    def _end(self, number: int = 0, frame: object = None) -> None:
        """End at the next look, and tell the children now."""
        self._ending = True
        _tell(self._children, signal.SIGTERM)


def _ready(pipe: int) -> bool:
    """Wait until a web process is ready or dead; tell which."""
    with open(pipe, "rb") as file:
        return bool(file.read(1))


def _tell(children: Iterable[int], number: int) -> None:
    for pid in list(children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _read() -> None:
    """Read and compile what all processes share: templates, named queries, shapes."""
    catalogue(), shapes()


def _give_back() -> None:
    """Give memory back that the load no longer needs, so that no child inherits it."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _serve_web(settings: Settings, listener: socket.socket, loaded: Loaded | None, ready: int) -> int:
    """Run one web process until it is told to end; return its exit status. It writes to `ready` once it can serve."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGTERM)
    if hasattr(libc, "mallopt"):  # other C libraries than glibc have none
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    try:
        app = create_app(settings, loaded)
    except KgError as error:
        sys.stderr.write(f"kg: {error}\n")
        return 1
    os.write(ready, b".")
    os.close(ready)
    config = uvicorn.Config(
        app,
        http=QuickProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=math.ceil(settings.query_seconds) + 1,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0
