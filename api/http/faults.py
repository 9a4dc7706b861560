"""Says of each field of a request that cannot be read what was read and what is expected."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

_MOST_SHOWN = 60
_LIMITS = ("ge", "le", "min_length", "max_length")


def told(request: Request, error: RequestValidationError) -> str:
    """Return what is wrong with the fields of a request, in one sentence: "limit: read 'abc', expected a number"."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    fields = {each.alias: each.field_info for each in dependant.query_params} if dependant else {}
    faults = [_fault(each, fields.get(str(each["loc"][-1]))) for each in error.errors()]
    return f"The request cannot be read: {'; '.join(faults)}."


def _fault(fault: dict[str, Any], field: Any) -> str:
    """Return one fault; `field` tells what its parameter takes, None where that is not known."""
    name = fault["loc"][-1]
    expected = _expected(field) if field else fault["msg"].lower()
    if fault["type"] == "missing":
        return f"{name}: missing, expected {expected}"
    read = fault["input"]
    shown = f"{len(read)} values" if isinstance(read, list) else f"a text of {len(read)} characters"
    if isinstance(read, str) and len(read) <= _MOST_SHOWN:
        shown = repr(read)
    return f"{name}: read {shown}, expected {expected}"


def _expected(field: Any) -> str:
    """Return what a parameter takes: a whole number, a text, or several of them, within its limits."""
    limits = {name: getattr(each, name) for each in field.metadata for name in _LIMITS if hasattr(each, name)}
    if field.annotation is int:
        return f"a whole number{_between(limits.get('ge'), limits.get('le'))}"
    least, most = limits.get("min_length"), limits.get("max_length")
    if "list" in str(field.annotation):
        return f"at most {most} values" if most else "values"
    return f"a text{f' of {least or 0} to {most} characters' if most else ''}"


def _between(least: int | None, most: int | None) -> str:
    """Return the bounds of a number as words, "" where it has none."""
    if least is not None and most is not None:
        return f" from {least:,} to {most:,}"
    return f" from {least:,} on" if least is not None else f" of at most {most:,}" if most is not None else ""
