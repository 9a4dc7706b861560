"""Sheets as PNG and PDF, painted by Graphviz's cairo: the shapes go in as the background of an empty graph.

Text is set in Liberation Sans, Arial or Helvetica where the machine has one, else in its own sans serif; where that
runs wider than Arial, on which the layout counts, text is made smaller by as much, so that none leaves its card.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from kg.export.pictures.graphviz import Job, PictureError, lay, run
from kg.export.pictures.shapes import Card, Curve, Point, Polygon, Sheet, Text
from kg.export.pictures.text import width

FAMILIES = "Liberation Sans,Arial,Helvetica,DejaVu Sans,sans-serif"
_SAMPLE = "Hamburgefonstiv, Probation delivery unit 2024"
_MOST_PIXELS, _LONGEST = 24_000_000, 20_000
_LONGEST_PAGE = 14_400.0  # points: beyond, many programs do not open a PDF
_MADE = re.compile(rb"/CreationDate \(D:\d{14}[^)]*\)")
_CHECKED = 100.0  # size at which the boxes drawn without a font differ most in width from letters
_ROUND = 0.5523  # of a radius: control points of a Bézier quarter circle


def png(sheet: Sheet, dots: int) -> bytes:
    """Return a sheet as PNG at so many dots an inch, fewer where it would pass 24 million pixels.

    Raises:
        PictureError: this machine has no font, or drawing takes too long.
    """
    fits = min(
        dots,
        72 * math.sqrt(_MOST_PIXELS / (sheet.width * sheet.height)),
        72 * _LONGEST / max(sheet.width, sheet.height),
    )
    return run([_job(sheet, "png", int(fits))])[0]


def pdf(sheet: Sheet) -> bytes:
    """Return a sheet as a PDF of one page, with its fonts, and without the moment it was made.

    The page has the sheet's size, and at most 14,400 points a side, to which a larger sheet is scaled.

    Raises:
        PictureError: this machine has no font, or drawing takes too long.
    """
    made = run([_job(_bounded(sheet), "pdf", 72)])[0]
    return _MADE.sub(lambda found: b"/CreationDate (" + b"D:20000101000000Z".ljust(len(found[0]) - 16) + b")", made)


def _bounded(sheet: Sheet) -> Sheet:
    scale = min(1.0, _LONGEST_PAGE / max(sheet.width, sheet.height))
    drawn = tuple(one.moved(scale, 0, 0) for one in sheet.drawn) if scale < 1 else sheet.drawn
    return replace(sheet, width=sheet.width * scale, height=sheet.height * scale, drawn=drawn)


@cache
def shrink(sizes: tuple[float, ...]) -> dict[float, float]:
    """Return by what text of each size must be scaled to be as wide as in Arial, 1 at most.

    Not the same for all sizes: Graphviz rounds the widths of letters to whole pixels.

    Raises:
        PictureError: this machine has no font.
    """
    node = f'n [shape=plaintext margin=0 fontname="{FAMILIES}" label="{_SAMPLE}" fontsize='
    laid = lay([Job("dot", "plain", f"graph {{ {node}{size:.3f}] }}") for size in (_CHECKED, *sizes)])
    ratios = {size: width(_SAMPLE, size) / one.width for size, one in zip((_CHECKED, *sizes), laid, strict=True)}
    if not 0.5 < ratios[_CHECKED] < 1.6:  # boxes in place of letters
        raise PictureError(
            "This machine has no font for PNG and PDF: install one, such as Liberation Sans, or take SVG."
        )
    return {size: min(ratio, 1.0) for size, ratio in ratios.items()}


def _job(sheet: Sheet, form: str, dots: int) -> Job:
    """Give Graphviz a graph of two invisible points at the corners of the page, and the shapes as its background."""
    wide, high = f"{sheet.width:.3f}", f"{sheet.height:.3f}"
    view = f"{wide},{high},1,{sheet.width / 2:.3f},{sheet.height / 2:.3f}"
    page = f'bb="0,0,{wide},{high}" viewport="{view}" pad=0 margin=0 dpi={dots} bgcolor="{sheet.ground}"'
    corners = f'a [pos="0,0"] b [pos="{wide},{high}"]'
    still = 'node [style=invis shape=point width=0.001 height=0.001 fixedsize=true label=""]'
    return Job("nop2", form, f"graph {{ graph [{page}] {still} {corners} }}", " ".join(_painted(sheet)))


def _painted(sheet: Sheet) -> Iterator[str]:
    """Write the shapes in Graphviz's drawing language (xdot), in which y points upwards."""
    sizes = {round(shape.size, 3) for shape in sheet.shapes if isinstance(shape, Text)}
    fitting = shrink(tuple(sorted(sizes)))
    for shape in sheet.shapes:
        if isinstance(shape, Text):
            yield from _text(shape, sheet.height, fitting[round(shape.size, 3)])
        else:
            yield from _shape(shape, sheet.height)


