"""A small page about a thing, shown beside a cell while somebody chooses."""

from __future__ import annotations

from html import escape

from kg import describe, names
from kg.errors import ThingNotFoundError
from kg.search import SearchIndex
from kg.store import Embedded, Term

# No script, no style, no picture, no form: the page can do nothing, wherever it is shown.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"
WIDTH, HEIGHT = 420, 260
_SHOWN = (
    *("skos:notation", "skos:altLabel", "org:subOrganizationOf", "pko:servesRegion", "pko:inPoliceArea", "pko:town"),
    *("pko:postcode", "pko:unitStatus", "pko:openStatus", "pko:latestRating"),
)


def page(store: Embedded, index: SearchIndex, thing: str) -> str:
    """Return the page.

    Raises:
        ThingNotFoundError: there is no such thing, or it has no name.
    """
    found = index.describe([thing])
    if not found:
        raise ThingNotFoundError(f'There is no named thing "{names.short(thing)[:100]}"; search for it by its name.')
    facts = [(names.short(row[0].value), row[1]) for row in describe.facts(store, thing) if row[0] and row[1]]
    shown = [(name, value) for name, value in facts if name in _SHOWN]
    labels = store.labels([value.value for _, value in shown if value.kind == "iri"])
    lines = "".join(f"<li>{escape(_text(value, labels))}</li>" for _, value in sorted(shown, key=_place))
    hit = found[0]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(hit.label)}</title></head><body>'
        f"<h1>{escape(hit.label)}</h1><p>{escape(hit.class_label)}, <code>{escape(hit.name)}</code></p>"
        f"<ul>{lines}</ul></body></html>"
    )


def _place(fact: tuple[str, Term]) -> int:
    return _SHOWN.index(fact[0])


def _text(value: Term, labels: dict[str, str]) -> str:
    return labels.get(value.value, names.short(value.value)) if value.kind == "iri" else value.value
