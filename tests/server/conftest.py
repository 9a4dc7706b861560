"""Real servers for the tests: one that only reads, and one that takes writes over a store of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.client import Client
from kg.errors import ServiceError
from kg.release import release

TOKEN = "a-token-that-only-tests-know"
_SECONDS_TO_START = 60.0
_SERVE = "import sys; from api.cli import serve; serve(sys.argv[1:])"


@dataclass(frozen=True)
class Running:
    """A server under test."""

    url: str
    client: Client
    token: str | None
    store: Path
    pid: int
    log: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, built once."""
    folder = tmp_path_factory.mktemp("built") / "store"
    release(folder, check=False)
    return folder


@pytest.fixture(scope="session")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that only reads."""
    with running(built, tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture
def writable(built: Path, tmp_path: Path) -> Iterator[Running]:
    """A server that takes writes, over a copy of the store that nobody else sees."""
    store = tmp_path / "store"
    shutil.copytree(built, store)
    with running(store, tmp_path / "log", TOKEN) as server:
        yield server


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[Running]]:
    """Runs further servers: `with serving(store, log, token, *flags) as server`."""
    return running


@contextmanager
def running(store: Path, log: Path, token: str | None = None, *flags: str) -> Iterator[Running]:
    """Run `kg serve` on a free port until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBATION_KG_")}
    if token:
        environment["PROBATION_KG_TOKEN"] = token
    command = [sys.executable, "-c", _SERVE, "--store", str(store), "--port", "0", "--workers", "3", *flags]
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment, cwd=log.parent)
    try:
        url = _address(process, log)
        with Client(url, token) as client:
            _ready(process, client, log)
            yield Running(url, client, token, store, process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the server prints."""
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("Serving "):
                return line.rpartition(" ")[2]
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


def _ready(process: subprocess.Popen[bytes], client: Client, log: Path) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            client.health()
        except ServiceError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not become ready:\n{log.read_text(encoding='utf-8')}")
