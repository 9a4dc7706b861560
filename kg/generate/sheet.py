"""Sheets: the quads of one graph, filled into the forms of data/example, in which ~name~ stands for a value."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from random import Random

from kg import names, resources
from kg.store import Embedded


class Sheet:
    """The quads of one graph, as text."""

    def __init__(self, graph: str) -> None:
        self._graph = f"{names.GRAPH}{graph}"
        self.lines: list[str] = []
        self.quads = 0

    def fill(self, form: str, **values: object) -> None:
        """Add the quads of a form with its names filled in."""
        text, quads = _form(form)
        self.lines.append(text % {"graph": self._graph, **values})
        self.quads += quads


def dice(seed: str) -> Random:
    """Return draws that are the same on every machine."""
    return Random(seed)  # noqa: S311 - invented data are to be guessable


@cache
def _form(name: str) -> tuple[str, int]:
    """Return a form as N-Quads with %(name)s where ~name~ stood, and the number of its quads."""
    form = Embedded()
    form.load(resources.facts() / "example" / f"{name}.ttl", names.GRAPH + "form")
    lines = sorted(f"{s.n3()} {p.n3()} {o.n3()} " for s, p, o, _ in form.quads())
    text = "".join(line.replace("%", "%%") + "<~graph~> .\n" for line in lines)
    return re.sub(r"~(\w+)~", r"%(\1)s", text), len(lines)


def sha(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()
