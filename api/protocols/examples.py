"""Named queries as queries that stand on their own: for the SPARQL form, to run, to read and to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from kg import names
from kg.query import Question, bind, read_question
from kg.resources import queries
from kg.store import Term
from kg.store.tokens import Token, tokens

_SHOWN = (
    "units-of-a-region",
    "ratings-of-a-unit",
    "ratings-by-programme-and-year",
    "recommendations-of-an-inspection",
    "key-question-results",
    "recurring-improvement-themes",
    "providers-by-region-and-service",
    "evidence-of-a-statement",
)
_LISTS = {"SELECT", "GROUP", "ORDER"}  # behind these stand variables that a constant need not be among
_ENDS = {"WHERE", "FROM", "HAVING", "LIMIT", "OFFSET", "VALUES"}


@dataclass(frozen=True, slots=True)
class Example:
    """A query to begin with: what it asks, and the address of the form that holds it."""

    summary: str
    address: str


@cache
def examples() -> tuple[Example, ...]:
    """Return the queries to begin with; read once, before workers are forked, for they cannot open a file."""
    found = (read_question(queries() / f"{name}.rq") for name in _SHOWN)
    return tuple(Example(each.summary, editor_address(each, _needed(each))) for each in found)


def editor_address(question: Question, values: Mapping[str, str]) -> str:
    """Return the address of the form with a named query, asked for certain things.

    Raises:
        QuestionError: a parameter is missing or of the wrong type.
    """
    return "/sparql?" + urlencode({"query": standalone(question, values)})


def standalone(question: Question, values: Mapping[str, str]) -> str:
    """Return the text of a named query in which the things asked for stand in place of their variables.

    A variable that stands for one thing is no column any more; the header is left out.

    Raises:
        QuestionError: a parameter is missing or of the wrong type.
    """
    text = "\n".join(line for line in question.text.splitlines() if not line.startswith("#+")).strip() + "\n"
    bindings = bind(replace(question, text=text), values)
    parts, end = [], 0
    for token, replacement in _replacements(text, bindings):
        parts.append(text[end : token.start])
        parts.append(replacement)
        end = token.end
        if not replacement and text[end : end + 1] == " ":
            end += 1
    return "".join([*parts, text[end:]])


def _replacements(text: str, bindings: Mapping[str, Term]) -> Iterator[tuple[Token, str]]:
    """Yield each variable that is bound, with what stands in its place: "" in a list of columns or of an order."""
    listing, depth = False, 0
    for token in tokens(text):
        word = token.text.upper() if token.kind == "word" else token.text
        if word in _LISTS:
            listing, depth = True, 0
        elif word in _ENDS or word in {"{", "}"}:
            listing = False
        elif word in {"(", ")"}:
            depth += 1 if word == "(" else -1
        elif token.kind == "variable" and (term := bindings.get(token.text[1:])):
            yield token, "" if listing and not depth else _written(term)


def _written(term: Term) -> str:
    """Return a term as SPARQL writes it."""
    if term.kind == "iri":
        return f"<{term.value}>"
    quoted = '"' + term.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return quoted if term.datatype == names.PREFIXES["xsd"] + "string" else f"{quoted}^^<{term.datatype}>"


def _needed(question: Question) -> dict[str, str]:
    return {each.name: each.example for each in question.parameters if not each.optional}
