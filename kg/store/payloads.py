"""Reads RDF that somebody sent: nothing is fetched, nothing explodes, and blank nodes are new."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import QuestionError
from kg.store.faults import line_of
from kg.store.guard import MOST_LEVELS, on_own_thread

MEDIA_TYPES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
_ENTITY_CHARACTERS = 1_000
_EXPANDED_CHARACTERS = 1_000_000
_JSON = re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<open>[{\[])|(?P<close>[}\]])', re.DOTALL)
_TURTLE = re.compile(
    r'<(?!<)[^<>"{}|^`\x00-\x20]*>'
    r'|"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n\r]|\\.)*+"'
    r"|'(?:[^'\\\n\r]|\\.)*+'"
    r"|#[^\n\r]*|\\."
    r"|(?P<open><<|[({\[])|(?P<close>>>|[)}\]])",
    re.DOTALL,
)


def parse_payload(content: bytes, media_type: str, base: str, whole_dataset: bool = False) -> list[Any]:
    """Return the engine's quads of an RDF document; its blank nodes are renamed apart from all others.

    Args:
        content: the document in UTF-8.
        media_type: one of MEDIA_TYPES, with or without parameters.
        base: IRI that relative references start from.
        whole_dataset: keep quads in named graphs; without, they are refused, since a graph is expected.

    Raises:
        QuestionError: the form is unknown, the document is malformed, would fetch something, or nests too deep.
    """
    form = MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower())
    if form is None:
        raise QuestionError(f'"{media_type[:100]}" is no form of RDF read here; send one of {", ".join(MEDIA_TYPES)}.')
    text = _text(content)
    if form == ox.RdfFormat.RDF_XML:
        _refuse_hostile_xml(text)
    elif form == ox.RdfFormat.JSON_LD:
        _refuse_hostile_json(text)
    else:
        _refuse_deep(_TURTLE, text)
    return on_own_thread(lambda: _quads(text, form, base, whole_dataset))


def _quads(text: str, form: ox.RdfFormat, base: str, whole_dataset: bool) -> list[Any]:
    try:
        quads = list(ox.parse(text, format=form, base_iri=base, rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        raise QuestionError(f"The document cannot be read as {form.name}: {line_of(error)}; mend it there.") from None
    named = next((q.graph_name for q in quads if not isinstance(q.graph_name, ox.DefaultGraph)), None)
    if named is not None and not whole_dataset:
        raise QuestionError(f"The document has a named graph, {named}; send the triples of one graph.")
    return quads


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"The document is not UTF-8 (byte {error.start}); send it in UTF-8.") from None


def _refuse_deep(pattern: re.Pattern[str], text: str) -> None:
    depth = 0
    for match in pattern.finditer(text):
        depth += bool(match["open"]) - bool(match["close"])
        if depth > MOST_LEVELS:
            raise _deep()


def _deep() -> QuestionError:
    return QuestionError(f"The document is nested more than {MOST_LEVELS} levels deep; flatten it.")


def _refuse_hostile_json(text: str) -> None:
    """Refuse JSON-LD that nests deep or names a context elsewhere."""
    _refuse_deep(_JSON, text)
    try:
        json.loads(text, object_pairs_hook=_refuse_remote_context, parse_int=str, parse_float=str)
    except ValueError as error:
        raise QuestionError(f"The document cannot be read as JSON-LD: {line_of(error)}; mend it there.") from None


def _refuse_remote_context(pairs: list[tuple[str, Any]]) -> None:
    for name, value in pairs:
        contexts = value if isinstance(value, list) else [value]
        if name == "@import" or (name == "@context" and any(isinstance(context, str) for context in contexts)):
            raise QuestionError(
                f"The document names a context elsewhere in {name}; contexts are never fetched: "
                "write it into the document."
            )


def _refuse_hostile_xml(text: str) -> None:
    """Read RDF/XML with a parser that fetches and expands nothing, and refuse what the engine could not bear."""
    parser = expat.ParserCreate("utf-8")
    depth, expanded = 0, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_LEVELS:
            raise _deep()

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(name: str, system: str | None, public: str | None, internal: int) -> None:
        if system or public:
            raise QuestionError("The document names an external DTD; nothing is fetched: remove it from the DOCTYPE.")

    def entity(name: str, parameter: int, value: str | None, *external: str | None) -> None:
        nonlocal expanded
        if parameter or value is None or "&" in value or len(value) >= _ENTITY_CHARACTERS:
            raise QuestionError(f'Entity "{name[:40]}" is external, long or made of others; write out its text.')
        expanded += text.count(f"&{name};") * len(value)
        if expanded > _EXPANDED_CHARACTERS:
            raise QuestionError("The document's entities expand to more than a million characters; write them out.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise QuestionError(f"The document cannot be read as RDF/XML: {error}; mend it there.") from None
