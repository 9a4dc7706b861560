"""Reads the fields of a request for a named query and gathers all that is wrong with them, for one answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from api.http.message import Asked
from api.http.negotiate import Form, choose, named, none_suits, prefers_html
from api.http.problem import Problem
from kg.errors import QuestionError
from kg.query import Parameter, Question, bind

RESERVED = ("format", "limit", "offset")  # no query has a parameter of these names
_NUMBER = re.compile(r"[0-9]{1,9}")
_MOST_CHARACTERS = 100


class Fields:
    """The fields of one request."""

    def __init__(self, asked: Asked) -> None:
        """Read the address."""
        self._accept = asked.accept
        self._given = asked.fields()
        self._faults: dict[str, str] = {}

    @property
    def format(self) -> str:
        """The form as the address names it, "" where it names none."""
        return self._given.get("format", [""])[0]

    def values(self, question: Question, beside: Iterable[str] = RESERVED) -> dict[str, str]:
        """Return the parameters of a query, as they were written; only the fields `beside` may stand beside them.

        An optional one that a browser sends empty counts as left out: so a form sends it.
        """
        expected = {each.name for each in question.parameters}
        optional = [each.name for each in question.parameters if each.optional and prefers_html(self._accept)]
        empty = {name for name in optional if self._given.get(name) == [""]}
        self._refuse_others([*expected, *beside])
        for parameter in question.parameters:
            if parameter.name not in empty:
                self._check(question, parameter)
        return {name: given[0] for name, given in self._given.items() if name in expected - empty}

    def number(self, name: str, default: int, most: int, least: int = 0) -> int:
        """Return a whole number."""
        text = self._one(name)
        if text is None:
            return default
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            read = text[:_MOST_CHARACTERS]
            self._faults[name] = f"{name} reads {read!r}; expected a whole number from {least:,} to {most:,}."
            return default
        return int(text)

    def form(self, forms: tuple[Form, ...]) -> Form:
        """Return the form that the field "format", or else the Accept header, asks for; to be called last.

        Raises:
            Problem: 400 for all that is wrong with the fields; 406, the header takes no form on offer.
        """
        expected = ", ".join(each.name for each in forms)
        text = self._one("format")
        form = choose(self._accept, forms) if text is None else named(text, forms)
        if form is None and text is not None:
            self._faults["format"] = f"There is no format {text[:_MOST_CHARACTERS]!r}; choose one of {expected}."
        self.refuse()
        if form is None:
            raise Problem(406, none_suits(forms))
        return form

    def refuse(self) -> None:
        """Refuse the request if anything is wrong with its fields.

        Raises:
            Problem: 400, names all that is wrong.
        """
        if self._faults:
            errors = [{"parameter": name, "detail": detail} for name, detail in self._faults.items()]
            raise Problem(400, " ".join(self._faults.values()), errors=errors)

    def only_format(self) -> None:
        """Refuse every field but "format"."""
        self._refuse_others(["format"])

    def _refuse_others(self, expected: list[str]) -> None:
        for name in self._given:
            if name not in expected:
                read = name[:_MOST_CHARACTERS]
                self._faults[name] = (
                    f'There is no parameter "{read}"; the parameters are: {", ".join(sorted(expected))}.'
                )

    def _check(self, question: Question, parameter: Parameter) -> None:
        name, text = parameter.name, self._one(parameter.name)
        if text is None:
            if not parameter.optional:
                example = f"{name}={parameter.example}"
                self._faults[name] = f"{name} ({parameter.type}) is missing; give it, for example {example}."
            return
        try:
            bind(replace(question, parameters=(parameter,)), {name: text})
        except QuestionError as error:
            self._faults[name] = str(error)

    def _one(self, name: str) -> str | None:
        """Return the value of a field, None without one; one that is given twice is a fault."""
        given = self._given.get(name)
        if given is not None and len(given) > 1:
            self._faults[name] = f"{name} is given {len(given)} times; give it once."
        return given[0] if given else None
