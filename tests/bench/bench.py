"""Measures the build, the start of the command and every query: `make bench`. Figures are printed, never asserted."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kg import resources
from kg.query import bind, read_questions
from kg.store import open_store

_KG = [sys.executable, "-c", "from kg.cli import main; main()"]
_RUNS = 5


def timed(*arguments: str, cwd: str) -> float:
    """Return the wall-clock seconds of one run of kg."""
    start = time.perf_counter()
    subprocess.run([*_KG, *arguments], cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure in a folder of its own."""
    with tempfile.TemporaryDirectory() as cwd:
        fast = min(timed("build", "--no-validate", cwd=cwd) for _ in range(3))
        full = timed("build", cwd=cwd)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"kg build --no-validate  {fast:6.2f} s (best of 3)")
        print(f"kg build                {full:6.2f} s, peak memory {peak:.0f} MB")
        question = ("query", "ratings-of-a-region", "-p", "region=region/kent-surrey-and-sussex")
        print(
            f"kg query, whole process {min(timed(*question, cwd=cwd) for _ in range(_RUNS)):6.2f} s (best of {_RUNS})"
        )
        queries(Path(cwd) / "kg-store")


def queries(folder: Path) -> None:
    """Measure each named query on the embedded store, in milliseconds."""
    store, medians = open_store(folder), {}
    for name, question in read_questions(resources.queries()).items():
        bindings = bind(question, {p.name: p.example for p in question.parameters if p.example})
        times = []
        for _ in range(_RUNS):
            start = time.perf_counter()
            store.query(question.text, bindings)
            times.append(1000 * (time.perf_counter() - start))
        medians[name] = statistics.median(times)
    for name, milliseconds in sorted(medians.items(), key=lambda each: -each[1]):
        print(f"{milliseconds:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
