"""Which fields a fact record of each kind has, and of what type: the grammar of kg/data/documents/README.md."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from kg.errors import FactRecordError
from kg.names import REFERENCE

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
_CONCEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]*")
# Control characters, marks that turn the direction of text, and halves of surrogate pairs have no place in a fact.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def is_day(value: Any) -> bool:
    """Tell whether `value` is a calendar day such as "2024-01-22"."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_point(value: Any) -> bool:
    """Tell whether `value` is a day, a month or a year."""
    return isinstance(value, str) and (is_day(value) or bool(_MONTH.fullmatch(value) or _YEAR.fullmatch(value)))


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not _HIDDEN.search(value)


def _summary(value: Any) -> bool:
    return _text(value) and len(value) <= 300


def _reference(value: Any) -> bool:
    return isinstance(value, str) and bool(REFERENCE.fullmatch(value))


def _concept(value: Any) -> bool:
    return isinstance(value, str) and bool(_CONCEPT.fullmatch(value))


def _whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) < 1e15


def _flag(value: Any) -> bool:
    return type(value) is bool


def _scalar(value: Any) -> bool:
    return _text(value) or _number(value) or _flag(value)


def _list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(check(each) for each in value)


# A type: how to check it, and what to say was expected.
Type = tuple[Callable[[Any], bool], str]
TEXT: Type = (_text, "one line of text")
SUMMARY: Type = (_summary, "one sentence of at most 300 characters")
REF: Type = (_reference, 'a reference such as "pdu/west-kent"')
REFS: Type = (_list_of(_reference), 'a list of references such as ["pdu/west-kent"]')
CONCEPT: Type = (_concept, 'the short name of a concept such as "inadequate"')
CONCEPTS: Type = (_list_of(_concept), 'a list of short names of concepts such as ["staffing"]')
WHOLE: Type = (_whole, "a whole number, 0 or more")
NUMBER: Type = (_number, "a number")
FLAG: Type = (_flag, "true or false")
DAY: Type = (is_day, 'a day such as "2024-01-22"')
POINT: Type = (is_point, 'a day, month or year such as "2024-01-22", "2024-01" or "2024"')
SCALAR: Type = (_scalar, "a text, a number, true or false")
PERCENT: Type = (lambda value: _number(value) and 0 <= value <= 100, "a number from 0 to 100 (14, not 0.14)")
SPANS: Type = (lambda value: isinstance(value, list), "passages such as [[120, 178]]")
FORM: Type = (
    lambda value: isinstance(value, str) and value in {"label", "alternative", "acronym", "notation", "title"},
    "label, alternative, acronym, notation or title",
)

COMMON: dict[str, Type] = {
    "id": REF,
    "kind": TEXT,
    "at": SPANS,
    "sha256": SPANS,
    "mode": CONCEPT,
    "speaker": REF,
    "by": REF,
    "as-of": POINT,
    "themes": CONCEPTS,
    "note": TEXT,
    "inspection": REF,
}
_FINDING: tuple[dict[str, Type], dict[str, Type]] = (
    {"summary": SUMMARY, "about": REFS},
    {"standard": CONCEPT, "ordinal": WHOLE, "aspect": CONCEPT, "explains": REFS, "part-of": REF, "groups": REFS},
)
_PERIOD: dict[str, Type] = {"from": POINT, "to": POINT}

