"""The page of a search: results with their kind and why they match, and a way on where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlencode

from fastapi import Response

from api.addresses import link_of
from api.pages import page_reply
from api.search_ways import Ways
from api.words import catalogue, words
from kg import names
from kg.errors import QuestionError
from kg.search import Hit, Hits, SearchIndex
from kg.search.index import ASKING, MOST_CHARACTERS
from kg.search.words import fold

# Kinds that are offered to keep to, in this order; any other type or class still works in the address.
KINDS = (
    *("region", "pdu", "inspection", "statement", "place", "prison", "court", "office", "body", "person", "contract"),
    *("doc", "intervention", "concept"),
)
_MOST_WORDS = 6
_MOST_NEAR = 6
_NEAR_A_WORD = 3
_IN_A_NAME = 80.0  # score from which a name holds the very word
_FRAMEWORK = re.compile(r"vocab/framework/[^/]+(?=/)")


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


@dataclass(frozen=True, slots=True)
class Line:
    """A result as a person reads it.

    Attributes:
        label, href: what it is called, and where its page is.
        kind: what it is, in words; with its framework where it belongs to one.
        why: what matched where the label does not show it, else "".
    """

    label: str
    href: str
    kind: str
    why: str


def form_page(search: Search, wrong: str = "") -> Response:
    """Return the form alone; `wrong` says in a sentence what cannot be read of what was asked."""
    return _page(search, None, wrong=wrong)


def results_page(search: Search, index: SearchIndex, ways: Ways) -> Response:
    """Return results; where nothing is found, what comes nearest. Signs alone find nothing."""
    try:
        found = index.search(search.words, search.types, search.limit, search.offset)
    except QuestionError as error:
        return form_page(search, str(error))
    if found.total:
        return _page(search, found, index, ways=ways.of(search.words, found.hits))
    everywhere = index.search(search.words).total if search.types else 0
    near = _near(search.words, index)
    return _page(search, found, index, everywhere=everywhere, near=near, ways=ways.of(search.words, near))


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


def _lines(hits: Iterable[Hit], text: str, index: SearchIndex) -> list[Line]:
    """Return results in words; standards of one name are told apart by their framework."""
    within = {hit.iri: names.iri(match[0]) for hit in hits if (match := _FRAMEWORK.match(hit.name))}
    frameworks = {each.iri: each.label for each in index.describe(set(within.values()))}
    return [
        Line(hit.label, link_of(hit.iri), _kind(hit, frameworks.get(within.get(hit.iri, ""), "")), _why(hit, text))
        for hit in hits
    ]


def _kind(hit: Hit, framework: str) -> str:
    """Return what a thing is, as people call it."""
    t, known = words("en"), catalogue("en")
    own, general = f"search.class_{hit.class_iri.rpartition('#')[2]}", f"search.kind_{hit.type}"
    kind = t(own) if own in known else hit.class_label or (t(general) if general in known else hit.type)
    return t("search.kind_within", kind=kind, framework=framework) if framework else kind


def _why(hit: Hit, text: str) -> str:
    """Return in words what matched; "" where the label has the words, or is itself the name that is like them.

    >>> _why(Hit("", "", "East Kent", "pdu", "", "", "", 80, "Swale"), "swale")
    'Also called “Swale”'
    >>> _why(Hit("", "", "East Kent", "pdu", "", "", "", 80, "East Kent"), "kent")
    ''
    """
    label, t = fold(hit.label), words("en")
    if hit.label == hit.by or all(word in label for word in fold(text).split() if word not in ASKING):
        return ""
    if hit.by:
        return t("search.also_called", name=hit.by)
    return t("search.in_its_text") if hit.score < _IN_A_NAME else ""


def _page(search: Search, found: Hits | None, index: SearchIndex | None = None, **more: Any) -> Response:
    hits, near = found.hits if found else (), more.get("near", [])
    last = search.offset + len(found.hits) if found else 0
    values = {
        "search": search,
        "most": MOST_CHARACTERS,
        "kinds": [*KINDS, *(each for each in search.types if each not in KINDS)],
        "known_kinds": KINDS,
        "found": found,
        "hits": _lines(hits, search.words, index) if index else [],
        "ways": more.get("ways", []),
        "page": search.offset // search.limit + 1,
        "pages": ceil(found.total / search.limit) if found else 0,
        "before": search.at(max(0, search.offset - search.limit)) if found and search.offset else "",
        "after": search.at(last) if found and found.hits and last < found.total else "",
        "everywhere": more.get("everywhere", 0),
        "near": _lines(near, search.words, index) if index else [],
        "wrong": more.get("wrong", ""),
    }
    reply = page_reply("search.html", **values)
    return Response(reply.body, reply.status, reply.headers, reply.content_type)
