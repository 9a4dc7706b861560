"""Measures the exports of a store: `make bench-export`. Figures are printed; each step runs in a process of its own."""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_WHOLE = "everything"
_MOST_SECONDS, _MOST_MEGABYTES, _MOST_A_FORMAT, _MOST_A_PICTURE = 5.0, 500.0, 60.0, 3.0
_PICTURE = ("neighbourhood", {"thing": "region/kent-surrey-and-sussex", "depth": "2"}, 200)
_LARGE = 500_000  # triples from which each format has a limit of its own


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store; the project's own graph is built by default")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(_step(options.store, options.step)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-export-") as scratch:
        _print(options.store or _built(Path(scratch) / "store"))
    return 0


def _print(store: Path) -> None:
    from kg.export.formats import FORMATS
    from kg.store import read_manifest

    quads = read_manifest(store).quads
    print(f"{quads:,} triples; seconds and megabytes at most, each line a process")
    if quads < _LARGE:
        found = _run(store, "all")
        _tell(f"view {_WHOLE}: all {len(FORMATS)} data formats", found, _MOST_SECONDS, _MOST_MEGABYTES)
        for form in ("svg", "png", "pdf"):
            _tell(f"a picture of {_PICTURE[2]} things as {form}", _run(store, form), _MOST_A_PICTURE)
        return
    for name in FORMATS:
        _tell(f"view {_WHOLE} as {name}", _run(store, f"one {name}"), _MOST_A_FORMAT)


def _tell(name: str, found: dict[str, float], most: float, most_megabytes: float = 0.0) -> None:
    seconds, megabytes = found["seconds"], found["megabytes"]
    met = seconds <= most and (not most_megabytes or megabytes <= most_megabytes)
    target = f"at most {most:g} s" + (f" and {most_megabytes:g} MB" if most_megabytes else "")
    print(f"{name:45} {seconds:6.2f} s {megabytes:7.0f} MB  target {target}: {'met' if met else 'MISSED'}", flush=True)


def _run(store: Path, step: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--store", str(store), "--step", step]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _step(store: Path, step: str) -> dict[str, float]:
    """Open the store, select a network and write it, as `kg export` does."""
    from kg.errors import QuestionError
    from kg.export import FORMS, Look, find_view, select
    from kg.export.formats import FORMATS, write
    from kg.export.profile import clean
    from kg.store import load_memory, open_store

    began = time.perf_counter()
    if step in FORMS and step not in FORMATS:
        view, parameters, most = _PICTURE
        FORMS[step].write(select(open_store(store), find_view(view), parameters, most=most), io.BytesIO(), Look())
    else:
        cleaned = clean(select(load_memory(store)[0], find_view(_WHOLE), {}))
        for name in FORMATS if step == "all" else [step.removeprefix("one ")]:
            try:
                write(cleaned, name, io.BytesIO())
            except QuestionError as error:
                sys.stderr.write(f"{error}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - began, "megabytes": peak}


def _built(folder: Path) -> Path:
    kg = [sys.executable, "-c", "from kg.cli import main; main()"]
    subprocess.run([*kg, "build", "--no-validate", "--store", str(folder)], check=True, capture_output=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
