"""Views: what a picture or file of a part of the graph shows, one query a file in queries/views, with a header.

    #+ summary: Which bodies and units make up a region today, and who holds its posts?
    #+ title: Organisation chart of {region}
    #+ layout: hierarchy
    #+ parameter: region (IRI of a pko:ProbationRegion), example region/kent-surrey-and-sussex
    #+ roles: part-of = is part of

A view selects edges in the columns ?source ?role ?target ?statement ?start ?end ?document ?quality ?note ?weight
?rating, of which it may leave out all but ?source; others become attributes of the edge. Without ?target, ?source is a
thing by itself. ?role is one of those in the header, or a property where the header has the role "*". Of several
titles the first counts of which all places can be filled. "repeat" names the parameter that says how often the query
is asked again of the things that it found. "ratings: own" shows the ratings that the view's links give, and no others.
"note" is a sentence for the foot of every picture; the column ?remark gives more of them, such as what is disputed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from kg import resources
from kg.errors import QuestionError
from kg.export.network import Layout
from kg.query.questions import Parameter, Question, read_question


@dataclass(frozen=True, slots=True)
class View:
    """A view as its file describes it.

    Attributes:
        question: the query with its name, summary, description and parameters.
        titles: of a picture, the fullest first, with {parameter} for a parameter's label.
        layout: how it is best drawn.
        roles: each role with the edge's meaning in words; "*" where properties are roles.
        own_ratings: whether only ratings that its links give are shown, no thing's latest.
        notes: sentences that stand beside every picture of it.
        repeat: parameter that counts how often the query is asked, "" for once.
    """

    question: Question
    titles: tuple[str, ...]
    layout: Layout
    roles: Mapping[str, str]
    repeat: str
    own_ratings: bool = False
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the view, that of its file."""
        return self.question.name

    @property
    def summary(self) -> str:
        """The question that the view answers."""
        return self.question.summary

    @property
    def description(self) -> str:
        """What it shows, and what it leaves out."""
        return self.question.description

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What may or must be given."""
        return self.question.parameters


def read_views(folder: Path | None = None) -> dict[str, View]:
    """Return all views by name, from `folder` or those that are shipped.

    Raises:
        QuestionError: a view cannot be read, or its header is malformed.
    """
    return {path.stem: _read(path) for path in sorted(_folder(folder).glob("*.rq"))}


def find_view(name: str, folder: Path | None = None) -> View:
    """Return one view.

    Raises:
        QuestionError: there is none of that name; the message lists all and suggests the nearest.
    """
    known = [path.stem for path in sorted(_folder(folder).glob("*.rq"))]
    if name not in known:
        raise QuestionError(
            f'There is no view "{name}"; expected one of {", ".join(known)}.{did_you_mean(name, known)}'
        )
    return _read(_folder(folder) / f"{name}.rq")


def did_you_mean(text: str, known: list[str]) -> str:
    """Return a hint to the name that is nearest to `text`, or nothing."""
    near = get_close_matches(text, known, 1)
    return f' Did you mean "{near[0]}"?' if near else ""


def _folder(folder: Path | None) -> Path:
    return folder or resources.queries() / "views"


def _read(path: Path) -> View:
    question = read_question(path)
    header = _header(question.text)
    layout = " ".join(header.get("layout", []))
    if layout not in get_args(Layout):
        expected = ", ".join(get_args(Layout))
        raise QuestionError(f'{path}: layout reads "{layout}"; expected one of {expected}.')
    if not header.get("title"):
        raise QuestionError(f'{path}: there is no title; add a line "#+ title: …".')
    pairs = [line.partition(" = ") for line in header.get("roles", [])]
    roles = {role: meaning for role, _, meaning in pairs}
    if not roles or not all(roles.values()):
        raise QuestionError(f'{path}: a line of roles is missing or malformed; expected "#+ roles: name = meaning".')
    repeat, own = " ".join(header.get("repeat", [])), header.get("ratings") == ["own"]
    notes = tuple(header.get("note", ()))
    return View(question, tuple(header["title"]), layout, roles, repeat, own, notes)  # type: ignore[arg-type]


def _header(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("#+ "):
            field, _, value = line[3:].partition(": ")
            found.setdefault(field, []).append(value.strip())
    return found
