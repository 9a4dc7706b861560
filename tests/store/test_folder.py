"""The store on disk: swapped in whole, left whole, refused when another version wrote it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import OntologyError, QuestionError, StoreError
from kg.store import (
    FORMAT,
    Embedded,
    Manifest,
    backup,
    dataset_file,
    digest,
    literal,
    open_store,
    publish,
    read_manifest,
    read_report,
    restore,
)

ROOT = str(Path(__file__).parents[2])


def small(count: int = 3) -> Embedded:
    store = Embedded()
    store.load_quads(b"".join(b'<http://e/%d> <http://e/p> "%d" <http://e/g> .\n' % (n, n) for n in range(count)))
    return store


def put(folder, store, report=b""):
    content = store.canonical()
    publish(folder, store, Manifest(FORMAT, "0", digest(content), len(store), store.graphs(), False), content, report)


def test_a_published_store_is_read_back_with_its_manifest(tmp_path):
    put(tmp_path, small())
    assert len(open_store(tmp_path)) == read_manifest(tmp_path).quads == 3
    assert dataset_file(tmp_path).read_bytes() == small().canonical()


def test_a_report_is_kept_beside_the_dataset(tmp_path):
    put(tmp_path, small())
    assert read_report(tmp_path) == b""
    put(tmp_path, small(), b"{}")
    assert read_report(tmp_path) == b"{}"


def test_a_damaged_report_is_told(tmp_path):
    put(tmp_path, small(), b"{}")
    dataset_file(tmp_path).with_name("report.json").write_bytes(b"{")
    with pytest.raises(StoreError, match=r'report\.json is not what was built .* run "kg build"'):
        read_report(tmp_path)


def test_a_backup_leaves_the_report_behind(tmp_path):
    put(tmp_path / "store", small(), b"{}")
    backup(tmp_path / "store", tmp_path / "file.nq.gz")
    restore(tmp_path / "restored", tmp_path / "file.nq.gz")
    assert read_report(tmp_path / "restored") == b""


def test_a_new_build_takes_the_place_of_the_old_one(tmp_path):
    for count in (1, 2, 3, 4):
        put(tmp_path, small(count))
    assert len(open_store(tmp_path)) == 4
    assert len(list((tmp_path / "builds").iterdir())) == 2


def test_an_equal_build_may_be_put_in_force_again(tmp_path):
    put(tmp_path, small())
    put(tmp_path, small())
    assert len(open_store(tmp_path)) == 3


def test_an_open_store_goes_on_answering_while_a_new_one_is_put_in_force(tmp_path):
    put(tmp_path, small(1))
    old = open_store(tmp_path)
    put(tmp_path, small(2))
    assert len(old.query("SELECT * { ?s ?p ?o }").rows) == 1


def test_a_missing_store_is_told_with_the_command_that_makes_one(tmp_path):
    with pytest.raises(StoreError, match=r'There is no store in .*; run "kg build" first'):
        open_store(tmp_path / "none")


def test_a_store_of_another_format_is_refused(tmp_path):
    put(tmp_path, small())
    path = dataset_file(tmp_path).with_name("manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99, "version": "9.9"}))
    with pytest.raises(StoreError, match=r"written by probation-kg 9\.9 in format 99; this version reads format 1"):
        open_store(tmp_path)


def test_a_broken_manifest_is_refused(tmp_path):
    put(tmp_path, small())
    dataset_file(tmp_path).with_name("manifest.json").write_text("{")
    with pytest.raises(StoreError, match="no readable manifest"):
        open_store(tmp_path)


@pytest.mark.parametrize("content", ["[]", '{"format": 1}', ""])
def test_a_manifest_of_another_kind_is_refused(tmp_path, content):
    put(tmp_path, small())
    dataset_file(tmp_path).with_name("manifest.json").write_text(content)
    with pytest.raises(StoreError, match='run "kg build"'):
        open_store(tmp_path)


def test_a_damaged_pointer_is_refused(tmp_path):
    put(tmp_path, small())
    (tmp_path / "CURRENT").write_bytes(b"\xff")
    with pytest.raises(StoreError, match="CURRENT cannot be read"):
        open_store(tmp_path)


def test_damaged_files_of_the_engine_are_told_in_one_sentence(tmp_path):
    put(tmp_path, small(4000))
    for path in (dataset_file(tmp_path).parent / "oxigraph").iterdir():
        if path.name.startswith(("MANIFEST", "CURRENT")) or path.suffix == ".sst":
            path.write_bytes(b"")
    with pytest.raises(StoreError, match='run "kg build"'):
        open_store(tmp_path).query("SELECT * { ?s ?p ?o }")


def test_a_changed_dataset_is_not_compared(tmp_path):
    put(tmp_path, small())
    dataset_file(tmp_path).write_bytes(b"")
    with pytest.raises(StoreError, match="is not what was built"):
        dataset_file(tmp_path)


def test_others_may_read_a_store(tmp_path):
    put(tmp_path, small())
    assert dataset_file(tmp_path).parent.stat().st_mode & 0o055 == 0o055


def test_a_second_build_in_the_same_folder_is_refused(tmp_path):
    import fcntl

    put(tmp_path, small(1))
    with (tmp_path / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="Another build is at work"):
            put(tmp_path, small(2))
    assert len(open_store(tmp_path)) == 1


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        put(tmp_path / "file" / "store", small())


def test_a_full_disk_leaves_the_old_build_whole(tmp_path):
    put(tmp_path, small(2))
    code = (
        "import sys, resource, signal; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.store.test_folder import put, small\n"
        "from kg.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    put(Path(sys.argv[1]), small(5000))\nexcept StoreError as error:\n    print(error); sys.exit(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), ROOT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3, done.stderr
    assert "the old build, if any, is whole" in done.stdout
    assert len(open_store(tmp_path)) == 2


def test_a_killed_build_leaves_the_old_one_whole_and_the_next_one_tidies_up(tmp_path):
    put(tmp_path, small(2))
    code = (
        "import sys, time; from pathlib import Path; from kg.store import folder\n"
        "folder._index = lambda dataset, folder: (print('writing', flush=True), time.sleep(60))\n"
        "sys.path.insert(0, sys.argv[2]); from tests.store.test_folder import put, small\n"
        "put(Path(sys.argv[1]), small(9))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), ROOT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert any(path.name.startswith(".new-") for path in (tmp_path / "builds").iterdir())
    assert len(open_store(tmp_path)) == 2
    put(tmp_path, small(3))
    assert not any(path.name.startswith(".") for path in (tmp_path / "builds").iterdir())
    assert len(open_store(tmp_path)) == 3


def test_a_turtle_file_with_a_mistake_is_told_with_its_place(tmp_path):
    path = tmp_path / "bad.ttl"
    path.write_text("@prefix a: <http://a/> .\na:b a:c a:d a:e .\n")
    with pytest.raises(OntologyError, match=r"bad\.ttl cannot be read as Turtle: .*line 2"):
        Embedded().load(path, "http://e/g")


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(OntologyError, match=r"ending '\.doc' is unknown"):
        Embedded().load(tmp_path / "x.doc", "http://e/g")


def test_a_value_is_bound_as_a_term_and_never_read_as_query_text():
    hostile = '" } ; DROP ALL #'
    store = small()
    assert store.query("SELECT ?s ?_v { ?s ?p ?_v }", {"_v": literal(hostile)}).rows == ()
    assert len(store.query("SELECT ?s ?_v { ?s ?p ?_v }", {"_v": literal("1")}).rows) == 1


def test_a_query_with_a_mistake_is_refused_in_one_sentence():
    with pytest.raises(QuestionError, match=r"The query cannot be run"):
        small().query("SELECT WHERE")
