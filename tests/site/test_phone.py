"""On a phone, tables of records are stacked: none of them scrolls sideways, and each cell says what it is."""

import pytest

PATHS = (
    *("areas?place=Thanet", "areas?area=place/kent", "map?region=region/kent-surrey-and-sussex"),
    *("explore?thing=West+Kent+PDU", "evidence", "about", "exports"),
)
_BOXES = "return [...document.querySelectorAll('main .wide')].filter((each) => each.offsetParent)"
_BARE = """return [...arguments[0].querySelectorAll("tbody td")]
  .filter((cell) => cell.textContent.trim() && !cell.dataset.label && !cell.querySelector("a"))
  .map((cell) => cell.outerHTML)"""


@pytest.mark.parametrize("path", PATHS)
def test_no_table_is_wider_than_a_phone_and_every_cell_names_its_column(show, path):
    browser = show(f"/{path}", width=390)
    boxes = browser.execute_script(_BOXES)
    assert boxes
    for box in boxes:
        assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", box)
        assert browser.execute_script(_BARE, box) == []


@pytest.mark.parametrize("path", ["exports/neighbourhood", "exports"])
def test_a_page_of_exports_fits_the_narrowest_phone(show, path):
    browser = show(f"/{path}", width=345)
    assert browser.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", ["disagreements", "exports", "search?q=kent"])
def test_the_way_back_to_the_first_page_is_there(page, path):
    assert '<nav class="crumbs"' in page(f"/{path}")
