"""The index of a store, asked: what bears these words, what begins with them, what was meant by them."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz

from kg import names
from kg.errors import QuestionError
from kg.reconcile import CODES, KINDS, TYPES, Name, plain, property_words
from kg.search import questions
from kg.search.connection import Connection, written
from kg.search.words import fold, spellings, split
from kg.search.writing import bare, token, write
from kg.store import Embedded

MOST_CHARACTERS = 300
MOST_HITS = 10_000
_MOST_WORDS = 24
_MOST_BEARERS = 200
_MOST_MEANT = 1_000
_MOST_SORTED = 500
# So many names begin with fewer letters that looking for those of a type among them takes too long.
_TELLING = 3
# What a match is worth, by the step that finds it; from BEARS on, the thing bears the name.
BEARS = 96.0
_EXACT, _BARE, _STARTS, _WORDS, _MEANT, _TEXTS = 100.0, BEARS, 90.0, 80.0, 60.0, 50.0
_KIND_WORDS = {word for words in KINDS.values() for word in words.split()}
_SMALL_WORDS = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"} | _KIND_WORDS
# Words in which people ask; they are left out where nothing has all words of a text.
ASKING = {
    *("am", "are", "be", "belong", "belongs", "cover", "covered", "covers", "did", "do", "does"),
    *("find", "had", "has", "have", "how", "i", "inspected", "is", "list", "me", "my", "provides"),
    *("rated", "run", "runs", "serve", "served", "serves", "show", "tell", "there", "was", "were"),
    *("what", "when", "where", "which", "who", "whom", "whose", "why"),
}

Found = dict[int, float]
# Property, text and folded text of a name.
_Named = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that a search found.

    Attributes:
        iri: the thing.
        name: its short name, such as "pdu/west-kent".
        label: what it is called.
        type: first part of its path, such as "pdu"; or "statement", "concept" or "term".
        class_iri, class_label: its narrowest class, "" where it has none.
        why: which of its names matched, and how.
        score: 0 to 100; 96 and above: it bears the name.
        by: the name that matched, "" where it was the kind or the words of a text.
    """

    iri: str
    name: str
    label: str
    type: str
    class_iri: str
    class_label: str
    why: str
    score: float
    by: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits, the best first.

    Attributes:
        total: how many there are; counted up to 10,000.
        hits: those of the page.
    """

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The types that a search keeps to; none: all."""

    types: tuple[str, ...]

    def words(self, expression: str) -> str:
        """Return an expression that keeps to the types."""
        return f"types : ({' OR '.join(map(token, self.types))}) AND ({expression})" if self.types else expression


