"""Refuses fields of an address that nothing reads: a misspelt one would be passed over without a word."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from api.http.problem import Problem

_MOST_SHOWN = 100


def only(*known: str) -> Callable[[Request], None]:
    """Return what a route depends on so that it takes these fields and no others.

    The dependency raises:
        Problem: 400, names a field that is unknown, and those that are known.
    """

    def refuse(request: Request) -> None:
        unknown = sorted(set(request.query_params) - set(known))
        if unknown:
            raise Problem(
                400, f"Unknown field {unknown[0][:_MOST_SHOWN]!r}; the fields are {', '.join(sorted(known))}."
            )

    return refuse
