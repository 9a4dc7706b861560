"""What the tools of the MCP server answer: short, labelled, with the IRIs that lead on to the evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from api.dataset import Dataset
from api.http.problem import Problem
from api.questions.answers import Request, catalogue
from kg import describe, names
from kg.errors import QuestionError
from kg.query import Parameter
from kg.search import SearchIndex
from kg.store import Embedded, Term, Wanted

MOST_CHARACTERS = 40_000
_MOST_BYTES = 8 << 20
_PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in names.PREFIXES.items())
_PLACE = re.compile(r"error at 1:(\d+)")
_CLASSES = """SELECT ?term (COUNT(DISTINCT ?thing) AS ?number) WHERE { ?thing a ?term }
GROUP BY ?term ORDER BY DESC(?number) ?term"""
_PROPERTIES = """SELECT ?term (COUNT(*) AS ?number) WHERE { ?thing ?term ?value }
GROUP BY ?term ORDER BY DESC(?number) ?term"""
_LEADS = (
    "A thing such as id/pdu/west-kent has statements about it (pko:aboutUnit, pko:aboutThing, pko:ofUnit and others). "
    "A statement leads to a claim by pko:evidencedBy; a claim to its passage by pko:inPassage and to whoever makes it "
    "by pko:claimedBy; a passage to its document by oa:hasSource and to its code points by oa:hasSelector (oa:start, "
    "oa:end), with the SHA-256 of its text in pko:textDigest. Facts from registers lead by pko:evidencedBy to a row "
    "(pko:inTable, pko:rowSource, pko:rowQuality a, b or c). Sources may disagree: both sides stay, and a "
    "pko:Discrepancy names them by pko:involves. IRIs of things open with https://w3id.org/probation-kg/id/; the tools "
    "take what follows it."
)
_EXAMPLES = (
    "SELECT ?standard ?rating ?statement WHERE { ?statement a pko:StandardRating ; pko:aboutStandard ?standard ; "
    "pko:hasRating ?rating } LIMIT 20",
    "SELECT ?unit ?label WHERE { ?unit a pko:ProbationDeliveryUnit ; rdfs:label ?label } ORDER BY ?label LIMIT 20",
    "SELECT ?statement ?document ?start ?end WHERE { ?statement pko:evidencedBy/pko:inPassage ?passage . "
    "?passage oa:hasSource ?document ; oa:hasSelector [ oa:start ?start ; oa:end ?end ] } LIMIT 20",
)


class Thing(BaseModel):
    """A thing that a search found."""

    iri: str
    name: str = Field(description="short name, which the other tools take")
    label: str
    type: str
    why: str = Field(description="which of its names matched, and how")
    score: float = Field(description="0 to 100; 96 and above: it bears the name")


class Found(BaseModel):
    """What a search found, the best first."""

    total: int
    things: list[Thing]


class Fact(BaseModel):
    """One property of a thing, with its value."""

    property: str
    value: str
    label: str = Field(description="label of the value, empty for plain values")


class Passage(BaseModel):
    """One passage that says a statement; its words are not part of the project, its place and digest are."""

    document: str
    start: int = Field(description="code point at which the passage begins")
    end: int = Field(description="code point after its last")
    sha256: str = Field(description="digest of the passage")
    claim: str = Field(description="IRI of the claim")
    mode: str = Field(description="how it is said")
    agent: str = Field(description="who says it")
    tier: str = Field(description="tier of the source")


class ListedRow(BaseModel):
    """One row of a register."""

    row: str
    table: str
    source: str
    quality: str = Field(description="a: official register, b: press or derived with support, c: derived or doubtful")


class Evidence(BaseModel):
    """Where a statement is said or listed."""

    statement: str = Field(description="IRI of the statement")
    summary: str
    passages: list[Passage]
    rows: list[ListedRow]


class Description(BaseModel):
    """What the graph says of a thing."""

    iri: str
    label: str
    facts: list[Fact]
    facts_total: int
    rows: list[ListedRow] = Field(description="rows of registers behind the thing itself")
    statements: list[Evidence]
    statements_total: int
    note: str = Field(description="what was left out, empty where nothing was")


class NamedQuery(BaseModel):
    """A named query."""

    name: str
    summary: str
    parameters: list[str] = Field(description="name, type and an example of each")


class NamedQueries(BaseModel):
    """The named queries."""

    queries: list[NamedQuery]


class Answer(BaseModel):
    """Rows of an answer; numbers and flags as such, everything else as text; "x label" is the label of column x."""

    total: int
    rows: list[dict[str, Any]]
    note: str = Field(description="what was left out, empty where nothing was")


class SparqlAnswer(Answer):
    """The answer to a SPARQL query: rows, or yes or no, or triples."""

    boolean: bool | None = Field(default=None, description="the answer to ASK")
    turtle: str = Field(default="", description="the triples of CONSTRUCT and DESCRIBE")


class Schema(BaseModel):
    """The graph in short."""

    prefixes: dict[str, str]
    classes: list[str] = Field(description="class, number of things, label")
    properties: list[str] = Field(description="property, number of triples, label")
    evidence: str = Field(description="how statements lead to their evidence")
    examples: list[str] = Field(description="SPARQL queries that run as they are")


def search(index: Callable[[], SearchIndex], text: str, types: list[str] | None, limit: int) -> Found:
    """Return the things that a text may mean."""
    hits = index().search(text, types, limit)
    things = [Thing.model_validate(asdict(hit)) for hit in hits.hits]
    return Found(total=hits.total, things=things)


def description(store: Embedded, name: str, most: int) -> Description:
    """Return what the graph says of a thing, with the evidence of its first statements.

    Raises:
        ThingNotFoundError: nothing, or more than one thing, bears the name.
    """
    thing = describe.find(store, name)
    facts, statements = describe.facts(store, thing), describe.statements(store, thing)
    kept, left = facts[:most], (max(0, len(facts) - most), max(0, len(statements) - most))
    labels = store.labels({term.value for row in kept for term in row if term and term.kind == "iri"} | {thing})
    return Description(
        iri=thing,
        label=labels.get(thing, ""),
        facts=[_fact(labels, *row) for row in kept],
        facts_total=len(facts),
        rows=_rows(store, thing),
        statements=[evidence(store, row[0].value) for row in statements[:most] if row[0]],
        statements_total=len(statements),
        note=f"{left[0]} facts and {left[1]} statements are left out; ask for more with limit." if any(left) else "",
    )


def _fact(labels: Mapping[str, str], prop: Term | None, value: Term | None) -> Fact:
    assert prop is not None
    assert value is not None
    return Fact(property=names.short(prop.value), value=value.value, label=labels.get(value.value, ""))


def evidence(store: Embedded, statement: str) -> Evidence:
    """Return the passages and rows behind a statement, given by its IRI."""
    passages = [Passage.model_validate(asdict(each)) for each in describe.evidence(store, statement)]
    summary = store.labels([statement]).get(statement, "")
    return Evidence(statement=statement, summary=summary, passages=passages, rows=_rows(store, statement))


def _rows(store: Embedded, thing: str) -> list[ListedRow]:
    return [ListedRow.model_validate(asdict(each)) for each in describe.rows_behind(store, thing)]


def named_queries(about: str) -> NamedQueries:
    """Return the named queries whose name, summary or description has all words of a text."""
    words = about.casefold().split()
    questions = (compiled.question for compiled in catalogue().values())
    return NamedQueries(
        queries=[
            NamedQuery(
                name=each.name,
                summary=each.summary,
                parameters=[_parameter(parameter) for parameter in each.parameters],
            )
            for each in questions
            if all(word in f"{each.name} {each.summary} {each.description}".casefold() for word in words)
        ]
    )


def _parameter(parameter: Parameter) -> str:
    optional = ", optional" if parameter.optional else ""
    return f"{parameter.name} ({parameter.type}{optional}), for example {parameter.example}"


async def answer(dataset: Dataset, name: str, values: Mapping[str, str], limit: int, offset: int) -> Answer:
    """Answer a named query in a worker.

    Raises:
        QuestionError: there is no such query, or a parameter is missing.
        Problem: a parameter is wrong, or names nothing in the graph.
    """
    if name not in catalogue():
        raise QuestionError(f'There is no query "{name}"; list_queries names those there are.')
    for each in catalogue()[name].question.parameters:
        if each.name not in values and not each.optional:
            raise QuestionError(f"A parameter is missing: {_parameter(each)}.")
    request = Request(name, dict(values), "json", offset, limit, dataset.version, "", _MOST_BYTES)
    body = json.loads((await dataset.run("question", asdict(request))).content)
    return Answer(total=body["total"], **_kept(body["rows"], body["total"], offset))


async def sparql(dataset: Dataset, query: str, limit: int) -> SparqlAnswer:
    """Answer a SPARQL query in a worker, with the project's prefixes before it.

    Raises:
        QuestionError: the query is wrong, hostile, or takes more time, memory or room than there is.
    """
    try:
        kind, content = await _asked(dataset, query)
    except Problem as problem:
        raise QuestionError(_PLACE.sub(_without_prefixes, problem.detail)) from None
    if kind == "graph":
        return _triples(content.decode())
    found = json.loads(content)
    if kind == "boolean":
        return SparqlAnswer(total=1, rows=[], note="", boolean=found["boolean"])
    bindings = found["results"]["bindings"]
    columns = found["head"]["vars"]
    rows = [{name: row[name]["value"] for name in columns if name in row} for row in bindings[:limit]]
    return SparqlAnswer(total=len(bindings), **_kept(rows, len(bindings), 0))


def _without_prefixes(place: re.Match[str]) -> str:
    """Return a place in the query as the asker wrote it."""
    return f"error at 1:{max(1, int(place[1]) - len(_PREFIXES))}"


def _triples(text: str) -> SparqlAnswer:
    kept = text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS].rpartition("\n")[0]
    note = "" if kept == text else f"Cut after {len(kept):,} of {len(text):,} characters; ask for less with LIMIT."
    return SparqlAnswer(total=0, rows=[], note=note, turtle=kept)


def _kept(rows: list[dict[str, Any]], total: int, offset: int) -> dict[str, Any]:
    """Return the rows that have room in a model's context, and a note that says what was left out."""
    kept, size = 0, 0
    for row in rows:
        size += len(json.dumps(row, ensure_ascii=False))
        if size > MOST_CHARACTERS:
            break
        kept += 1
    left = total - offset - kept
    note = (
        f"Rows {offset + 1} to {offset + kept} of {total:,}; ask for the others with limit and offset."
        if left > 0
        else ""
    )
    return {"rows": rows[:kept], "note": note}