class SearchIndex:
    """All names of all things, and the words of statements and definitions."""

    def __init__(self, path: Path) -> None:
        """Open the index that `build` wrote to `path`; every process opens the file for itself when it first asks."""
        self._connection = Connection(path)

    @classmethod
    def build(cls, store: Embedded, path: Path | None = None) -> SearchIndex:
        """Write the index of a store to a file, or keep it in memory.

        Raises:
            StoreError: the file cannot be written.
        """
        index = cls.__new__(cls)
        index._connection = written(path, lambda connection: write(store, connection))
        return index

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types and classes that a search can keep to."""
        return tuple(row[0] for row in self._connection.rows("SELECT DISTINCT type FROM belongs ORDER BY type"))

    def search(self, text: str, types: Iterable[str] | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """Return the things that bear, or speak of, the words of a text; signs alone find nothing.

        Names come first, those that are the very text before those that begin with it or hold its words; where there is
        none, names with nearly those words; then statements and definitions that hold them. Codes are right or wrong.

        Args:
            text: what somebody wrote; case, accents and punctuation do not matter; the last word may be unfinished.
            types: keep to these types ("pdu", "statement") or classes ("pko:Court").
            limit: how many hits the page has at the most.
            offset: how many hits are passed over.

        Raises:
            QuestionError: the text is empty or too long, or there is no such type.
        """
        scope = self._scope(types)
        if _signs_alone(text):
            return Hits(0, ())
        wanted, most = _wanted(text), min(offset, MOST_HITS) + limit
        found = self._named(text, wanted, scope, most)
        if not found and (asked := _asked(wanted)) and not self._matching(_all(wanted, "texts"), scope, 1):
            wanted = asked
            found = self._named(asked, asked, scope, most)
        first = [thing for thing, score in found.items() if score >= _BARE]
        if not found:
            found = self._meant(wanted, scope, _MOST_MEANT)
            first = list(found)
        anywhere = _all(wanted, "names kinds texts")
        if len(found) < most:
            self._extend(found, self._matching(anywhere, scope, most), _TEXTS)
        page = list(found.items())[offset : offset + limit]
        return Hits(self._count(anywhere, scope, first), self._hits(page, wanted))

    def suggest(self, prefix: str, types: Iterable[str] | None = None, limit: int = 10) -> tuple[Hit, ...]:
        """Return the things whose name begins with, or holds, what somebody has typed so far.

        Raises:
            QuestionError: the text is empty or too long, or there is no such type.
        """
        scope = self._scope(types)
        if _signs_alone(prefix):
            return ()
        wanted = _wanted(prefix)
        found = self._named(prefix, wanted, scope, limit)
        return self._hits(list(found.items())[:limit], wanted)

    def pool(self, name: str, types: Iterable[str] | None = None, most: int = 50) -> tuple[list[Name], dict[str, str]]:
        """Return the names and labels of the things that a name may mean, for `kg.reconcile.rank` to judge.

        Args:
            name: what somebody wrote.
            types: types or classes to keep to; the types that people name, by default.
            most: how many things at the most; those that bear the very name are all there.

        Raises:
            QuestionError: the name is empty or too long, or there is no such type.
        """
        scope, wanted = self._scope(types or self.nameable), _wanted(name)
        found = self._named(name, wanted, scope, most) or self._meant(wanted, scope, most)
        rows = self._connection.rows(questions.POOL, {"things": json.dumps(list(found))})
        pool = [(iri, prop, text) for iri, _, prop, text in rows if prop != "prefLabel"]
        return pool, {iri: label for iri, label, _, _ in rows}

    def describe(self, things: Iterable[str]) -> tuple[Hit, ...]:
        """Return the named things among some IRIs, in their order, as if found by name."""
        rows = self._connection.rows(questions.PLACES, {"things": json.dumps(list(things))})
        return self._hits([(row[0], _EXACT) for row in rows], "")

    def types_of(self, thing: str) -> set[str]:
        """Return the type and classes of a thing."""
        return {row[0] for row in self._connection.rows(questions.TYPES_OF, {"thing": thing})}

    def things_of(self, kind: str, most: int) -> list[str]:
        """Return the IRIs of the first things of a type or class."""
        return [row[0] for row in self._connection.rows(questions.THINGS_OF, {"type": kind, "most": most})]

    def bears(self, thing: str, name: str) -> bool:
        """Tell whether a thing has the very name, alias or code."""
        values = {"thing": thing, "folded": fold(name), "plain": plain(name)}
        return bool(self._connection.rows(questions.BEARS, values))

    @cached_property
    def nameable(self) -> tuple[str, ...]:
        """The types of things that people name."""
        return tuple(kind for kind in TYPES if kind in self.types)

    @cached_property
    def _known(self) -> list[str]:
        return [row[0] for row in self._connection.rows("SELECT text FROM word ORDER BY text")]

    @cached_property
    def _known_set(self) -> set[str]:
        return set(self._known)

    def _scope(self, types: Iterable[str] | None) -> _Scope:
        wanted = tuple(dict.fromkeys(types or ()))
        for each in wanted:
            if each not in self.types:
                plain_types = ", ".join(kind for kind in self.types if ":" not in kind)
                raise QuestionError(f'There is no type "{each[:60]}"; choose one of {plain_types}, or a class.')
        return _Scope(wanted)

    def _named(self, text: str, wanted: str, scope: _Scope, most: int) -> Found:
        """Find the things whose names are, begin with or hold the words, in this order."""
        found: Found = {}
        self._extend(found, self._bearing(wanted, plain(text), scope), _EXACT)
        self._extend(found, self._bearing_bare(wanted, scope), _BARE)
        steps: list[tuple[Callable[[], list[int]], float]] = [
            (lambda: self._starting(wanted, scope, most), _STARTS),
            (lambda: self._matching(_all(wanted, "names kinds"), scope, most), _WORDS),
        ]
        for step, score in steps:
            if len(found) < most:
                self._extend(found, step(), score)
        return found

    @staticmethod
    def _extend(found: Found, more: Iterable[int], score: float) -> None:
        for thing in more:
            found.setdefault(thing, score)

    def _bearing(self, folded: str, code: str, scope: _Scope) -> list[int]:
        return self._things(questions.BEARING, scope, folded=folded, plain=code, most=_MOST_BEARERS)

    def _bearing_bare(self, wanted: str, scope: _Scope) -> list[int]:
        """Find the things that bear the name once the words for their kind are left out, as in "west kent pdu"."""
        found: list[int] = []
        for stripped, kinds in _stripped(wanted).items():
            found += self._things(
                questions.BEARING_BARE, scope, bare=stripped, kinds=json.dumps(kinds), most=_MOST_BEARERS
            )
        return sorted(found)

    def _starting(self, wanted: str, scope: _Scope, most: int) -> list[int]:
        """Find the things that have a name that begins with the words; the first ones in the order of all things."""
        if scope.types and len(wanted) < _TELLING:
            return []
        end, enough = wanted + "\U0010ffff", max(most, _MOST_SORTED)
        found = self._things(questions.STARTING, scope, folded=wanted, end=end, most=enough)
        return sorted(found[:_MOST_SORTED]) + found[_MOST_SORTED:]

    def _matching(self, expression: str, scope: _Scope, most: int) -> list[int]:
        return self._things(questions.MATCHING, scope, words=scope.words(expression), most=most)

    def _things(self, question: str, scope: _Scope, **values: object) -> list[int]:
        return [row[0] for row in self._connection.rows(question, {"types": json.dumps(scope.types), **values})]

    def _count(self, expression: str, scope: _Scope, first: list[int]) -> int:
        """Count the things that match an expression, and those found before, whether they match it or not."""
        values = {"words": scope.words(expression), "things": json.dumps(first), "most": MOST_HITS}
        held, among = self._connection.rows(questions.MATCHES, values)[0]
        return int(min(held + len(first) - (among or 0), MOST_HITS))

    def _meant(self, wanted: str, scope: _Scope, most: int) -> Found:
        """Find the things whose names hold what the words may mean; words that say little, or nothing, are left out."""
        readings = {word: self._readings(word) for word in wanted.split()}
        telling = [word for word in readings if word not in _SMALL_WORDS]
        known = [word for word in telling if readings[word]]
        if not known or 2 * len("".join(known)) <= len("".join(telling)):
            return {}
        found: Found = {}
        for choice in ([word for word in readings if readings[word]], known):
            if not found:
                expression = " AND ".join(f"({' OR '.join(readings[word])})" for word in choice)
                self._extend(found, self._matching(f"{{names kinds}} : ({expression})", scope, most), _MEANT)
        return found

    def _readings(self, word: str) -> list[str]:
        """Return what a word may stand for, as expressions; none where nothing is like it."""
        if word in self._known_set:
            return [f'"{word}"']
        place = bisect_left(self._known, word)
        if place < len(self._known) and self._known[place].startswith(word):
            return [f'"{word}" *']
        near = spellings(word, self._known)
        if near:
            return [f'"{each}"' for each in near]
        parts = split(word, self._known_set)
        return [f'("{parts[0]}" AND "{parts[1]}")'] if parts else []

    def _hits(self, page: list[tuple[int, float]], wanted: str) -> tuple[Hit, ...]:
        """Describe the things of a page."""
        wanted_things = {"things": json.dumps([thing for thing, _ in page])}
        things = {row[0]: row for row in self._connection.rows(questions.DESCRIBED, wanted_things)}
        named: dict[int, list[_Named]] = {thing: [] for thing, _ in page}
        for thing, prop, text, folded in self._connection.rows(questions.NAMES, wanted_things):
            named[thing].append((prop, text, folded))
        return tuple(_hit(things[thing], named[thing], score, wanted) for thing, score in page)


def _signs_alone(text: str) -> bool:
    """Tell whether a text has neither letter nor digit, such as "%"."""
    return 0 < len(text) <= MOST_CHARACTERS and not fold(text)


def _wanted(text: str) -> str:
    """Return the words of a text that a search goes by."""
    if len(text) > MOST_CHARACTERS:
        raise QuestionError(f"The text has {len(text):,} characters; at most {MOST_CHARACTERS} are read: shorten it.")
    words = fold(text).split()[:_MOST_WORDS]
    if not words:
        raise QuestionError("The text is empty; give at least one letter or digit.")
    return " ".join(words)


def _asked(wanted: str) -> str:
    """Return what a question asks about, without the words in which it asks; "" for no question.

    >>> _asked("which pdu serves thanet")
    'pdu thanet'
    """
    kept = " ".join(word for word in wanted.split() if word not in ASKING)
    return kept if kept != wanted else ""


def _all(wanted: str, columns: str) -> str:
    """Return the expression that asks for all words, the last perhaps unfinished."""
    words = " AND ".join(f'"{word}"' for word in wanted.split())
    return f"{{{columns}}} : ({words} *)"


def _stripped(wanted: str) -> dict[str, tuple[str, ...]]:
    """Return what is left of a name without the words for a kind, and the kinds that it may be then; none: any."""
    left: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        stripped = bare(wanted, kind)
        if stripped and stripped != wanted:
            left[stripped] = (*left.get(stripped, ()), kind)
    return {wanted: (), **left}


def _hit(thing: tuple[int, str, str, str, str, str], named: list[_Named], score: float, wanted: str) -> Hit:
    _, iri, kind, class_iri, class_label, label = thing
    name = _matched(named, score, wanted)
    why, by = _why(name, score, wanted), name[1] if name else ""
    return Hit(iri, names.short(iri), label, kind, class_iri, class_label, why, score, by)


def _matched(named: list[_Named], score: float, wanted: str) -> _Named | None:
    """Return the name that matched: the very text, else one that begins with it, else the likest; None for no name."""
    words = wanted.split()

    def distance(name: _Named) -> tuple[bool, bool, int, float, int]:
        folded = name[2]
        missing = sum(word not in folded for word in words)
        alike = fuzz.WRatio(wanted, folded) if score == _MEANT else 0.0
        return folded != wanted, not folded.startswith(wanted), missing, -alike, len(folded)

    fitting = [each for each in named if score == _EXACT or each[0] not in CODES]
    return min(fitting, key=distance) if fitting and wanted and score > _TEXTS else None


def _why(name: _Named | None, score: float, wanted: str) -> str:
    """Say how a name, a kind or a text matched."""
    if not wanted:
        return ""
    if name is None:
        return "its summary or definition has the words" if score <= _TEXTS else "its kind has the words"
    prop, text, folded = name
    phrase = _how(folded, score, wanted).format(f'"{text}"')
    return f"its {property_words(prop)} {phrase}"


def _how(folded: str, score: float, wanted: str) -> str:
    """Return the phrase that says how a name matched, with a place for the name."""
    if score == _EXACT:
        return "is {}"
    if score == _BARE:
        return "is {}, less the words for its kind"
    if score == _MEANT:
        return "{} is like it"
    return "{} begins with it" if folded.startswith(wanted) else "{} has the words"
