"""Every form in which a network leaves, by one name each: data for tools, pictures, and a page to explore.

A form's module is loaded when it is written: pictures and pages need libraries that data do without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import QuestionError
from kg.export.formats import FORMATS
from kg.export.network import Network
from kg.export.views import did_you_mean

THEMES = ("light", "dark")
SIZES = ("screen", "a4", "a3", "a2", "a1", "slide")


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is drawn: its theme (light, dark) and the page it is for (one of SIZES)."""

    theme: str = "light"
    size: str = "screen"


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which a network leaves.

    Attributes:
        name: on the command line and in addresses.
        suffix: of file names, without the dot before it.
        media_type: for the Content-Type header.
        title: what people call it.
        opens: what reads it, and what it leaves out.
        binary: whether it is no text.
        write: writes a network to a binary stream, in a look where it is a picture.
    """

    name: str
    suffix: str
    media_type: str
    title: str
    opens: str
    binary: bool
    write: Callable[[Network, BinaryIO, Look], None]


def _data(name: str) -> Callable[[Network, BinaryIO, Look], None]:
    def write(network: Network, out: BinaryIO, look: Look) -> None:
        from kg.export.formats import write as write_data
        from kg.export.profile import clean

        write_data(clean(network), name, out)

    return write


def _picture(name: str) -> Callable[[Network, BinaryIO, Look], None]:
    def write(network: Network, out: BinaryIO, look: Look) -> None:
        from kg.export.drawing import write as draw

        draw(network, name, out, look.theme, look.size)

    return write


def _page(network: Network, out: BinaryIO, look: Look) -> None:
    from kg.export.page import write

    write(network, out)


_PICTURES = (
    Form("svg", "svg", "image/svg+xml", "SVG", "browsers, Word, PowerPoint, Inkscape", False, _picture("svg")),
    Form("png", "png", "image/png", "PNG", "everything; its text cannot be searched", True, _picture("png")),
    Form("pdf", "pdf", "application/pdf", "PDF", "print, at the size of its page", True, _picture("pdf")),
)
_PAGE = Form("html", "html", "text/html; charset=utf-8", "page to explore", "any browser, offline", False, _page)
_DATA = tuple(
    Form(each.name, each.suffix, each.media_type, each.title, each.opens, each.suffix.endswith("zip"), _data(each.name))
    for each in FORMATS.values()
)
FORMS: dict[str, Form] = {form.name: form for form in (*_PICTURES, _PAGE, *_DATA)}


def find_form(name: str) -> Form:
    """Return a form by its name or suffix.

    Raises:
        QuestionError: there is none; the message lists all and suggests the nearest.
    """
    by_suffix = {form.suffix: form for form in FORMS.values()}
    found = FORMS.get(name) or by_suffix.get(name)
    if found is None:
        raise QuestionError(
            f'There is no format "{name}"; expected one of {", ".join(FORMS)}.{did_you_mean(name, list(FORMS))}'
        )
    return found


def form_of_file(name: str) -> Form | None:
    """Return the form that a file's name asks for by its suffix, the longest that fits; None where none does."""
    fitting = [form for form in FORMS.values() if name.endswith(f".{form.suffix}")]
    return max(fitting, key=lambda form: len(form.suffix), default=None)
