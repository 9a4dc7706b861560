"""Anchors: whether the passages of the facts still read as recorded, in the documents themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.documents.fields import check_document
from kg.documents.records import (
    Document,
    FactBase,
    Passage,
    Record,
    Unstated,
    parse_object,
    read_lines,
    read_text,
    spans_of,
)
from kg.errors import AnchorError, DocumentError


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A passage that does not read as recorded.

    Attributes:
        place: file and line of the record.
        passage: the anchor in question.
        reason: what is wrong with it, in words.
    """

    place: str
    passage: Passage
    reason: str


def text_of(document: Document, folder: Path) -> str:
    """Return the text of `document` from `folder`, line ends untouched.

    Raises:
        DocumentError: the file is missing, or is not the one that the facts were read from.
    """
    path = folder / str(document.fields["file"])
    if not path.is_file():
        raise DocumentError(f'{document.slug}: no file "{path.name}" in {folder}; put the document there.')
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != document.fields["sha256"]:
        raise DocumentError(
            f"{document.slug}: {path.name} differs from the file that the facts were read from (another SHA-256); "
            "restore that file, or read the facts anew."
        )
    return content.decode("utf-8")


def digest(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def mismatches(base: FactBase, folder: Path) -> list[Mismatch]:
    """Re-read every passage of every document in `folder` and return those that no longer match."""
    return [wrong for document in base.documents for wrong in _mismatches(document, text_of(document, folder))]


def passage_text(passage: Passage, text: str) -> str:
    """Return the words of a passage.

    Raises:
        AnchorError: the passage ends after the end of the document.
    """
    if passage.end > len(text):
        raise AnchorError(
            f"{passage.document}: passage {passage.start}-{passage.end} ends after the document's "
            f"{len(text)} code points; correct its offsets."
        )
    return text[passage.start : passage.end]


def _mismatches(document: Document, text: str) -> Iterator[Mismatch]:
    sources: tuple[Record | Unstated, ...] = (*document.records, *document.unstated)
    for source in sources:
        for passage in source.passages:
            try:
                if digest(passage_text(passage, text)) != passage.sha256:
                    yield Mismatch(source.place, passage, "other words stand there now")
            except AnchorError as error:
                yield Mismatch(source.place, passage, str(error))


def stamp(folder: Path, documents: Path) -> int:
    """Fill in the digests of all records below `folder` whose "sha256" is missing; return how many lines changed.

    Raises:
        AnchorError: a passage lies outside its document.
        FactRecordError: a line is no record, or has no passages.
    """
    changed = 0
    for described in sorted((folder / "documents").glob("*/document.json")):
        place = f"{described.parent.name}/{described.name}"
        fields = parse_object(place, read_text(described))
        check_document(fields, place)
        text = text_of(Document(described.parent.name, fields, (), ()), documents)
        for path in sorted(described.parent.glob("*.jsonl")):
            changed += _stamp_file(path, text)
    return changed


def _stamp_file(path: Path, text: str) -> int:
    """Stamp one file, in one rename, only if a line lacks its digests."""
    rows = list(read_lines(path))
    blank = [(row, place) for row, place in rows if "sha256" not in row]
    for row, place in blank:
        spans = [Passage(path.parent.name, start, end, "") for start, end in spans_of(row, place)]
        row["sha256"] = [digest(passage_text(span, text)) for span in spans]
    if blank:
        fresh = path.with_name(path.name + ".new")
        fresh.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row, _ in rows), encoding="utf-8")
        fresh.replace(path)
    return len(blank)
