"""Measured values in words: "about 25 per cent", "4 times a year", "£155,000,000 a year"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from api.words import catalogue, words
from kg import names

_LANGUAGE = "en"
_UNIT, _BOUND = (names.VOCAB + scheme for scheme in ("unit/", "bound/"))
PERCENTAGE = names.DEF + "percentage"
VALUE = names.DEF + "value"
_PERCENT = _UNIT + "percent"


def measured(value: str, unit: str, bound: str = "", label: Callable[[str], str] = names.words) -> str:
    """Return a number with what it counts and how exact it is, in words; what is no number stays as it is.

    Args:
        value: as the graph writes it, "25.0".
        unit: IRI of the unit of measure.
        bound: IRI of how exact it is; without one, it stands alone.
        label: returns what people call a unit that the words of the site lack.

    >>> about = "https://w3id.org/probation-kg/vocab/bound/about"
    >>> measured("25.0", "https://w3id.org/probation-kg/vocab/unit/percent-of-cases", about)
    'about 25 per cent'
    >>> measured("1.0", "https://w3id.org/probation-kg/vocab/unit/weeks")
    '1 week'
    """
    number = plain_number(value)
    said, name = catalogue(_LANGUAGE), unit.removeprefix(_UNIT)
    keys = [f"measure.{each}" for each in (f"one_{name}" if number == "1" else "", name, _wider(name)) if each]
    known = next((said[key] for key in keys if key in said), f"{{value}} {label(unit)}" if unit else "{value}")
    told = known.format(value=number)
    exactness = f"measure.{bound.removeprefix(_BOUND)}"
    return said[exactness].format(value=told) if exactness in said else told


def percentage(value: str) -> str:
    """Return a share in words: "14 per cent"."""
    return measured(value, _PERCENT)


def fraction(count: str, whole: str) -> str:
    """Return the counts behind a value, "47 of 50"; "" unless both are known."""
    told = {"count": plain_number(count), "whole": plain_number(whole)}
    return words(_LANGUAGE)("measure.fraction", **told) if count and whole else ""


def plain_number(text: str) -> str:
    """Return a number as people write it; what is no number stays as it is.

    >>> plain_number("13.0"), plain_number("123.8"), plain_number("4772275.0"), plain_number("some")
    ('13', '123.8', '4,772,275', 'some')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    shown = f"{number:,f}" if number.is_finite() else text
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _wider(name: str) -> str:
    """Return the unit whose words serve for a narrower one: shares are all told in per cent."""
    return "percent" if name.startswith("percent-of-") else ""
