"""Names lead to things, ambiguous ones to a choice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QuestionError
from kg.names import short
from kg.reconcile import Index, plain


@pytest.fixture(scope="module")
def index(store):
    return Index(store)


def bearing(index, name, kind=None):
    """Return the things that bear the very name."""
    return {short(each.thing) for each in index.candidates(name, kind) if each.score >= 96}


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("West Kent", "pdu/west-kent"),
        ("west kent pdu", "pdu/west-kent"),
        ("N57EKNT", "pdu/east-kent"),
        ("Brighton & East Sussex", "pdu/brighton-and-east-sussex"),
        ("MDI", "prison/moorland"),
        ("HMP Lewes", "prison/lewes"),
        ("E07000114", "place/thanet"),
        ("KSS", "region/kent-surrey-and-sussex"),
    ],
)
def test_a_name_an_alias_and_a_code_find_their_thing(index, name, thing):
    assert bearing(index, name) == {thing}


def test_lewes_is_a_choice_of_prison_court_and_district(index):
    assert bearing(index, "Lewes") == {"place/lewes", "prison/lewes", "court/lewes-combined-court-centre"}


def test_kent_is_a_choice_and_never_the_region(index):
    found = bearing(index, "Kent")
    assert {"place/kent", "place/police-area-kent"} <= found
    assert "region/kent-surrey-and-sussex" not in found


def test_a_type_narrows_the_choice(index):
    assert bearing(index, "Lewes", "prison") == {"prison/lewes"}


def test_a_misspelt_name_is_ranked_first_but_never_taken_for_the_name(index):
    first, *_ = index.candidates("Brigton and East Susex", "pdu")
    assert short(first.thing) == "pdu/brighton-and-east-sussex"
    assert first.score < 96


def test_every_candidate_says_why(index):
    assert all(each.why.startswith("its ") for each in index.candidates("Sussex"))


def test_an_unknown_type_and_an_empty_name_are_refused(index):
    with pytest.raises(QuestionError, match='no type "planet"; choose one of region, pdu'):
        index.candidates("Kent", "planet")
    with pytest.raises(QuestionError, match="The name is empty"):
        index.candidates(" ?! ")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_any_text_gives_candidates_or_one_sentence(index, text):
    if plain(text):
        assert len(index.candidates(text, most=5)) <= max(5, len(bearing(index, text)))
