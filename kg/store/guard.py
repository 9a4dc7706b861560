"""Protects the engine from a query: refuses calls to other servers and deep nesting, gives long chains stack enough."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from kg.errors import QuestionError

MOST_CHARACTERS = 20_000
MOST_LEVELS = 200
# The engine recurses along chains (a || b || …, p/q/…): one that passes the limits needs less stack than this.
_STACK_BYTES = 1 << 30
_SHORT = 2_000

Result = TypeVar("Result")

# IRIs, texts, comments, variables and the local parts of names are passed over. What is left holds the keywords.
_TOKEN = re.compile(
    r'<[^<>"{}|^`\\\x00-\x20]*>'
    r'|"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|#[^\n]*"
    r"|[?$]\w+"
    r"|:[\w%-]*"
    r"|(?P<service>SERVICE)"
    r"|(?P<dataset>\bFROM\b)"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<unary>(?:[!+-]\s*){2,})",
    re.IGNORECASE,
)


def refuse_hostile(text: str) -> bool:
    """Refuse a query that would reach out to another server or exhaust the engine's stack.

    Any unquoted "service" counts as the keyword, in the name of a prefix too: the engine reads SERVICE:a as a call.

    Returns:
        whether the query names its graphs (FROM), so that it must not see the union of all.

    Raises:
        QuestionError: says which limit the query passes.
    """
    if len(text) > MOST_CHARACTERS:
        raise QuestionError(
            f"The query has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read: shorten it."
        )
    depth, names_graphs = 0, False
    for match in _TOKEN.finditer(text):
        if match["service"]:
            raise QuestionError(
                "The query calls another server with SERVICE, which this store never does; remove it, "
                "or rename a prefix that has service in its name."
            )
        names_graphs = names_graphs or bool(match["dataset"])
        depth += bool(match["open"]) - bool(match["close"])
        if depth + len(match["unary"] or "") > MOST_LEVELS:
            raise QuestionError(f"The query is nested more than {MOST_LEVELS} levels deep; flatten it.")
    return names_graphs


def with_stack_for(text: str, ask: Callable[[], Result]) -> Result:
    """Call `ask`, for a long query on a thread whose stack holds the longest chain that passes the limits."""
    if len(text) <= _SHORT:
        return ask()
    result: Future[Result] = Future()
    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=lambda: _settle(result, ask))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return result.result()


def _settle(result: Future[Result], ask: Callable[[], Result]) -> None:
    """Put what `ask` returns or raises into `result`."""
    try:
        result.set_result(ask())
    except Exception as error:  # noqa: BLE001 - raised again on the asking thread
        result.set_exception(error)
