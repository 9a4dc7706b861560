"""Every kind of page is valid HTML, by the rules of the standard as html-validate (npm) checks them."""

from __future__ import annotations

import json
import subprocess
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from api.site.registry import PAGES
from tests.export.read_back import NODE_MODULES

VALIDATOR = NODE_MODULES / ".bin" / "html-validate"
OTHERS = (
    "",
    "search?q=kent",
    "doc/pdu/west-kent",
    "doc/region/kent-surrey-and-sussex",
    "doc/inspection/kss-region-2024",
    "doc/contract/prj-5553",
    "ratings/history?unit=pdu/west-kent",
    "ratings/distribution",
    "ratings/key-questions",
    "areas?place=Medway",
    "evidence/row/prisons/channings-wood",
    "evidence/inspection/west-kent-pdu-2022/rating/overall",
    "queries",
    "queries/ratings-of-a-unit?unit=pdu/west-kent",
    "sparql?query=ASK",
    "exports",
    "exports/neighbourhood",
    "validate",
    "def",
    "nothing",
)


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    if not VALIDATOR.is_file():
        pytest.skip(f"html-validate is not installed in {NODE_MODULES}")
    folder = tmp_path_factory.mktemp("pages")
    rules = {"no-trailing-whitespace": "off", "long-title": "off"}  # matters of style
    (folder / ".htmlvalidate.json").write_text(
        json.dumps({"root": True, "extends": ["html-validate:standard"], "rules": rules})
    )

    def told(text):
        (folder / "page.html").write_text(text, encoding="utf-8")
        command = ["node", str(VALIDATOR), "--formatter", "json", "page.html"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        return [
            f"{each['ruleId']}: {each['message']}" for file in json.loads(ended.stdout) for each in file["messages"]
        ]

    return told


def test_the_validator_finds_what_is_wrong(validated):
    assert validated('<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p><div></p></body></html>')


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_a_page_is_valid_html(validated, site, path):
    try:
        with urlopen(Request(f"{site.url}/{path}", headers={"Accept": "text/html"})) as reply:
            text = reply.read().decode()
    except HTTPError as refused:
        text = refused.read().decode()
    assert text.startswith("<!doctype html>")
    assert validated(text) == []
