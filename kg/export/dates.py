"""Dates as people in Britain write them, for pictures, pages and notes beside data."""

from __future__ import annotations

import re

DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def britannic(date: str, *, brief: bool = False) -> str:
    """Write a date, month or year as people in Britain do.

    >>> britannic("2021-06-26"), britannic("2021-06"), britannic("2021"), britannic("2023-12-31", brief=True)
    ('26 June 2021', 'June 2021', '2021', '31 Dec 2023')
    """
    found = DATE.fullmatch(date)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return date
    year, month, day = found.groups()
    name = _MONTHS[int(month) - 1] if month else ""
    parts = (str(int(day)) if day else "", name[:3] if brief else name, year)
    return " ".join(part for part in parts if part)


def read_up_to(date: str) -> str:
    """Say up to when the sources were read; nothing where that is not known.

    >>> read_up_to("2026-08-21")
    'Sources read up to 21 August 2026'
    """
    return f"Sources read up to {britannic(date)}" if date else ""
