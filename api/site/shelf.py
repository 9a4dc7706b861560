"""The source documents that the operator has put in a folder, read at the start: a worker cannot open a file.

What the editors withheld (contacts, remarks on the health or the life of a person) is taken out at once, so that no
page can show it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kg import names, resources
from kg.documents import Account, Document, accounts, read_facts, text_of
from kg.errors import DocumentError

WITHHELD = "\0"  # stands for each code point of what is withheld; no document holds it


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document at hand.

    Attributes:
        slug: last part of its IRI.
        text: as stored, verified by its digest; what is withheld reads WITHHELD, so that offsets hold.
        accounts: how each of its sentences is accounted for.
        digests: SHA-256 of each recorded passage by its start and end, as read before anything was withheld.
    """

    slug: str
    text: str
    accounts: tuple[Account, ...]
    digests: dict[tuple[int, int], str]


def fill(folder: str) -> None:
    """Read the documents of a folder, "" for none; one that is not there is passed over.

    Raises:
        DocumentError: the folder is missing, or a file is not the one that the facts were read from.
    """
    _shelf.clear()
    if not folder:
        return
    place = Path(folder)
    if not place.is_dir():
        raise DocumentError(f'Setting "documents" reads {folder!r}, which is no folder; name the one that holds them.')
    for document in read_facts(resources.facts()).documents:
        if (place / str(document.fields["file"])).is_file():
            _shelf[document.slug] = _shelved(document, text_of(document, place))


def shelved(document: str) -> Shelved | None:
    """Return the document of a slug or IRI, None where it is not at hand."""
    return _shelf.get(document.removeprefix(names.ID + "doc/"))


def mark() -> str:
    """Return what tells pages made with these documents from pages made with others, "" without any."""
    known = "".join(f"{slug} {len(each.text)} " for slug, each in sorted(_shelf.items()))
    return f"-{hashlib.sha256(known.encode()).hexdigest()[:8]}" if known else ""


def _shelved(document: Document, text: str) -> Shelved:
    spans = {(passage.start, passage.end) for record in document.records for passage in record.passages}
    digests = {span: hashlib.sha256(text[slice(*span)].encode()).hexdigest() for span in spans}
    return Shelved(document.slug, _without_withheld(document, text), tuple(accounts(document, text)), digests)


def _without_withheld(document: Document, text: str) -> str:
    for each in document.unstated:
        if each.reason.startswith("withheld"):
            for span in each.passages:
                text = text[: span.start] + WITHHELD * (span.end - span.start) + text[span.end :]
    return text


_shelf: dict[str, Shelved] = {}
