"""The W3C tests of SPARQL and its protocols, run by another maker's harness against a scratch server."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg import names
from kg.release import release

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-scratch-token-of-the-tests"
# Tests passed, of how many. The ten that the engine fails are listed in api/README.md, each with its cause.
LEAST = {
    "query11": (318, 328),
    "results11": (9, 10),
    "update11": (157, 157),
    "protocol": (34, 34),
    "gsp": (13, 13),
    "sd": (3, 3),
    "conneg": (76, 76),
    "writes": (27, 27),
    "rdf11": (990, 992),
}


@pytest.fixture(scope="module")
def harness():
    default = ROOT.parent / "shared" / "conformance"
    folder = Path(os.environ.get("PROBATION_KG_CONFORMANCE", default))
    if not (folder / "conform").is_dir():
        pytest.skip(f"the conformance tests are not in {folder}; name their folder in PROBATION_KG_CONFORMANCE")
    return folder


def serve(*arguments, **environment):
    """Start `kg serve`; return the process and its address."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--port", "0", "--access-log", ""]
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    address = re.search(r"http://\S+", process.stdout.readline())[0]
    return process, address


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()


def run(harness, tmp_path, *arguments):
    """Run the harness; return its figures by suite."""
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "conform", "--quiet", "--json", str(report), *arguments]
    done = subprocess.run(command, cwd=harness, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout + done.stderr
    return json.loads(report.read_text(encoding="utf-8"))


def test_the_server_passes_the_tests_of_sparql_and_its_protocols(harness, tmp_path):
    process, address = serve("--scratch", "--no-gate", "--default-graph", "unnamed", PROBATION_KG_TOKEN=TOKEN)
    try:
        urls = [
            "--query-url",
            f"{address}/sparql",
            "--update-url",
            f"{address}/update",
            "--gsp-url",
            f"{address}/graphs",
        ]
        suites = [part for suite in LEAST for part in ("--suite", suite)]
        found = run(harness, tmp_path, *urls, "--gsp-direct", "--token", TOKEN, *suites)
    finally:
        end(process)
    for suite, (least, total) in LEAST.items():
        assert found[suite]["total"] == total, suite
        assert found[suite]["pass"] >= least, (suite, found[suite]["failures"])
        assert found[suite]["outbound_fetches"] == 0, suite


def test_one_thing_of_every_class_is_linked_data(harness, tmp_path, store):
    release(tmp_path / "store", check=False)
    process, address = serve("--store", str(tmp_path / "store"))
    try:
        paths = [part for path in one_of_every_class(store) for part in ("--ld-id", path)]
        where = ["--ld-base", address, "--ld-public", names.BASE.rstrip("/")]
        found = run(harness, tmp_path, "--suite", "linkeddata", *where, *paths)["linkeddata"]
    finally:
        end(process)
    assert found["failures"] == []
    assert found["total"] == 47 * len(paths) / 2


def one_of_every_class(store):
    """Return the path of one thing of each class that has any, and of one concept of a vocabulary."""
    table = store.query(
        f"SELECT ?class (MIN(STR(?thing)) AS ?first) {{ ?thing a ?class FILTER(STRSTARTS(STR(?thing), '{names.ID}')) }}"
        " GROUP BY ?class"
    )
    return sorted({"/" + row[1].value.removeprefix(names.BASE) for row in table.rows})
