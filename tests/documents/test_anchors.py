"""Anchors and coverage: every passage still reads as recorded, and no sentence is left over."""

import hashlib
import json
import re

import pytest

from kg import resources
from kg.documents import coverage, mismatches, read_facts, stamp, text_of
from kg.errors import DocumentError


def test_every_passage_reads_as_recorded(documents, facts):
    assert mismatches(facts, documents) == []


def test_every_sentence_of_every_document_is_accounted_for(documents, facts):
    for document in facts.documents:
        result = coverage(document, text_of(document, documents))
        assert result.left == (), document.slug
        assert result.share == 100


def test_no_passage_is_anchored_by_its_record_in_vain(facts):
    for record in facts.records():
        for passage in record.passages:
            assert re.fullmatch("[0-9a-f]{64}", passage.sha256), record.place


def test_no_run_of_eight_words_of_a_document_is_copied(documents, facts):
    runs = {run for document in facts.documents for run in _runs(text_of(document, documents))}
    copied = []
    for path in [*resources.facts().rglob("*.jsonl"), *resources.ontology().rglob("*.ttl")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if '"form": "title"' in line:
                continue  # the title of a publication is its name
            copied += [
                (path.name, run)
                for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line)
                for run in _runs(text)
                if run in runs
            ]
    assert copied == []


DOCUMENT = {
    "class": "NewsArticle",
    "label": "A paper",
    "file": "paper.txt",
    "length": 39,
    "tier": "press",
    "publisher": "body/x",
    "mode": "own-finding",
}


def _runs(text: str) -> set[str]:
    words = re.findall(r"[\w’'-]+", text.lower())
    return {" ".join(words[start : start + 8]) for start in range(len(words) - 7)}


@pytest.fixture
def paper(tmp_path):
    """A document of two sentences, a folder of facts about it, and the folder it lies in."""
    text = "Ten posts are vacant. That is much. 🙂 é"
    (tmp_path / "paper.txt").write_text(text, encoding="utf-8")
    folder = tmp_path / "facts" / "documents" / "paper"
    folder.mkdir(parents=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "document.json").write_text(json.dumps(DOCUMENT | {"sha256": digest}))
    record = {
        "id": "finding/x/1",
        "kind": "finding",
        "summary": "Posts stand empty.",
        "about": ["body/x"],
        "at": [[0, 21]],
    }
    (folder / "facts.jsonl").write_text(json.dumps(record) + "\n")
    return tmp_path


def test_stamping_fills_in_the_digests_and_verifying_then_passes(paper):
    assert stamp(paper / "facts", paper) == 1
    assert stamp(paper / "facts", paper) == 0
    assert mismatches(read_facts(paper / "facts"), paper) == []


def test_a_sentence_without_a_fact_is_left_over(paper):
    stamp(paper / "facts", paper)
    (document,) = read_facts(paper / "facts").documents
    text = text_of(document, paper)
    result = coverage(document, text)
    assert [text[piece.start : piece.end] for piece in result.left] == ["That is much. 🙂 é"]
    assert result.share == 50


def test_a_changed_passage_is_listed(paper):
    stamp(paper / "facts", paper)
    path = paper / "facts" / "documents" / "paper" / "facts.jsonl"
    path.write_text(path.read_text().replace("[[0, 21]]", "[[0, 20]]"))
    (wrong,) = mismatches(read_facts(paper / "facts"), paper)
    assert wrong.reason == "other words stand there now"


def test_a_passage_beyond_the_end_is_listed(paper):
    stamp(paper / "facts", paper)
    path = paper / "facts" / "documents" / "paper" / "facts.jsonl"
    path.write_text(path.read_text().replace("[[0, 21]]", "[[0, 999]]"))
    (wrong,) = mismatches(read_facts(paper / "facts"), paper)
    assert "ends after the document's 39 code points" in wrong.reason


def test_another_document_under_the_same_name_is_refused(paper):
    (paper / "paper.txt").write_text("Another text.")
    with pytest.raises(DocumentError, match="differs from the file that the facts were read from"):
        stamp(paper / "facts", paper)


def test_a_missing_document_is_named(paper):
    (paper / "paper.txt").unlink()
    with pytest.raises(DocumentError, match=r'no file "paper\.txt"'):
        stamp(paper / "facts", paper)
