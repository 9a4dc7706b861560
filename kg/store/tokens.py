"""Splits SPARQL into tokens, so that what stands in an IRI, a text or a comment is never taken for a keyword."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from kg.errors import QuestionError

# Names by the grammar of SPARQL: one that is cut short, or in pieces, is another name.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MARKS = "\u00b7\u0300-\u036f\u203f\u2040"
_INSIDE = rf"{_BASE}_0-9\-{_MARKS}"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%]"
_PREFIX = rf"[{_BASE}](?:[{_INSIDE}]++|\.++(?=[{_INSIDE}]))*+"
_LOCAL = rf"(?:[{_BASE}_0-9:]|{_ESCAPED})(?:[{_INSIDE}:]++|{_ESCAPED}|\.++(?=[{_INSIDE}:]|{_ESCAPED}))*+"
_IRI = r'(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>'
_NUMBER = r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++"
_TOKEN = re.compile(
    rf"(?P<iri><{_IRI})"
    rf"|(?P<name>(?:{_PREFIX})?+:(?:{_LOCAL})?+)"
    rf"|(?P<words>{_PREFIX})"
    rf"|(?P<variable>[?$][{_BASE}_0-9][{_BASE}_0-9{_MARKS}]*+)"
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?!"")(?:[^"\\\n\r]|\\.)*+"'
    r"|'(?!'')(?:[^'\\\n\r]|\\.)*+')"
    r"|(?P<unclosed>[\"'])"
    r"|(?P<comment>#[^\n\r]*)"
    rf"|(?P<doubt><<(?={_IRI}))"
    r"|(?P<open><<|[({\[])|(?P<close>>>|[)}\]])"
    r"|(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?)"
    rf"|(?P<blank>_:[{_BASE}_0-9](?:[{_INSIDE}]++|\.++(?=[{_INSIDE}]))*+)"
    rf"|(?P<number>{_NUMBER})"
    r"|(?P<mark>\S)"
)
# What no colon follows is no prefix: its dots and hyphens are signs.
_PIECE = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>\w+)|(?P<mark>.)")
_CLOSED_BY = {")": "(", "}": "{", "]": "[", ">>": "<<"}
# After one of these a term must follow, so that "<" opens an IRI there.
_BEFORE_A_TERM = set("(,|/^=!&+-*<>")
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_TELLING = re.compile(r"['#()\[\],;]")


class Token(NamedTuple):
    """A piece of a request: its kind, its text, where it lies.

    The kinds: iri, name (with prefix), word, variable, text, language, blank, number, open, close, mark.
    """

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
        if kind == "words":
            kind = "word"
            if not found.isalnum():
                yield from _pieces(found, match.start())
                before = found
                continue
        elif kind == "comment":
            continue
        elif kind == "unclosed":  # to go on would search the rest for its end again at every further quotation mark
            raise QuestionError(f"The text that begins at character {match.start() + 1:,} is not closed; close it.")
        elif kind == "iri":
            if brackets and brackets[-1] == "(" and before not in _BEFORE_A_TERM:
                _refuse_double_meaning(found)
        elif kind == "doubt":
            kind = "open"
            if brackets and brackets[-1] == "(":
                raise _double_meaning(text[match.start() : match.start() + 80])
            brackets.append(found)
        elif kind == "open":
            brackets.append(found)
        elif kind == "close" and brackets and brackets[-1] == _CLOSED_BY[found]:
            brackets.pop()
        before = found
        yield Token(kind, found, match.start(), match.end())


def _pieces(found: str, start: int) -> Iterator[Token]:
    """Part what could have been the name of a prefix, had a colon followed."""
    for match in _PIECE.finditer(found):
        yield Token(match.lastgroup or "", match.group(), start + match.start(), start + match.end())


def _refuse_double_meaning(iri: str) -> None:
    if _TELLING.search(iri) and not _ABSOLUTE.match(iri):
        raise _double_meaning(iri)


def _double_meaning(found: str) -> QuestionError:
    return QuestionError(
        f'"{found[:80]}" can be read as an IRI or as two comparisons; put a space behind "<", or use a prefix.'
    )


def prefix_of(name: str) -> str:
    """Return the prefix of a prefixed name, with its colon."""
    return name[: name.index(":") + 1]


def declared_prefixes(found: Iterable[Token]) -> set[str]:
    """Return the prefixes that tokens declare, with their colons."""
    return {token.text for before, token in pairwise(found) if token.kind == "name" and before.text.upper() == "PREFIX"}


def behind_prologue(text: str) -> Token | None:
    """Return the first token behind prefixes and base, which says what a request is for, such as SELECT."""
    declared = {"name", "iri", "text"}
    return next(
        (each for each in tokens(text) if each.kind not in declared and each.text.upper() not in _PROLOGUE), None
    )


def undeclared_prefix(text: str) -> Token | None:
    """Return the first prefix of a query or an update that it does not declare, with its colon: "foo:"."""
    found = list(tokens(text))
    declared = declared_prefixes(found)
    for token in found:
        if token.kind == "name" and prefix_of(token.text) not in declared:
            prefix = prefix_of(token.text)
            return Token("prefix", prefix, token.start, token.start + len(prefix))
    return None
