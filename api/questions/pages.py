"""Pages of the named queries: the gallery, and an answer as a table. Templates escape everything that they show."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup, escape

from api.addresses import link_of
from api.http.message import Reply
from api.http.problem import Problem
from api.pages import FORM_WORDS, page_reply, templates
from api.protocols.examples import editor_address
from api.questions.choices import Choice, class_of
from api.questions.gallery import by_subject, chart
from api.words import british, words
from kg import names
from kg.query import Parameter, Question, Rows, readable
from kg.search import Hit
from kg.search.index import BEARS
from kg.store import Term

_ASKED = {"date": "a day", "gYear": "a year", "integer": "a whole number", "decimal": "a number", "string": "a text"}
_PREFIXED = re.compile(r"[a-z]+:([A-Za-z]+)")
_VOWEL = re.compile(r"^a (?=[aeio])")
_CAPITAL = re.compile(r"([A-Z])")
_MOST_CHARACTERS = 100
_OTHER_FORMS = ("csv", "tsv", "json", "markdown", "srj")
_NUMBERS = {"integer", "decimal", "double"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")  # queries give dates that are day or month as texts, too
_HEAD = re.compile(r"\b([a-z_]+) \(")
_COLUMN = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_NAMED = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_SENTENCE = re.compile(r"(?<=\.)\s+")


class Offer(NamedTuple):
    """What the form of a query offers.

    Attributes:
        choices: of parameters whose values are few, by name.
        labels: of the things given and of the examples, by short name.
        others: title and address of each query, by name, for descriptions that name it.
    """

    choices: Mapping[str, tuple[Choice, ...]]
    labels: Mapping[str, str]
    others: Mapping[str, tuple[str, str]]


class Cell(NamedTuple):
    """A cell of a table.

    Attributes:
        text: what a person reads.
        iri: beneath it, "" for a value.
        href: the address that tells more of it.
        evidence: short name of a statement, whose evidence has a page of its own; "" for anything else.
        number: whether the cell holds a figure.
    """

    text: str
    iri: str = ""
    href: str = ""
    evidence: str = ""
    number: bool = False


class Page(NamedTuple):
    """Which part of an answer is shown.

    Attributes:
        values: the parameters as they were written.
        total: rows of the whole answer.
        offset: number of rows before these.
        before, after: relative addresses of the pages beside this one, "" for none.
        server: the server's own address, without a slash at its end.
    """

    values: Mapping[str, str]
    total: int
    offset: int
    before: str
    after: str
    server: str = ""


def list_page(questions: Mapping[str, Question], terms: Mapping[str, str]) -> bytes:
    """Return the gallery: the named queries by subject.

    Args:
        questions: all that there are.
        terms: by the name of a parameter or column, the words of the vocabulary that may stand there: whoever looks for
            one of them is shown the queries that tell of it.
    """
    subjects = [
        (key, [(each, example_address(each)) for each in members]) for key, members in by_subject(questions).items()
    ]
    tells = {name: sorted(_told_of(each) & terms.keys()) for name, each in questions.items()}
    described = {name: split_description(each.description) for name, each in questions.items()}
    values = {"subjects": subjects, "total": len(questions), "plain": plain, "terms": terms, "tells": tells}
    values["described"] = described
    return templates().get_template("queries.html").render(values).encode()


def _told_of(question: Question) -> set[str]:
    """Return the names of the parameters and columns of a query.

    >>> sorted(_told_of(Question("q", "", "", (), "service (IRI), region (IRI of the one served)", "")))
    ['region', 'service']
    """
    return {each.name for each in question.parameters} | set(_HEAD.findall(question.columns))


def answer_page(question: Question, rows: Rows, page: Page, offer: Offer, records: Mapping[str, str]) -> bytes:
    """Return the page of an answer: a form for its parameters, a chart where one fits, and the rows.

    Args:
        question: that was asked.
        rows: of the page.
        page: which part of the answer it is.
        offer: of its form.
        records: what to call the things of the rows that have no label, by IRI.
    """
    labels = ChainMap({**records}, rows.labels)
    same = asked_for(question, page.values, rows)
    kept = [at for at, column in enumerate(rows.table.columns) if column not in same]
    body = [
        [_cell(rows.table.columns[at], line[at], row[at], labels) for at in kept]
        for line, row in zip(readable(rows), rows.table.rows, strict=True)
    ]
    values = {
        **_values(question, page, offer),
        "near": (),
        "same": [
            (_heading(column), labels.get(thing, names.short(thing)), link_of(thing)) for column, thing in same.items()
        ],
        "columns": [_heading(rows.table.columns[at]) for at in kept],
        "numbers": [any(row[at].number for row in body) for at in range(len(kept))],
        "rows": body,
        "chart": chart(question, rows) if len(rows) == page.total else None,
        "forms": [(FORM_WORDS[form], "?" + urlencode({**page.values, "format": form})) for form in _OTHER_FORMS],
        "editor": editor_address(question, page.values),
        "snippets": snippets(question.name, page.values, page.server),
    }
    return templates().get_template("query.html").render(values, problem="").encode()


def _values(question: Question, page: Page, offer: Offer) -> dict[str, Any]:
    """Return what the page of a query shows whether or not it could be answered."""
    hints = {each.name: hint(each, offer.labels) for each in question.parameters}
    asked = {"question": question, "page": page, "choices": offer.choices, "hints": hints, "labels": offer.labels}
    lead, rest = split_description(question.description)
    texts = {
        "lead": _linked(lead, offer.others),
        "more": [_linked(each, offer.others) for each in (rest, question.columns) if each],
    }
    return {**asked, **texts, "class_of": class_of}


def asked_for(question: Question, values: Mapping[str, str], rows: Rows) -> dict[str, str]:
    """Return the columns in which every row has the very thing asked for under that name, with the thing.

    A page says it once; the downloads hold all columns.
    """
    given = {each.name: values.get(each.name, "") for each in question.parameters if each.type.startswith("IRI")}
    things = {name: names.iri(value) for name, value in given.items() if value}
    return {
        column: things[column]
        for at, column in enumerate(rows.table.columns)
        if column in things and len(rows) and {term and term.value for term in _column(rows, at)} == {things[column]}
    }


def _column(rows: Rows, at: int) -> list[Term | None]:
    return [row[at] for row in rows.table.rows]


def _heading(column: str) -> str:
    """Return a column as the table heads it."""
    return column.replace("_", " ").strip()


def split_description(text: str) -> tuple[str, str]:
    """Return the first sentence of a description, and the rest.

    >>> split_description("One row a unit. named is its head.")
    ('One row a unit.', 'named is its head.')
    """
    first, *rest = _SENTENCE.split(text.strip(), maxsplit=1)
    return first, "".join(rest)


def _linked(text: str, others: Mapping[str, tuple[str, str]]) -> Markup:
    """Return a description with a link for each query that it names, under that query's title."""
    found, after = Markup(), 0
    for name in _NAMED.finditer(text):
        if name[0] in others:
            title, address = others[name[0]]
            found += escape(plain(text[after : name.start()])) + Markup('<a href="{}">{}</a>').format(address, title)
            after = name.end()
    return found + escape(plain(text[after:]))


