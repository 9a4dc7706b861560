"""The description of one thing, in pages: its facts, the statements about it, their evidence, and what points to it.

A thing <https://w3id.org/probation-kg/id/pdu/york> is described by <https://w3id.org/probation-kg/doc/pdu/york>, a
concept <…/vocab/rating/good> by <…/doc/vocab/rating/good>. Everything is found by look-ups of single things, so that a
description takes milliseconds and never a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg import names
from kg.describe import ABOUT
from kg.errors import KgError
from kg.store.embedded import Embedded
from kg.store.patterns import Quad, about, is_iri, is_named, label_quad, make_quads, pointing_to, value_of
from kg.store.serialize import ResultTooLargeError
from kg.store.terms import Term, literal

PAGE = 25
EVIDENCE_KINDS = ("row", "claim", "passage")  # first part of the references of evidence
MOST_LINKS = 5000
_MOST_FACTS = 2000
_MOST_EVIDENCE = 200

DOC = names.BASE + "doc/"
DATASET = names.BASE + "catalog#dataset"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

_HYDRA = "http://www.w3.org/ns/hydra/core#"
_EVIDENCED_BY = names.DEF + "evidencedBy"
_OA = names.PREFIXES["oa"]
_TYPE = names.PREFIXES["rdf"] + "type"
# Properties by which a statement, or a dated record such as an affiliation, is about a thing.
_ABOUT = frozenset(ABOUT)
_NAMES = frozenset([names.PREFIXES["rdfs"] + "label", names.PREFIXES["skos"] + "prefLabel"])
_PASSAGE = names.ID + "passage/"
_SAID_BY = names.DEF + "asserts"
# Things that nobody names are called after what they lead to: properties, and the words made of their values.
_CALLED = (
    ((names.DEF + "coveredArea", names.DEF + "coveringUnit"), "{} (coverage of {})"),
    ((names.DEF + "parentUnit", names.DEF + "affiliatedUnit"), "{} (affiliation of {})"),
    ((_SAID_BY, names.DEF + "claimedBy"), "{} (claim by {})"),
    ((names.DEF + "inTable",), "entry “{entry}” of: {}"),
    ((_OA + "hasSource",), "characters {place} of {}"),
    ((_OA + "start", _OA + "end"), "characters {} to {}"),
    ((names.PREFIXES["geo"] + "asWKT",), "{}"),
)
_MOST_STEPS = 2
_SUCCESSORS = (names.DEF + "replacedBy", names.PREFIXES["dcterms"] + "isReplacedBy")


class NoSuchPageError(KgError):
    """A description has fewer pages than were asked for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What carries a statement or record: a claim with its passage, or a row of a register.

    Attributes:
        iri: IRI of the claim or row.
        quads: what is said of it, of its passage and of the passage's position.
    """

    iri: str
    quads: tuple[Quad, ...]

    def value(self, name: str) -> str:
        """Return the value of a property by its local name, such as "claimedBy" or "start"; "" without one."""
        ending = (name, "#" + name, "/" + name)
        return next((value_of(o) for _, p, o, _ in self.quads if p.value.endswith(ending[1:])), "")

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a register."""
        return bool(self.value("inTable"))


