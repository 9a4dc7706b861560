"""Facts and their anchors: reads fact records and checks them against the documents. Imports errors and names only."""

from kg.documents.anchors import Mismatch, mismatches, passage_text, stamp, text_of
from kg.documents.coverage import Account, Coverage, accounts, coverage
from kg.documents.records import Document, FactBase, Passage, Record, Unstated, read_facts

__all__ = [
    "Account",
    "Coverage",
    "Document",
    "FactBase",
    "Mismatch",
    "Passage",
    "Record",
    "Unstated",
    "accounts",
    "coverage",
    "mismatches",
    "passage_text",
    "read_facts",
    "stamp",
    "text_of",
]
