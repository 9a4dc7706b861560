"""What a page of the site is: a path, the fields of its form, and a function that makes it of the dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages import templates
from api.words import words
from kg import names
from kg.query import Rows, bind, read_question, with_labels
from kg.resources import queries
from kg.store import Embedded, Table, Term

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in names.PREFIXES.items())


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for a page as its module reads it.

    Attributes:
        store: the dataset.
        path: what follows the page's own path, without slashes at its ends; "" for the page itself.
        fields: values by field; a field that is left empty is not there.
        language: of the words, "en".
        version: of the dataset.
        meant: short names of what the text in the page's field for a thing may mean: one where it is clear, or the
            nearest, the best first; none where the text is itself a short name.
        report: what the shapes found in the dataset, as JSON; b"" where that is not known yet.
    """

    store: Embedded
    path: str
    fields: Mapping[str, tuple[str, ...]]
    language: str = "en"
    version: str = ""
    meant: tuple[str, ...] = ()
    report: bytes = b""

    def one(self, name: str) -> str:
        """Return the value of a field, "" without one."""
        return self.fields.get(name, ("",))[-1]

    def ask(self, question: str, **values: str) -> Rows:
        """Answer a named query of queries/.

        Raises:
            QuestionError: a value is ill-typed.
        """
        asked = read(question)
        table = self.store.query(asked.text, bind(asked, values))
        assert isinstance(table, Table)
        return with_labels(self.store, table)

    def select(self, text: str, **things: str) -> list[dict[str, Any]]:
        """Answer a SELECT of the page's own; prefixes are declared, ?_name is bound to the IRI `name`.

        Returns:
            rows by column, each value as `kg.query` gives it: "column label" beside a column of IRIs.
        """
        bindings = {f"_{name}": Term(names.iri(thing)) for name, thing in things.items()}
        table = self.store.query(PREFIXES + text, bindings)
        assert isinstance(table, Table)
        return with_labels(self.store, table).dicts()


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        path: first part of its address, such as "ratings".
        fields: names of the fields that it takes; others are refused.
        make: makes its HTML; raises NotThere for a path below it that leads nowhere.
        deep: whether addresses below its path are its own, too.
        thing: name of the field in which a reader names a thing, "" without one.
    """

    path: str
    make: Callable[[Wanted], bytes]
    fields: Sequence[str] = ()
    deep: bool = False
    thing: str = ""


class NotThere(Exception):  # noqa: N818 - an answer, no fault
    """There is nothing at a path below a page; the text says what to do."""


def render(template: str, wanted: Wanted, **values: Any) -> bytes:
    """Return a page of a template; `t` gives its words."""
    return templates().get_template(template).render(t=words(wanted.language), wanted=wanted, **values).encode()


def read(name: str) -> Any:
    """Return a named query; all are read before the fork, for a worker cannot open a file."""
    if name not in _read:
        _read[name] = read_question(queries() / f"{name}.rq")
    return _read[name]


_read: dict[str, Any] = {}
