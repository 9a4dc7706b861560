"""What the page of a thing says of places, persons, events and figures misleads nobody."""

from __future__ import annotations

import re

from tests.site.test_thing import section, text_of


def test_a_court_that_is_closed_or_disputed_does_not_stand_as_one_in_use(page):
    listed = section(page("/doc/region/kent-surrey-and-sussex"), "relations")
    lines = dict(re.findall(r'<li><a href="/doc/court/([^"]+)">[^<]*</a>(.*?)</li>', listed))
    assert "(closed)" in lines["dover-magistrates-court"]
    assert "(lists differ on whether it is open)" in lines["chichester-combined-court-centre"]
    assert not lines["guildford-crown-court"].strip()


def test_what_a_person_said_is_listed_once(page):
    text = page("/doc/person/glenys-stacey")
    assert "<h3>Said by this person" in text
    assert "Claims that it makes" not in text


def test_one_publication_is_one_event(page):
    assert section(page("/doc/doc/hmip-report-kss-2024"), "timeline").count("<li>") == 1


def test_a_date_of_which_a_statement_is_told_is_not_that_of_its_inspection(page):
    text = text_of(page, "region/kent-surrey-and-sussex")
    assert "Regional inspection of Kent, Surrey and Sussex 2024, told as of 30 June 2023." in text
    assert ", dated " not in text


def test_figures_are_listed_with_their_unit_and_the_part_that_they_are_of(page):
    figures = section(page("/doc/region/kent-surrey-and-sussex"), "found-figures", "<h3")
    assert "<strong>Just over 5 per cent</strong>: " in figures
    part = r'<strong>94 per cent</strong> <span class="note">\(a part that the source does not name\)</span>'
    assert re.search(part, page("/doc/vocab/metric/insufficient-oversight-share") + figures)
