"""Splits SPARQL into tokens, so that what stands in an IRI, a text or a comment is never taken for a keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import QuestionError

_TOKEN = re.compile(
    r'(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)'
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?!"")(?:[^"\\\n\r]|\\.)*"'
    r"|'(?!'')(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<unclosed>[\"'])"
    r"|(?P<comment>#[^\n\r]*)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<local>:(?:[\w%:-]|\\[-_~.!$&'()*+,;=/?#@%])*)"
    r"|(?P<word>\w+)"
    r"|(?P<open><<|[({\[])|(?P<close>>>|[)}\]])"
    r"|(?P<mark>[^\s\w])"
)
# After one of these a term must follow, so that "<" opens an IRI there.
_BEFORE_A_TERM = set("(,|/^=!&+-*<>")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_TELLING = re.compile(r"['#()\[\],;]")


class Token(NamedTuple):
    """A piece of a request: its kind (iri, text, variable, local, word, open, close, mark), its text, where it lies."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query or an update, without comments.

    In an expression ?a<?b&&?c>?d compares twice, while the same signs make an IRI elsewhere. Where the two readings
    would put different tokens behind them, the text is refused, since a keyword could hide there.

    Raises:
        QuestionError: "<" stands where it may open an IRI or compare, or a text is not closed.
    """
    brackets: list[str] = []
    before = ""
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup or "", match.group()
        if kind == "comment":
            continue
        if kind == "unclosed":  # to go on would search the rest for its end again at every further quotation mark
            raise QuestionError(f"The text that begins at character {match.start() + 1:,} is not closed; close it.")
        if kind == "iri" and brackets and brackets[-1] == "(" and before not in _BEFORE_A_TERM:
            _refuse_double_meaning(found)
        elif kind == "open":
            brackets.append(found)
        elif kind == "close" and brackets:
            brackets.pop()
        before = found
        yield Token(kind, found, match.start(), match.end())


def _refuse_double_meaning(iri: str) -> None:
    if _TELLING.search(iri) and not _ABSOLUTE.match(iri):
        raise QuestionError(
            f'"{iri[:80]}" can be read as an IRI or as two comparisons; put a space behind "<", or use a prefix.'
        )
