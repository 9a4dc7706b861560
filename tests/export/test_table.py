"""The README's table of views and formats is the one that the views and formats make."""

from pathlib import Path

from kg.release import release

from .table import README, table, written


def test_the_table_is_that_of_the_views_and_formats(tmp_path: Path):
    from kg.store import open_store

    release(tmp_path / "store", check=False)
    text = README.read_text(encoding="utf-8")
    assert written(text, table(open_store(tmp_path / "store"))) == text, "run: python tests/export/table.py"
