"""The words of the site, one file a page and language: nothing that a person reads stands in the code."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en",)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return all words of a language by "page.key"; read at the start, for a worker cannot open a file."""
    found: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found |= {f"{file.stem}.{key}": str(text) for key, text in said.items()}
    return found


class Words:
    """The words of one language: `t("ratings.title")`, with {places} filled by the values given."""

    def __init__(self, language: str) -> None:
        """Read the catalogue."""
        self.language = language
        self._known = catalogue(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key.

        Raises:
            KeyError: the catalogue lacks the key: a fault that a test finds.
        """
        return self._known[key].format(**values) if values else self._known[key]


words = cache(Words)

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def british(date: object) -> str:
    """Return a date as it is written in Britain; what is no date stays as it is.

    >>> british("2024-01-22"), british("2024-05"), british("2022"), british("spring 2024")
    ('22 January 2024', 'May 2024', '2022', 'spring 2024')
    """
    found = _DATE.fullmatch(str(date))
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return str(date)
    month = f"{_MONTHS[int(found[2]) - 1]} " if found[2] else ""
    return f"{int(found[3])} {month}{found[1]}" if found[3] else f"{month}{found[1]}"