# kind: (fields it must have, fields it may have), besides the common ones.
KINDS: dict[str, tuple[dict[str, Type], dict[str, Type]]] = {
    "name": ({"of": REF, "text": TEXT, "form": FORM}, {"summary": SUMMARY}),
    "relation": ({"subject": REF, "property": CONCEPT}, {"object": REF, "value": SCALAR, "summary": SUMMARY}),
    "affiliation": ({"unit": REF, "parent": REF}, {**_PERIOD, "summary": SUMMARY}),
    "coverage": ({"unit": REF, "area": REF, "extent": CONCEPT}, {"basis": CONCEPT, **_PERIOD, "summary": SUMMARY}),
    "name-period": ({"of": REF, "text": TEXT}, {**_PERIOD, "summary": SUMMARY}),
    "post-holding": ({"person": REF, "post": REF, "title": TEXT}, {**_PERIOD, "summary": SUMMARY}),
    "contract": ({"service": CONCEPT, "areas": REFS}, {"provider": REF, "body": REF, **_PERIOD, "summary": SUMMARY}),
    "fieldwork": ({"level": CONCEPT, "from": DAY, "to": DAY}, {"summary": SUMMARY}),
    "sample": (
        {"population": CONCEPT, "size": WHOLE},
        {"part-of": REF, "standards": CONCEPTS, "summary": SUMMARY, "groups": REFS, "from": DAY, "to": DAY},
    ),
    "overall-rating": ({"summary": SUMMARY, "unit": REF, "rating": CONCEPT}, {"score": WHOLE, "maximum": WHOLE}),
    "standard-rating": ({"summary": SUMMARY, "unit": REF, "standard": CONCEPT, "rating": CONCEPT}, {}),
    "topic-rating": (
        {"summary": SUMMARY, "rating": CONCEPT},
        {"units": REFS, "each-of": REF, "standard": CONCEPT, "key-questions": CONCEPTS},
    ),
    "key-question-result": (
        {"summary": SUMMARY, "unit": REF, "key-question": CONCEPT, "percentage": PERCENT},
        {"drives": FLAG, "sample": REF},
    ),
    "narrative-judgement": ({"summary": SUMMARY, "about": REFS}, {"standard": CONCEPT}),
    "strength": _FINDING,
    "improvement": _FINDING,
    "finding": _FINDING,
    "recommendation": (
        {"summary": SUMMARY},
        {"ordinal": WHOLE, "to": REF, "standard": CONCEPT, "repeats": REFS, "earlier": FLAG, "truncated": FLAG},
    ),
    "progress": ({"summary": SUMMARY, "of": REF, "level": CONCEPT, "still-required": FLAG}, {}),
    "measurement": (
        {"summary": SUMMARY, "metric": CONCEPT, "of": REF, "value": NUMBER},
        {
            "bound": CONCEPT,
            "groups": REFS,
            "numerator": WHOLE,
            "denominator": WHOLE,
            "sample": REF,
            "instrument": REF,
            "comparator": REFS,
            "figure": REF,
            "unnamed": FLAG,
            "standard": CONCEPT,
            "key-question": CONCEPT,
            "part-of": REF,
            "explains": REFS,
            **_PERIOD,
        },
    ),
    "description": ({"summary": SUMMARY, "about": REFS}, {"aspect": CONCEPT, "standard": CONCEPT, "groups": REFS}),
    "response": ({"summary": SUMMARY, "about": REFS, "speaker": REF}, {"aspect": CONCEPT, "groups": REFS}),
    "remark": ({"summary": SUMMARY, "about": REFS, "speaker": REF}, {"aspect": CONCEPT, "standard": CONCEPT}),
    "claim": ({"asserts": REFS}, {"summary": SUMMARY}),
}
CLASS: Type = (
    lambda value: isinstance(value, str) and bool(re.fullmatch(r"(?:org:|foaf:)?[A-Z][A-Za-z]+", value)),
    'a class such as "Court" or "org:Post"',
)
TEXTS: Type = (_list_of(_text), "a list of texts")
DIGEST: Type = (
    lambda value: isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{64}", value)),
    "a SHA-256 digest, 64 hexadecimal digits",
)
TWO_REFS: Type = (lambda value: _list_of(_reference)(value) and len(value) > 1, "a list of two or more ids of facts")

# Fields that must be there, and fields that may.
THING = ({"id": REF, "class": CLASS, "label": TEXT}, {"alt": TEXTS, "in": REF, "note": TEXT})
DISCREPANCY = (
    {"id": REF, "label": TEXT, "kind": CONCEPT, "involves": TWO_REFS, "note": TEXT},
    {"preferred": REFS, "values": (_list_of(lambda each: isinstance(each, dict)), "a list of objects")},
)
# What sources say in a discrepancy: "by" is left out where the editors cannot tell who does.
DISPUTED_VALUE = ({"says": TEXT, "rests-on": REFS}, {"by": REFS, "used": FLAG})
DOCUMENT = (
    {
        "class": CLASS,
        "label": TEXT,
        "file": TEXT,
        "sha256": DIGEST,
        "length": WHOLE,
        "tier": CONCEPT,
        "publisher": REF,
        "mode": CONCEPT,
    },
    {"inspection": REF, "reports-on": REFS, "copied-from": REF, "by": REF, "published": POINT, "note": TEXT},
)
# Properties of relations whose values are days, months or years.
DATED = {"heldIn", "announcedStart", "startedIn", "endsIn", "publishedOn"}
REASONS = {
    *("heading", "contents", "caption", "boilerplate", "navigation", "transition", "template", "repeated-caption"),
    *("thanks", "withheld-contact", "withheld-personal", "withheld-health"),
}
_QUOTED = {"direct-quotation", "indirect-quotation"}


