"""Text inside XML: escaped so that line breaks and tabs survive in attributes, too."""

from __future__ import annotations

import re

_SPECIAL = re.compile('[&<>"\n\t\u2028]')
# XML 1.1 reads a line separator (U+2028) as a line end, and so do some readers of XML 1.0.
_IN_TEXT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 0x2028: "&#8232;"}
_IN_ATTRIBUTE = {**_IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def content(said: str) -> str:
    """Return text for between two tags.

    >>> content("a < b ]]>")
    'a &lt; b ]]&gt;'
    """
    return said.translate(_IN_TEXT) if _SPECIAL.search(said) else said


def attribute(said: str) -> str:
    """Return an attribute's value within its quotes.

    >>> attribute('say "a"')
    '"say &quot;a&quot;"'
    """
    return f'"{said.translate(_IN_ATTRIBUTE)}"' if _SPECIAL.search(said) else f'"{said}"'
