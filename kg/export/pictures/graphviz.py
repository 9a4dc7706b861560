"""Graphviz at arm's length: jobs go to a process with limits of time and memory, served by pygraphviz's wheel."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kg.errors import KgError
from kg.export.pictures.shapes import Point

SECONDS = 30
_ENGINE = Path(__file__).with_name("engine.py")
_POINTS = 72  # an inch
# What Graphviz and fontconfig may see of the environment: where fonts are, and nothing that changes the picture.
_PASSED = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")


class PictureError(KgError):
    """A picture cannot be drawn as asked: too large for the page or the time, or no font is installed."""


@dataclass(frozen=True, slots=True)
class Job:
    """What Graphviz is to do: the program that lays out, the form of its answer, the graph in DOT, its background."""

    program: str
    form: str
    dot: str
    background: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """A layout: its size, the centre of every node, and the Bézier points of every edge; in points, y downwards."""

    width: float
    height: float
    centres: dict[str, Point] = field(default_factory=dict)
    splines: dict[tuple[str, str], tuple[Point, ...]] = field(default_factory=dict)


def run(jobs: Sequence[Job], seconds: int = SECONDS) -> list[bytes]:
    """Return what Graphviz makes of each job.

    Raises:
        PictureError: they take longer than the seconds allow, or Graphviz fails.
    """
    order = {"seconds": seconds, "jobs": [asdict(job) for job in jobs]}
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ} | {"LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-I", str(_ENGINE)]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a file of this package; the DOT goes to its input
            command,
            check=False,
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=seconds * 2,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise PictureError(_too_long(seconds)) from None
    if done.returncode < 0:
        raise PictureError(_too_long(seconds))
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PictureError(f"Graphviz could not draw this picture: {last}. A data format such as GraphML will do.")
    return [base64.b64decode(answer) for answer in json.loads(done.stdout)]


def lay(jobs: Sequence[Job], seconds: int = SECONDS) -> list[Laid]:
    """Return the layouts of graphs whose jobs are of the form "plain"."""
    return [_read(answer.decode()) for answer in run(jobs, seconds)]


def _read(plain: str) -> Laid:
    """Read Graphviz's plain format: a line each for the graph, its nodes and its edges, in inches, y upwards."""
    lines = [line.split(" ") for line in plain.replace("\\\n", "").splitlines()]
    wide, high = (float(size) * _POINTS for size in lines[0][2:4])
    centres: dict[str, Point] = {}
    splines: dict[tuple[str, str], tuple[Point, ...]] = {}
    for kind, *rest in lines[1:]:
        if kind == "node":
            centres[rest[0]] = (float(rest[1]) * _POINTS, high - float(rest[2]) * _POINTS)
        elif kind == "edge":
            numbers = [float(number) * _POINTS for number in rest[3 : 3 + 2 * int(rest[2])]]
            points = zip(numbers[::2], numbers[1::2], strict=True)
            splines[rest[0], rest[1]] = tuple((x, high - y) for x, y in points)
    return Laid(wide, high, centres, splines)


def _too_long(seconds: int) -> str:
    return f"The picture takes longer than {seconds} seconds: narrow the view, or take a data format such as GraphML."
