"""Tells what is wrong with the text of a query or an update, at its place in the text as the asker wrote it."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.store.embedded import line_of
from kg.store.guard import on_own_thread
from kg.store.tokens import tokens, undeclared_prefix

_PLACE = re.compile(r"\berror at (\d+):(\d+)(?:: )?")
_EMPTY = re.compile(r": expected (?:<unreported>|\[_\])")


def told(error: Exception, text: str) -> str:
    """Return an error of the engine on one line; of a prefix that is not declared, its name and place.

    Args:
        error: what the engine raised.
        text: the query or update that it read, as the asker wrote it.
    """
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
        return told(original, text)
    return _undeclared(text) or _PLACE.sub("", _EMPTY.sub("", line_of(error))) or "its syntax is wrong"


def _undeclared(text: str, reached: tuple[int, int] | None = None) -> str:
    """Return name and place of the first prefix that is not declared, "" where the engine did not get as far as it.

    The engine names no prefix, but it never reads on behind one that it does not know.
    """
    found = undeclared_prefix(text)
    if not found:
        return ""
    before = text[: found.start]
    line, column = before.count("\n") + 1, found.start - before.rfind("\n")
    if reached and reached < (line, column):
        return ""
    return f"error at {line}:{column}: the prefix {found.text} is not declared"


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
