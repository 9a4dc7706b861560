"""Colours and marks of the kinds of things and of ratings, told apart without seeing colour.

The hues are those of Okabe and Ito (Color Universal Design, 2008), each in lighter and darker steps. Twenty-three kinds
are more than any palette can keep apart, so each also has a mark; the tests hold every pair either to a distance of
colour that survives protanopia and deuteranopia, or to marks that differ. Themes are "light" and "dark".
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from kg.export.network import GROUPS

Theme = Literal["light", "dark"]
Mark = Literal[
    "circle", "square", "diamond", "triangle", "wedge", "pentagon", "hexagon", "star", "cross", "bar", "hourglass"
]


class Paper(NamedTuple):
    """The colours of a page: its ground, text, quieter text, lines between things, panels and their borders."""

    ground: str
    text: str
    quiet: str
    line: str
    panel: str
    border: str


class Rating(NamedTuple):
    """A step of the inspectorate's scale: its words, the steps reached out of four, fill and text colour."""

    words: str
    steps: int
    fill: str
    ink: str


PAPERS: dict[str, Paper] = {
    "light": Paper("#ffffff", "#0b0c0c", "#484c50", "#6b7378", "#f3f5f7", "#c9d0d6"),
    "dark": Paper("#14181d", "#f4f6f8", "#c3cad1", "#97a2ac", "#1e242b", "#3d4853"),
}

# Kind: colour on light ground, colour on dark ground, mark.
_KINDS: dict[str, tuple[str, str, Mark]] = {
    "region": ("#003f72", "#8ec7f0", "square"),
    "unit": ("#0072b2", "#4aa8e0", "circle"),
    "area": ("#56b4e9", "#a9dcfa", "hexagon"),
    "court": ("#e69f00", "#f0b93c", "triangle"),
    "prison": ("#7a4f00", "#d39a4a", "bar"),
    "office": ("#009e73", "#35c79a", "pentagon"),
    "provider": ("#d55e00", "#ff8b3d", "diamond"),
    "contract": ("#f0e442", "#f5ec7a", "square"),
    "service": ("#cc79a7", "#e6a3c7", "circle"),
    "body": ("#00664a", "#7fdcbd", "hexagon"),
    "inspection": ("#8c2d6b", "#e58cc4", "star"),
    "standard": ("#0072b2", "#4aa8e0", "diamond"),
    "finding": ("#e69f00", "#f0b93c", "wedge"),
    "recommendation": ("#009e73", "#35c79a", "triangle"),
    "theme": ("#56b4e9", "#a9dcfa", "pentagon"),
    "person": ("#a33f00", "#ffb07a", "circle"),
    "change": ("#5b4a00", "#cbb84a", "cross"),
    "document": ("#555b61", "#b6bec6", "square"),
    "passage": ("#7d858c", "#d0d6dc", "bar"),
    "claim": ("#cc79a7", "#e6a3c7", "wedge"),
    "statement": ("#7d858c", "#d0d6dc", "diamond"),
    "term": ("#00664a", "#7fdcbd", "star"),
    "other": ("#555b61", "#b6bec6", "hourglass"),
}
# From best to worst: blue to orange to red-brown, dark at both ends, so that order shows in grey as well as in words.
RATINGS: dict[str, Rating] = {
    "outstanding": Rating("Outstanding", 4, "#003f72", "#ffffff"),
    "good": Rating("Good", 3, "#9fd3f5", "#0b0c0c"),
    "requires-improvement": Rating("Requires improvement", 2, "#ffd070", "#0b0c0c"),
    "inadequate": Rating("Inadequate", 1, "#9c2f00", "#ffffff"),
}
_INKS = ("#0b0c0c", "#ffffff")
_TINT = {"light": 0.10, "dark": 0.22}


def colour(group: str, theme: str = "light") -> str:
    """Return the colour of a kind of thing as "#rrggbb"; a kind that is not listed is drawn as "other".

    >>> colour("unit")
    '#0072b2'
    """
    return _KINDS.get(group, _KINDS["other"])[0 if theme == "light" else 1]


def mark(group: str) -> Mark:
    """Return the mark that goes with the colour of a kind of thing."""
    return _KINDS.get(group, _KINDS["other"])[2]


def ink(fill: str) -> str:
    """Return the text colour, near-black or white, with the greater contrast on a fill: never under 4.5 to 1.

    >>> ink("#f0e442"), ink("#003f72")
    ('#0b0c0c', '#ffffff')
    """
    return max(_INKS, key=lambda text: contrast(text, fill))


def tint(group: str, theme: str = "light") -> str:
    """Return the pale fill of a kind's cards, on which the theme's text is read."""
    ground, strong = PAPERS[theme].ground, colour(group, theme)
    share = _TINT[theme]
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(ground), _channels(strong), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def order(group: str) -> int:
    """Return the place of a kind of thing in legends."""
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def _channels(colour_: str) -> tuple[int, int, int]:
    return int(colour_[1:3], 16), int(colour_[3:5], 16), int(colour_[5:7], 16)


def _luminance(colour_: str) -> float:
    parts = [channel / 255 for channel in _channels(colour_)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
