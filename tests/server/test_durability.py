"""What was acknowledged is there, whatever happens to the process, the file or the disk."""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from kg.errors import ServiceError, StoreError
from kg.release import Manifest
from kg.store import FORMAT, Embedded, backup, build_in_force, digest, load_memory, publish, restore

TOKEN = "a-token-that-only-tests-know"
KILLS = int(os.environ.get("PROBATION_KG_KILLS", "10"))
GRAPH = "urn:example:written"


@pytest.fixture
def small(tmp_path):
    """A store with next to nothing in it."""
    return small_store(tmp_path / "store")


def small_store(folder):
    store = Embedded()
    store.load_quads(b"<urn:example:s> <urn:example:p> <urn:example:o> <urn:example:g> .\n")
    content = store.canonical()
    publish(folder, store, Manifest(FORMAT, "test", digest(content), 1, store.graphs(), validated=False), content)
    return folder


def pair(number):
    """Return an update of two triples, which must come together."""
    thing = f"<urn:example:{number}>"
    return f'INSERT DATA {{ GRAPH <{GRAPH}> {{ {thing} <urn:example:p> "first" , "second" }} }}'


def written(store):
    """Return how many triples each numbered thing has."""
    found = {}
    for subject, _, _, _ in store.quads(GRAPH):
        found[subject.value] = found.get(subject.value, 0) + 1
    return found


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def test_every_acknowledged_update_outlives_a_kill_and_none_is_half_there(small, tmp_path, serving):
    acknowledged, ended = [], threading.Event()
    with serving(small, tmp_path / "log", TOKEN, "--no-gate") as server:
        writer = threading.Thread(target=write_until, args=(server.client, acknowledged, ended), daemon=True)
        writer.start()
        chance = random.Random(7)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.02, 0.4))
            for web in children(server.pid):
                os.kill(web, signal.SIGKILL)
            await_ready(server.client)
        ended.set()
        writer.join()
    found = written(load_memory(small)[0])
    assert len(acknowledged) > KILLS
    assert all(found.get(f"urn:example:{number}") == 2 for number in acknowledged)
    assert set(found.values()) == {2}


def write_until(client, acknowledged, ended):
    number = 0
    while not ended.is_set():
        number += 1
        with contextlib.suppress(ServiceError):
            client.update(pair(number))
            acknowledged.append(number)


def await_ready(client):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(ServiceError):
            client.health()
            return
        time.sleep(0.05)
    raise AssertionError("the server did not come back")


def test_concurrent_updates_lose_nothing(small, tmp_path, serving):
    count = f"""DELETE {{ GRAPH <{GRAPH}> {{ <urn:example:n> <urn:example:p> ?old }} }}
        INSERT {{ GRAPH <{GRAPH}> {{ <urn:example:n> <urn:example:p> ?new }} }}
        WHERE {{ GRAPH <{GRAPH}> {{ <urn:example:n> <urn:example:p> ?old }} BIND(?old + 1 AS ?new) }}"""
    with serving(small, tmp_path / "log", TOKEN, "--no-gate") as server:
        server.client.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:example:n> <urn:example:p> 0 }} }}")
        threads = [threading.Thread(target=repeat, args=(server, count)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        table = server.client.select("SELECT ?n { <urn:example:n> <urn:example:p> ?n }")
    assert [row[0].value for row in table.rows] == ["40"]


def repeat(server, update):
    from kg.client import Client

    with Client(server.url, TOKEN) as client:
        for _ in range(10):
            client.update(update)


def test_a_backup_put_in_force_beside_the_server_is_taken_up_and_no_later_write_is_lost(small, tmp_path, serving):
    with serving(small, tmp_path / "log", TOKEN, "--no-gate") as server:
        server.client.update(pair(1))
        backup(small, tmp_path / "backup")
        server.client.update(pair(2))
        restore(small, tmp_path / "backup")
        server.client.update(pair(3))  # asked again by the client until the new build is served
        assert not server.client.is_true("ASK { GRAPH ?g { <urn:example:2> ?p ?o } }")
        assert server.client.is_true("ASK { GRAPH ?g { <urn:example:3> ?p ?o } }")
    assert written(load_memory(small)[0]) == {"urn:example:1": 2, "urn:example:3": 2}


def test_a_server_told_to_end_while_it_restarts_a_process_ends(small, tmp_path, serving):
    with serving(small, tmp_path / "log", TOKEN, "--no-gate") as server:
        for web in children(server.pid):
            os.kill(web, signal.SIGKILL)
        time.sleep(0.1)
        os.kill(server.pid, signal.SIGTERM)
        until = time.monotonic() + 20
        while Path(f"/proc/{server.pid}/stat").read_text(encoding="ascii").split()[2] != "Z":
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_a_damaged_store_is_reported_and_not_served(small, tmp_path, serving, harm):
    with serving(small, tmp_path / "log", TOKEN, "--no-gate") as server:
        for number in range(20):
            server.client.update(pair(number))
    journal = build_in_force(small) / "journal"
    content = bytearray(journal.read_bytes())
    if harm == "cut":
        del content[-100:]
    else:
        content[len(content) // 2] ^= 1
    journal.write_bytes(content)
    with pytest.raises(StoreError, match=r"truncated|damaged"):
        load_memory(small)
    log = tmp_path / "again"
    with pytest.raises(AssertionError, match="did not start"), serving(small, log, TOKEN, "--no-gate"):
        pass
    assert re.search(r"truncated|damaged", log.read_text(encoding="utf-8"))


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of its own, with next to no room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() or not mount:
        pytest.skip("a small disk can only be mounted by root")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_refuses_the_write_and_keeps_serving_reads(tiny_disk, tmp_path, serving):
    store = small_store(tiny_disk / "store")
    with serving(store, tmp_path / "log", TOKEN, "--no-gate") as server:
        server.client.update(pair(1))
        fill(tiny_disk / "filler")
        text = "x" * 20_000
        with pytest.raises(ServiceError) as refused:
            server.client.update(f'INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:example:2> <urn:example:p> "{text}" }} }}')
        assert refused.value.status == 507
        assert server.client.is_true(f"ASK {{ GRAPH <{GRAPH}> {{ <urn:example:1> ?p ?o }} }}")
        assert not server.client.is_true("ASK { GRAPH ?g { <urn:example:2> ?p ?o } }")
        (tiny_disk / "filler").unlink()
        server.client.update(pair(3))
    assert written(load_memory(store)[0]) == {"urn:example:1": 2, "urn:example:3": 2}


def fill(path):
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
