"""The gate of the writes: a change that violates the shapes is refused, quickly, and the store is left as it was."""

import time
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SH

from kg import names
from kg.store import Change, Embedded, apply
from kg.validate import Checker, validate_files

INVALID = sorted((Path(__file__).parent / "data" / "invalid").glob("*.ttl"))
WEST_KENT = names.ID + "inspection/west-kent-pdu-2024/rating/overall"
UNIT = names.ID + "pdu/west-kent"
RATING = f"<{WEST_KENT}> <{names.DEF}hasRating> <{names.VOCAB}rating/good>"
NOTE = f'<{WEST_KENT}> <http://www.w3.org/2000/01/rdf-schema#comment> "A note." .\n'.encode()


@pytest.fixture(scope="module")
def own(store):
    """A copy that these tests may change."""
    copy = Embedded()
    copy.load_quads(store.canonical())
    return copy


@pytest.fixture(scope="module")
def checker(own):
    return Checker(own)


@pytest.fixture(scope="module")
def findings():
    """What the fast engine says of all broken examples, which share no thing and so can be read side by side."""
    return validate_files(INVALID).findings


def quads_about(store, thing):
    lines = store.canonical().splitlines(keepends=True)
    return b"".join(line for line in lines if line.startswith(f"<{thing}> ".encode()))


def parsed(report):
    return Graph().parse(data=report.rdf("nt"), format="nt")


def test_a_second_rating_is_refused_with_a_report_that_names_the_statement(checker):
    report = parsed(checker.gate(Change(added=f"{RATING} <http://example.org/g> .\n".encode())))
    result = report.value(predicate=RDF.type, object=SH.ValidationResult)
    assert str(report.value(result, SH.focusNode)) == WEST_KENT
    assert report.value(result, SH.resultSeverity) == SH.Violation
    assert str(report.value(result, SH.sourceShape)) == names.SHAPES + "OverallRatingHasOneValue"
    assert "gives no rating, two" in report.value(result, SH.resultMessage)
    assert report.value(result, SH.sourceConstraintComponent) == SH.MaxCountConstraintComponent
    assert (report.value(predicate=RDF.type, object=SH.ValidationReport), SH.result, result) in report


def test_a_refusal_names_the_values_of_which_there_are_too_many(checker):
    report = checker.gate(Change(added=f"{RATING} .\n".encode()))
    assert [(each.shape, each.focus, each.value) for each in report.findings] == [
        ("OverallRatingHasOneValue", WEST_KENT, "vocab/rating/good, vocab/rating/requires-improvement")
    ]
    assert "West Kent was rated" in report.findings[0].label
    assert "Does not conform: 1 violation, 0 warnings, 0 notes." in report.written("md").decode()
    assert report.written("ttl").count(b"@prefix sh:") == report.written("ttl").count(b"@prefix pks:") == 1


def test_a_harmless_change_passes(checker):
    assert checker.gate(Change(added=NOTE)) is None


def test_what_a_removal_leaves_dangling_is_found(checker, own):
    report = parsed(checker.gate(Change(removed=quads_about(own, UNIT))))
    pointing = {str(node) for node in report.objects(None, SH.focusNode)} - {UNIT}
    assert pointing


@pytest.mark.parametrize("made_already", [False, True])
def test_the_store_is_left_as_it_was_before_the_change(store, own, made_already, checker):
    before = own.canonical()
    change = Change(added=NOTE, removed=quads_about(own, UNIT), created=("http://example.org/new",))
    if made_already:
        apply(own, change)
    assert checker.gate(change) is not None
    assert own.canonical() == before
    assert not own.has_graph("http://example.org/new")


def test_a_triple_that_another_graph_still_holds_is_still_there(own, checker):
    twin = b"".join(line.rpartition(b"<")[0] + b"<http://example.org/twin> .\n" for line in _lines(own, UNIT))
    apply(own, Change(added=twin))
    try:
        assert checker.gate(Change(removed=b"".join(_lines(own, UNIT, but=b"twin")))) is None
    finally:
        apply(own, Change(removed=twin))


def _lines(store, thing, but=b"\0"):
    return [line for line in quads_about(store, thing).splitlines(keepends=True) if but not in line]


def test_a_large_change_is_judged_by_the_fast_engine(checker):
    """More things than are checked one by one: one of them is wrong."""
    many = b"".join(f'<{names.ID}example/t{n}> <{names.DEF}summary> "x"@en .\n'.encode() for n in range(400))
    report = parsed(checker.gate(Change(added=many + f"{RATING} .\n".encode())))
    assert WEST_KENT in {str(node) for node in report.objects(None, SH.focusNode)}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_broken_example_that_has_a_thing_in_focus_does_not_pass(path, checker, findings):
    """Whatever the fast engine finds in a file, the gate finds in a change, but for checks of the whole graph."""
    about = [each for each in findings if f"/id/example/{path.stem}/" in each.focus]
    expected = {each.shape for each in about if each.severity == "Violation"} & TARGETED
    report = checker.gate(Change(added=Graph().parse(path).serialize(format="nt").encode()))
    shapes = parsed(report).objects(None, SH.sourceShape) if report else ()
    assert {str(shape).removeprefix(names.SHAPES) for shape in shapes} >= expected


def _targeted():
    from kg.validate.run import load_shapes

    shapes = load_shapes().rdflib_graph()
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    return {str(s).removeprefix(names.SHAPES) for target in targets for s in shapes.subjects(target, None)}


TARGETED = _targeted()


def test_a_small_change_takes_less_than_a_tenth_of_a_second(checker, own):
    changes = [Change(added=NOTE), Change(removed=quads_about(own, WEST_KENT)), Change(removed=quads_about(own, UNIT))]
    best = []
    for change in changes:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            checker.gate(change)
            times.append(time.perf_counter() - began)
        best.append(min(times))
    assert max(best) < 0.1
