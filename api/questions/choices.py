"""The values that a parameter can take, where they are few enough for a list to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import names
from kg.query import Parameter, Question
from kg.store import Embedded, Table, Term

MOST = 60  # values that a list for a query offers
_CLASS = re.compile(r"IRI of an? ([a-z]+:[A-Za-z]+)")
_CONCEPT = "skos:Concept"
_OF_A_CLASS = "SELECT DISTINCT ?thing ?_class WHERE { ?thing a ?_class } LIMIT "
_OF_A_SCHEME = f"""PREFIX skos: <{names.PREFIXES["skos"]}>
SELECT DISTINCT ?thing ?_example WHERE {{ ?_example skos:inScheme ?scheme . ?thing skos:inScheme ?scheme }}
LIMIT """


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose: its short name, and what people call it."""

    value: str
    label: str


class Choices:
    """The choices of parameters over one state of the dataset; each list is read once."""

    def __init__(self, store: Embedded, most: int = MOST) -> None:
        """Take the dataset, and how many values a list offers at the most."""
        self._store, self._most = store, most
        self._known: dict[tuple[str, str], tuple[Choice, ...]] = {}

    def forget(self) -> None:
        """Forget what was read: the dataset has changed."""
        self._known.clear()

    def of(self, question: Question) -> dict[str, tuple[Choice, ...]]:
        """Return the choices by parameter; none for one that can take too many values, or any text."""
        return {each.name: self._of(each) for each in question.parameters}

    def terms(self, questions: Iterable[Question]) -> dict[str, str]:
        """Return the labels of the terms that a parameter can take, as one text by the name of the parameter."""
        found: dict[str, str] = {}
        for each in (parameter for question in questions for parameter in question.parameters):
            if each.name not in found and each.example.startswith("vocab/") and (choices := self._of(each)):
                found[each.name] = " ".join(choice.label.partition(" (")[0] for choice in choices)
        return found

    def labels(self, question: Question, values: Mapping[str, str]) -> dict[str, str]:
        """Return the labels of the things that are given, or stand as examples, by short name."""
        named = [each for each in question.parameters if each.type.startswith("IRI")]
        short = {text for each in named for text in (each.example, values.get(each.name, ""))}
        things = {names.iri(text): text for text in short if names.REFERENCE.fullmatch(text)}
        return {things[thing]: label for thing, label in self._store.labels(things).items()}

    def of_class(self, kind: str) -> tuple[Choice, ...]:
        """Return the things of a class, given by its prefixed name."""
        if (kind, "") not in self._known:
            self._known[kind, ""] = self._read(kind, "")
        return self._known[kind, ""]

    def _of(self, parameter: Parameter) -> tuple[Choice, ...]:
        kind = class_of(parameter)
        if not kind:
            return ()
        key = (kind, parameter.example.rpartition("/")[0] if kind == _CONCEPT else "")
        if key not in self._known:
            self._known[key] = self._read(kind, parameter.example)
        return self._known[key]

    def _read(self, kind: str, example: str) -> tuple[Choice, ...]:
        """Read the things of a class; concepts are those of the vocabulary that the example belongs to."""
        if kind == _CONCEPT:
            table = self._store.query(f"{_OF_A_SCHEME}{self._most + 1}", {"_example": Term(names.iri(example))})
        else:
            prefix, _, name = kind.partition(":")
            table = self._store.query(f"{_OF_A_CLASS}{self._most + 1}", {"_class": Term(names.PREFIXES[prefix] + name)})
        assert isinstance(table, Table)
        things = [row[table.columns.index("thing")] for row in table.rows]
        found = [thing.value for thing in things if thing and thing.kind == "iri"]
        return _sorted(found, self._store.labels(found)) if len(found) <= self._most else ()


def class_of(parameter: Parameter) -> str:
    """Return the class of the things that a parameter takes, "" where any will do or it takes none.

    >>> class_of(Parameter("unit", "IRI of a pko:ProbationDeliveryUnit", False, "pdu/west-kent"))
    'pko:ProbationDeliveryUnit'
    """
    wanted = _CLASS.fullmatch(parameter.type)
    return wanted[1] if wanted else ""


def _sorted(things: list[str], labels: dict[str, str]) -> tuple[Choice, ...]:
    """Return things as choices by name; where several bear one name, their short names tell them apart."""
    called = [labels.get(thing) or names.short(thing) for thing in things]
    choices = [
        Choice(names.short(thing), f"{label} ({names.short(thing)})" if called.count(label) > 1 else label)
        for thing, label in zip(things, called, strict=True)
    ]
    return tuple(sorted(choices, key=lambda choice: (choice.label.casefold(), choice.value)))