def check_fields(row: dict[str, Any], place: str) -> None:
    """Check one record's fields against the grammar of its kind.

    Raises:
        FactRecordError: names the file, the record, the field, what was expected and what to do.
    """
    name = f'{place}, record "{row.get("id", "without id")}"'
    if not isinstance(row.get("kind"), str) or row["kind"] not in KINDS:
        raise FactRecordError(f"{name}: kind {row.get('kind')!r} is unknown; expected one of {', '.join(KINDS)}.")
    required, optional = KINDS[row["kind"]]
    _check_present(row, {"id": REF, **required}, name)
    _check_types(row, {**COMMON, **required, **optional}, name)
    _check_sense(row, name)


def check_thing(row: dict[str, Any], place: str) -> None:
    """Check one line of things.jsonl."""
    _check_plain(row, THING, f'{place}, thing "{row.get("id", "without id")}"')


def check_discrepancy(row: dict[str, Any], place: str) -> None:
    """Check one line of discrepancies.jsonl."""
    name = f'{place}, discrepancy "{row.get("id", "without id")}"'
    _check_plain(row, DISCREPANCY, name)
    for number, value in enumerate(row.get("values", []), start=1):
        _check_plain(value, DISPUTED_VALUE, f"{name}, value {number}")


def check_document(row: dict[str, Any], place: str) -> None:
    """Check one document.json."""
    _check_plain(row, DOCUMENT, place)


def _check_plain(row: dict[str, Any], grammar: tuple[dict[str, Type], dict[str, Type]], name: str) -> None:
    required, optional = grammar
    _check_present(row, required, name)
    _check_types(row, required | optional, name)


def _check_present(row: dict[str, Any], required: dict[str, Type], name: str) -> None:
    for field, (_, expected) in required.items():
        if field not in row:
            raise FactRecordError(f'{name}: "{field}" is missing; expected {expected}; add it.')


def _check_types(row: dict[str, Any], grammar: dict[str, Type], name: str) -> None:
    for field, value in row.items():
        if field not in grammar:
            raise FactRecordError(f'{name}: field "{field}" is unknown here; expected one of {", ".join(grammar)}.')
        is_right, expected = grammar[field]
        if not is_right(value):
            raise FactRecordError(f'{name}: "{field}" reads {value!r}; expected {expected}; mend the record.')


def _check_sense(row: dict[str, Any], name: str) -> None:
    """Check what concerns several fields at once."""
    if row.get("mode") in _QUOTED and "speaker" not in row:
        raise FactRecordError(f'{name}: a quotation needs a "speaker"; name one, or an unattributed/… one.')
    if row["kind"] == "relation" and ("object" in row) == ("value" in row):
        raise FactRecordError(f'{name}: a relation needs either "object" or "value", not both and not none.')
    if row["kind"] == "topic-rating" and ("units" in row) == ("each-of" in row):
        raise FactRecordError(f'{name}: a topic rating needs either "units" or "each-of", not both and not none.')
    if row["kind"] == "relation" and row["property"] in DATED and not is_point(row.get("value")):
        raise FactRecordError(f'{name}: "value" of {row["property"]} reads {row.get("value")!r}; expected {POINT[1]}.')
    if row["kind"] == "claim" and any(each.startswith("claim/") for each in row["asserts"]):
        raise FactRecordError(f"{name}: a claim asserts facts, not claims; name the fact.")
    if ("numerator" in row) != ("denominator" in row):
        raise FactRecordError(f'{name}: "numerator" and "denominator" go together; give both or none.')
