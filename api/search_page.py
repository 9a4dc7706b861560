"""The page of a search: results with their kind and why they match, and a way on where there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlencode

from fastapi import Response

from api.addresses import link_of
from api.pages import page_reply
from kg.errors import QuestionError
from kg.search import Hit, Hits, SearchIndex
from kg.search.index import ASKING, MOST_CHARACTERS

# Kinds that are offered to keep to, in this order; any other type or class still works in the address.
KINDS = (
    *("region", "pdu", "inspection", "statement", "place", "prison", "court", "office", "body", "person", "contract"),
    *("doc", "intervention", "concept"),
)
_MOST_WORDS = 6
_MOST_NEAR = 6
_NEAR_A_WORD = 3
_IN_A_NAME = 80.0  # score from which a name holds the very word


@dataclass(frozen=True, slots=True)
class Search:
    """What a browser asked for.

    Attributes:
        words: what somebody wrote; "" for the empty form.
        types: kinds to keep to.
        limit: results a page.
        offset: results passed over.
    """

    words: str = ""
    types: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0

    @property
    def shown(self) -> str:
        """The words as a page may show them: without characters that nobody sees, and not endless."""
        return "".join(each for each in self.words[:MOST_CHARACTERS] if each.isprintable())

    def at(self, offset: int) -> str:
        """Return the address of another page of the search."""
        asked = [("q", self.words), *(("type", each) for each in self.types), ("limit", self.limit), ("offset", offset)]
        return f"/search?{urlencode(asked)}"


def form_page(search: Search, wrong: str = "") -> Response:
    """Return the form alone; `wrong` says in a sentence what cannot be read of what was asked."""
    return _page(search, None, wrong=wrong)


def results_page(search: Search, index: SearchIndex) -> Response:
    """Return results; where nothing is found, what comes nearest. Signs alone find nothing."""
    try:
        found = index.search(search.words, search.types, search.limit, search.offset)
    except QuestionError as error:
        return form_page(search, str(error))
    if found.total:
        return _page(search, found)
    everywhere = index.search(search.words).total if search.types else 0
    return _page(search, found, everywhere=everywhere, near=_near(search.words, index))


def _near(text: str, index: SearchIndex) -> list[Hit]:
    """Return things that have one of the words in a name, those of the longest words first, terms of the model last."""
    found: dict[str, Hit] = {}
    words = [word for word in dict.fromkeys(text.casefold().split()) if word not in ASKING]
    for word in sorted(words, key=len, reverse=True)[:_MOST_WORDS]:
        try:
            hits = index.search(word, limit=_NEAR_A_WORD).hits
        except QuestionError:  # a word of no letter and no digit
            continue
        found |= {hit.iri: hit for hit in hits if hit.score >= _IN_A_NAME}
    return sorted(found.values(), key=lambda hit: hit.type == "term")[:_MOST_NEAR]


def _linked(hits: Iterable[Hit]) -> list[tuple[Hit, str]]:
    return [(hit, link_of(hit.iri)) for hit in hits]


def _page(search: Search, found: Hits | None, **more: Any) -> Response:
    last = search.offset + len(found.hits) if found else 0
    values = {
        "search": search,
        "most": MOST_CHARACTERS,
        "kinds": [*KINDS, *(each for each in search.types if each not in KINDS)],
        "known_kinds": KINDS,
        "found": found,
        "hits": _linked(found.hits) if found else [],
        "page": search.offset // search.limit + 1,
        "pages": ceil(found.total / search.limit) if found else 0,
        "before": search.at(max(0, search.offset - search.limit)) if found and search.offset else "",
        "after": search.at(last) if found and found.hits and last < found.total else "",
        "everywhere": more.get("everywhere", 0),
        "near": _linked(more.get("near", ())),
        "wrong": more.get("wrong", ""),
    }
    reply = page_reply("search.html", **values)
    return Response(reply.body, reply.status, reply.headers, reply.content_type)
