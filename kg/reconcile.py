"""Finds the thing that a name means: by label, alias or code, exactly first, then by likeness; and says why.

A name that several things bear comes back as a choice, never as a guess: Lewes is a prison, a court and a district.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
_CODES = {"notation", "gssCode"}
_EXACT = {
    "label": 100.0,
    "notation": 100.0,
    "gssCode": 100.0,
    "acronym": 99.0,
    "title": 99.0,
    "altLabel": 98.0,
    "hiddenLabel": 97.0,
}
_BARE = 96.0
_MOST_ALIKE = 95.0
# Words that say what kind of thing a name belongs to: "Lewes Combined Court Centre" bears the bare name Lewes.
_KINDS = {
    "region": "region probation service",
    "pdu": "pdu probation delivery unit",
    "body": "community rehabilitation company crc probation trust service limited ltd",
    "court": "crown magistrates county family combined court centre law courts justice house and",
    "prison": "hmp hm prison yoi hmyoi young offender institution and",
    "office": "probation office",
    "place": "county district borough council police area city",
}
_EVERY_KIND = {word for words in _KINDS.values() for word in words.split()} - {"and"}


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
        self._names = [(thing, re.split("[#/]", kind)[-1], name) for thing, kind, name in rows if _type(thing) in TYPES]
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
        wanted = plain(name)
        if not wanted:
            raise QuestionError("The name is empty; give at least one letter or digit.")
        pool = [each for each in self._names if kind is None or _type(each[0]) == kind]
        exact = self._best(_exact(wanted, pool))
        alike = [] if len(exact) >= most else self._best(_alike(wanted, pool))
        known = {candidate.thing for candidate in exact}
        return exact + [candidate for candidate in alike if candidate.thing not in known][: max(0, most - len(exact))]

    def _best(self, found: Iterable[tuple[str, float, str]]) -> list[Candidate]:
        """Keep the best match of each thing, in the order of score, then name."""
        best: dict[str, Candidate] = {}
        for thing, score, why in found:
            if thing not in best or score > best[thing].score:
                best[thing] = Candidate(thing, self._labels.get(thing, ""), _type(thing), score, why)
        return sorted(best.values(), key=lambda each: (-each.score, each.label, each.thing))


def plain(name: str) -> str:
    """Return a name without case, punctuation and doubled space; "&" reads "and"."""
    return " ".join(re.sub(r"[^\w\s]", " ", name.casefold().replace("&", " and ")).split())


def _type(thing: str) -> str:
    return thing.removeprefix(names.ID).partition("/")[0]


def _exact(wanted: str, pool: list[tuple[str, str, str]]) -> Iterable[tuple[str, float, str]]:
    for thing, kind, name in pool:
        if plain(name) == wanted:
            yield thing, _EXACT[kind], f'its {_words(kind)} is "{name}"'
        elif kind not in _CODES and _bears(wanted, plain(name), _type(thing)):
            yield thing, _BARE, f'its {_words(kind)} is "{name}", less the words for its kind'


def _bears(wanted: str, name: str, kind: str) -> bool:
    """Tell whether a name is the wanted one once the words for its kind are left out of both."""
    own = set(_KINDS.get(kind, "").split())
    bare = [word for word in name.split() if word not in own]
    asked = [word for word in wanted.split() if word not in own]
    return bool(bare) and bare == asked and not (set(asked) & _EVERY_KIND)


def _alike(wanted: str, pool: list[tuple[str, str, str]]) -> Iterable[tuple[str, float, str]]:
    """Compare with every name but codes, which are right or wrong and never alike."""
    from rapidfuzz import fuzz, process

    texts = [each for each in pool if each[1] not in _CODES]
    found = process.extract(wanted, [plain(each[2]) for each in texts], scorer=fuzz.WRatio, score_cutoff=70, limit=60)
    for _, score, position in found:
        thing, kind, name = texts[position]
        yield thing, round(min(score, _MOST_ALIKE), 1), f'its {_words(kind)} "{name}" is like it'


def _words(kind: str) -> str:
    return {"altLabel": "other name", "hiddenLabel": "variant", "notation": "code", "gssCode": "GSS code"}.get(
        kind, kind
    )