def snippets(name: str, values: Mapping[str, str], server: str) -> list[tuple[str, str]]:
    """Return the ways to ask a query from elsewhere, each with the key of its words.

    A script puts in the address by which the reader reached the server, if it is another.
    """
    given = urlencode(values, safe="/")
    plain = f"{server}/queries/{name}" + (f"?{given}" if given else "")
    table = f"{plain}{'&' if given else '?'}format=csv"
    asked = "".join(f", {field}={value!r}" for field, value in values.items())
    client = f"""from kg.client import Client

with Client("{server}") as client:
    for row in client.ask("{name}"{asked}):
        print(row)"""
    library = f"""import json
from urllib.request import urlopen

with urlopen("{plain}") as reply:
    for row in json.load(reply)["rows"]:
        print(row)"""
    pandas = f"""import pandas

table = pandas.read_csv("{table}")"""
    curl = f"curl --fail --output {name}.csv '{table}'"
    texts = {"address": plain, "curl": curl, "client": client, "library": library, "pandas": pandas}
    return list(texts.items())


def hint(parameter: Parameter, labels: Mapping[str, str]) -> str:
    """Return in words what to type for a parameter.

    >>> unit = Parameter("unit", "IRI of a pko:ProbationDeliveryUnit", False, "pdu/west-kent")
    >>> hint(unit, {"pdu/west-kent": "West Kent"})
    'A probation delivery unit, such as West Kent: type a name and choose it from the list.'
    """
    kind = _capital(_kind_words(parameter))
    if not parameter.type.startswith("IRI of "):
        return words("en")("queries.hint_value", kind=kind, example=parameter.example)
    example = labels.get(parameter.example, parameter.example)
    return words("en")("queries.hint_thing", kind=kind, example=example)


def _kind_words(parameter: Parameter) -> str:
    """Return what people call that which a parameter takes.

    >>> _kind_words(Parameter("unit", "IRI of an org:Organization", False, "pdu/west-kent"))
    'an organisation'
    """
    if not parameter.type.startswith("IRI of "):
        return _ASKED.get(parameter.type, parameter.type)
    return _VOWEL.sub("an ", _PREFIXED.sub(_class_words, parameter.type.removeprefix("IRI of ")))


