"""The store on disk: every build in a folder of its own, and one small file that says which build is in force.

A build is written beside the old one and takes its place by one atomic rename, so that an interrupted build, or a full
disk, leaves the old one whole.

    kg-store/CURRENT            name of the build in force
    kg-store/builds/<digest>-<x>/ dataset.nq (canonical N-Quads), oxigraph/ (the same, indexed), manifest.json,
                                report.json (what the shapes found, where they were applied),
                                journal and journal.head (changes written since, where there are any)
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.changes import apply
from kg.store.embedded import Embedded
from kg.store.journal import Journal, read_changes, read_head, swap_lock

FORMAT = 1
_KEPT_BUILDS = 2
_REPORT = "report.json"
_MOVED_ON = "journal.moved"  # the changes of this build are part of a later one


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build holds.

    Attributes:
        format: version of the folder's layout.
        version: version of probation-kg that wrote it.
        digest: SHA-256 of the canonical N-Quads, the version of the dataset.
        quads: number of quads.
        graphs: number of quads by graph.
        validated: whether the shapes were applied.
        violations, warnings, notes: what they found.
        report: SHA-256 of the report that is kept beside the dataset, "" where none is.
    """

    format: int
    version: str
    digest: str
    quads: int
    graphs: dict[str, int]
    validated: bool
    violations: int = 0
    warnings: int = 0
    notes: int = 0
    report: str = ""


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the build in force.

    Raises:
        StoreError: there is no store, or another version wrote it.
    """
    return _manifest(build_in_force(folder), folder)


def _manifest(build: Path, folder: Path) -> Manifest:
    path = build / "manifest.json"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except PermissionError:
        raise StoreError(f"{path} may not be read by you; ask its owner, or name another store with --store.") from None
    except (OSError, ValueError):
        fields = None
    if not isinstance(fields, dict):
        raise StoreError(f'The store in {folder} has no readable manifest; run "kg build" to write it anew.')
    if fields.get("format") != FORMAT:
        writer = f"probation-kg {fields.get('version')} in format {fields.get('format')}"
        raise StoreError(
            f"The store in {folder} was written by {writer}; this version reads format {FORMAT}: "
            'run "kg build" to write it anew.'
        )
    try:
        return Manifest(**fields)
    except TypeError:
        raise StoreError(f'The manifest in {folder} is incomplete; run "kg build" to write the store anew.') from None


def open_store(folder: Path) -> Embedded:
    """Open the build in force for reading, with the changes written to it since."""
    read_manifest(folder)
    build = build_in_force(folder)
    return load_memory(folder)[0] if read_head(build).records else Embedded.open(build / "oxigraph")


def load_memory(folder: Path) -> tuple[Embedded, str]:
    """Return the build in force in memory, with the changes written to it since, and the version of both.

    Raises:
        StoreError: there is no store, or dataset or journal are damaged.
    """
    build = build_in_force(folder)
    manifest, head = _manifest(build, folder), read_head(build)
    store = filled(_verified(build / "dataset.nq", manifest.digest), manifest)
    for change in read_changes(build, head):
        apply(store, change)
    return store, head.version(manifest.digest)


def version_in_force(folder: Path) -> str:
    """Return the version of the build in force with the changes written to it since."""
    build = build_in_force(folder)
    return read_head(build).version(_manifest(build, folder).digest)


def filled(content: bytes, manifest: Manifest) -> Embedded:
    """Return canonical N-Quads in memory: blank nodes keep their labels, and empty graphs are there."""
    engine = ox.Store()
    if b"_:" in content:
        engine.bulk_extend(ox.parse(content, format=ox.RdfFormat.N_QUADS))
    else:
        engine.bulk_load(content, ox.RdfFormat.N_QUADS)
    for graph, quads in manifest.graphs.items():
        if not quads:
            engine.add_graph(ox.NamedNode(graph))
    return Embedded(engine)


def described(folder: Path) -> tuple[Embedded, Manifest, bytes]:
    """Return the build in force with its changes: in memory, as the manifest of a build, and as canonical N-Quads.

    The report of the shapes is not part of it.
    """
    manifest, (store, _) = read_manifest(folder), load_memory(folder)
    content = store.canonical()
    found = digest(content)
    if found != manifest.digest:
        manifest = replace(manifest, validated=False, violations=0, warnings=0, notes=0)
    return store, replace(manifest, digest=found, quads=len(store), graphs=store.graphs(), report=""), content


def consolidate(folder: Path) -> Manifest:
    """Write the build in force and the changes in its journal as a new build in force, and return its manifest.

    Raises:
        StoreError: a server writes to the store, or the disk is full; the old build and its journal stay in force.
    """
    build, journal = build_in_force(folder), Journal.open(folder)
    try:
        if not journal.head.records:
            return read_manifest(folder)
        store, manifest, content = described(folder)
        publish(folder, store, manifest, content)
        (build / _MOVED_ON).touch()
    finally:
        journal.close()
    return manifest


def dataset_file(folder: Path) -> Path:
    """Return the canonical N-Quads of the build in force."""
    build = build_in_force(folder)
    _verified(build / "dataset.nq", _manifest(build, folder).digest)
    return build / "dataset.nq"


def read_report(folder: Path) -> bytes:
    """Return what the shapes found in the build in force, as `publish` was given it; b"" where nobody looked.

    Raises:
        StoreError: the report is not the one that was written.
    """
    build = build_in_force(folder)
    written = _manifest(build, folder).report
    return _verified(build / _REPORT, written) if written else b""


def _verified(path: Path, written: str) -> bytes:
    """Return the bytes of a file, which must have the SHA-256 that was written down."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f'{path} cannot be read ({error.strerror}); run "kg build" to write it anew.') from None
    if digest(content) != written:
        raise StoreError(f'{path} is not what was built (another SHA-256); run "kg build" to write it anew.')
    return content


