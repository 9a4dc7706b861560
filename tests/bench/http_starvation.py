"""What look-ups wait for while four clients keep asking queries that never end."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from http_load import Load, Run
from http_servers import Server

LIMIT = 2.0  # seconds, of each query
GRACE = 0.2  # seconds from the limit to the answer
MOST_TAIL = 50.0  # milliseconds
MOST_GROWTH = 5.0  # of the 99th percentile over that of quiet times
_ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } #",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?c) ?f ?a #",
)
_SECONDS = 6
_CONNECTIONS, _PAUSE = 8, 10  # of those who look things up: people and programs, no flood


@dataclass(slots=True)
class Attack:
    """Four clients, each from an address of its own, that ask without a pause."""

    server: Server
    statuses: Counter[int] = field(default_factory=Counter)
    latest: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def ask_on(self, number: int) -> None:
        """Ask one endless query after another."""
        parts = urlsplit(self.server.address)
        asked = 0
        while not self._over.is_set():
            asked += 1
            text = f"{_ENDLESS[number % 2]}{number}-{asked}"
            began = time.monotonic()
            source = (f"127.0.0.{number + 2}", 0)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, 60, source)
            try:
                connection.request("GET", "/sparql?query=" + quote(text))
                status = connection.getresponse().status
            except OSError:
                status = 0
            finally:
                connection.close()
            self.statuses[status] += 1
            self.latest = max(self.latest, time.monotonic() - began)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Attack until the block ends."""
        threads = [threading.Thread(target=self.ask_on, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()


@dataclass(frozen=True, slots=True)
class Starvation:
    """Look-ups in quiet times and under attack, and what the attackers were answered."""

    quiet: Run
    busy: Run
    attack: Attack


def starve(load: Load, server: Server, look_ups: list[str]) -> Starvation:
    """Measure look-ups in quiet times, then under attack."""
    asked = {"connections": _CONNECTIONS, "fresh": True, "pause": _PAUSE, "seconds": _SECONDS}
    quiet = load.run(server, look_ups, **asked)  # type: ignore[arg-type]
    attack = Attack(server)
    with attack.running():
        time.sleep(0.5)
        busy = load.run(server, look_ups, **asked)  # type: ignore[arg-type]
    return Starvation(quiet, busy, attack)