class Summary:
    """The graph in short, counted once for each state of the dataset."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset
        self._schema: Schema | None = None
        dataset.on_change(self._forget)

    def _forget(self) -> None:
        self._schema = None

    async def schema(self) -> Schema:
        """Return the summary."""
        if self._schema is not None:
            return self._schema
        version = self._dataset.version
        schema = Schema(
            prefixes={**names.PREFIXES, "id (no prefix: <...>)": names.ID},
            classes=await self._lines(_CLASSES),
            properties=await self._lines(_PROPERTIES),
            evidence=_LEADS,
            examples=list(_EXAMPLES),
        )
        if version == self._dataset.version:  # else something was written while it was counted
            self._schema = schema
        return schema

    async def _lines(self, query: str) -> list[str]:
        """Return one line a term: its name, how often it is used, its label."""
        _, content = await _asked(self._dataset, query)
        rows = [(row["term"]["value"], row["number"]["value"]) for row in json.loads(content)["results"]["bindings"]]
        labels = self._dataset.store.labels(term for term, _ in rows)
        return [_line(term, number, labels) for term, number in rows]


def _line(term: str, number: str, labels: Mapping[str, str]) -> str:
    return f"{names.short(term)} {number} {labels.get(term, '')}".rstrip()


async def _asked(dataset: Dataset, query: str) -> tuple[str, bytes]:
    """Run a query in a worker; return the kind of its answer, and the answer."""
    wanted = asdict(Wanted(most_bytes=_MOST_BYTES, union=dataset.settings.default_graph == "union"))
    done = await dataset.run("query", {**wanted, "service_hosts": []}, (_PREFIXES + query).encode())
    return done.kind, done.content
