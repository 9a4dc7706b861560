"""A process of its own that runs Graphviz: a job that hangs or crashes is ended without harm to who asked for it.

Reads {"seconds": S, "jobs": [{"program", "form", "dot", "background"}]} as JSON from standard input and writes a JSON
list of base64.
It imports nothing of this project, so that it starts fast, and is run as a file, never imported.
"""

from __future__ import annotations

import base64
import json
import resource
import sys

import pygraphviz  # type: ignore[import-untyped]

_MEMORY = 3 << 30  # bytes of address space; a sheet of 24 million pixels takes 0.1 GB


def main() -> None:
    """Run the jobs under limits of processor time and memory."""
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    done = [_run(job) for job in order["jobs"]]
    json.dump(done, sys.stdout)


def _run(job: dict[str, str]) -> str:
    graph = pygraphviz.AGraph(string=job["dot"])
    if job["background"]:
        graph.graph_attr["_background"] = job["background"]  # in the DOT it would pass the longest string that is read
    drawn = graph.draw(format=job["form"], prog=job["program"])
    graph.close()
    return base64.b64encode(drawn).decode()


if __name__ == "__main__":
    main()
