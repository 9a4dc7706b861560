"""Workers that make exports: they stay warm and stand back, see every write, and leave nothing behind when they end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import TOKEN

WEST_KENT = "/exports/neighbourhood.node-link?thing=pdu/west-kent"
SLOW = "/exports/who-serves-where.png?size=screen"  # over a thousand things: Graphviz takes a while
STANDS_BACK = 10
PATIENCE = 60.0


def ask(server, path):
    try:
        with urllib.request.urlopen(server.url + path, timeout=PATIENCE) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


def processes(root):
    """Processes below one, as (id, parent, command)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                found[int(entry.name)] = parent, (entry / "cmdline").read_text()
            except OSError:
                continue
    below = [root]
    for pid in below:
        below += [child for child, (parent, _) in found.items() if parent == pid]
    return [(pid, *found[pid]) for pid in below if pid in found]


def export_workers(server):
    """Processes that lead a group of their own and stand back."""
    ids = [pid for pid, _, command in processes(server.pid) if "engine.py" not in command]
    return {pid for pid in ids if os.getpgid(pid) == pid and os.getpriority(os.PRIO_PROCESS, pid) == STANDS_BACK}


def drawing(server):
    """Wait until Graphviz draws; return its process and the worker that started it."""
    return until(lambda: next(((pid, parent) for pid, parent, told in processes(server.pid) if "engine.py" in told), 0))


def until(what):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def ended(pid):
    """Tell whether a process is gone, or dead and not yet buried by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def alone(serving, built, tmp_path):
    """A server of one web process and one export worker."""
    with serving(built, tmp_path / "log", None, "--processes", "1", "--exports", "1") as server:
        yield server


def test_no_export_worker_runs_before_the_first_export_and_a_warm_one_serves_the_next(alone):
    assert export_workers(alone) == set()
    assert ask(alone, "/exports")[0] == ask(alone, "/exports/themes")[0] == 200
    assert export_workers(alone) == set()
    assert ask(alone, WEST_KENT)[0] == 200
    warm = export_workers(alone)
    assert len(warm) == 1
    assert ask(alone, "/exports/inspection.graphml?inspection=inspection/kss-region-2024")[0] == 200
    assert ask(alone, "/exports/who-serves-where.svg")[0] == 200  # takes far longer than a query may before it is slow
    assert ask(alone, "/exports/themes.xls")[0] == 404
    assert ask(alone, "/exports/everything.svg")[0] == 413
    assert export_workers(alone) == warm


def test_look_ups_are_answered_while_as_many_exports_run_as_may(alone):
    with ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(ask, alone, f"{SLOW}&theme={theme}") for theme in ("light", "dark")]
        drawing(alone)
        for number in range(20):
            assert alone.client.is_true(f"ASK {{ ?s ?p ?o FILTER(?o != {number}) }}")
        assert not all(each.done() for each in slow)
        assert [each.result()[0] for each in slow] == [200, 200]


@pytest.mark.parametrize("dies", ["worker", "keeper", "web process"])
def test_nothing_that_an_export_started_outlives_its_worker(alone, dies):
    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(ask, alone, SLOW)
        engine, worker = drawing(alone)
        parents = {pid: parent for pid, parent, _ in processes(alone.pid)}
        victim = {"worker": worker, "keeper": parents[worker], "web process": parents[parents[worker]]}[dies]
        os.kill(victim, signal.SIGKILL)
        until(lambda: ended(engine))
        assert reply.result()[0] in {0, 503}
        until(lambda: ask(alone, WEST_KENT)[0] == 200)


def test_an_export_whose_time_is_over_is_stopped_with_what_it_started(serving, built, tmp_path):
    with serving(built, tmp_path / "log", None, "--processes", "1", "--export-seconds", "0.5") as server:
        ask(server, WEST_KENT)
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(ask, server, "/exports/ontology.png")  # asked in no time, drawn in seconds
            engine, _ = drawing(server)
            status, body = reply.result()
            until(lambda: ended(engine))
        assert status == 503
        assert json.loads(body)["limit_seconds"] == 0.5
        assert "kg export" in json.loads(body)["detail"]


def test_an_export_that_nobody_waits_for_is_stopped_with_what_it_started(alone):
    request = f"GET {SLOW} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    port = int(alone.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        engine, _ = drawing(alone)
    until(lambda: ended(engine))


def test_an_export_that_takes_too_much_memory_is_stopped_and_says_so(serving, built, tmp_path):
    with serving(built, tmp_path / "log", None, "--processes", "1", "--export-memory-mb", "100") as server:
        assert ask(server, WEST_KENT)[0] == 200
        status, body = ask(server, "/exports/everything.graphml")
        assert status == 503
        assert json.loads(body)["limit_megabytes"] == 100
        assert ask(server, WEST_KENT)[0] == 200


def test_an_export_larger_than_the_server_sends_is_refused_and_names_the_command(serving, built, tmp_path):
    with serving(built, tmp_path / "log", None, "--processes", "1", "--result-mb", "1") as server:
        status, body = ask(server, "/exports/evidence.gexf")
        assert status == 413
        assert "larger than 1,048,576 bytes" in json.loads(body)["detail"]
        assert "kg export" in json.loads(body)["detail"]


def test_where_too_many_exports_wait_the_next_is_told_to_come_back(serving, built, tmp_path):
    flags = ("--processes", "1", "--exports", "1", "--export-queue", "1")
    with serving(built, tmp_path / "log", None, *flags) as server, ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda most: ask(server, f"{SLOW}&until={most}"), range(2020, 2025)))
        statuses = [status for status, _ in replies]
        assert set(statuses) == {200, 429}
        refused = next(json.loads(body) for status, body in replies if status == 429)
        assert "Too many exports wait already" in refused["detail"]


def test_an_export_sees_a_write_at_once(serving, built, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(built, store)
    base = "https://w3id.org/probation-kg/id/"
    see = "http://www.w3.org/2000/01/rdf-schema#seeAlso"
    link = f"INSERT DATA {{ GRAPH <urn:g> {{ <{base}pdu/west-kent> <{see}> <{base}pdu/york> }} }}"
    with serving(store, tmp_path / "log", TOKEN, "--no-gate") as server:
        before = server.client.request("GET", WEST_KENT)
        assert f"{base}pdu/york" not in before.content.decode()
        server.client.update(link)
        after = server.client.request("GET", WEST_KENT)
        assert f"{base}pdu/york" in after.content.decode()
        assert after.etag != before.etag
        server.client.update(link.replace("INSERT", "DELETE"))
        assert server.client.request("GET", WEST_KENT).content.count(b"pdu/york") == 0


def test_writes_go_on_while_an_export_runs_on_the_state_it_began_with(serving, built, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(built, store)
    with serving(store, tmp_path / "log", TOKEN, "--no-gate") as server:
        replies = []
        thread = threading.Thread(target=lambda: replies.append(ask(server, SLOW)))
        thread.start()
        drawing(server)
        server.client.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> <urn:c> } }")
        assert server.client.is_true("ASK { <urn:a> <urn:b> <urn:c> }")
        thread.join()
        assert replies[0][0] == 200
