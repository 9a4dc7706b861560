"""Reads the fields of a request for an export. What is left empty counts as not given, as forms of pages send it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.exports.catalogue import FIELDS, MOST, MOST_THINGS, Field
from api.exports.making import Order
from api.questions.fields import Fields

if TYPE_CHECKING:
    from kg.export import Form, View

_NAMES = tuple(field.name for field in FIELDS)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,300}")
_MOST_SHOWN = 60


class ExportFields(Fields):
    """The fields of one request for an export."""

    def order(self, view: View, form: Form, version: str, most_bytes: int) -> Order:
        """Return what is asked for.

        Raises:
            Problem: 400, names all fields that are wrong.
        """
        written = {field.name for field in FIELDS if not field.choices}
        self._drop_empty({*written, *(each.name for each in view.parameters)})
        values = self.values(view.question, _NAMES)
        self.number("most", MOST, MOST_THINGS, least=1)
        fields = {field.name: self._checked(field) for field in FIELDS if field.name in self._given}
        self.refuse()
        return Order(view.name, form.name, values, fields, version, most_bytes)

    def _drop_empty(self, known: set[str]) -> None:
        given = {
            name: [each for each in values if each] if name in known else values for name, values in self._given.items()
        }
        self._given = {name: values for name, values in given.items() if values}

    def _checked(self, field: Field) -> list[str]:
        """Return what a field holds, and note what is wrong with it."""
        given = self._given[field.name]
        if not field.several:
            self._one(field.name)
        for text in given:
            if field.choices and text not in field.choices:
                expected = " or ".join(field.choices)
                self._faults[field.name] = f"{field.name} reads {text[:_MOST_SHOWN]!r}; expected {expected}."
            elif not _TEXT.fullmatch(text):
                read = text[:_MOST_SHOWN]
                self._faults[field.name] = (
                    f"{field.name} reads {read!r}; expected up to 300 characters without control characters, "
                    f"for example {field.example}."
                )
        return given