@dataclass(frozen=True, slots=True)
class Said:
    """A thing with what is said of it and the evidence for that."""

    iri: str
    quads: tuple[Quad, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """One page of the description of a thing.

    Attributes:
        thing: its own facts, and their evidence.
        statements: those of this page.
        links: quads of this page whose object is the thing, other than from statements and evidence.
        labels: by IRI, of the thing and of everything that the page names; words where nobody gave a label.
        label_quads: the quads that say the labels.
        page, pages: number of this page, and of all; from 1.
        statement_count, link_count: on all pages.
        complete: whether the counts are exact; where more than `MOST_LINKS` quads point to the thing, they are not.
        successors: IRIs of what replaced the thing.
        statement_names, all_links: the statements and links of all pages.
    """

    thing: Said
    statements: tuple[Said, ...]
    links: tuple[Quad, ...]
    labels: dict[str, str]
    label_quads: tuple[Quad, ...]
    page: int = 1
    pages: int = 1
    statement_count: int = 0
    link_count: int = 0
    complete: bool = True
    successors: tuple[str, ...] = field(default=())
    statement_names: tuple[str, ...] = ()
    all_links: tuple[Quad, ...] = ()

    @property
    def label(self) -> str:
        """What people call the thing; without a label, the last parts of its IRI."""
        return self.labels.get(self.thing.iri) or names.short(self.thing.iri)

    def quads(self) -> list[Quad]:
        """Return all quads of the page, each once."""
        said = [self.thing, *self.statements]
        parts: list[Iterable[Quad]] = [each.quads for each in said]
        parts += [evidence.quads for each in said for evidence in each.evidence]
        return list(dict.fromkeys(quad for part in [*parts, self.links, self.label_quads] for quad in part))


def document_of(thing: str) -> str:
    """Return the IRI of the document that describes a thing.

    >>> document_of("https://w3id.org/probation-kg/id/pdu/york")
    'https://w3id.org/probation-kg/doc/pdu/york'
    >>> document_of("https://w3id.org/probation-kg/vocab/rating/good")
    'https://w3id.org/probation-kg/doc/vocab/rating/good'
    """
    return DOC + thing.removeprefix(names.ID).removeprefix(names.BASE)


def thing_of(path: str) -> str:
    """Return the IRI of the thing that the document at a path below doc/ describes.

    >>> thing_of("pdu/york")
    'https://w3id.org/probation-kg/id/pdu/york'
    """
    return (names.BASE if path.startswith("vocab/") else names.ID) + path


def document_quads(description: Description, version: str, place: str = "") -> list[Quad]:
    """Return what is said of the document itself, in a graph of its own name.

    A thing that no one has named gets what it is called as its label there, so that every document names its topic.

    Args:
        description: one page of it.
        version: of the dataset.
        place: address from which the document can be fetched, for the links between pages; by default its IRI.
    """
    thing, first = description.thing.iri, document_of(description.thing.iri)
    document = page_of(first, description.page)
    facts = [
        (document, names.PREFIXES["rdf"] + "type", Term(names.PREFIXES["foaf"] + "Document")),
        (document, names.PREFIXES["foaf"] + "primaryTopic", Term(thing)),
        (document, "http://rdfs.org/ns/void#inDataset", Term(DATASET)),
        (document, names.PREFIXES["dcterms"] + "license", Term(LICENCE)),
        (document, names.PREFIXES["owl"] + "versionInfo", literal(version)),
    ]
    if description.pages > 1:
        total = description.statement_count + description.link_count
        facts.append((document, _HYDRA + "totalItems", literal(str(total), "integer")))
    if description.page > 1:
        facts.append((document, _HYDRA + "previous", Term(page_of(place or first, description.page - 1))))
    if description.page < description.pages:
        facts.append((document, _HYDRA + "next", Term(page_of(place or first, description.page + 1))))
    if not any(p.value in _NAMES for _, p, _, _ in description.thing.quads):
        facts.append((thing, names.PREFIXES["rdfs"] + "label", literal(description.label, language="en")))
    return make_quads(document, facts)


def page_of(document: str, page: int) -> str:
    """Return the address of a page of a document."""
    return f"{document}?page={page}" if page > 1 else document


def describe(store: Embedded, iri: str, page: int = 1, size: int = PAGE) -> Description | None:
    """Describe a thing.

    Args:
        store: where it is described.
        iri: the thing.
        page: which page, from 1.
        size: statements, and links, on a page.

    Returns:
        None where nothing is said of it.

    Raises:
        NoSuchPageError: there are fewer pages.
        ResultTooLargeError: more is said of it than can be sent at once.
    """
    if not is_iri(iri):
        return None
    thing = _said(store, iri)
    incoming = pointing_to(store, iri, most=MOST_LINKS + 1)
    if not thing.quads and not incoming:
        return None
    statements, links = _sorted_apart(store, incoming, {each.iri for each in thing.evidence})
    pages = max(1, -(-max(len(statements), len(links)) // size))
    if not 1 <= page <= pages:
        raise NoSuchPageError(f"{iri} has {pages} pages, not {page}.")
    part = slice((page - 1) * size, page * size)
    said = tuple(_said(store, each) for each in statements[part])
    shown = tuple(links[part])
    labels, label_quads = _labels(store, iri, [thing, *said], shown)
    return Description(
        thing=thing,
        statements=said,
        links=shown,
        labels=labels,
        label_quads=tuple(label_quads),
        page=page,
        pages=pages,
        statement_count=len(statements),
        link_count=len(links),
        complete=len(incoming) <= MOST_LINKS,
        successors=_successors(thing.quads),
        statement_names=tuple(statements),
        all_links=tuple(links),
    )


def called(store: Embedded, iri: str) -> str:
    """Return what people call a thing: its label, else words made of what it leads to, else its short name."""
    quad = label_quad(store, iri)
    if quad:
        return str(quad.object.value)
    return (_called(store, iri, _MOST_STEPS) if iri.startswith(names.ID) else "") or names.words(iri)


def _facts(store: Embedded, iri: str) -> list[Quad]:
    facts = about(store, iri, most=_MOST_FACTS + 1)
    if len(facts) > _MOST_FACTS:
        raise ResultTooLargeError(
            f"More than {_MOST_FACTS:,} facts are known of {iri}; ask for a part of them with SPARQL."
        )
    return _ordered(facts)


def _ordered(quads: list[Quad]) -> list[Quad]:
    return sorted(quads, key=lambda quad: (quad.predicate.value, value_of(quad.object)))


def _said(store: Embedded, iri: str) -> Said:
    facts = _facts(store, iri)
    return Said(iri, tuple(facts), _evidence(store, facts))


def _evidence(store: Embedded, facts: list[Quad]) -> tuple[Evidence, ...]:
    """Return the evidence that facts name, in the order of its IRIs, the first `_MOST_EVIDENCE` of it."""
    found = [o.value for _, p, o, _ in facts if p.value == _EVIDENCED_BY and is_named(o)]
    return tuple(Evidence(iri, tuple(_of_evidence(store, iri))) for iri in found[:_MOST_EVIDENCE])


def _of_evidence(store: Embedded, iri: str) -> Iterator[Quad]:
    for quad in _ordered(about(store, iri, most=_MOST_EVIDENCE)):
        yield quad
        if quad.predicate.value == names.DEF + "inPassage" and is_named(quad.object):
            passage = _ordered(about(store, quad.object.value, most=_MOST_EVIDENCE))
            yield from passage
            for each in passage:
                if each.predicate.value == _OA + "hasSelector" and is_named(each.object):
                    yield from about(store, each.object.value, most=_MOST_EVIDENCE)


def _sorted_apart(store: Embedded, incoming: list[Quad], evidence: set[str]) -> tuple[list[str], list[Quad]]:
    """Return the statements among what points to a thing, and the quads of all else but its evidence."""
    rows = [(s.value, p.value, quad) for quad in incoming for s, p, _, _ in [quad] if is_named(s)]
    candidates = {subject for subject, predicate, _ in rows if predicate in _ABOUT}
    statements = {each for each in candidates if about(store, each, _EVIDENCED_BY, 1)}
    links = sorted((p, _place(s), s, quad) for s, p, quad in rows if s not in statements and s not in evidence)
    return sorted(statements), [quad for *_, quad in links]


def _place(thing: str) -> tuple[str, int]:
    """Return where a passage begins, by document and number (as text, 10017 stands before 9); nought of all else."""
    document, _, place = thing.removeprefix(_PASSAGE).rpartition("/") if thing.startswith(_PASSAGE) else ("", "", "")
    start = place.partition("-")[0]
    return document, int(start) if start.isdecimal() else 0


def _labels(store: Embedded, iri: str, said: list[Said], links: tuple[Quad, ...]) -> tuple[dict[str, str], list[Quad]]:
    """Return the label of everything named, and the quads that say those of things; properties are looked up too."""
    things, properties = {iri: None}, dict[str, None]()
    for each in said:
        for s, p, o, _ in [*each.quads, *(quad for evidence in each.evidence for quad in evidence.quads)]:
            things[value_of(s)] = None
            properties[p.value] = None
            if is_named(o):
                things[o.value] = None
    for s, p, _, _ in links:
        things[value_of(s)] = None
        properties[p.value] = None
    found = {name: label_quad(store, name) for name in (*things, *properties)}
    labels = {name: str(quad.object.value) for name, quad in found.items() if quad}
    for name in things:
        if name.startswith(names.ID) and name not in labels and (words := _called(store, name, _MOST_STEPS)):
            labels[name] = words
    return labels, [found[name] for name in things if found[name]]


def _called(store: Embedded, thing: str, steps: int) -> str:
    """Return words for a thing without a label, made of what it leads to or, failing that, what says it; or ""."""
    if thing.startswith(names.ID + "row/") and (words := _row(store, thing, steps)):
        return words
    for properties, words in _CALLED:
        values = [next(iter(about(store, thing, each, 1)), None) for each in properties]
        texts = [_text(store, quad.object, steps) for quad in values if quad]
        if len(texts) == len(properties) and all(texts):
            return words.format(*texts, entry=entry_words(thing), place=thing.rpartition("/")[2].replace("-", " to "))
    kind = next((label_quad(store, quad.object.value) for quad in about(store, thing, _TYPE, 1)), None)
    sayings = (label_quad(store, s.value) for s, _, _, _ in pointing_to(store, thing, most=_MOST_STEPS) if is_named(s))
    saying = next((quad.object.value for quad in sayings if quad), "")
    return f"{kind.object.value} of: {saying}" if kind and saying else ""


def _row(store: Embedded, row: str, steps: int) -> str:
    """Return words for a row: what it is about, and its table; "" where it says nothing that has a name."""
    key = names.short(row).partition("/")[2].partition("/")[2]
    said = sorted(value_of(quad.object) for quad in about(store, row, _SAID_BY, _MOST_EVIDENCE))
    subject = next((each for each in said if each.endswith("/" + key)), said[0] if said else "")
    table = next(iter(about(store, row, names.DEF + "inTable", 1)), None)
    quad = label_quad(store, subject) if subject else None
    text = str(quad.object.value) if quad else _called(store, subject, steps - 1) if subject and steps else ""
    if not (text and table):
        return ""
    listed = _text(store, table.object, steps)
    if text.endswith("."):
        return f"{listed}: {text}"
    named = f"{text}, row of table “{listed}”"
    return named if subject.endswith("/" + key) else f"{named} ({entry_words(row)})"


def entry_words(row: str) -> str:
    """Return what tells a row of a table from the others: the words of its key.

    >>> entry_words("https://w3id.org/probation-kg/id/row/pdu-local-authorities/west-kent/tunbridge-wells")
    'west kent, tunbridge wells'
    """
    return names.short(row).partition("/")[2].partition("/")[2].replace("-", " ").replace("/", ", ")


def _text(store: Embedded, node: Any, steps: int) -> str:
    """Return the text of a value, or what a thing is called."""
    if not is_named(node):
        return value_of(node)
    quad = label_quad(store, node.value)
    return str(quad.object.value) if quad else _called(store, node.value, steps - 1) if steps else ""


def _successors(facts: Iterable[Quad]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.value for _, p, o, _ in facts if p.value in _SUCCESSORS and is_named(o)))
