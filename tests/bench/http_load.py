"""Load from wrk: what a server answers in a second, side by side with another server."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from http_servers import Server

# Takes the addresses of a file one after another. With "fresh", each ends in a SPARQL comment of its own, so that no
# two requests are equal. Writes its figures as one line of JSON.
_LUA = """
local paths, n, accept, fresh, pause = {}, 0, "*/*", false, 0
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  n, accept, fresh, pause = tonumber(args[2]), args[3], args[4] == "fresh", tonumber(args[5])
  if pause == 0 then delay = nil end
end
function delay() return pause end
function request()
  n = n + 1
  local path = paths[n % #paths + 1]
  if fresh then path = path .. "%23" .. n end
  return wrk.format("GET", path, {Accept = accept})
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"seconds": %f, "requests": %d, "p50": %f, "p99": %f, "failed": %d}\\n',
    summary.duration / 1e6, summary.requests, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.status + e.timeout + e.read + e.write + e.connect))
end
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of wrk: requests a second, milliseconds, and how many failed."""

    rate: float
    p50: float
    p99: float
    failed: int


@dataclass(frozen=True, slots=True)
class Case:
    """The same questions as each server wants to be asked.

    Attributes:
        name: what is asked.
        ours, native: addresses, in the same order.
        accept: Accept header.
        target: least share of the native server's rate; 0 for none.
        fresh: each request differs from all before.
        connections: how many connections ask at once, run by run.
        tail: whether the 99th percentile must not exceed the native server's.
    """

    name: str
    ours: Sequence[str]
    native: Sequence[str]
    accept: str = "application/sparql-results+json"
    target: float = 0.0
    fresh: bool = False
    connections: tuple[int, ...] = (1, 8, 32)
    tail: bool = False


@dataclass(slots=True)
class Pairs:
    """Runs of one case with one number of connections: ours beside the native server's."""

    pairs: list[tuple[Run, Run]] = field(default_factory=list)

    def ratio(self) -> float:
        """Return the median of the ratios of the rates."""
        return statistics.median(ours.rate / native.rate for ours, native in self.pairs)

    def tail_ratio(self) -> float:
        """Return the median of the ratios of the 99th percentiles."""
        return statistics.median(ours.p99 / native.p99 for ours, native in self.pairs)

    def median(self, which: int, figure: str) -> float:
        """Return the median of a figure, of ours (0) or of the native server (1)."""
        return statistics.median(float(getattr(pair[which], figure)) for pair in self.pairs)

    def failed(self) -> int:
        """Return how many requests failed."""
        return sum(run.failed for pair in self.pairs for run in pair)


class Load:
    """Runs wrk; addresses never start twice at the same place, so that runs do not repeat each other."""

    def __init__(self, folder: Path, seconds: int) -> None:
        """Write scripts and addresses to `folder`; each run lasts so many seconds."""
        self._folder, self.seconds, self._asked = folder, seconds, 0
        self._script = folder / "load.lua"
        self._script.write_text(_LUA, encoding="utf-8")

    def run(
        self, server: Server, paths: Sequence[str], connections: int, accept: str = "*/*", *,
        fresh: bool = False, pause: int = 0, start: int | None = None, seconds: int | None = None,
    ) -> Run:  # fmt: skip
        """Ask a server; `pause` is the milliseconds that each connection rests between two requests."""
        addresses = self._folder / "paths.txt"
        addresses.write_text("\n".join(paths), encoding="utf-8")
        begin = self._asked if start is None else start
        options = [str(addresses), str(begin), accept, "fresh" if fresh else "as they are", str(pause)]
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "-s", str(self._script)]
        out = subprocess.run([*command, server.address, "--", *options], check=True, capture_output=True, text=True)
        found = json.loads(out.stdout.strip().splitlines()[-1])
        self._asked = max(self._asked, begin + found["requests"] + 1)
        return Run(found["requests"] / found["seconds"], found["p50"], found["p99"], found["failed"])

    def side_by_side(self, case: Case, ours: Server, native: Server, rounds: int) -> dict[int, Pairs]:
        """Run a case on both servers in turn; return the pairs of runs by number of connections."""
        found = {connections: Pairs() for connections in case.connections}
        for _, connections in _turns(rounds, case.connections):
            start = self._asked
            asked = {"accept": case.accept, "fresh": case.fresh, "start": start}
            pair = (
                self.run(ours, case.ours, connections, **asked),  # type: ignore[arg-type]
                self.run(native, case.native, connections, **asked),  # type: ignore[arg-type]
            )
            found[connections].pairs.append(pair)
        return found


def _turns(rounds: int, connections: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    return ((number, each) for number in range(rounds) for each in connections)
