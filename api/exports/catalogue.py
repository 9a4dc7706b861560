"""What can be exported: the views, the forms, and the fields that each export takes beside a view's parameters.

The library of exports is loaded when the first export, list or page is asked for: most servers' requests need it not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from kg.export import Form, View

ROOT = "/exports"
MOST, MOST_THINGS = 500, 20_000
THEMES, SIZES = (
    ("light", "dark"),
    ("screen", "a4", "a3", "a2", "a1", "slide"),
)  # as of kg.export; a test holds them to it
EXAMPLE_FORMS = ("svg", "html", "graphml")
TOO_LARGE = (
    "everything",
)  # views that no picture or page can show, unless filters narrow them; a test holds them to it
DATA_FORMS = ("graphml", "neo4j")  # examples of those
_QUALITY = (
    "least quality of the sources: primary-report, official-release, press or press-copy of a document, "
    "a, b or c of a register"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that every export takes.

    Attributes:
        name: in the address.
        description: what it does.
        example: a value that suits most views.
        several: whether it may be given more than once.
        default: value where it is not given, "" for none.
        choices: all values that it takes, none where it takes others.
    """

    name: str
    description: str
    example: str
    several: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()


# The region to keep to is "within", as on the command line: several views ask for a region by a parameter of that name.
FILTERS = (
    Field("type", "keeps things of a group, such as unit, or of a class, such as Finding", "unit", several=True),
    Field("within", "keeps what belongs to a region", "region/kent-surrey-and-sussex"),
    Field("since", "leaves out what ended before a day, month or year", "2021-06"),
    Field("until", "leaves out what began after a day, month or year", "2025"),
    Field("source", "keeps what a document or register says", "hmip-report-kss-2024", several=True),
    Field("quality", _QUALITY, "b"),
)
LOOKS = (
    Field("theme", "of a picture", "dark", default="light", choices=THEMES),
    Field("size", "what a picture is for", "a4", default="screen", choices=SIZES),
    Field("measures", "adds network measures to things and links", "true", default="false", choices=("true", "false")),
    Field("most", "most things of a view that grows step by step", "200", default=str(MOST)),
)
FIELDS = (*FILTERS, *LOOKS)
DEFAULTS = {field.name: field.default for field in FIELDS}


@cache
def views() -> Mapping[str, View]:
    """Return the views by name."""
    from kg.export import read_views

    return read_views()


@cache
def forms() -> Mapping[str, Form]:
    """Return the forms by name."""
    from kg.export import FORMS

    return FORMS


@cache
def suffixes() -> Mapping[str, Form]:
    """Return the forms by what an address may end with: their suffix or their name."""
    return {form.name: form for form in forms().values()} | {form.suffix: form for form in forms().values()}


def described(view: View) -> dict[str, Any]:
    """Return a view as lists show it."""
    return {
        "name": view.name,
        "summary": view.summary,
        "description": view.description,
        "parameters": [asdict(each) for each in view.parameters],
        "link": f"{ROOT}/{view.name}",
        "example": example_address(view, "graphml"),
    }


def whole() -> dict[str, Any]:
    """Return all views, forms and fields."""
    return {"views": [described(view) for view in views().values()], **shared()}


def shared() -> dict[str, Any]:
    """Return what all views share: the forms and the fields."""
    names = ("name", "suffix", "media_type", "title", "opens")
    return {
        "formats": [{name: getattr(form, name) for name in names} for form in forms().values()],
        "fields": [asdict(field) for field in FIELDS],
    }


def example_address(view: View, form: str) -> str:
    """Return the relative address of a view in a form, with its parameters as in their examples.

    A view that shows everything where nothing is asked for is asked for a part.
    """
    needed = [each for each in view.parameters if not each.optional]
    values = {each.name: each.example for each in needed or view.parameters}
    query = "?" + urlencode(values, safe="/") if values else ""
    return f"{ROOT}/{view.name}.{forms()[form].suffix}{query}"
