"""Pages of the exports: the list of views, and one view with a form. They work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.exports.catalogue import (
    EXAMPLE_FORMS,
    FILTERS,
    LOOKS,
    MOST_THINGS,
    ROOT,
    example_address,
    forms,
    views,
)
from api.http.message import Reply
from api.http.problem import Problem
from api.pages import page_reply, templates

if TYPE_CHECKING:
    from kg.export import View

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_SHOWN = 300


def list_page() -> bytes:
    """Return the page that lists the views, with examples of each, and the forms."""
    entries = [(view, _examples(view)) for view in views().values()]
    template = templates().get_template("exports.html")
    return template.render(entries=entries, forms=list(forms().values())).encode()


def view_page(view: View) -> bytes:
    """Return the page of a view: what it shows, and a form for its export."""
    return templates().get_template("export.html").render(**_values(view), given={}, problem="").encode()


def refused_page(view: View, given: Mapping[str, list[str]], problem: Problem) -> Reply:
    """Return the page of an export that could not be made: what was wrong, and the form with what was given."""
    shown = {name: [_CONTROL.sub("", text)[:_MOST_SHOWN] for text in texts] for name, texts in given.items()}
    return page_reply("export.html", status=problem.status, **_values(view), given=shown, problem=problem.detail)


def _values(view: View) -> dict[str, Any]:
    pictures = [
        form for form in forms().values() if form.media_type.startswith(("image/", "text/html", "application/pdf"))
    ]
    return {
        "view": view,
        "root": ROOT,
        "filters": FILTERS,
        "looks": [field for field in LOOKS if field.choices and field.name != "measures"],
        "most": MOST_THINGS if view.repeat else 0,
        "examples": _examples(view),
        "pictures": pictures,
        "data": [form for form in forms().values() if form not in pictures],
    }


def _examples(view: View) -> list[tuple[str, str]]:
    return [(forms()[name].title, example_address(view, name)) for name in EXAMPLE_FORMS]
