"""Those who ask small questions are served while others keep asking heavy ones."""

from __future__ import annotations

import statistics
import threading
import time

import pytest

from .hostile.target import SECONDS, Server, attacked

_UNIT = "https://w3id.org/probation-kg/id/pdu/west-kent"
_HEAVY = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?n != %d) }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != %d) } ORDER BY ?c ?f ?i",
)
_QUIET, _ATTACK = 3.0, 10.0


def look_up(server: Server, seconds: float) -> list[float]:
    """Ask small questions, each another one, for a while; return the seconds of each."""
    times = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = f"SELECT ?p ?o {{ <{_UNIT}> ?p ?o FILTER(?o != {time.monotonic_ns()}) }}"
        seen = server.ask("POST", "/sparql", text, {"Content-Type": "application/sparql-query"}, source="127.0.0.1")
        assert seen.status == 200, seen.body
        times.append(seen.seconds)
        time.sleep(0.02)
    return times


class Attack:
    """Four clients of one address that ask heavy queries without a pause."""

    def __init__(self, server: Server) -> None:
        """Begin."""
        self.statuses: list[int] = []
        self.late: list[float] = []
        self._server, self._ends = server, threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(4)]
        for thread in self._threads:
            thread.start()

    def _run(self, number: int) -> None:
        while not self._ends.is_set():
            text = _HEAVY[number % 2] % time.monotonic_ns()
            seen = self._server.ask("POST", "/sparql", text, {"Content-Type": "application/sparql-query"})
            self.statuses.append(seen.status)
            self.late.append(seen.seconds - SECONDS)

    def close(self) -> None:
        """End."""
        self._ends.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def server(built, tmp_path_factory):
    with attacked(built, tmp_path_factory.mktemp("starvation") / "server") as server:
        yield server


def test_look_ups_are_quick_while_four_clients_ask_heavy_queries(server, record_property):
    look_up(server, 0.5)
    quiet = look_up(server, _QUIET)
    attack = Attack(server)
    try:
        busy = look_up(server, _ATTACK)
    finally:
        attack.close()
    figures = {}
    for name, times in (("quiet", quiet), ("attack", busy)):
        cuts = statistics.quantiles(times, n=100)
        figures[name] = {
            "look-ups": len(times),
            "p50 ms": round(cuts[49] * 1000, 1),
            "p99 ms": round(cuts[98] * 1000, 1),
        }
    figures["refusals"] = {"number": len(attack.late), "latest, ms behind the limit": round(max(attack.late) * 1000)}
    record_property("figures", figures)
    print(figures)
    assert set(attack.statuses) <= {429, 503}
    assert max(attack.late) < 5
    assert figures["attack"]["p99 ms"] < 3000
