"""Pictures of a network as SVG, PNG and PDF: for a screen, a slide or paper, light or dark.

Pictures show up to 2,500 things; layout and drawing run in a process of their own that is ended after 30 seconds of
computing. The same network gives the same bytes (PNG and PDF: on the same machine, whose fonts they are set in).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from kg.export.network import Network
from kg.export.palette import PAPERS
from kg.export.pictures.composing import SIZES, compose
from kg.export.pictures.graphviz import PictureError
from kg.export.pictures.raster import pdf, png
from kg.export.pictures.svg import svg

__all__ = ["PICTURES", "Picture", "PictureError", "write"]

_SCREEN_DOTS, _PAPER_DOTS = 144, 200


@dataclass(frozen=True, slots=True)
class Picture:
    """A form of picture: its name, suffix and media type, its title, and what opens it."""

    name: str
    suffix: str
    media_type: str
    title: str
    opens: str


PICTURES = {
    "svg": Picture("svg", "svg", "image/svg+xml", "SVG", "browsers, Word, PowerPoint, Inkscape; links to each thing"),
    "png": Picture("png", "png", "image/png", "PNG", "everything; text cannot be searched"),
    "pdf": Picture("pdf", "pdf", "application/pdf", "PDF", "for print, at the size of its page; fonts are in the file"),
}


def write(network: Network, form: str, out: BinaryIO, theme: str = "light", size: str = "screen") -> None:
    """Write a network as a picture of a form (svg, png, pdf), theme (light, dark) and size (screen, a4, a3, slide).

    Raises:
        PictureError: there is no such form, theme or size; the network is too large for a picture or for the page at
            9 points; or this machine has no font for PNG and PDF.
    """
    for asked, choices in ((form, PICTURES), (theme, PAPERS), (size, SIZES)):
        if asked not in choices:
            raise PictureError(f'"{asked}" is not one of {", ".join(choices)}.')
    sheet = compose(network, theme, size)
    if form == "svg":
        out.write(svg(sheet, "pt" if SIZES[size].pages else "px"))
    elif form == "png":
        out.write(png(sheet, _PAPER_DOTS if SIZES[size].pages else _SCREEN_DOTS))
    else:
        out.write(pdf(sheet))
