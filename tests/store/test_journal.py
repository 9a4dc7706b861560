"""Acknowledged changes outlive crashes; damage is told, never passed over."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store import (
    FORMAT,
    Change,
    Embedded,
    Journal,
    Manifest,
    consolidate,
    digest,
    load_memory,
    open_store,
    publish,
    read_manifest,
)
from kg.store.folder import build_in_force
from kg.store.journal import read_changes, read_head

ROOT = str(Path(__file__).parents[2])
KILLS = int(os.environ.get("PROBATION_KG_KILLS", "20"))


def put(folder, count=3):
    store = Embedded()
    store.load_quads(b"".join(b'<http://e/%d> <http://e/p> "%d" <http://e/g> .\n' % (n, n) for n in range(count)))
    content = store.canonical()
    manifest = Manifest(FORMAT, "0", digest(content), len(store), store.graphs(), False)
    return publish(folder, store, manifest, content)


def adding(number, size=0):
    return Change(added=b'_:b%x <http://e/q> "%d %s" <http://e/g> .\n' % (number, number, b"x" * size))


def written(folder, *changes):
    journal = Journal.open(folder)
    versions = [journal.append(change) for change in changes]
    journal.close()
    return versions


def test_changes_are_there_after_loading_anew_and_every_one_makes_another_version(tmp_path):
    put(tmp_path)
    assert load_memory(tmp_path)[1] == read_manifest(tmp_path).digest
    versions = written(tmp_path, adding(10), adding(11), Change(created=("http://e/empty",)))
    store, version = load_memory(tmp_path)
    assert len(store) == len(open_store(tmp_path)) == 5
    assert b"_:b10 " not in store.canonical()
    assert b"_:ba " in store.canonical()
    assert store.graphs()["http://e/empty"] == 0
    assert len(set(versions)) == 3
    assert version == versions[-1]


def test_a_second_writer_is_refused_until_the_first_one_ends(tmp_path):
    put(tmp_path)
    first = Journal.open(tmp_path)
    with pytest.raises(StoreError, match="Another server writes"):
        Journal.open(tmp_path)
    first.close()
    Journal.open(tmp_path).close()


def test_a_truncated_journal_is_told_to_readers_and_writers(tmp_path):
    put(tmp_path)
    written(tmp_path, adding(1), adding(2))
    path = build_in_force(tmp_path) / "journal"
    path.write_bytes(path.read_bytes()[:-1])
    for use in (load_memory, open_store, Journal.open):
        with pytest.raises(StoreError, match=r"journal is truncated: it has .* bytes and its head tells of"):
            use(tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match="truncated"):
        load_memory(tmp_path)


def test_any_damaged_byte_is_told(tmp_path):
    put(tmp_path)
    written(tmp_path, adding(1), adding(2))
    for name in ("journal", "journal.head"):
        path = build_in_force(tmp_path) / name
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(StoreError, match="damaged"):
                load_memory(tmp_path)
        path.write_bytes(whole)
    assert len(load_memory(tmp_path)[0]) == 5


def test_a_tail_that_nobody_was_told_of_is_dropped(tmp_path):
    put(tmp_path)
    written(tmp_path, adding(1))
    path = build_in_force(tmp_path) / "journal"
    with path.open("ab") as file:
        file.write(b"half a record")
    assert len(load_memory(tmp_path)[0]) == 4
    written(tmp_path, adding(2))
    assert len(load_memory(tmp_path)[0]) == 5


def test_an_acknowledged_change_survives_kill_9_at_any_moment_and_none_is_half_there(tmp_path):
    put(tmp_path)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.store.test_journal import adding, Journal\n"
        "journal, number = Journal.open(Path(sys.argv[1])), int(sys.argv[3])\n"
        "while True:\n    number += 1\n    journal.append(adding(number, 5000))\n    print(number, flush=True)\n"
    )
    told, chance = 0, random.Random(7)
    for _ in range(KILLS):
        recorded = read_head(build_in_force(tmp_path)).records
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), ROOT, str(recorded)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.stdout.read().splitlines(keepends=True)]
        process.wait(10)
        process.stdout.close()
        told = max(int(line) for line in lines if line.endswith("\n"))
        build = build_in_force(tmp_path)
        changes = list(read_changes(build, read_head(build)))
        assert changes == [adding(number + 1, 5000) for number in range(len(changes))]
        assert len(changes) in {told, told + 1}
    assert len(load_memory(tmp_path)[0]) == 3 + len(changes)
    assert told >= KILLS


def test_a_full_disk_refuses_the_change_and_leaves_the_journal_usable(tmp_path):
    put(tmp_path)
    code = (
        "import sys, resource, signal; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.store.test_journal import adding, Journal, StoreError\n"
        "journal = Journal.open(Path(sys.argv[1])); journal.append(adding(1))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 1 << 30))\n"
        "try:\n    journal.append(adding(2, 9000)); sys.exit(4)\nexcept StoreError as error:\n    print(error)\n"
        "journal.append(adding(3))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))\n"
        "journal.append(adding(4, 9000))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), ROOT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "was not made; make room" in done.stdout
    build = build_in_force(tmp_path)
    assert list(read_changes(build, read_head(build))) == [adding(1), adding(3), adding(4, 9000)]


def test_a_head_that_cannot_be_written_takes_the_record_back(tmp_path, monkeypatch):
    put(tmp_path)
    journal = Journal.open(tmp_path)
    journal.append(adding(1))

    def full(head):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_move_head", full)
    with pytest.raises(StoreError, match="No space left"):
        journal.append(adding(2))
    monkeypatch.undo()
    journal.append(adding(3))
    journal.close()
    assert len(load_memory(tmp_path)[0]) == 5


def test_a_new_build_says_how_many_changes_stay_behind_and_never_deletes_them(tmp_path):
    put(tmp_path)
    written(tmp_path, adding(1), adding(2))
    old = build_in_force(tmp_path)
    assert put(tmp_path, 4) == 2
    for count in range(5, 9):
        assert put(tmp_path, count) == 0
    assert read_head(old).records == 2
    assert len(list((tmp_path / "builds").iterdir())) == 3


def test_consolidating_keeps_every_quad_label_and_empty_graph_and_frees_the_old_build(tmp_path):
    put(tmp_path)
    written(tmp_path, adding(1), Change(created=("http://e/empty",)))
    before = load_memory(tmp_path)[0]
    manifest = consolidate(tmp_path)
    after, version = load_memory(tmp_path)
    assert after.canonical() == before.canonical()
    assert after.graphs() == before.graphs()
    assert version == manifest.digest == digest(after.canonical())
    assert consolidate(tmp_path) == manifest
    put(tmp_path, 7)
    put(tmp_path, 8)
    assert len(list((tmp_path / "builds").iterdir())) == 2


def test_a_store_in_use_is_not_consolidated(tmp_path):
    put(tmp_path)
    journal = Journal.open(tmp_path)
    with pytest.raises(StoreError, match="Another server writes"):
        consolidate(tmp_path)
    journal.close()
