"""Coverage: which sentences of a document are anchored by a fact, listed as stating none, or left over."""

from __future__ import annotations

from dataclasses import dataclass

from kg.documents.records import Document, Passage
from kg.documents.sentences import Sentence, sentences

# A passage that touches a sentence by fewer letters and digits than this does not account for it.
_LEAST_OVERLAP = 3
_STATES = ("stated", "unstated", "left")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a document is accounted for.

    Attributes:
        document: slug of the document.
        sentences: number of sentences, headings, cells and list points.
        anchored: those that a passage of a fact lies in.
        unstated: those listed, with a reason, as stating none.
        left: those neither anchored nor listed, in order.
        words: share of the letters and digits in anchored sentences that lie inside a passage, 0 to 100.
    """

    document: str
    sentences: int
    anchored: int
    unstated: int
    left: tuple[Sentence, ...]
    words: float

    @property
    def share(self) -> float:
        """Share of the sentences that are accounted for, 0 to 100."""
        return 100 * (self.anchored + self.unstated) / self.sentences if self.sentences else 100.0


@dataclass(frozen=True, slots=True)
class Account:
    """How one sentence is accounted for.

    Attributes:
        sentence: where it stands.
        state: "stated" where facts lie in it, "unstated" where it is listed as stating none, "left" otherwise.
        reason: why it states no fact, such as "heading"; "" in the other states.
    """

    sentence: Sentence
    state: str
    reason: str = ""


def coverage(document: Document, text: str) -> Coverage:
    """Account for every sentence of `text`."""
    found = accounts(document, text)
    by_state = {state: [each.sentence for each in found if each.state == state] for state in _STATES}
    anchored, unstated, left = (by_state[state] for state in _STATES)
    words = _share(anchored, text, _stated(document, text))
    return Coverage(document.slug, len(found), len(anchored), len(unstated), tuple(left), words)


def accounts(document: Document, text: str) -> list[Account]:
    """Return how each sentence of `text` is accounted for, in order."""
    stated = _stated(document, text)
    listed = [(_marked(text, list(each.passages)), each.reason) for each in document.unstated]
    return [_account(piece, text, stated, listed) for piece in sentences(text)]


def _account(piece: Sentence, text: str, stated: bytearray, listed: list[tuple[bytearray, str]]) -> Account:
    """Account for one sentence: a fact in it counts before a reason for having none."""
    if _touched(piece, text, stated):
        return Account(piece, "stated")
    reasons = (reason for marks, reason in listed if _touched(piece, text, marks))
    reason = next(reasons, "")
    return Account(piece, "unstated" if reason else "left", reason)


def _stated(document: Document, text: str) -> bytearray:
    return _marked(text, [passage for record in document.records for passage in record.passages])


def _marked(text: str, passages: list[Passage]) -> bytearray:
    """Return one byte a code point: 1 where a passage covers a letter or digit."""
    marks = bytearray(len(text))
    for passage in passages:
        for offset in range(passage.start, min(passage.end, len(text))):
            marks[offset] = text[offset].isalnum()
    return marks


def _touched(piece: Sentence, text: str, marks: bytearray) -> bool:
    """Tell whether enough of a sentence, or all of a very short one, is marked."""
    return sum(marks[piece.start : piece.end]) >= min(_LEAST_OVERLAP, _letters(piece, text))


def _letters(piece: Sentence, text: str) -> int:
    return sum(character.isalnum() for character in text[piece.start : piece.end])


def _share(pieces: list[Sentence], text: str, marks: bytearray) -> float:
    """Return how much of the letters and digits of `pieces` is marked, in per cent."""
    total = sum(_letters(piece, text) for piece in pieces)
    return 100 * sum(sum(marks[piece.start : piece.end]) for piece in pieces) / total if total else 100.0
