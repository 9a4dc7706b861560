"""The fast engine and the reference say the same, result for result."""

import re
from collections import Counter
from pathlib import Path

import pytest

from kg.errors import OntologyError
from kg.store import Embedded
from kg.validate import Checker, validate, validate_files

INVALID = sorted((Path(__file__).parent / "data" / "invalid").glob("*.ttl"))
WEST_KENT = "https://w3id.org/probation-kg/id/inspection/west-kent-pdu-2024/rating/overall"


def counted(report):
    """Count the findings; the one broken example with a blank node is given no name twice alike."""
    found = ((f.severity, f.shape, _named(f.focus), f.path, _named(f.value), f.message) for f in report.findings)
    return Counter(found)


def _named(node):
    return "" if re.fullmatch(r"(_:)?(0[:_]b[0-9]+|[0-9a-f]{20,32})", node) else node


def test_both_engines_find_the_same_in_the_whole_graph(store, report):
    assert counted(validate(store, "pyshacl")) == counted(report)


def test_both_engines_find_the_same_in_every_broken_example():
    assert counted(validate_files(INVALID, "pyshacl")) == counted(validate_files(INVALID, "shacl"))


def test_an_unknown_engine_is_refused_with_those_there_are():
    with pytest.raises(OntologyError, match='no SHACL engine "jena"; choose one of shacl, pyshacl'):
        validate(Embedded(), "jena")


def test_one_thing_is_checked_by_itself(store):
    checker = Checker(store)
    assert checker.check([WEST_KENT]) == []
    spoilt = Embedded()
    spoilt.load_quads(store.canonical())
    rating = "<https://w3id.org/probation-kg/def#hasRating> <https://w3id.org/probation-kg/vocab/rating/good>"
    spoilt.load_quads(f"<{WEST_KENT}> {rating} <http://e/g> .\n".encode())
    found = Checker(spoilt).check([WEST_KENT])
    assert {each.focus for each in found} == {WEST_KENT}
    assert {each.severity for each in found} == {"Violation"}
