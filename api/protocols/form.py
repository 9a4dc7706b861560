"""The form for SPARQL in a browser, with the query as it was sent, and its answer as a table below it.

The page of an answer is made in the worker that answers, within the limits of a query.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from api.addresses import link_of
from api.http.message import Reply
from api.http.negotiate import GRAPHS, HTML, TABLES
from api.http.problem import Problem
from api.pages import FORM_WORDS, POLICY, look, page_reply, templates
from api.protocols.examples import examples
from api.protocols.terms import ADDRESS
from api.sandbox.worker import Held
from kg import names
from kg.store import Wanted, answer_bytes

MOST_ROWS = 1_000
_MOST_CHARACTERS = 200_000
_MOST_OF_A_LINE = 300
_CHOICES = [
    (told, [(form.name, FORM_WORDS[form.name]) for form in forms])
    for told, forms in (("tables", TABLES), ("triples and quads", GRAPHS))
]
_EXAMPLE = """PREFIX pko: <https://w3id.org/probation-kg/def#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?unit ?label WHERE {
  ?unit a pko:ProbationDeliveryUnit ; rdfs:label ?label
} ORDER BY ?label LIMIT 20"""

_PLACE = re.compile(r"\berror at (\d{1,6}):(\d{1,6})")


class Place(NamedTuple):
    """Where the engine stopped reading a query: line and column from 1, and that line with the one before it."""

    line: int
    column: int
    lines: tuple[tuple[int, str], ...]


class Cell(NamedTuple):
    """What a person reads, the value in full, and the address that tells more of it, "" for none."""

    text: str
    value: str = ""
    href: str = ""


def empty_form() -> Reply:
    """Return the form with an example."""
    return page_reply("sparql.html", tag="form", **_values(_EXAMPLE, ""))


def refused_form(query: str, form: str, problem: Problem) -> Reply:
    """Return the form with a query that could not be answered, and why."""
    reply = page_reply("sparql.html", status=problem.status, **_values(query, form, problem=problem.detail))
    reply.headers |= problem.headers
    return reply


def answered_form(body: bytes, kept: bool) -> Reply:
    """Return the page that a worker made of an answer; `kept` tells whether it may be kept for repeats."""
    headers = {"Vary": "Accept", "Content-Security-Policy": POLICY}
    return Reply(200, body, HTML.content_type, headers, f"{HTML.name}-{look()}" if kept else "")


def query_page(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Answer a SPARQL query, the content, as a page: a table of the first rows, yes or no, or triples as Turtle."""
    query, fields = content.decode(), {**arguments, "table": "json", "graph": "ttl"}
    fields["service_hosts"] = frozenset(fields["service_hosts"])
    kind, answer = answer_bytes(held.store, query, Wanted(**fields))
    shown = _triples(answer.decode()) if kind == "graph" else _table(orjson.loads(answer))
    graphs = {"default-graph-uri": arguments["default_graphs"], "named-graph-uri": arguments["named_graphs"]}
    shown["forms"] = [
        (FORM_WORDS[form.name], "?" + urlencode({"query": query, **graphs, "format": form.name}, doseq=True))
        for form in (GRAPHS if kind == "graph" else TABLES)
        if kind != "boolean" or form.name in {"json", "xml"}
    ]
    return "page", templates().get_template("sparql.html").render(_values(query, "", answer=shown)).encode()


def _values(query: str, form: str, **more: Any) -> dict[str, Any]:
    problem = more.get("problem", "")
    return {
        "query": query,
        "form": form,
        "choices": _CHOICES,
        "examples": examples(),
        "terms": ADDRESS,
        "place": _place(query, problem),
        "problem": problem,
        "answer": more.get("answer"),
    }


def _place(query: str, problem: str) -> Place | None:
    """Return the place in the query that a problem names, None where it names none that is there."""
    found = _PLACE.search(problem)
    line, column = (int(found[1]), int(found[2])) if found else (0, 0)
    lines = query.splitlines()
    if not 1 <= line <= len(lines) or column < 1:
        return None
    first = max(line - 1, 1)
    return Place(
        line, column, tuple((number, lines[number - 1][:_MOST_OF_A_LINE]) for number in range(first, line + 1))
    )


def _triples(text: str) -> dict[str, Any]:
    """Return the first triples as text."""
    kept = text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS].rpartition("\n")[0]
    told = "" if kept == text else "The beginning of the answer; the other forms have the whole."
    return {"columns": [], "rows": [], "text": kept or "No triples.", "told": told}


def _table(found: dict[str, Any]) -> dict[str, Any]:
    """Return the first rows as cells; or the answer to a question for yes or no."""
    if "boolean" in found:
        return {"columns": [], "rows": [], "text": "", "told": "Yes." if found["boolean"] else "No."}
    columns, bindings = found["head"]["vars"], found["results"]["bindings"]
    rows = [[_cell(binding.get(column)) for column in columns] for binding in bindings[:MOST_ROWS]]
    told = f"{len(bindings):,} row{'s' * (len(bindings) != 1)}."
    if len(rows) < len(bindings):
        told = f"The first {len(rows):,} of {len(bindings):,} rows; the other forms have all."
    return {"columns": columns, "rows": rows, "text": "", "told": told}


def _cell(term: dict[str, Any] | None) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        return Cell(names.short(value), value, link_of(value))
    return Cell(value if isinstance(value, str) else orjson.dumps(value).decode())
