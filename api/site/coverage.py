"""/coverage: sentence by sentence, which statements a document carries, and which sentences state none, and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

from api.site import marked
from api.site.page import Page, Wanted, render
from api.site.passages import Piece, Span, pieces
from api.site.shelf import Shelved, shelved

_A_PAGE = 100
_STATES = ("stated", "unstated", "left")


def make(wanted: Wanted) -> bytes:
    """Make the page of one document, or of all.

    Raises:
        NotThere: there is no such document.
    """
    if not wanted.path:
        found = [{**each, "counts": _counts(each["held"])} for each in marked.all_documents(wanted)]
        return render("site_coverage_all.html", wanted, documents=found)
    document = marked.known(wanted, wanted.path)
    held = shelved(document["slug"])
    if held is None:
        return render("site_coverage.html", wanted, document=document, counts=None, sentences=[])
    state = wanted.one("show") if wanted.one("show") in _STATES else ""
    chosen = [each for each in held.accounts if state in ("", each.state)]
    pages = max(1, -(-len(chosen) // _A_PAGE))
    page = min(_number(wanted.one("page")), pages)
    part = chosen[(page - 1) * _A_PAGE : page * _A_PAGE]
    said = marked.statements(wanted, document["iri"])
    return render(
        "site_coverage.html",
        wanted,
        document=document,
        counts=_counts(held),
        reasons=Counter(each.reason for each in held.accounts if each.state == "unstated").most_common(),
        state=state,
        unknown=wanted.one("show") if wanted.one("show") and not state else "",
        first=(page - 1) * _A_PAGE,
        total=len(chosen),
        sentences=[(each, *_of_sentence(held, Span(each.sentence.start, each.sentence.end), said)) for each in part],
        page=page,
        pages=pages,
        before=_address(document, state, page - 1) if page > 1 else "",
        after=_address(document, state, page + 1) if page < pages else "",
    )


def _number(text: str) -> int:
    """Return the number of a page, 1 for what is none."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _address(document: dict[str, Any], state: str, page: int) -> str:
    show = f"show={state}&" if state else ""
    return f"/coverage/{document['slug']}?{show}page={page}"


def _counts(held: Shelved | None) -> dict[str, int] | None:
    """Return the number of sentences by state, and of all; None without the text."""
    if held is None:
        return None
    found = Counter(each.state for each in held.accounts)
    return {"all": len(held.accounts), **{state: found[state] for state in _STATES}}


def _of_sentence(
    held: Shelved, sentence: Span, said: list[dict[str, Any]]
) -> tuple[list[Piece], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a sentence's pieces, the statements that it carries, and those that it lends words but another carries."""
    inside = [row for row in said if row["start"] < sentence.end and row["end"] > sentence.start]
    cut = pieces(held.text, sentence, [Span(row["start"], row["end"]) for row in inside])
    carried = {row["statement"]: row for row in inside if row["whole"]}
    lent = {row["statement"]: row for row in inside if row["statement"] not in carried}
    return list(cut), list(carried.values()), list(lent.values())


PAGE = Page("coverage", make, fields=("show", "page"), deep=True)
