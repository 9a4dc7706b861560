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


class SupersededError(StoreError):
    """The build that was to be changed is no longer the one in force."""


class ThingNotFoundError(KgError):
    """No thing, or more than one, bears the name that was given."""


class TableError(KgError):
    """A reference table, or its metadata, cannot be read or contradicts itself."""


class ServiceError(KgError):
    """A server refused a request, or cannot be reached.

    Attributes:
        status: HTTP status, 0 where no answer came.
        detail: what was wrong, as the server says it.
        retry_after: seconds after which it may be asked again, None where it does not say.
    """

    def __init__(self, status: int, detail: str, retry_after: float | None = None) -> None:
        """Take status, sentence, and the time to wait."""
        super().__init__(detail)
        self.status, self.detail, self.retry_after = status, detail, retry_after