def plain(text: str) -> str:
    """Return a description with the names of columns as the table heads them.

    >>> plain("One row a rating; given_to_all tells them.")
    'One row a rating; “given to all” tells them.'
    """
    return _COLUMN.sub(lambda name: f"“{name[0].replace('_', ' ')}”", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _class_words(name: re.Match[str]) -> str:
    """Return what people call a class, given by its prefixed name."""
    return names.CLASS_WORDS.get(name[0]) or _CAPITAL.sub(r" \1", name[1]).strip().lower()


def refused_page(
    question: Question, given: Mapping[str, str], problem: Problem, offer: Offer, unknown: Mapping[str, Sequence[Hit]]
) -> Reply:
    """Return the page of a query that could not be answered: what was wrong, and the form with what was given.

    Args:
        question: that was asked.
        given: values by field.
        problem: what was wrong.
        offer: of its form.
        unknown: what may be meant by each value that should name a thing and names none.
    """
    page = Page(given, total=0, offset=0, before="", after="")
    nothing: dict[str, Any] = dict.fromkeys(("columns", "numbers", "rows", "same", "chart", "forms", "snippets"), ())
    values = {**_values(question, page, offer), **nothing, "editor": ""}
    values["near"] = [
        (hit.label, hit.class_label, f"/queries/{question.name}?{urlencode({**given, field: hit.name}, safe='/')}")
        for field, hits in unknown.items()
        for hit in hits
    ]
    told = _told(question, given, problem, offer, unknown)
    return page_reply("query.html", status=problem.status, problem=told, **values)


def _told(
    question: Question, given: Mapping[str, str], problem: Problem, offer: Offer, unknown: Mapping[str, Sequence[Hit]]
) -> str:
    """Return what was wrong: what is still to be chosen, what names nothing, and all else."""
    t, said = words("en"), {}
    for each in question.parameters:
        thing, value = each.name.replace("_", " "), given.get(each.name, "").strip()
        if each.name in unknown:
            several = any(hit.score >= BEARS for hit in unknown[each.name])
            listed = "queries.no_such_listed" if offer.choices.get(each.name) else "queries.no_such"
            said[each.name] = t("queries.several" if several else listed, thing=thing, value=value[:_MOST_CHARACTERS])
        elif not value and not each.optional:
            chosen = each.type.startswith("IRI")
            thing = _VOWEL.sub("an ", f"a {thing}") if chosen else _capital(thing)
            said[each.name] = t("queries.choose_first" if chosen else "queries.fill_in", thing=thing)
    errors = [each for each in problem.more.get("errors", ()) if each["parameter"] not in said]
    details = [str(each["detail"]) for each in errors] if said else [problem.detail]
    return " ".join([*said.values(), *(in_words(question, each) for each in details)])


def in_words(question: Question, detail: str) -> str:
    """Return what was wrong with a parameter, with its kind as people call it; the API keeps the class's own name.

    >>> unit = Parameter("unit", "IRI of an org:Organization", False, "pdu/west-kent")
    >>> asked = Question("units", "Which?", "", (unit,), "", "")
    >>> in_words(asked, "'x' is not in this graph; expected IRI of an org:Organization, for example pdu/west-kent.")
    "'x' is not in this graph; expected an organisation, for example pdu/west-kent."
    """
    detail = detail.removeprefix(f'Query "{question.name}": ')
    for each in question.parameters:
        if each.type.startswith("IRI of "):
            detail = detail.replace(each.type, _kind_words(each))
    return detail


def example_address(question: Question) -> str:
    """Return the relative address of a query with its needed parameters as in their examples."""
    values = {each.name: each.example for each in question.parameters if not each.optional}
    return f"/queries/{question.name}" + ("?" + urlencode(values, safe="/") if values else "")


def _cell(column: str, text: str, term: Term | None, labels: Mapping[str, str]) -> Cell:
    """Return a cell; a thing leads to this server's page of it, a statement to its evidence as well."""
    if term is None or term.kind != "iri":
        datatype = term.datatype.rpartition("#")[2] if term else ""
        text = british(text) if _DATE.fullmatch(text) else text
        text = words("en")("queries.yes" if text == "true" else "queries.no") if datatype == "boolean" else text
        return Cell(text, number=datatype in _NUMBERS)
    evidence = names.short(term.value) if column == "statement" or column.endswith("_statement") else ""
    return Cell(labels.get(term.value, text), term.value, link_of(term.value), evidence)
