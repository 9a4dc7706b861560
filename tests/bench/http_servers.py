"""The servers that bench_http.py compares: this project's, the native one of Oxigraph, and one that does nothing."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SECONDS_TO_COUNT = 1.2  # each process adds its counts to the figures once a second
_SERVE = "import sys; from api.cli import serve; serve(sys.argv[1:])"
_SECONDS_TO_START = 60.0
# A cache so small that thousands of different look-ups miss it, as they would in a larger graph.
_SMALL_CACHE = {"PROBATION_KG_CACHE_MB": "1"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        address: http://127.0.0.1 and its port.
        pid: process at the root of its tree.
        seconds_to_ready: from its start until it answered.
    """

    address: str
    pid: int
    seconds_to_ready: float

    def get(self, path: str, accept: str = "*/*") -> tuple[int, bytes]:
        """Return status and body of one GET."""
        request = urllib.request.Request(self.address + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def cache_hits(self) -> float:
        """Return how many replies came from the cache until now; not a number where the server does not tell."""
        time.sleep(_SECONDS_TO_COUNT)
        figures = self.get("/metrics")[1].decode()
        found = [line for line in figures.splitlines() if line.startswith("probation_kg_cache_hits_total ")]
        return float(found[0].split()[1]) if found else math.nan

    def megabytes(self) -> float:
        """Return the memory of all its processes, what they share counted once (PSS)."""
        return sum(_pss(pid) for pid in _tree(self.pid)) / 1024


@contextmanager
def ours(store: Path, log: Path, *flags: str) -> Iterator[Server]:
    """Run `kg serve` over a store, with its access log in a file, as in service."""
    port = _free_port()
    arguments = ["--store", str(store), "--port", str(port), "--access-log", str(log), *flags]
    with _running([sys.executable, "-c", _SERVE, *arguments], port, "/health/ready", _SMALL_CACHE) as server:
        yield server


@contextmanager
def native(oxigraph: str, quads: Path, folder: Path, *, optimise: bool) -> Iterator[Server]:
    """Load N-Quads into a store on disk, and serve it read-only with Oxigraph's own server."""
    subprocess.run([oxigraph, "load", "--location", str(folder), "--file", str(quads)], check=True, capture_output=True)
    if optimise:
        subprocess.run([oxigraph, "optimize", "--location", str(folder)], check=True, capture_output=True)
    port = _free_port()
    command = [oxigraph, "serve-read-only", "--location", str(folder), "--union-default-graph"]
    with _running([*command, "--bind", f"127.0.0.1:{port}"], port, "/query?query=ASK%7B%7D") as server:
        yield server


@contextmanager
def bare(processes: int = 2) -> Iterator[Server]:
    """Run the same HTTP server with an application that always sends the same 1,500 bytes."""
    port = _free_port()
    script = Path(__file__).with_name("http_bare.py")
    with _running([sys.executable, str(script), str(port), str(processes)], port, "/") as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, path: str, more: dict[str, str] | None = None) -> Iterator[Server]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PROBATION_KG_")}
    began = time.monotonic()
    quiet = None if more else subprocess.DEVNULL  # the native server tells of each client that hangs up
    process = subprocess.Popen(
        command, env={**own, **(more or {})}, stdout=subprocess.DEVNULL, stderr=quiet, start_new_session=True
    )
    try:
        yield _ready(process, Server(f"http://127.0.0.1:{port}", process.pid, 0.0), path, began)
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the whole session that was begun above
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _ready(process: subprocess.Popen[bytes], server: Server, path: str, began: float) -> Server:
    while time.monotonic() - began < _SECONDS_TO_START and process.poll() is None:
        try:
            if server.get(path)[0] == 200:
                return Server(server.address, server.pid, time.monotonic() - began)
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{' '.join(process.args[:2])} did not begin to answer; its messages are above.")  # type: ignore[index]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _tree(root: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _pss(pid: int) -> int:
    """Return the proportional set size of a process in kB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
