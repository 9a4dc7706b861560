"""Bad fact records are refused in one sentence that says file, record, what was expected and what to do."""

import json

import pytest

from kg.documents import read_facts
from kg.errors import FactRecordError

DIGEST = "0" * 64
DOCUMENT = {
    "class": "NewsArticle",
    "label": "A paper",
    "file": "paper.txt",
    "sha256": DIGEST,
    "length": 10,
    "tier": "press",
    "publisher": "body/x",
    "mode": "own-finding",
}
STRENGTH = {
    "id": "finding/x/1",
    "kind": "strength",
    "summary": "Leaders of the region knew their task.",
    "about": ["region/x"],
    "at": [[0, 10]],
    "sha256": [DIGEST],
}
MEASUREMENT = {
    "id": "measurement/x/1",
    "kind": "measurement",
    "summary": "The region had 30 per cent of its posts vacant.",
    "metric": "vacancy-rate",
    "of": "region/x",
    "value": 30,
    "at": [[0, 10]],
    "sha256": [DIGEST],
}


def write(folder, *lines):
    """Write a document with these lines of records and return the folder of facts."""
    place = folder / "documents" / "paper"
    place.mkdir(parents=True)
    (place / "document.json").write_text(json.dumps(DOCUMENT))
    (place / "facts.jsonl").write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines))
    return folder


def refused(folder, *lines):
    with pytest.raises(FactRecordError) as error:
        read_facts(write(folder, *lines))
    message = str(error.value)
    assert "\n" not in message
    assert "facts.jsonl" in message
    return message


def test_a_right_record_is_read_with_its_passages(tmp_path):
    (record,) = read_facts(write(tmp_path, STRENGTH)).records()
    assert (record.id, record.document, record.passages[0].end) == ("finding/x/1", "paper", 10)


def test_a_line_that_is_no_json_is_refused_with_its_number(tmp_path):
    assert "line 2 is not valid JSON" in refused(tmp_path, STRENGTH, '{"id": ')


def test_an_unknown_kind_is_refused_with_the_kinds_there_are(tmp_path):
    assert "kind 'praise' is unknown; expected one of name, relation" in refused(
        tmp_path, STRENGTH | {"kind": "praise"}
    )


def test_a_missing_field_is_named_with_what_it_holds(tmp_path):
    message = refused(tmp_path, {key: value for key, value in STRENGTH.items() if key != "summary"})
    assert '"summary" is missing; expected one sentence of at most 300 characters' in message


def test_a_field_that_the_kind_does_not_have_is_refused(tmp_path):
    assert 'field "score" is unknown here' in refused(tmp_path, STRENGTH | {"score": 5})


@pytest.mark.parametrize("value", ["thirty", "30", None, True, [30]])
def test_a_value_that_is_no_number_is_refused(tmp_path, value):
    assert '"value" reads' in refused(tmp_path, MEASUREMENT | {"value": value})


@pytest.mark.parametrize("day", ["2024-02-30", "2024-13", "May 2024", 2024, "24-01-01"])
def test_a_date_that_is_none_is_refused(tmp_path, day):
    assert "expected a day, month or year" in refused(tmp_path, MEASUREMENT | {"as-of": day})


@pytest.mark.parametrize("spans", [[], [[5, 5]], [[9, 2]], [[-1, 4]], [["0", "9"]], "0-9", [[0, 1, 2]]])
def test_a_passage_that_is_no_span_is_refused(tmp_path, spans):
    assert "expected passages such as [[120, 178]]" in refused(tmp_path, STRENGTH | {"at": spans})


def test_a_passage_without_its_digest_is_refused_with_the_command_that_mends_it(tmp_path):
    assert 'run "kg evidence stamp"' in refused(tmp_path, STRENGTH | {"sha256": []})


def test_an_id_used_twice_is_refused_with_both_places(tmp_path):
    message = refused(tmp_path, STRENGTH, STRENGTH)
    assert "line 2" in message
    assert "line 1" in message


def test_a_quotation_without_a_speaker_is_refused(tmp_path):
    assert 'a quotation needs a "speaker"' in refused(tmp_path, STRENGTH | {"mode": "direct-quotation"})


def test_a_share_above_100_per_cent_is_refused_for_a_key_question(tmp_path):
    result = {
        **STRENGTH,
        "kind": "key-question-result",
        "unit": "region/x",
        "key-question": "f/R1-Q1",
        "percentage": 101,
    }
    del result["about"]
    assert "expected a number from 0 to 100" in refused(tmp_path, result)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"kind": []},
        {"kind": {}},
        {"summary": "One line\u2028and another."},
        {"summary": "Turned \u202e round."},
        {"summary": "A NUL \x00 inside."},
        {"summary": "\ud800"},
        {"about": ["region/x\n"]},
        {"as-of": "2024\n"},
    ],
)
def test_odd_values_and_hidden_characters_are_refused(tmp_path, spoilt):
    assert "expected" in refused(tmp_path, STRENGTH | spoilt)


def test_a_number_that_is_none_is_refused(tmp_path):
    assert '"value" reads nan; expected a number' in refused(tmp_path, MEASUREMENT | {"value": float("nan")})


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = write(tmp_path, STRENGTH) / "documents" / "paper" / "facts.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Leaders", "Léaders".encode("latin-1")))
    with pytest.raises(FactRecordError, match=r"facts\.jsonl is not in UTF-8"):
        read_facts(tmp_path)


def test_deep_json_is_refused(tmp_path):
    assert "is not valid JSON" in refused(tmp_path, "[" * 5000)


def test_a_folder_without_its_document_is_refused(tmp_path):
    (write(tmp_path, STRENGTH) / "documents" / "paper" / "document.json").unlink()
    with pytest.raises(FactRecordError, match=r"document\.json cannot be read"):
        read_facts(tmp_path)
    with pytest.raises(FactRecordError, match="holds no documents"):
        read_facts(tmp_path / "elsewhere")


def test_half_a_fraction_is_refused(tmp_path):
    assert '"numerator" and "denominator" go together' in refused(tmp_path, MEASUREMENT | {"numerator": 3})
