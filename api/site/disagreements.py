"""Disagreements: what sources say against one another, who says it, and which side is used here and why."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urlencode

from api.disputes import disputed_things
from api.site.dispute_sides import Dispute, disputes
from api.site.page import NotThere, Page, Wanted, render
from api.words import words
from kg import names
from kg.description import called

_KINDS = f"SELECT ?kind ?meaning WHERE {{ ?kind skos:inScheme <{names.VOCAB}discrepancy> ; skos:definition ?meaning }}"
_PER_PAGE = 12
# What the list is narrowed to, by the first part of the name, in the order of the form.
_BODIES = ("region", "pdu", "body", "team", "court", "prison", "office", "place")


def make(wanted: Wanted) -> bytes:
    """Return a page of the list, or the page of one disagreement.

    Raises:
        NotThere: no disagreement bears the name at the end of the address.
    """
    kinds = {names.short(row["kind"]): row for row in wanted.select(_KINDS)}
    return _one(wanted, kinds) if wanted.path else _list(wanted, kinds)


def _one(wanted: Wanted, kinds: dict[str, dict[str, str]]) -> bytes:
    """Return the page of the disagreement that the address names."""
    each = next((each for each in disputes(wanted) if each.slug == wanted.path), None)
    if each is None:
        raise NotThere(f'No disagreement is called "{wanted.path[:80]}"; /disagreements lists them all.')
    return render("site_disagreement.html", wanted, each=each, kinds=kinds)


def _list(wanted: Wanted, kinds: dict[str, dict[str, str]]) -> bytes:
    """Return a page of all disagreements, or of those of one kind or about one thing."""
    bodies, known = _bodies(wanted), disputed_things(wanted.store)
    kept, problem = _kept(wanted, {"kind": set(kinds), "about": {value for _, those in bodies for value, _ in those}})
    found = disputes(wanted, kept.get("kind", ""))
    if "about" in kept:
        wide = {each.iri for each in known[names.iri(kept["about"])]}
        found = [each for each in found if each.iri in wide]
    pages = max(1, -(-len(found) // _PER_PAGE))
    page = min(int(wanted.one("page")), pages) if wanted.one("page").isascii() and wanted.one("page").isdigit() else 1
    page = max(1, page)
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    return render(
        "site_disagreements.html",
        wanted,
        kinds=kinds,
        bodies=bodies,
        kept=kept,
        problem=problem,
        parts_of_page=[(of, list(group)) for of, group in groupby(shown, lambda each: each.of_documents)],
        total=len(found),
        page=page,
        pages=pages,
        before=_address(kept, page - 1) if page > 1 else "",
        after=_address(kept, page + 1) if page < pages else "",
        elsewhere=_elsewhere(found, shown) if page == 1 and not kept else [],
        question={"kind": kept["kind"]} if "kind" in kept else {},
    )


def _kept(wanted: Wanted, known: dict[str, set[str]]) -> tuple[dict[str, str], str]:
    """Return the fields with a sound value, and a sentence on one that has none."""
    kept, problem = {}, ""
    for name, values in known.items():
        value = wanted.one(name)
        if value in values:
            kept[name] = value
        elif value:
            problem = words(wanted.language)(f"disagreements.wrong_{name}", value=value[:80])
    return kept, problem


def _bodies(wanted: Wanted) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the things that disagreements are about, as (short name, label) by the kind of thing."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _BODIES}
    for thing in disputed_things(wanted.store):
        name = names.short(thing)
        kind, _, rest = name.partition("/")
        if kind in found and "/" not in rest:
            found[kind].append((name, called(wanted.store, thing)))
    return [(kind, sorted(those, key=lambda each: each[1])) for kind, those in found.items() if those]


def _elsewhere(found: Iterable[Dispute], shown: list[Dispute]) -> list[Dispute]:
    """Return the disagreements of other pages: old links lead to their names on the first one."""
    here = {each.iri for each in shown}
    return sorted((each for each in found if each.iri not in here), key=lambda each: each.label)


def _address(kept: dict[str, str], page: int) -> str:
    values = kept | ({"page": str(page)} if page > 1 else {})
    return "/disagreements" + ("?" + urlencode(values) if values else "")


PAGE = Page("disagreements", make, ("kind", "about", "page"), deep=True)
