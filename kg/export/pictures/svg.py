"""Sheets as SVG: links, titles that are read aloud, no scripts, no styles, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from kg.export.pictures.shapes import Card, Curve, Point, Polygon, Shape, Sheet, Text, Thing

_FAMILY = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def svg(sheet: Sheet, unit: str) -> bytes:
    """Return a sheet as an SVG file; the unit of its size is "px" on screens and "pt" on paper."""
    return "\n".join(_lines(sheet, unit)).encode() + b"\n"


def _lines(sheet: Sheet, unit: str) -> Iterator[str]:
    wide, high = _number(sheet.width), _number(sheet.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}{unit}" height="{high}{unit}" '
        f'viewBox="0 0 {wide} {high}" role="img" aria-label={_attribute(sheet.title)} font-family="{_FAMILY}">'
    )
    yield f"<title>{escape(sheet.title)}</title>"
    yield f"<desc>{escape(sheet.description)}</desc>"
    yield f'<rect width="{wide}" height="{high}" fill="{sheet.ground}"/>'
    for drawn in sheet.drawn:
        if isinstance(drawn, Thing):
            yield from _thing(drawn)
        else:
            yield _shape(drawn)
    yield "</svg>"


def _thing(thing: Thing) -> Iterator[str]:
    safe = thing.iri.startswith(("https://", "http://"))
    yield f"<a href={_attribute(thing.iri)}>" if safe else "<g>"
    yield f"<title>{escape(thing.title)}</title>"
    yield from map(_shape, thing.shapes)
    yield "</a>" if safe else "</g>"


def _shape(shape: Shape) -> str:
    match shape:
        case Card(x, y, width, height):
            place = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
            return f'<rect {place} rx="{_number(shape.radius)}"{_paint(shape.fill, shape.stroke, shape.thick)}/>'
        case Polygon(points):
            return f'<polygon points="{_points(points)}"{_paint(shape.fill, shape.stroke, shape.thick)}/>'
        case Curve(points):
            first, rest = _points(points[:1]), _points(points[1:])
            paint = _paint("none", shape.stroke, shape.thick)
            dash = f' stroke-dasharray="{" ".join(map(_number, shape.dash))}"' if shape.dash else ""
            return f'<path d="M{first} {"C" if shape.bent else "L"}{rest}"{paint}{dash}/>'
        case Text():
            return _text(shape)


def _text(text: Text) -> str:
    more = ' font-weight="bold"' if text.bold else ""
    more += "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    place = f'x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}"'
    return f'<text {place} fill="{text.fill}"{more}>{escape(text.text)}</text>'


def _paint(fill: str, stroke: str, thick: float) -> str:
    line = f' stroke="{stroke}" stroke-width="{_number(thick)}"' if stroke else ""
    return f' fill="{fill}"{line}'


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Write a number with two digits at most: a hundredth of a point is not seen."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _attribute(text: str) -> str:
    return quoteattr(
        "".join(character for character in text if character >= " " and character not in "\x7f\ufffe\uffff")
    )
