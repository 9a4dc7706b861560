"""What can go wrong, said in one sentence: what was read, what was expected, what to do."""

from __future__ import annotations


class KgError(Exception):
    """Any failure that the person in front of the screen can mend."""


class FactRecordError(KgError):
    """A fact record cannot be read, or says what no record may say."""


class AnchorError(KgError):
    """A passage lies outside its document, or no longer reads as recorded."""


class DocumentError(KgError):
    """A source document is missing or is not the one that the facts were read from."""


class OntologyError(KgError):
    """A Turtle file or a derivation rule cannot be read."""


class QuestionError(KgError):
    """A query is unknown or malformed, or a parameter is missing or of the wrong type."""


class StoreError(KgError):
    """The store is missing, busy, full, read-only or of another version."""


class ThingNotFoundError(KgError):
    """No thing, or more than one, bears the name that was given."""


class TableError(KgError):
    """A reference table, or its metadata, cannot be read or contradicts itself."""
