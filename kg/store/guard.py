"""Protects the engine from a query: refuses calls to other servers and deep nesting, gives long chains stack enough."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar
from urllib.parse import urlsplit

from kg.errors import QuestionError
from kg.store.tokens import Token, tokens

MOST_CHARACTERS = 20_000
MOST_LEVELS = 200
# The planner's time grows with the cube of the patterns joined: 0.2 to 3 s for a hundred, 5 s and more for 300.
MOST_PATTERNS = 300
# The engine recurses along chains (a || b || …, p/q/…): one that passes the limits needs less stack than this.
_STACK_BYTES = 1 << 30
_SHORT = 2_000
_here = threading.local()

Result = TypeVar("Result")

_SIGNS = frozenset("!+-")
_PARTING = frozenset(".;,")


def refuse_hostile(text: str, most: int | None = MOST_CHARACTERS, hosts: frozenset[str] = frozenset()) -> bool:
    """Refuse a request that would reach out to another server or exhaust the engine's stack.

    Any unquoted "service" counts as the keyword, in the name of a prefix too: the engine reads SERVICE:a as a call.

    Args:
        text: a query or an update.
        most: how many characters are read, None for any number.
        hosts: servers that SERVICE may call, each as host or host:port; the call must name one by its full IRI.

    Returns:
        whether the query names its graphs (FROM), so that it must not see the union of all.

    Raises:
        QuestionError: says which limit the request passes.
    """
    if most is not None and len(text) > most:
        raise QuestionError(f"The query has {len(text):,} characters; at most {most:,} are read: shorten it.")
    depth = signs = 0
    names_graphs = calls = False
    found = tokens(text) if most is None else list(tokens(text))
    for token in found:
        if calls and token.text.upper() != "SILENT":
            calls = _refuse_call(token.text, hosts)
        if token.kind == "word":
            word = token.text.upper()
            if "SERVICE" in word and (word != "SERVICE" or not hosts):
                raise _service()
            calls = calls or word == "SERVICE"
            names_graphs = names_graphs or word == "FROM"
        depth += (token.kind == "open") - (token.kind == "close")
        signs = signs + 1 if token.text in _SIGNS else 0
        if depth + signs > MOST_LEVELS:
            raise QuestionError(f"The query is nested more than {MOST_LEVELS} levels deep; flatten it.")
    if calls:
        raise _service()
    if most is not None:
        _refuse_many(found)
    return names_graphs


def _refuse_many(found: Iterable[Token]) -> None:
    """Refuse a query with too many patterns, counted by what opens and parts them outside of expressions."""
    brackets, patterns, number = ["{"], 0, 0
    for token in found:
        if token.kind == "open":
            brackets.append(token.text)
            patterns += token.text != "("
        elif token.kind == "close" and len(brackets) > 1:
            brackets.pop()
        elif token.kind == "mark":
            decimal = token.text == "." and token.start == number
            patterns += token.text == "/" or (token.text in _PARTING and brackets[-1] != "(" and not decimal)
        number = token.end if token.text.isdecimal() else 0
    if patterns > MOST_PATTERNS:
        raise QuestionError(
            f"The query has about {patterns:,} patterns; at most {MOST_PATTERNS} are planned: ask in several queries."
        )


def _refuse_call(name: str, hosts: frozenset[str]) -> bool:
    """Refuse a SERVICE that does not name one of `hosts`; return that none is left to look at."""
    try:
        address = urlsplit(name[1:-1]) if name.startswith("<") else None
    except ValueError:
        address = None
    if not address or address.scheme not in {"http", "https"} or not {address.netloc, address.hostname} & hosts:
        raise _service()
    return False


def _service() -> QuestionError:
    return QuestionError(
        "The query calls another server with SERVICE, which this store never does; remove it, "
        "or rename a prefix that has service in its name."
    )


def with_stack_for(text: str, ask: Callable[[], Result]) -> Result:
    """Call `ask`, for a long query on a thread whose stack holds the longest chain that passes the limits."""
    if len(text) <= _SHORT:
        return ask()
    return on_own_thread(ask)


def on_own_thread(ask: Callable[[], Result]) -> Result:
    """Call `ask` on a new thread with a deep stack.

    A new thread also seeds the engine's random numbers anew: in two forks of one process they would be the same, and
    so would the blank nodes that two updates make.
    """
    if getattr(_here, "deep", False):
        return ask()
    result: Future[Result] = Future()
    start_deep(lambda: _settle(result, ask)).join()
    return result.result()


def start_deep(run: Callable[[], object]) -> threading.Thread:
    """Start a thread with a deep stack; what runs on it needs no other."""

    def marked() -> None:
        _here.deep = True
        run()

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=marked)
        thread.start()
    finally:
        threading.stack_size(before)
    return thread


def _settle(result: Future[Result], ask: Callable[[], Result]) -> None:
    """Put what `ask` returns or raises into `result`."""
    try:
        result.set_result(ask())
    except Exception as error:  # noqa: BLE001 - raised again on the asking thread
        result.set_exception(error)
