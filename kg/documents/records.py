"""Fact records as read from their files: one fact a line, each with the passages that say it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.documents.fields import REASONS, check_discrepancy, check_document, check_fields, check_thing
from kg.errors import FactRecordError


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document's text.

    Attributes:
        document: slug of the document.
        start, end: code points into the text; `end` is exclusive.
        sha256: digest of the span in UTF-8, 64 hexadecimal digits.
    """

    document: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """One fact, in the project's own words.

    Attributes:
        id: path of the fact's IRI below id/.
        kind: what the fact is, see kg/data/documents/README.md.
        document: slug of the document that says it.
        passages: where the document says it; never empty.
        fields: all other fields as written.
        place: file and line, for messages.
    """

    id: str
    kind: str
    document: str
    passages: tuple[Passage, ...]
    fields: dict[str, Any]
    place: str

    def get(self, field: str, default: Any = None) -> Any:
        """Return a field's value, or `default` where the record does not have it."""
        return self.fields.get(field, default)


@dataclass(frozen=True, slots=True)
class Unstated:
    """A sentence that states no fact, and why (a heading, boilerplate, …)."""

    passages: tuple[Passage, ...]
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: what is known of it, what it states, and which of its sentences state nothing.

    Attributes:
        slug: last part of its IRI.
        fields: document.json as written: title, class, tier, publisher, file, sha256, length, inspection, …
        records: its facts in the order of their files.
        unstated: its sentences without a fact.
    """

    slug: str
    fields: dict[str, Any]
    records: tuple[Record, ...]
    unstated: tuple[Unstated, ...]


@dataclass(frozen=True, slots=True)
class FactBase:
    """All that people have recorded: documents with their facts, the things these name, the editors' decisions."""

    documents: tuple[Document, ...]
    things: tuple[dict[str, Any], ...]
    discrepancies: tuple[dict[str, Any], ...]

    def records(self) -> Iterator[Record]:
        """Yield the records of all documents."""
        for document in self.documents:
            yield from document.records

    def passages(self) -> list[Passage]:
        """Return every passage of a fact or of a sentence without one."""
        stated = [passage for record in self.records() for passage in record.passages]
        listed = [passage for document in self.documents for each in document.unstated for passage in each.passages]
        return stated + listed


def read_facts(folder: Path) -> FactBase:
    """Read every record below `folder`.

    Raises:
        FactRecordError: a line is no JSON object, a field is missing, unknown or ill-typed, or an id occurs twice.
    """
    folders = sorted(path for path in (folder / "documents").glob("*") if path.is_dir())
    if not folders:
        raise FactRecordError(
            f"{folder} holds no documents; expected folders below documents/, each with document.json."
        )
    base = FactBase(
        documents=tuple(_document(path) for path in folders),
        things=_checked(folder / "things.jsonl", check_thing),
        discrepancies=_checked(folder / "editorial" / "discrepancies.jsonl", check_discrepancy),
    )
    _refuse_doubles(base)
    return base


def _checked(path: Path, check: Callable[[dict[str, Any], str], None]) -> tuple[dict[str, Any], ...]:
    """Read a file of things or discrepancies and check each line."""
    rows = list(read_lines(path))
    for row, place in rows:
        check(row, place)
    return tuple(row for row, _ in rows)


def _document(folder: Path) -> Document:
    """Read one document's folder."""
    described = folder / "document.json"
    fields = parse_object(f"{folder.name}/{described.name}", read_text(described))
    check_document(fields, f"{folder.name}/document.json")
    files = [path for path in sorted(folder.glob("*.jsonl")) if path.name != "unstated.jsonl"]
    records = tuple(_record(folder.name, row, place) for path in files for row, place in read_lines(path))
    unstated = tuple(_unstated(folder.name, row, place) for row, place in read_lines(folder / "unstated.jsonl"))
    return Document(folder.name, fields, records, unstated)


def _record(document: str, row: dict[str, Any], place: str) -> Record:
    """Turn a line into a record."""
    check_fields(row, place)
    fields = {name: value for name, value in row.items() if name not in {"id", "kind", "at", "sha256"}}
    return Record(row["id"], row["kind"], document, _passages(document, row, place), fields, place)


def _unstated(document: str, row: dict[str, Any], place: str) -> Unstated:
    """Turn a line of unstated.jsonl into its sentence and reason."""
    if not isinstance(row.get("reason"), str) or row["reason"] not in REASONS:
        raise FactRecordError(
            f'{place}: "reason" reads {row.get("reason")!r}; expected one of {", ".join(sorted(REASONS))}.'
        )
    return Unstated(_passages(document, row, place), row["reason"], place)


def _passages(document: str, row: dict[str, Any], place: str) -> tuple[Passage, ...]:
    """Read the anchors of a line."""
    spans, digests = row.get("at"), row.get("sha256")
    if not spans or not isinstance(spans, list) or not all(_is_span(span) for span in spans):
        raise FactRecordError(
            f'{place}: "at" reads {spans!r}; expected passages such as [[120, 178]], start before end.'
        )
    if not isinstance(digests, list) or len(digests) != len(spans):
        raise FactRecordError(
            f'{place}: "sha256" must list one digest for each of the {len(spans)} passages; run "kg evidence stamp".'
        )
    return tuple(Passage(document, start, end, digest) for (start, end), digest in zip(spans, digests, strict=True))


def spans_of(row: dict[str, Any], place: str) -> list[list[int]]:
    """Return the passages of a line as [start, end]."""
    spans = row.get("at")
    if not spans or not isinstance(spans, list) or not all(_is_span(span) for span in spans):
        raise FactRecordError(
            f'{place}: "at" reads {spans!r}; expected passages such as [[120, 178]], start before end.'
        )
    return spans


def _is_span(span: Any) -> bool:
    """Tell whether `span` is [start, end] with 0 <= start < end."""
    return (
        isinstance(span, list)
        and len(span) == 2
        and all(type(offset) is int for offset in span)
        and 0 <= span[0] < span[1]
    )


def read_lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects of a JSON Lines file with their places; a missing file has none."""
    if not path.exists():
        return
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            place = f"{path.parent.name}/{path.name}, line {number}"
            yield parse_object(place, line), place


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8; a byte order mark is passed over."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FactRecordError(f"{path.name} is not in UTF-8 (byte {error.start}); save it in UTF-8.") from None
    except OSError as error:
        raise FactRecordError(f"{path} cannot be read ({error.strerror}); put the file there.") from None


def parse_object(place: str, text: str) -> dict[str, Any]:
    """Parse one JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FactRecordError(
            f"{place} is not valid JSON ({error}); expected one JSON object; mend the line."
        ) from None
    if not isinstance(value, dict):
        raise FactRecordError(f"{place} holds {type(value).__name__}; expected one JSON object.")
    return value


def _refuse_doubles(base: FactBase) -> None:
    """Raise where two records, or a record and a thing, share an id."""
    seen: dict[str, str] = {}
    for identifier, place in _ids(base):
        if identifier in seen:
            raise FactRecordError(
                f'{place}: id "{identifier}" is already taken in {seen[identifier]}; give one of them another id.'
            )
        seen[identifier] = place


def _ids(base: FactBase) -> Iterator[tuple[str, str]]:
    """Yield every id with its place."""
    for number, thing in enumerate(base.things, start=1):
        yield thing["id"], f"things.jsonl, thing {number}"
    for document in base.documents:
        yield f"doc/{document.slug}", f"{document.slug}/document.json"
    for number, row in enumerate(base.discrepancies, start=1):
        yield row["id"], f"discrepancies.jsonl, discrepancy {number}"
    for record in base.records():
        yield record.id, record.place
