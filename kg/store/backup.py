"""Backups: the whole dataset in one file that any RDF tool reads, and back.

The file is N-Quads, compressed with gzip. Its first line, a comment, is the manifest with the SHA-256 of what follows.
The same dataset makes the same bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
import zlib
from dataclasses import asdict
from pathlib import Path

from kg.errors import StoreError
from kg.store.faults import line_of
from kg.store.folder import FORMAT, Manifest, described, digest, filled, publish

_OPENING = b"# probation-kg backup "


def backup(folder: Path, file: Path) -> Manifest:
    """Write the build in force and the changes recorded so far to one file, whole or not at all.

    Raises:
        StoreError: the store is missing or damaged, or the file cannot be written.
    """
    _, manifest, content = described(folder)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as pack:
        pack.write(_OPENING + json.dumps(asdict(manifest), sort_keys=True).encode() + b"\n" + content)
    try:
        _write(file, packed.getvalue())
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror}); make room or name another file.") from None
    return manifest


def restore(folder: Path, file: Path) -> tuple[Manifest, int]:
    """Put the dataset of a backup in force as a new build; the old build stays.

    Returns:
        the manifest, and how many changes written to the old build stay there.

    Raises:
        StoreError: the file is damaged or no backup, or the folder cannot be written.
    """
    manifest, content = _read(file)
    try:
        store = filled(content, manifest)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{file} is no backup: {line_of(error)}; name another file.") from None
    return manifest, publish(folder, store, manifest, content)


def _write(file: Path, content: bytes) -> None:
    """Write a file beside the old one and let it take its place."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(number, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _read(file: Path) -> tuple[Manifest, bytes]:
    """Return the manifest and the quads of a backup, which must be those that it tells of."""
    try:
        head, _, content = gzip.decompress(file.read_bytes()).partition(b"\n")
        manifest = Manifest(**json.loads(head.removeprefix(_OPENING))) if head.startswith(_OPENING) else None
    except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, TypeError):
        raise StoreError(f'{file} is damaged or no backup; name a file that "kg backup" wrote.') from None
    except OSError as error:
        raise StoreError(f"{file} cannot be read ({error.strerror}); name a file that you may read.") from None
    if manifest is None or manifest.format != FORMAT:
        raise StoreError(f'{file} is no backup in format {FORMAT}; name a file that this version of "kg backup" wrote.')
    if digest(content) != manifest.digest:
        raise StoreError(f"{file} is damaged (its quads have another SHA-256 than it says); name another backup.")
    return manifest, content
