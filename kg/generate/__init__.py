"""Invented data of any size in the shapes of this graph, for measuring: the project's own dataset, and example regions.

Each example region has twenty delivery units with districts, offices, courts, contracts and two inspections a unit, and
each inspection a graph of its own. Everything invented is called "Example …" and lies under .../example-…; the same
number of triples makes the same bytes. The forms are the Turtle files of data/example, in which ~name~ is filled in.
"""

from __future__ import annotations

from pathlib import Path

from kg import names, resources
from kg.derive import derive
from kg.errors import StoreError
from kg.generate.region import examples
from kg.release import Progress, assemble
from kg.resources import installed_version
from kg.store import FORMAT, Embedded, Manifest, digest, publish, read_manifest

__all__ = ["generate", "generate_file", "generate_store"]

# What the version of a generated store ends in, so that none is taken for the real one.
_MARK = "+example"
# The rules add so many triples to each recorded one, by measurement.
_GROWTH = 1.575


def generate(triples: int, progress: Progress = lambda step: None) -> Embedded:
    """Return a store of about `triples` triples: the project's own and invented ones, derived as in a build.

    Args:
        triples: how many; the project's own dataset is the least.
        progress: told each step as it begins.

    Raises:
        StoreError: the project's own dataset is larger already.
    """
    store = assemble(progress)
    if triples < len(store):
        raise StoreError(f"{triples:,} triples are too few: the dataset itself has {len(store):,}; ask for more.")
    progress("examples")
    themes = _themes(store)
    for content in examples(int((triples - len(store)) / _GROWTH), themes):
        store.load_quads(content)
    progress("derive")
    derive(store, resources.ontology() / "rules")
    return store


def generate_file(triples: int, path: Path, progress: Progress = lambda step: None) -> int:
    """Write generated data to `path` as N-Quads, sorted; return the number of quads."""
    store = generate(triples, progress)
    path.write_bytes(store.canonical())
    return len(store)


def generate_store(triples: int, folder: Path, progress: Progress = lambda step: None) -> Manifest:
    """Put generated data in force as a store in `folder`; return its manifest, which says that nobody validated it.

    Raises:
        StoreError: `folder` holds a store of real data, or cannot be written.
    """
    _refuse_real_data(folder)
    store = generate(triples, progress)
    progress("store")
    content = store.canonical()
    manifest = Manifest(
        FORMAT, installed_version() + _MARK, digest(content), len(store), store.graphs(), validated=False
    )
    publish(folder, store, manifest, content)
    return manifest


def _refuse_real_data(folder: Path) -> None:
    if (folder / "CURRENT").exists() and not read_manifest(folder).version.endswith(_MARK):
        raise StoreError(
            f"{folder} holds a store of real data, which is not replaced; name another folder with --store."
        )


def _themes(store: Embedded) -> list[str]:
    """Return the slugs of all themes."""
    prefix = names.VOCAB + "theme/"
    found = {subject.value for subject, _, _, _ in store.quads(names.GRAPH + "vocab")}
    return sorted(each.removeprefix(prefix) for each in found if each.startswith(prefix))
