"""A backup is one file that gives back the very dataset, or says why it cannot."""

import gzip

import pytest
from typer.testing import CliRunner

from kg.cli.app import app
from kg.errors import StoreError
from kg.store import Change, Journal, backup, load_memory, read_manifest, restore
from kg.store.folder import build_in_force
from tests.store.test_journal import adding, put, written


def test_a_restored_store_holds_every_quad_label_and_empty_graph(tmp_path):
    put(tmp_path / "a")
    written(tmp_path / "a", adding(1), Change(created=("http://e/empty",)))
    backup(tmp_path / "a", tmp_path / "file.nq.gz")
    manifest, left = restore(tmp_path / "b", tmp_path / "file.nq.gz")
    one, two = load_memory(tmp_path / "a")[0], load_memory(tmp_path / "b")[0]
    assert one.canonical() == two.canonical()
    assert one.graphs() == two.graphs()
    assert (read_manifest(tmp_path / "b"), left) == (manifest, 0)


def test_the_same_dataset_makes_the_same_bytes_and_any_tool_reads_them(tmp_path):
    put(tmp_path / "a")
    for name in ("1.nq.gz", "2.nq.gz"):
        backup(tmp_path / "a", tmp_path / name)
    content = (tmp_path / "1.nq.gz").read_bytes()
    assert content == (tmp_path / "2.nq.gz").read_bytes()
    first, _, quads = gzip.decompress(content).partition(b"\n")
    assert first.startswith(b"# ")
    assert quads == load_memory(tmp_path / "a")[0].canonical()


def test_a_backup_is_made_while_a_server_writes(tmp_path):
    put(tmp_path / "a")
    journal = Journal.open(tmp_path / "a")
    journal.append(adding(1))
    with (build_in_force(tmp_path / "a") / "journal").open("ab") as file:
        file.write(b"half a rec")
    assert backup(tmp_path / "a", tmp_path / "file").quads == 4
    journal.close()


def test_a_damaged_or_foreign_file_is_refused_and_the_store_stays(tmp_path):
    put(tmp_path / "a")
    file = tmp_path / "file"
    backup(tmp_path / "a", file)
    whole = file.read_bytes()
    other = gzip.compress(gzip.decompress(whole).replace(b'"1"', b'"9"'))
    hostile = [whole[:-9], whole[:100], b"", b"PK\3\4", gzip.compress(b"<a:a> <a:b> <a:c> .\n"), other]
    hostile += [gzip.compress(b'# probation-kg backup {"format": 1}\n'), gzip.compress(b"# probation-kg backup []\n")]
    hostile += [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in range(20, len(whole), 9)]
    current = build_in_force(tmp_path / "a")
    for content in hostile:
        file.write_bytes(content)
        with pytest.raises(StoreError, match=r"damaged|no backup"):
            restore(tmp_path / "a", file)
    assert build_in_force(tmp_path / "a") == current


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    put(tmp_path / "a")
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be written"):
        backup(tmp_path / "a", tmp_path / "folder")
    assert {path.name for path in tmp_path.iterdir()} == {"a", "folder"}


def test_the_commands_write_and_restore_and_tell_of_changes_left_behind(tmp_path):
    put(tmp_path / "a")
    file = str(tmp_path / "file")
    run = CliRunner().invoke
    done = run(app, ["backup", file, "--store", str(tmp_path / "a")])
    assert (done.exit_code, done.output.startswith("3 quads in")) == (0, True)
    written(tmp_path / "a", adding(1))
    done = run(app, ["restore", file, "--store", str(tmp_path / "a")])
    assert "1 change written over HTTP stay" in done.output
    assert len(load_memory(tmp_path / "a")[0]) == 3
