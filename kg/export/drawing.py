"""Pictures of a network as SVG, PNG and PDF: for a screen, a slide or paper, light or dark.

Pictures show up to 2,500 things; layout and drawing run in a process of their own that is ended after 30 seconds of
computing. The same network gives the same bytes (PNG and PDF: on the same machine, whose fonts they are set in).
"""

from __future__ import annotations

from typing import BinaryIO

from kg.export.network import Network
from kg.export.palette import PAPERS
from kg.export.pictures.composing import SIZES, compose
from kg.export.pictures.graphviz import PictureError
from kg.export.pictures.raster import pdf, png
from kg.export.pictures.svg import svg

__all__ = ["PICTURES", "PictureError", "write"]

PICTURES = ("svg", "png", "pdf")
_SCREEN_DOTS, _PAPER_DOTS = 144, 200


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
