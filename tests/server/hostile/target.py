"""The servers under attack, what they cost, and a client that watches whether others are still served."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "a-token-that-nobody-guesses"
SECONDS = 2.0
# The limits of slow clients are shortened, so that the tests need not wait for them.
_SERVE = (
    "import sys; from api.http import protocol as p;"
    "p._SECONDS_FOR_HEADERS, p._SECONDS_FOR_BODY, p._SECONDS_WITHOUT_READING = 2.0, 3.0, 3.0;"
    "from api.cli import serve; serve(sys.argv[1:])"
)


@dataclass(frozen=True)
class Seen:
    """What came back: status (0: the connection was closed without an answer), head, body, seconds."""

    status: int
    head: str
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """Return a header, "" without it."""
        found = re.search(rf"(?im)^{name}:\s*(.*?)\s*$", self.head)
        return found[1] if found else ""


@dataclass
class Server:
    """A server under attack.

    Attributes:
        process: the supervisor.
        port: where it listens.
        log: its access log.
        errors: what it wrote to standard error.
    """

    process: subprocess.Popen[str]
    port: int
    log: Path
    errors: Path
    seen: list[bytes] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        wait: float = 15,
        source: str = "127.0.0.66",
    ) -> Seen:
        """Send a request as ordinary clients do, by default from the attacker's address."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, wait, (source, 0))
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, {"Connection": "close", **(headers or {})})
            reply = connection.getresponse()
            seen = Seen(reply.status, str(reply.msg), reply.read(), time.perf_counter() - began)
        except (ConnectionError, http.client.HTTPException):
            seen = Seen(0, "", b"", time.perf_counter() - began)
        finally:
            connection.close()
        self.seen.append(seen.body[:100_000])
        return seen

    def raw(self, data: bytes, wait: float = 8) -> Seen:
        """Send bytes and read until the server closes the connection, or nothing more comes."""
        return self.raw_from("127.0.0.66", data, wait)

    def raw_from(self, source: str, data: bytes, wait: float = 8) -> Seen:
        """Send bytes from one of the loopback addresses."""
        began = time.perf_counter()
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), wait, (source, 0)) as connection:
            try:
                connection.sendall(data)
                connection.settimeout(wait)
                while part := connection.recv(65536):
                    received += part
                    if len(received) > 1_000_000:
                        break
                    connection.settimeout(0.3)  # whether it closes is told by what comes next
            except OSError:
                pass  # reset, or kept open: what came so far counts
        self.seen.append(received[:100_000])
        head, _, body = received.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
        return Seen(int(status[1]) if status else 0, head.decode("latin-1"), body, time.perf_counter() - began)

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def processes(self) -> list[int]:
        """Return the process ids of the server's tree, the supervisor first."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    text = (entry / "stat").read_text()
                except OSError:
                    continue
                parents[int(entry.name)] = int(text.rpartition(")")[2].split()[1])
        tree = [self.process.pid]
        for pid in tree:
            tree += [child for child, parent in parents.items() if parent == pid]
        return tree

    def mains(self) -> list[int]:
        """Return the supervisor, the web processes and their keepers; workers come and go."""
        tree = self.processes()
        return sorted(pid for pid in tree if self._depth(pid) <= 2)

    def _depth(self, pid: int) -> int:
        depth = 0
        while pid != self.process.pid:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            depth += 1
        return depth

    def memory_mb(self) -> float:
        """Return the memory of all processes, shared pages counted once."""
        total = 0
        for pid in self.processes():
            try:
                total += int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1])
            except (OSError, TypeError):
                continue  # ended meanwhile
        return total / 1024

    def connections(self) -> int:
        """Return how many connections the server has open."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(f":{self.port:04X}") and row[3] == "01" for row in rows)

    def cpu_seconds(self) -> float:
        """Return the processor time that the living processes have used."""
        total = 0
        for pid in self.processes():
            try:
                used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(used[11]) + int(used[12])
        return total / os.sysconf("SC_CLK_TCK")


@contextmanager
def attacked(store: Path, folder: Path, token: str = "", **environment: str) -> Iterator[Server]:
    """Run a server with short limits."""
    folder.mkdir(exist_ok=True)
    log, errors = folder / "access.log", folder / "errors.log"
    command = [
        sys.executable, "-c", _SERVE, "--store", str(store), "--port", "0", "--access-log", str(log),
        "--query-seconds", str(SECONDS), "--query-memory-mb", "256",
    ]  # fmt: skip
    own = {"PROBATION_KG_CACHE_MB": "8", "PROBATION_KG_TOKEN": token, **environment}
    with errors.open("w") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env={**os.environ, **own})
    assert process.stdout
    first = process.stdout.readline()
    assert "http://" in first, errors.read_text()
    server = Server(process, int(re.search(r":(\d+)$", first.strip())[1]), log, errors)
    try:
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


class Canary:
    """A web server that notes every request: the server under attack must never come."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.hits: list[str] = []
        hits = self.hits

        class Noting(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_error(404)

            do_POST = do_PUT = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the library's names

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class Pulse:
    """Asks a small question again and again, and notes how long the answers take."""

    def __init__(self, server: Server) -> None:
        """Begin."""
        self._server, self._ends = server, threading.Event()
        self.beats: list[tuple[float, float, int]] = []  # when asked, seconds, the worse status
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def beat(self) -> tuple[float, float, int]:
        """Ask whether the server lives, and a query that no cache holds; return when, the longer time, the status."""
        began = time.monotonic()
        query = f"ASK%20%7B%3Fs%20%3Fp%20{began:.6f}%7D"
        seen = [
            self._server.ask("GET", path, wait=10, source="127.0.0.1")
            for path in ("/health/live", f"/sparql?query={query}")
        ]
        return began, max(each.seconds for each in seen), max(each.status or 599 for each in seen)

    def _run(self) -> None:
        while not self._ends.wait(0.1):
            self.beats.append(self.beat())

    def slowest_since(self, began: float) -> tuple[float, int]:
        """Return the longest answer since a time, and the worst status."""
        since = [each for each in self.beats if each[0] >= began]
        return max((each[1] for each in since), default=0.0), max((each[2] for each in since), default=200)

    def close(self) -> None:
        """End."""
        self._ends.set()
        self._thread.join()
