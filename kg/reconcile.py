"""Finds the thing that a name means: by label, alias or code, exactly first, then by likeness; and says why.

A name that several things bear comes back as a choice, never as a guess: Lewes is a prison, a court and a district.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import names
from kg.errors import QuestionError
from kg.store import Embedded, Table

# The rooms of things that a name can mean; claims, passages and the like are not named by anybody.
TYPES = (
    *("region", "pdu", "unit", "team", "body", "court", "prison", "office", "place", "person", "post", "contract"),
    *("inspection", "programme", "intervention", "scheme", "tool", "award", "doc"),
)
_NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT DISTINCT ?thing ?property ?name WHERE {
  VALUES ?property { rdfs:label skos:altLabel skos:hiddenLabel skos:notation pko:acronym pko:gssCode dcterms:title }
  ?thing ?property ?name
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/probation-kg/id/"))
}"""
# Codes are right or wrong, never alike.
CODES = {"notation", "gssCode"}
_EXACT = {
    "label": 100.0,
    "notation": 100.0,
    "gssCode": 100.0,
    "acronym": 99.0,
    "title": 99.0,
    "altLabel": 98.0,
    "hiddenLabel": 97.0,
}
# At this score and above, a thing bears the name.
BARE = 96.0
_MOST_ALIKE = 95.0
# Words that say what kind of thing a name belongs to: "Lewes Combined Court Centre" bears the bare name Lewes.
KINDS = {
    "region": "region probation service",
    "pdu": "pdu probation delivery unit",
    "body": "community rehabilitation company crc probation trust service limited ltd",
    "court": "crown magistrates county family combined court centre law courts justice house and",
    "prison": "hmp hm prison yoi hmyoi young offender institution and",
    "office": "probation office",
    "place": "county district borough council police area city",
}
_EVERY_KIND = {word for words in KINDS.values() for word in words.split()} - {"and"}

# A name of a thing: its IRI, the local name of the property, and the name.
Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a name may mean.

    Attributes:
        thing: its IRI.
        label: its label, or the name that matched where it has none.
        type: first part of its path, such as "pdu".
        score: 0 to 100; 96 and above: it bears the name, perhaps beside a word for its kind.
        why: which of its names matched, and how.
    """

    thing: str
    label: str
    type: str
    score: float
    why: str


class Index:
    """All names of all things, read once from a store."""

    def __init__(self, store: Embedded) -> None:
        """Read the names."""
        answer = store.query(_NAMES)
        assert isinstance(answer, Table)
        rows = [(row[0].value, row[1].value, row[2].value) for row in answer.rows if row[0] and row[1] and row[2]]
        self._names = [(thing, re.split("[#/]", kind)[-1], name) for thing, kind, name in rows if room(thing) in TYPES]
        self._labels = {thing: name for thing, kind, name in self._names if kind == "label"}

    def candidates(self, name: str, kind: str | None = None, most: int = 10) -> list[Candidate]:
        """Return the things that `name` may mean, the likeliest first.

        Args:
            name: what somebody wrote; case, punctuation and "&" do not matter.
            kind: keep to one type of things, such as "pdu".
            most: how many at the most; things that bear the very name are all returned.

        Raises:
            QuestionError: there is no such type, or the name is empty.
        """
        if kind is not None and kind not in TYPES:
            raise QuestionError(f'There is no type "{kind}"; choose one of {", ".join(TYPES)}.')
        pool = [each for each in self._names if kind is None or room(each[0]) == kind]
        return rank(name, pool, self._labels, most)


def rank(name: str, pool: Iterable[Name], labels: Mapping[str, str], most: int) -> list[Candidate]:
    """Return the things of a pool of names that `name` may mean, the likeliest first.

    Args:
        name: what somebody wrote.
        pool: the names to compare it with.
        labels: label of each thing.
        most: how many at the most; things that bear the very name are all returned.

    Raises:
        QuestionError: the name is empty.
    """
    wanted = plain(name)
    if not wanted:
        raise QuestionError("The name is empty; give at least one letter or digit.")
    known = list(pool)
    exact = _best(_exact(wanted, known), labels)
    alike = [] if len(exact) >= most else _best(_alike(wanted, known), labels)
    bearing = {candidate.thing for candidate in exact}
    return exact + [candidate for candidate in alike if candidate.thing not in bearing][: max(0, most - len(exact))]


def _best(found: Iterable[tuple[str, float, str]], labels: Mapping[str, str]) -> list[Candidate]:
    """Keep the best match of each thing, in the order of score, then name."""
    best: dict[str, Candidate] = {}
    for thing, score, why in found:
        if thing not in best or score > best[thing].score:
            best[thing] = Candidate(thing, labels.get(thing, ""), room(thing), score, why)
    return sorted(best.values(), key=lambda each: (-each.score, each.label, each.thing))


def plain(name: str) -> str:
    """Return a name without case, punctuation and doubled space; "&" reads "and"."""
    return " ".join(re.sub(r"[^\w\s]", " ", name.casefold().replace("&", " and ")).split())


def room(thing: str) -> str:
    """Return the first part of a thing's path, such as "pdu"."""
    return thing.removeprefix(names.ID).partition("/")[0]


def _exact(wanted: str, pool: list[Name]) -> Iterable[tuple[str, float, str]]:
    for thing, kind, name in pool:
        if plain(name) == wanted:
            yield thing, _EXACT[kind], f'its {property_words(kind)} is "{name}"'
        elif kind not in CODES and _bears(wanted, plain(name), room(thing)):
            yield thing, BARE, f'its {property_words(kind)} is "{name}", less the words for its kind'


def _bears(wanted: str, name: str, kind: str) -> bool:
    """Tell whether a name is the wanted one once the words for its kind are left out of both."""
    own = set(KINDS.get(kind, "").split())
    bare = [word for word in name.split() if word not in own]
    asked = [word for word in wanted.split() if word not in own]
    return bool(bare) and bare == asked and not (set(asked) & _EVERY_KIND)


def _alike(wanted: str, pool: list[Name]) -> Iterable[tuple[str, float, str]]:
    """Compare with every name but codes, which are right or wrong and never alike."""
    from rapidfuzz import fuzz, process

    texts = [each for each in pool if each[1] not in CODES]
    found = process.extract(wanted, [plain(each[2]) for each in texts], scorer=fuzz.WRatio, score_cutoff=70, limit=60)
    for _, score, position in found:
        thing, kind, name = texts[position]
        yield thing, round(min(score, _MOST_ALIKE), 1), f'its {property_words(kind)} "{name}" is like it'


# Local name of a property → what people call it.
_PROPERTY_WORDS = {each.partition(":")[2]: words for each, words in names.PROPERTY_WORDS.items()}


def property_words(kind: str) -> str:
    """Return what a property that names things is called: "other name" for altLabel."""
    return "GSS code" if kind == "gssCode" else _PROPERTY_WORDS.get(kind, kind)
