"""Runs the server: loads the store, shares the port among web processes, and restarts one that dies."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import uvicorn

from api.app import create_app
from api.dataset import Loaded
from api.http.protocol import LimitedProtocol
from api.loading import load
from api.settings import Settings
from kg.errors import KgError, StoreError

_BACKLOG = 1024
_SECONDS_BETWEEN_RESTARTS = 0.2
_SHORT_LIFE = 5.0
_MOST_SHORT_LIVES = 5
_DIE_WITH_PARENT = 1
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD: blocks from this size on go back to the system once they are free
_LARGE_BLOCK = 1 << 18


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until the process is told to end.

    Args:
        settings: what to serve, and how.
        say: told the address once the port is open, and three links.

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
            f"Port {settings.port} of {settings.host} cannot be opened ({reason}); choose another with --port."
        ) from None
    listener.listen(_BACKLOG)
    return listener


def _announce(settings: Settings, say: Callable[[str], None]) -> None:
    address = settings.address
    say(f"Serving {'an empty dataset' if settings.scratch else settings.store} at {address}")
    say(f"  a unit         {address}/id/pdu/west-kent")
    say(f"  a question     {address}/queries/rating-history-of-a-unit?unit=pdu/west-kent")
    say(f"  SPARQL         {address}/sparql")


class Supervisor:
    """Keeps the web processes running: one that takes writes, or several that share a dataset in memory."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        """Take the settings and the open port."""
        self._settings, self._listener = settings, listener
        self._number = 1 if settings.token else settings.processes
        self._children: dict[int, float] = {}
        self._loaded: Loaded | None = None
        self._ending = False

    def run(self, announce: Callable[[], None]) -> None:
        """Run until told to end.

        Raises:
            StoreError: the store cannot be read, or the web processes cannot be kept running.
        """
        loaded = load(self._settings)
        if self._settings.token:
            loaded.close()  # the one web process opens it for writing, and again whenever it is restarted
        else:
            self._loaded = loaded
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        gc.collect()
        gc.freeze()
        for _ in range(self._number):
            self._fork()
        announce()
        self._watch()

    def _fork(self) -> None:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                status = _serve_web(self._settings, self._listener, self._loaded)
            finally:
                sys.stderr.flush()
                os._exit(status)
        self._children[pid] = time.monotonic()

    def _watch(self) -> None:
        """Bury and replace what dies."""
        short_lives = 0
        while self._children:
            pid, status = os.wait()
            began = self._children.pop(pid, None)
            if began is None or self._ending:
                continue
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL  # from outside, not its fault
            short_lives = short_lives + 1 if time.monotonic() - began < _SHORT_LIFE and not killed else 0
            if short_lives >= _MOST_SHORT_LIVES:
                self._end()
                raise StoreError(
                    f"The web process ends as soon as it starts (status {status}); see its messages above."
                )
            time.sleep(_SECONDS_BETWEEN_RESTARTS)
            self._fork()

    def _end(self, number: int = 0, frame: object = None) -> None:
        """Let the web processes finish what they serve, and end."""
        self._ending = True
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def _serve_web(settings: Settings, listener: socket.socket, loaded: Loaded | None) -> int:
    """Run one web process until it is told to end; return its exit status."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGTERM)
    if hasattr(libc, "mallopt"):  # other C libraries than glibc have none
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    try:
        app = create_app(settings, loaded)
    except KgError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0
