"""Protects the engine from a query: refuses calls to other servers and deep nesting, gives long chains stack enough."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import TypeVar
from urllib.parse import urlsplit

from kg.errors import QuestionError
from kg.store.tokens import Token, prefix_of, tokens

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
_NAMESPACE = re.compile(r"<https?://[A-Za-z0-9.-]+(?::[0-9]{1,4})?/[A-Za-z0-9/._~-]*#?>")
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]*")


def refuse_hostile(text: str, most: int | None = MOST_CHARACTERS, hosts: frozenset[str] = frozenset()) -> bool:
    """Refuse a request that would reach out to another server or exhaust the engine's stack.

    Any unquoted "service" counts as the keyword, in the name of a prefix too: the engine reads SERVICE:a as a call,
    and the local part of a name where its namespace makes no ordinary IRI of it.

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
    calls, suspect = False, "SERVICE" in text.upper()
    namespaces = _namespaces(text) if suspect else {}
    found = tokens(text) if most is None else list(tokens(text))
    for token in found:
        if suspect:
            calls = _calls(token, calls, hosts, namespaces)
        depth += (token.kind == "open") - (token.kind == "close")
        signs = signs + 1 if token.text in _SIGNS else 0
        if depth + signs > MOST_LEVELS:
            raise QuestionError(f"The query is nested more than {MOST_LEVELS} levels deep; flatten it.")
    if calls:
        raise _service()
    if most is None:
        return False
    if not found:
        raise QuestionError("The query is empty; write one that begins with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    _refuse_many(found)
    return "FROM" in text.upper() and _names_graphs(found)


def _names_graphs(found: Iterable[Token]) -> bool:
    """Tell whether a query has a FROM: outside of all brackets and ahead of the pattern, perhaps glued to a name."""
    describes, depth, before, declared = False, 0, "", set[str]()
    for token in found:
        word = token.text.upper()
        if token.text == "{" and not depth and not before.endswith("CONSTRUCT"):
            return False
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "name" and before == "PREFIX":
            declared.add(prefix_of(token.text))
        elif token.kind == "word":
            describes = describes or word == "DESCRIBE"
            if not depth and "FROM" in word:
                return True
        elif token.kind == "name" and not depth and "FROM" in prefix_of(word):
            named = describes and prefix_of(token.text) in declared
            if not named:
                return True
        before = word
    return False


def _refuse_many(found: Iterable[Token]) -> None:
    """Refuse a query with too many patterns, counted by what opens and parts them outside of expressions."""
    brackets, patterns = ["{"], 0
    for token in found:
        if token.kind == "open":
            brackets.append(token.text)
            patterns += token.text != "("
        elif token.kind == "close" and len(brackets) > 1:
            brackets.pop()
        elif token.kind == "mark":
            patterns += token.text == "/" or (token.text in _PARTING and brackets[-1] != "(")
    if patterns > MOST_PATTERNS:
        raise QuestionError(
            f"The query has about {patterns:,} patterns; at most {MOST_PATTERNS} are planned: ask in several queries."
        )


def _calls(token: Token, calls: bool, hosts: frozenset[str], namespaces: Mapping[str, bool]) -> bool:
    """Tell whether a call still waits for its server's name after this token; refuse a call that is not allowed."""
    if calls and token.text.upper() != "SILENT":
        calls = _refuse_call(token.text, hosts)
    word = token.text.upper()
    if token.kind == "name" and "SERVICE" in word and not _is_one_name(token, namespaces):
        raise _service()
    if token.kind == "word" and "SERVICE" in word:
        if word != "SERVICE" or not hosts:
            raise _service()
        return True
    return calls


def _namespaces(text: str) -> dict[str, bool]:
    """Return the prefixes declared, each with whether an IRI comes of all its namespaces and any plain name."""
    found, last = dict[str, bool](), ["", ""]
    for token in tokens(text):
        if token.kind == "iri" and last[0] == "PREFIX":
            found[last[1]] = found.get(last[1], True) and bool(_NAMESPACE.fullmatch(token.text))
        last = [last[1].upper(), token.text]
    return found


def _is_one_name(token: Token, namespaces: Mapping[str, bool]) -> bool:
    """Tell whether the engine reads a name with "service" in it as one; it parts x:SERVICE where that makes no IRI."""
    prefix = prefix_of(token.text)
    plain = _PLAIN.fullmatch(token.text, len(prefix)) is not None
    return "SERVICE" not in prefix.upper() and plain and namespaces.get(prefix, False)


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
