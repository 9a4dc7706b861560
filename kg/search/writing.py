"""Writes the index of a store: all names of things, and the words of statements and definitions, as one database."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from kg import names
from kg.reconcile import CODES, KINDS, TYPES, plain, room
from kg.search.words import fold
from kg.store import Embedded, Table, Term

_PREFIXES = "".join(f"PREFIX {prefix}: <{names.PREFIXES[prefix]}>\n" for prefix in ("rdfs", "skos", "dcterms", "pko"))
_NAMES = """SELECT DISTINCT ?thing ?property ?text WHERE {
  VALUES ?property { rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel skos:notation pko:acronym pko:gssCode
                     dcterms:title pko:summary skos:definition }
  ?thing ?property ?text
}"""
# Rows, claims and passages are the bulk of the graph, and nobody names them.
_CLASSES = "SELECT DISTINCT ?thing ?class WHERE { ?thing a ?class FILTER NOT EXISTS { ?thing a pko:Evidence } }"
_WIDER = "SELECT DISTINCT ?class ?wider WHERE { ?class rdfs:subClassOf ?wider }"
_TEXTS = {"summary", "definition"}
_LABELS = ("label", "prefLabel", "title", "summary")
_STATEMENT = names.DEF + "Statement"
# Things stand in this order where nothing else decides: what people look for first, then statements, terms last.
_LAST = len(TYPES) + 2
_ORDER = {kind: place for place, kind in enumerate((*TYPES, "concept"))}
_ORDER |= {"statement": _LAST + 1, "term": _LAST + 2}

_SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, type TEXT, class TEXT, class_label TEXT, label TEXT);
CREATE TABLE name (thing INTEGER, property TEXT, text TEXT, folded TEXT, bare TEXT);
CREATE TABLE belongs (thing INTEGER, type TEXT, PRIMARY KEY (thing, type)) WITHOUT ROWID;
CREATE TABLE word (text TEXT);
CREATE VIRTUAL TABLE words USING fts5(
  names, kinds, texts, codes, types, content='', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3 4'
);
"""
_INDEXES = """
CREATE INDEX name_thing ON name (thing);
CREATE INDEX name_folded ON name (folded);
CREATE INDEX name_bare ON name (bare) WHERE bare <> '';
CREATE UNIQUE INDEX thing_iri ON thing (iri);
"""


@dataclass(slots=True)
class Entry:
    """One thing as the index keeps it.

    Attributes:
        iri: the thing.
        names: property, language and text of each of its names.
        classes: IRIs of all its classes, wider ones too.
    """

    iri: str
    names: list[tuple[str, str, str]] = field(default_factory=list)
    classes: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """What the thing is in one word: its room, or statement, concept or term."""
        if self.iri.startswith(names.DEF):
            return "term"
        if self.iri.startswith(names.VOCAB):
            return "concept"
        return "statement" if _STATEMENT in self.classes else room(self.iri)

    @property
    def label(self) -> str:
        """Its English label, title or summary, else one in another language, else its short name."""
        found = {(_LABELS.index(kind), tongue != "en", text) for kind, tongue, text in self.names if kind in _LABELS}
        return min(found)[2] if found else names.short(self.iri)


def write(store: Embedded, connection: sqlite3.Connection) -> None:
    """Fill an empty database with the index of a store."""
    entries, wider = _entries(store), _pairs(store, _WIDER)
    labels = {entry.iri: entry.label for entry in entries}
    entries.sort(key=lambda entry: (_ORDER.get(entry.type, _LAST), len(entry.label), entry.iri))
    narrowest = cache(lambda classes: _narrowest(classes, wider))
    connection.executescript(_SCHEMA)
    known: set[str] = set()
    for number, entry in enumerate(entries, 1):
        known.update(_add(connection, number, entry, narrowest(entry.classes), labels))
    connection.executemany("INSERT INTO word VALUES (?)", ((word,) for word in sorted(known)))
    connection.executescript(_INDEXES)
    connection.commit()


def token(kind: str) -> str:
    """Return the one word that stands for a type or class in the index: "functionalunit" for "functional-unit"."""
    return re.sub(r"[^a-z0-9]", "", kind.lower())


def bare(folded: str, kind: str) -> str:
    """Return a folded name without the words that say its kind: "west kent" for "west kent pdu"."""
    own = set(KINDS.get(kind, "").split())
    return " ".join(word for word in folded.split() if word not in own)


def _entries(store: Embedded) -> list[Entry]:
    """Read the things that bear a name, a summary or a definition."""
    found: dict[str, Entry] = {}
    for thing, kind, text in _rows(store, _NAMES):
        if thing.value.startswith((names.ID, names.VOCAB, names.DEF)):
            entry = found.setdefault(thing.value, Entry(thing.value))
            entry.names.append((re.split("[#/]", kind.value)[-1], text.language, text.value))
    for iri, classes in _pairs(store, _CLASSES).items():
        if iri in found:
            found[iri].classes = frozenset(classes)
    return list(found.values())


def _add(
    connection: sqlite3.Connection, number: int, entry: Entry, narrow: str, labels: dict[str, str]
) -> Iterable[str]:
    """Add a thing; return the words that a misspelt one may mean."""
    kind, class_label = entry.type, labels.get(narrow, "")
    named = [(fold(text), *each) for each in entry.names for text in (each[2],)]
    called = " ".join(folded for folded, prop, _, _ in named if prop not in CODES | _TEXTS)
    texts = " ".join(folded for folded, prop, _, _ in named if prop in _TEXTS)
    codes = " ".join(token(folded) for folded, prop, _, _ in named if prop in CODES)
    kinds = f"{KINDS.get(kind, '')} {fold(class_label)} {fold(kind)}"
    types = {kind, *(names.short(each) for each in entry.classes)}
    connection.execute(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", (number, entry.iri, kind, narrow, class_label, entry.label)
    )
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", _name_rows(number, kind, named))
    connection.executemany("INSERT INTO belongs VALUES (?, ?)", ((number, each) for each in types))
    connection.execute(
        "INSERT INTO words (rowid, names, kinds, texts, codes, types) VALUES (?, ?, ?, ?, ?, ?)",
        (number, called, kinds, texts, codes, " ".join(token(each) for each in types)),
    )
    return f"{called} {kinds}".split()


def _name_rows(number: int, kind: str, named: list[tuple[str, str, str, str]]) -> Iterator[tuple[int | str, ...]]:
    for folded, prop, _, text in named:
        if prop in _TEXTS:
            continue
        stripped = "" if prop in CODES else bare(folded, kind)
        yield number, prop, text, plain(text) if prop in CODES else folded, stripped


def _narrowest(classes: frozenset[str], wider: dict[str, set[str]]) -> str:
    """Return the class that no other class of the thing is narrower than; one of this ontology where there is one."""
    above = {each for one in classes for each in _above(one, wider)}
    lowest = sorted(classes - above, key=lambda each: (not each.startswith(names.DEF), each))
    return lowest[0] if lowest else ""


def _above(one: str, wider: dict[str, set[str]]) -> set[str]:
    found, left = set[str](), [one]
    while left:
        new = wider.get(left.pop(), set()) - found - {one}
        found |= new
        left.extend(new)
    return found


def _pairs(store: Embedded, query: str) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in _rows(store, query):
        found[one.value].add(other.value)
    return dict(found)


def _rows(store: Embedded, query: str) -> Iterator[tuple[Term, ...]]:
    answer = store.query(_PREFIXES + query)
    assert isinstance(answer, Table)
    return (tuple(term for term in row if term) for row in answer.rows)
