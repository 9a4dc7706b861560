"""OpenRefine itself reconciles a column against the service, and fetches properties of what it matched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing

import pytest
from fastapi import FastAPI

from api import reconcile
from kg.search import SearchIndex

uvicorn = pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(shutil.which("openrefine") is None, reason="OpenRefine is not installed")

CELLS = ["west kent pdu", "Lewes", "Brigton and East Susex", "N57EKNT", "Atlantis"]
ENGINE = json.dumps({"facets": [], "mode": "row-based"})


def free_port():
    with closing(socket.socket()) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def until(condition, seconds=90):
    """Wait for a condition to hold and return what it gives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
        except (urllib.error.URLError, ConnectionError):
            found = None
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"waited {seconds} seconds in vain")


@pytest.fixture(scope="module")
def service(store):
    """The address of a server of the service."""
    index, port = SearchIndex.build(store), free_port()
    app = FastAPI()
    app.include_router(reconcile.router(lambda: store, lambda: index))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield f"http://127.0.0.1:{port}/reconcile"
    server.should_exit = True
    thread.join()
    index.close()


class Refine:
    """A running OpenRefine, driven over HTTP."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, command, **fields):
        """Send a command and return its answer."""
        content = urllib.parse.urlencode(fields).encode() if fields else None
        with urllib.request.urlopen(f"{self.address}/command/core/{command}", content) as reply:
            return json.load(reply)

    def token(self):
        return self.ask("get-csrf-token")["token"]

    def create(self, name, rows):
        """Create a project of one column and return its number."""
        limit, options = "cells-of-the-project", json.dumps({"separator": "\\t", "headerLines": 1})
        parts = {
            "project-name": name,
            "format": "text/line-based/*sv",
            "options": options,
            'project-file"; filename="cells.tsv': "\n".join(["name", *rows]),
        }
        body = "".join(
            f'--{limit}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'
            for key, text in parts.items()
        )
        request = urllib.request.Request(
            f"{self.address}/command/core/create-project-from-upload?csrf_token={self.token()}",
            f"{body}--{limit}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={limit}"},
        )
        with urllib.request.urlopen(request) as reply:
            return reply.url.partition("project=")[2]

    def run(self, project, command, **fields):
        """Start a long process and wait for its end."""
        answer = self.ask(f"{command}?project={project}", csrf_token=self.token(), engine=ENGINE, **fields)
        assert answer["code"] in {"ok", "pending"}, answer
        until(lambda: not self.ask(f"get-processes?project={project}")["processes"])

    def rows(self, project):
        return self.ask(f"get-rows?project={project}&start=0&limit=50", engine=ENGINE)


@pytest.fixture(scope="module")
def refine(tmp_path_factory):
    """OpenRefine without a window, in a process group of its own, which is ended as a whole."""
    port = free_port()
    options = ["-i", "127.0.0.1", "-p", str(port), "-d", str(tmp_path_factory.mktemp("openrefine"))]
    command = [shutil.which("openrefine"), *options, "-x", "refine.headless=true"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            opened = Refine(port)
            until(opened.token)
            yield opened
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def configuration(service, manifest, kind=None):
    return json.dumps(
        {
            "mode": "standard-service",
            "service": service,
            "identifierSpace": manifest["identifierSpace"],
            "schemaSpace": manifest["schemaSpace"],
            "type": kind,
            "autoMatch": True,
            "columnDetails": [],
            "limit": 0,
        }
    )


@pytest.fixture(scope="module")
def manifest(service):
    """What the service says of itself."""
    with urllib.request.urlopen(service) as reply:
        return json.load(reply)


@pytest.fixture(scope="module")
def reconciled(refine, service, manifest):
    """A project whose column was reconciled, any type allowed."""
    project = refine.create("names of units", CELLS)
    refine.run(project, "reconcile", columnName="name", config=configuration(service, manifest))
    return project


def judgements(found):
    """Return what OpenRefine made of each cell: the matched thing, or the candidates left to choose from."""
    recons = found["pool"]["recons"]
    made = {}
    for row in found["rows"]:
        recon = recons[row["cells"][0]["r"]]
        candidates = [each["id"] for each in recon.get("c", ())]
        made[row["cells"][0]["v"]] = recon["m"]["id"] if recon["j"] == "matched" else candidates
    return made


def test_openrefine_matches_what_one_thing_alone_bears_and_leaves_the_rest_to_choose(refine, reconciled):
    made = judgements(refine.rows(reconciled))
    assert made["west kent pdu"] == "pdu/west-kent"
    assert made["N57EKNT"] == "pdu/east-kent"
    assert {"place/lewes", "prison/lewes", "court/lewes-combined-court-centre"} <= set(made["Lewes"])
    assert made["Brigton and East Susex"][0] == "pdu/brighton-and-east-sussex"
    assert made["Atlantis"] == []


def test_a_type_chosen_in_openrefine_makes_an_ambiguous_cell_plain(refine, service, manifest):
    project = refine.create("prisons", ["Lewes", "West Kent"])
    kind = {"id": "pko:Prison", "name": "prison"}
    refine.run(project, "reconcile", columnName="name", config=configuration(service, manifest, kind))
    made = judgements(refine.rows(project))
    assert made["Lewes"] == "prison/lewes"
    assert "pdu/west-kent" in made["West Kent"], "offered, but no match"


def test_openrefine_guesses_the_type_of_a_column(refine, service):
    project = refine.create("units", ["West Kent PDU", "East Kent PDU", "Brighton and East Sussex PDU"])
    guessed = refine.ask(
        f"guess-types-of-column?project={project}", columnName="name", service=service, csrf_token=refine.token()
    )
    assert "pko:ProbationDeliveryUnit" in {each["id"] for each in guessed["types"]}


def test_openrefine_adds_columns_with_the_properties_of_what_it_matched(refine, reconciled, service, manifest):
    refine.run(
        reconciled,
        "extend-data",
        baseColumnName="name",
        endpoint=service,
        identifierSpace=manifest["identifierSpace"],
        schemaSpace=manifest["schemaSpace"],
        columnInsertIndex="1",
        extension=json.dumps({"properties": [{"id": "region"}, {"id": "skos:notation"}]}),
    )
    first = refine.rows(reconciled)["rows"][0]["cells"]
    assert [cell["v"] for cell in first] == ["west kent pdu", "Kent, Surrey and Sussex", "N57KECL"]
