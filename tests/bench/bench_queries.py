"""Measures every named query with its example parameters on one store, in memory and on disk.

python tests/bench/bench_queries.py STORE [NAME ...]: prints name, rows, and the median of five runs in
milliseconds of the processor, so that a busy neighbour does not count.
Exit status 1 where a query that queries/README.md does not list takes more than 50 ms in memory.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from pathlib import Path

from kg import resources
from kg.query import Question, bind, read_questions
from kg.store import Embedded, Table, dataset_file, open_store

MOST_MILLISECONDS = 50
_RUNS = 5


def measure(store: Embedded, question: Question) -> tuple[int, float]:
    """Return the number of rows and the median time of a query, in milliseconds."""
    bindings = bind(question, {p.name: p.example for p in question.parameters if p.example})
    times, rows = [], 0
    for _ in range(_RUNS):
        start = time.process_time()
        answer = store.query(question.text, bindings)
        times.append(1000 * (time.process_time() - start))
        rows = len(answer.rows) if isinstance(answer, Table) else 0
    return rows, statistics.median(times)


def in_memory(folder: Path) -> Embedded:
    """Load the N-Quads of a store into memory."""
    store = Embedded()
    store.load_quads(dataset_file(folder).read_bytes())
    return store


def excused() -> set[str]:
    """Return the queries that queries/README.md says must read too much to be fast."""
    text = (resources.queries() / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z-]+)` \|", text.partition("## Speed at a million triples")[2], re.MULTILINE))


def main(folder: Path, wanted: list[str]) -> int:
    """Print a line a query, the slowest first, and return the exit status."""
    memory, disk = in_memory(folder), open_store(folder)
    measured = []
    for name, question in read_questions(resources.queries()).items():
        if name in wanted or not wanted:
            rows, fast = measure(memory, question)
            measured.append((fast, measure(disk, question)[1], rows, name))
    print(f"{len(memory):,} triples\n{'query':48} {'rows':>7} {'memory ms':>10} {'disk ms':>10}")
    for fast, slow, rows, name in sorted(measured, reverse=True):
        print(f"{name:48} {rows:7} {fast:10.1f} {slow:10.1f}")
    late = {name for fast, _, _, name in measured if fast > MOST_MILLISECONDS} - excused()
    for name in sorted(late):
        print(f"{name} takes more than {MOST_MILLISECONDS} ms in memory; mend it or list it in queries/README.md.")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
