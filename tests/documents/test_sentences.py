"""The sentences that facts must account for."""

from hypothesis import given
from hypothesis import strategies as st

from kg.documents.sentences import sentences


def texts(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in sentences(text)]


def test_a_paragraph_is_cut_at_the_ends_of_its_sentences():
    assert texts("Staff were few. “Pay is low.” That hurt.") == ["Staff were few.", "“Pay is low.”", "That hurt."]


def test_the_number_of_a_heading_or_a_list_point_does_not_end_a_sentence():
    assert texts("## R 1.1. Leadership") == ["## R 1.1. Leadership"]
    assert texts("1. Ensure staff are trained") == ["1. Ensure staff are trained"]
    assert texts("The share was 12.4 per cent. Of these") == ["The share was 12.4 per cent.", "Of these"]


def test_cells_of_a_table_are_pieces_of_their_own():
    assert texts("Does it work?\t24%\n") == ["Does it work?", "24%"]


def test_rules_and_empty_lines_are_no_sentences():
    assert texts("---\n\n *** \nText") == ["Text"]


@given(st.text(alphabet=st.sampled_from("aB1 .!?\n\t“”’'*<>R—é🙂"), max_size=200))
def test_every_letter_and_digit_lies_in_exactly_one_piece(text):
    covered = [offset for piece in sentences(text) for offset in range(piece.start, piece.end)]
    assert len(covered) == len(set(covered))
    assert {offset for offset, character in enumerate(text) if character.isalnum()} <= set(covered)