def _shape(shape: Polygon | Card | Curve, high: float) -> Iterator[str]:
    match shape:
        case Card():
            yield from _pen(shape.stroke or shape.fill, shape.thick)
            yield f"{_colour('C', shape.fill)} b {_points(_rounded(shape), high)}"
        case Polygon(points):
            yield from _pen(shape.stroke or shape.fill, shape.thick if shape.stroke else 0)
            yield f"{_colour('C', shape.fill)} P {_points(points, high)}"
        case Curve(points):
            yield from _pen(shape.stroke, shape.thick, shape.dash)
            yield f"{'B' if shape.bent else 'L'} {_points(points, high)}"


def _text(text: Text, high: float, fitting: float) -> Iterator[str]:
    words = text.text.replace("\\", "\u2216")  # a backslash has a meaning in xdot
    if not words:
        return
    family = f"{FAMILIES} Bold" if text.bold else FAMILIES
    side = {"start": -1, "middle": 0, "end": 1}[text.anchor]
    wide = width(words, text.size, bold=text.bold)
    place = f"T {text.x:.2f} {high - text.y:.2f} {side} {wide:.2f}"
    yield f"F {text.size * fitting:.3f} {len(family)} -{family} {_colour('c', text.fill)}"
    yield f"{place} {len(words.encode())} -{words}"


def _rounded(card: Card) -> tuple[Point, ...]:
    """Go round a rectangle with round corners in Bézier curves, the last point being the first."""
    x, y, right, down = card.x, card.y, card.x + card.width, card.y + card.height
    r = min(card.radius, card.width / 2, card.height / 2)
    k = r * (1 - _ROUND)
    points: list[Point] = [(x + r, y)]
    corners = (
        ((right - r, y), (right - k, y), (right, y + k), (right, y + r)),
        ((right, down - r), (right, down - k), (right - k, down), (right - r, down)),
        ((x + r, down), (x + k, down), (x, down - k), (x, down - r)),
        ((x, y + r), (x, y + k), (x + k, y), (x + r, y)),
    )
    for start, one, two, end in corners:
        points += [points[-1], start, start, one, two, end]
    return tuple(points)


def _pen(stroke: str, thick: float, dash: tuple[float, ...] = ()) -> Iterator[str]:
    """Set the line; of dashes Graphviz knows two kinds, short and long."""
    line = ("dotted" if dash[0] < dash[1] else "dashed") if dash else "solid"
    for style in (line, f"setlinewidth({thick:.2f})"):
        yield f"S {len(style)} -{style}"
    yield _colour("c", stroke)


def _colour(operation: str, colour: str) -> str:
    return f"{operation} {len(colour)} -{colour}"


def _points(points: Iterable[Point], high: float) -> str:
    found = [f"{x:.2f} {high - y:.2f}" for x, y in points]
    return f"{len(found)} {' '.join(found)}"
