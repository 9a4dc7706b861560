"""Pages of the exports: the list of views, and one view with a form. They work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.exports.catalogue import (
    DATA_FORMS,
    EXAMPLE_FORMS,
    MOST,
    MOST_THINGS,
    ROOT,
    SIZES,
    THEMES,
    TOO_LARGE,
    example_address,
    forms,
    views,
)
from api.http.message import Reply
from api.http.problem import Problem
from api.pages import page_reply, templates
from api.questions.choices import Choice, Choices, class_of
from api.questions.pages import hint
from api.words import words

if TYPE_CHECKING:
    from kg.export import View

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_SHOWN = 300
_QUALITIES = ("a", "b", "c")  # each stands for the tier of documents of the same rank, too


def list_page() -> bytes:
    """Return the page that lists the views, with examples of each, and the forms."""
    entries = [(view, _examples(view), view.name in TOO_LARGE) for view in views().values()]
    template = templates().get_template("exports.html")
    return template.render(entries=entries, forms=list(forms().values())).encode()


def view_page(view: View, choices: Choices) -> bytes:
    """Return the page of a view: what it shows, and a form for its export."""
    return templates().get_template("export.html").render(**_values(view, choices, {}), problem="").encode()


def refused_page(view: View, choices: Choices, given: Mapping[str, list[str]], problem: Problem) -> Reply:
    """Return the page of an export that could not be made: what was wrong, and the form with what was given."""
    shown = {name: _CONTROL.sub("", texts[0])[:_MOST_SHOWN] for name, texts in given.items() if texts}
    return page_reply("export.html", status=problem.status, **_values(view, choices, shown), problem=problem.detail)


def _values(view: View, choices: Choices, given: Mapping[str, str]) -> dict[str, Any]:
    pictures = [
        form for form in forms().values() if form.media_type.startswith(("image/", "text/html", "application/pdf"))
    ]
    labels = choices.labels(view.question, given)
    return {
        "view": view,
        "root": ROOT,
        "given": given,
        "choices": choices.of(view.question),
        "hints": {each.name: hint(each, labels) for each in view.parameters},
        "labels": labels,
        "class_of": class_of,
        "lists": _lists(choices),
        "most": (MOST, MOST_THINGS) if view.repeat else (),
        "examples": _examples(view),
        "too_large": view.name in TOO_LARGE,
        "pictures": pictures,
        "data": [form for form in forms().values() if form not in pictures],
    }


def _lists(choices: Choices) -> dict[str, dict[str, tuple[Choice, ...]]]:
    """Return the values to choose from, by field and by the heading of a part of the list, "" for none."""
    from kg.export.network import GROUPS

    t = words("en")

    def worded(field: str, values: tuple[str, ...]) -> dict[str, tuple[Choice, ...]]:
        return {"": tuple(Choice(value, t(f"{field}{value}")) for value in values)}

    return {
        "type": worded("explore.group_", GROUPS),
        "within": {"": choices.of_class("pko:ProbationRegion")},
        "source": {
            t("exports.documents"): choices.of_class("pko:SourceDocument"),
            t("exports.registers"): choices.of_class("pko:RegisterSource"),
        },
        "quality": worded("exports.quality_", _QUALITIES),
        "theme": worded("exports.theme_", THEMES),
        "size": worded("exports.size_", SIZES),
    }


def _examples(view: View) -> list[tuple[str, str]]:
    """Return forms of a view that can be made, with their addresses."""
    names = DATA_FORMS if view.name in TOO_LARGE else EXAMPLE_FORMS
    return [(forms()[name].title, example_address(view, name)) for name in names]
