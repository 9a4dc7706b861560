"""Which disagreements a thing, statement or row takes part in, for the pages that mark them."""

import pytest

from api.disputes import Disputed, address_of, disputed_things, disputes_of
from kg import names

YORK = Disputed(
    names.iri("discrepancy/york-police-area"),
    "Police area of the York delivery unit",
    "/disagreements/york-police-area",
)


@pytest.mark.parametrize("thing", ["pdu/york", "place/york", "row/pdus/york", "discrepancy/york-police-area"])
def test_a_row_brings_in_its_body_and_the_discrepancy_itself(store, thing):
    assert disputes_of(store, names.iri(thing)) == {names.iri(thing): (YORK,)}


def test_a_row_does_not_bring_in_the_other_statements_that_it_carries(store):
    assert disputes_of(store, names.iri("affiliation/york/yorkshire-and-the-humber")) == {}


def test_a_claim_brings_in_the_statement_that_it_words_and_what_that_is_about(store):
    thing = "measurement/kss-region-2024/unpaid-work-hours/kent-surrey-and-sussex"
    for each in ("claim/hmip-report-kss-2024/r2-4-118-per-cent-of-hours", thing, "region/kent-surrey-and-sussex"):
        (found,) = disputes_of(store, names.iri(each)).values()
        assert "Base of the 118 per cent of unpaid work hours" in [dispute.label for dispute in found], each


def test_what_takes_part_in_none_is_left_out(store):
    assert disputes_of(store, names.iri("pdu/east-kent"), names.iri("pdu/nothing")) == {}


def test_every_discrepancy_has_a_page(page):
    assert address_of(names.iri("discrepancy/barnsley-gss-code")) == "/disagreements/barnsley-gss-code"
    assert "<h1>Code of Barnsley</h1>" in page("/disagreements/barnsley-gss-code")


def test_what_was_read_is_read_anew_after_a_change(store):
    first = disputed_things(store)
    assert disputed_things(store) is first
    disputed_things.cache_clear()
    assert disputed_things(store) is not first