def publish(folder: Path, store: Embedded, manifest: Manifest, content: bytes, report: bytes = b"") -> int:
    """Write a build beside the old one and put it in force.

    Args:
        folder: where the store lies.
        store: the dataset.
        manifest: its description.
        content: the dataset as canonical N-Quads.
        report: what the shapes found in it, kept with it; none by default.

    Returns:
        how many changes were written to the build that was in force; they stay in its folder.

    Raises:
        StoreError: the folder cannot be written, or another build is at work in it.
    """
    try:
        with _lock(folder):
            old = build_in_force(folder) if (folder / "CURRENT").exists() else None
            name = _write(folder, replace(manifest, report=digest(report) if report else ""), content, report)
            with swap_lock(folder, fcntl.LOCK_EX):
                _replace(folder / "CURRENT", name)
            _tidy(folder, name)
            return _changes_in(old) if old else 0
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            f"The store in {folder} cannot be written ({reason}); the old build, if any, is whole: "
            "make room or choose another folder with --store."
        ) from None


def digest(content: bytes) -> str:
    """Return the SHA-256 of a dataset's canonical N-Quads."""
    return hashlib.sha256(content).hexdigest()


def build_in_force(folder: Path) -> Path:
    """Return the folder of the build in force."""
    current = folder / "CURRENT"
    try:
        return folder / "builds" / current.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise StoreError(f'There is no store in {folder}; run "kg build" first, or name one with --store.') from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged"
        raise StoreError(f'{current} cannot be read ({reason}); check --store, or run "kg build".') from None


def _write(folder: Path, manifest: Manifest, content: bytes, report: bytes) -> str:
    """Write a build into a folder of its own, whole or not at all, and return the folder's name."""
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=_made(folder / "builds")))
    try:
        (fresh / "dataset.nq").write_bytes(content)
        _index(fresh / "dataset.nq", fresh / "oxigraph")
        if report:
            (fresh / _REPORT).write_bytes(report)
        (fresh / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        fresh.chmod(0o777 & ~_umask())  # mkdtemp keeps others out, who may want to read the store
        name = manifest.digest[:16] + fresh.name.removeprefix(".new")
        fresh.rename(fresh.with_name(name))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return name


def _index(dataset: Path, folder: Path) -> None:
    """Load N-Quads into a new store on disk."""
    disk = ox.Store(str(folder))
    disk.bulk_load(path=str(dataset), format=ox.RdfFormat.N_QUADS)
    disk.flush()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _replace(path: Path, text: str) -> None:
    """Write a small file so that readers see either the old text or the new one."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _changes_in(build: Path) -> int:
    """Return how many changes lie in a build's journal and nowhere else; a damaged journal counts as one."""
    if (build / _MOVED_ON).exists():
        return 0
    try:
        return read_head(build).records
    except StoreError:
        return 1


def _tidy(folder: Path, current: str) -> None:
    """Remove leftovers of interrupted builds, and builds older than the last few that hold no changes of their own."""
    builds = folder / "builds"
    for path in builds.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
    others = sorted((path for path in builds.iterdir() if path.name != current), key=lambda path: path.stat().st_mtime)
    for path in others[: max(0, len(others) - _KEPT_BUILDS + 1)]:
        if not _changes_in(path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the folder against a second build; the system lets go when the process ends, however it ends."""
    with (_made(folder) / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"Another build is at work in {folder}; wait for it to end.") from None
        yield


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
