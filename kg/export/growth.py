"""Growth: a view that is asked again of the things that it found, step by step."""

from __future__ import annotations

import re
from collections import Counter

from kg.errors import QuestionError
from kg.export.facts import parts
from kg.store import Embedded, Row, Table

# The line of a view that names the things of a step; the file has an example there.
_THINGS = re.compile(r"VALUES \?thing \{[^}]*\}")


def grown(store: Embedded, text: str, thing: str, steps: int, most: int) -> tuple[Table, int]:
    """Return the rows of so many steps from a thing, and how many things they reach.

    Args:
        store: to ask.
        text: query with a line "VALUES ?thing { … }".
        thing: IRI where it begins.
        steps: how often the query is asked.
        most: things that stay: those of earlier steps, then those with the most links, then by name.
    """
    columns: tuple[str, ...] = ()
    rows: dict[Row, None] = {}
    kept, fresh, reached = {thing}, [thing], {thing}
    for _ in range(steps):
        if not fresh:
            break
        columns, found = _step(store, text, fresh)
        rows |= dict.fromkeys(found)
        source, target = columns.index("source"), columns.index("target")
        links = Counter(term.value for row in found for term in (row[source], row[target]) if term)
        reached |= links.keys()
        fresh = sorted(links.keys() - kept, key=lambda name: (-links[name], name))[: most - len(kept)]
        kept.update(fresh)
        fresh.sort()
    within = tuple(row for row in rows if all(term and term.value in kept for term in (row[source], row[target])))
    return Table(columns, within), len(reached)


def _step(store: Embedded, text: str, things: list[str]) -> tuple[tuple[str, ...], list[Row]]:
    """Ask for the links of things, so many in one query as it takes."""
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    if not _THINGS.search(text):
        raise QuestionError('A view that is repeated needs a line "VALUES ?thing { … }"; add it.')
    for part in parts(things, full=True):
        table = store.query(_THINGS.sub(lambda _, names=part: f"VALUES ?thing {{ {names} }}", text))  # type: ignore[misc]
        assert isinstance(table, Table)
        columns = table.columns
        rows += table.rows
    return columns, rows
