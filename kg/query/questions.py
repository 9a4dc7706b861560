"""Named queries: one competency question a file, with a header that documents and types its parameters.

    #+ summary: Which rating did each standard get in the inspections of one region?
    #+ description: One row a standard and inspection, in the order of the report.
    #+ parameter: region (IRI of a pko:ProbationRegion), example region/kent-surrey-and-sussex
    #+ parameter: year (gYear, optional), example 2024
    #+ columns: inspection (IRI), standard (IRI), rating (IRI), statement (IRI)

A parameter "region" is the variable ?_region, which the query projects; it is bound as a term, never pasted into text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import names
from kg.documents.fields import is_day
from kg.errors import QuestionError
from kg.query.meant import meant
from kg.store import Embedded, Table, Term, literal

_IS_A = "SELECT ?_thing ?_class WHERE { ?_thing a ?_class } LIMIT 1"
_CLASS = re.compile(r"IRI of an? ([a-z]+:[A-Za-z]+)")
_PARAMETER = re.compile(r"^([a-z][a-z_]*) \(([^,)]+?)(, optional)?\)(?:, example (.+))?$")
_TYPES = {
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "decimal": re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "gYear": re.compile(r"[0-9]{4}"),
    "string": re.compile(r"[^\x00-\x1f\ud800-\udfff]*"),
}
# A name that is no IRI, "West Kent", names nothing: it is refused with what may be meant (refuse_unknown).
_NAME = re.compile(r"[^\x00-\x1f<>\"{}|\\^`\x7f\ud800-\udfff]{1,300}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query.

    Attributes:
        name: as the asker writes it; the variable is ?_name.
        type: "IRI of a pko:…" or the local name of an XML Schema type.
        optional: may be left out; the query then runs over all values.
        example: a value that gives an answer.
    """

    name: str
    type: str
    optional: bool
    example: str


@dataclass(frozen=True, slots=True)
class Question:
    """A named query with its documentation."""

    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: str
    text: str


def read_questions(folder: Path) -> dict[str, Question]:
    """Return all named queries below `folder`, by name."""
    return {path.stem: read_question(path) for path in sorted(folder.glob("*.rq"))}


def read_question(path: Path) -> Question:
    """Read one query file with its header.

    Raises:
        QuestionError: the file cannot be read, or its header is malformed.
    """
    try:
        return parse_question(path.stem, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path} cannot be read ({error}); expected a SPARQL query in UTF-8.") from None


def parse_question(name: str, text: str) -> Question:
    """Read a query and its header, if it has one."""
    header: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("#+ "):
            field, _, value = line[3:].partition(": ")
            header.setdefault(field, []).append(value.strip())
    parameters = tuple(_parameter(line, name) for line in header.get("parameter", []))
    summary, description, columns = (" ".join(header.get(field, [])) for field in ("summary", "description", "columns"))
    return Question(name, summary, description, parameters, columns, text)


def _parameter(line: str, question: str) -> Parameter:
    match = _PARAMETER.match(line)
    if not match:
        raise QuestionError(f'{question}: parameter line "{line}" is malformed; expected "name (type), example value".')
    return Parameter(match[1], match[2], bool(match[3]), match[4] or "")


def bind(question: Question, values: Mapping[str, str]) -> dict[str, Term]:
    """Return the bindings of a query's variables from what the asker wrote.

    Raises:
        QuestionError: a parameter is unknown, missing or of the wrong type.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in values:
        if name not in known:
            expected = ", ".join(known) or "none"
            raise QuestionError(f'Query "{question.name}" has no parameter "{name}"; its parameters are: {expected}.')
    for parameter in question.parameters:
        if parameter.name not in values and not parameter.optional:
            raise QuestionError(
                f'Query "{question.name}" needs the parameter "{parameter.name}" ({parameter.type}); '
                f"give it, for example --param {parameter.name}={parameter.example}."
            )
    return {f"_{name}": _term(question, known[name], value) for name, value in values.items()}


def refuse_unknown(store: Embedded, question: Question, values: Mapping[str, str]) -> None:
    """Refuse a thing that the graph does not know: no rows would read as "nothing was found about it".

    Raises:
        QuestionError: names the thing, and those whose names are like what was written.
    """
    for parameter in question.parameters:
        if parameter.name in values and parameter.type.startswith("IRI"):
            thing = names.iri(values[parameter.name])
            if not store.mentions(thing):
                raise QuestionError(
                    f'Query "{question.name}": {values[parameter.name]!r} is not in this graph; expected '
                    f"{parameter.type}, for example {parameter.example}.{_hint(store, parameter, values)}"
                )


def refuse_of_other_class(store: Embedded, question: Question, values: Mapping[str, str]) -> None:
    """Refuse a thing that is not of its parameter's class: an empty answer would read as "nothing is known".

    Raises:
        QuestionError: says of what class the thing had to be.
    """
    for parameter in question.parameters:
        wanted = _class_of(parameter)
        if wanted and parameter.name in values:
            thing = Term(names.iri(values[parameter.name]))
            found = store.query(_IS_A, {"_thing": thing, "_class": Term(wanted)})
            if isinstance(found, Table) and not found.rows:
                raise QuestionError(
                    f'Query "{question.name}": {values[parameter.name]!r} is no {names.short(wanted)}; expected '
                    f"{parameter.type}, for example {parameter.example}."
                )


def _class_of(parameter: Parameter) -> str:
    """Return the IRI of the class that a parameter names a thing of, "" where it names none."""
    wanted = _CLASS.fullmatch(parameter.type)
    prefix, _, name = wanted[1].partition(":") if wanted else ("", "", "")
    return names.PREFIXES[prefix] + name if wanted else ""


def _hint(store: Embedded, parameter: Parameter, values: Mapping[str, str]) -> str:
    """Return a hint to the things that may be meant, "" where there are none."""
    things = meant(store, values[parameter.name], _class_of(parameter))
    return f" Did you mean {' or '.join(things)}?" if things else ""


def _term(question: Question, parameter: Parameter, value: str) -> Term:
    """Turn what the asker wrote into a term of the parameter's type."""
    if parameter.type.startswith("IRI"):
        if not _NAME.fullmatch(value):
            raise _ill_typed(question, parameter, value)
        return Term(names.iri(value))
    pattern = _TYPES.get(parameter.type)
    if pattern is None or not pattern.fullmatch(value) or (parameter.type == "date" and not is_day(value)):
        raise _ill_typed(question, parameter, value)
    return literal(value, parameter.type)


def _ill_typed(question: Question, parameter: Parameter, value: str) -> QuestionError:
    return QuestionError(
        f'Query "{question.name}": parameter "{parameter.name}" reads {value!r}; expected {parameter.type}, '
        f"for example {parameter.example}."
    )
