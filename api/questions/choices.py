"""The values that a parameter can take, where they are few enough for a list to choose from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg import names
from kg.query import Parameter, Question
from kg.store import Embedded, Table, Term

MOST = 60
_CLASS = re.compile(r"IRI of an? ([a-z]+:[A-Za-z]+)")
_CONCEPT = "skos:Concept"
_OF_A_CLASS = f"SELECT DISTINCT ?thing ?_class WHERE {{ ?thing a ?_class }} LIMIT {MOST + 1}"
_OF_A_SCHEME = f"""PREFIX skos: <{names.PREFIXES["skos"]}>
SELECT DISTINCT ?thing ?_example WHERE {{ ?_example skos:inScheme ?scheme . ?thing skos:inScheme ?scheme }}
LIMIT {MOST + 1}"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose: its short name, and what people call it."""

    value: str
    label: str


class Choices:
    """The choices of parameters over one state of the dataset; each list is read once."""

    def __init__(self, store: Embedded) -> None:
        """Take the dataset."""
        self._store = store
        self._known: dict[tuple[str, str], tuple[Choice, ...]] = {}

    def forget(self) -> None:
        """Forget what was read: the dataset has changed."""
        self._known.clear()

    def of(self, question: Question) -> dict[str, tuple[Choice, ...]]:
        """Return the choices by parameter; none for one that can take more than sixty values, or any text."""
        return {each.name: self._of(each) for each in question.parameters}

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
            table = self._store.query(_OF_A_SCHEME, {"_example": Term(names.iri(example))})
        else:
            prefix, _, name = kind.partition(":")
            table = self._store.query(_OF_A_CLASS, {"_class": Term(names.PREFIXES[prefix] + name)})
        assert isinstance(table, Table)
        things = [row[table.columns.index("thing")] for row in table.rows]
        found = [thing.value for thing in things if thing and thing.kind == "iri"]
        return _sorted(found, self._store.labels(found)) if len(found) <= MOST else ()


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
