"""Tells what is wrong with the text of a query or an update, at its place in the text as the asker wrote it."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg import names
from kg.store.guard import on_own_thread
from kg.store.tokens import behind_prologue, tokens, undeclared_prefix

_PLACE = re.compile(r"\berror at (\d+):(\d+)(?:: )?")
_EMPTY = re.compile(r": expected (?:<unreported>|\[_\])")
_QUERIES = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY"})


def line_of(error: Exception) -> str:
    """Return an error of the engine on one line, without the list of all that a parser would have taken."""
    text = " ".join(str(error).split())
    return text.partition(": expected one of")[0][:300]


def told(error: Exception, text: str) -> str:
    """Return an error of the engine on one line; of a prefix that is not declared, its name and place.

    Args:
        error: what the engine raised.
        text: the query that it read, as the asker wrote it.
    """
    wrong = _begins_wrong(text) if isinstance(error, SyntaxError) else ""
    return wrong or _told_at_its_place(error, text)


def _begins_wrong(text: str) -> str:
    """Return what is wrong with the word that says what a query is for, "" where nothing is."""
    first = behind_prologue(text)
    if not first:
        return "it ends before its SELECT, ASK, CONSTRUCT or DESCRIBE"
    word = first.text.upper()
    if word in _QUERIES:
        return ""
    if word in _UPDATES:
        return f"it is an update ({word}), not a query; updates go to /update"
    line, column = _line_and_column(text, first.start)
    return f"error at {line}:{column}: read {first.text[:40]}, expected SELECT, ASK, CONSTRUCT or DESCRIBE"


def _told_at_its_place(error: Exception, text: str) -> str:
    fault = _EMPTY.sub("", line_of(error))
    place = _PLACE.match(fault) if isinstance(error, SyntaxError) else None
    if not place:
        return fault
    return _undeclared(text, (int(place[1]), int(place[2]))) or fault


def told_of_update(error: Exception, text: str, base: str | None) -> str:
    """Return an error of the engine on one line, at its place in the update as written, not as it was rewritten."""
    if not isinstance(error, SyntaxError):
        return line_of(error)
    original = _original_error(text, base)
    if original:
        return _told_at_its_place(original, text)
    return _undeclared(text) or _PLACE.sub("", _EMPTY.sub("", line_of(error))) or "its syntax is wrong"


def _undeclared(text: str, reached: tuple[int, int] | None = None) -> str:
    """Return name and place of the first prefix that is not declared, "" where the engine did not get as far as it.

    The engine names no prefix, but it never reads on behind one that it does not know.
    """
    found = undeclared_prefix(text)
    if not found:
        return ""
    line, column = _line_and_column(text, found.start)
    if reached and reached < (line, column):
        return ""
    namespace = names.PREFIXES.get(found.text[:-1])
    hint = f"; put PREFIX {found.text} <{namespace}> at the beginning" if namespace else ""
    return f"error at {line}:{column}: the prefix {found.text} is not declared{hint}"


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position in a text, from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _original_error(text: str, base: str | None) -> SyntaxError | None:
    """Return the syntax error of an update, read on an empty store; None of one that would fetch a document."""
    if any(token.kind == "word" and token.text.upper() == "LOAD" for token in tokens(text)):
        return None
    try:
        on_own_thread(lambda: ox.Store().update(text, base_iri=base))
    except SyntaxError as error:
        return error
    except (ValueError, RuntimeError, OSError):
        return None
    return None
