"""The documents of the Reconciliation Service API 0.2: what clients send, and what they get."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel, StringConstraints, ValidationError

from kg.errors import QuestionError

MOST_QUERIES = 50
MOST_IDS = 500
MOST_PROPERTIES = 50

Short = Annotated[str, StringConstraints(max_length=300)]


class Entity(BaseModel):
    """Something with an identifier and a name."""

    id: str = Field(examples=["pko:ProbationDeliveryUnit"])
    name: str = Field(examples=["probation delivery unit"])


class Reference(BaseModel):
    """A value that is a thing of the graph."""

    id: Short
    name: str | None = None


Value = str | bool | int | float | Reference


class Constraint(BaseModel):
    """A property that a candidate must have, with one of these values."""

    pid: Short
    v: Value | Annotated[list[Value], Field(max_length=20)]

    @property
    def values(self) -> list[str]:
        """The values as text; a thing by its identifier."""
        given = self.v if isinstance(self.v, list) else [self.v]
        return [each.id if isinstance(each, Reference) else str(each) for each in given]


class Query(BaseModel):
    """One name to be matched."""

    query: str = ""
    type: str | list[str] | None = None
    limit: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    properties: list[Constraint] = Field(default=[], max_length=10)
    type_strict: Literal["any", "should", "all"] = "any"

    @property
    def types(self) -> list[str]:
        """The types asked for."""
        return [self.type] if isinstance(self.type, str) else self.type or []


class Batch(RootModel[dict[str, Query]]):
    """Names to be matched, each under a key of the client's."""


class Property(BaseModel):
    """A property to be fetched; settings are read over, as there are none."""

    id: Short


class Extend(BaseModel):
    """Things, and the properties to be fetched for each."""

    ids: list[Short] = Field(max_length=MOST_IDS)
    properties: list[Property] = Field(max_length=MOST_PROPERTIES)


class Candidate(BaseModel):
    """A thing that a name may mean."""

    id: str = Field(examples=["pdu/west-kent"])
    name: str = Field(examples=["West Kent"])
    description: str = Field(description="Why it matched.", examples=['its label is "West Kent"'])
    score: float = Field(ge=0, le=100, description="96 and above: it bears the name.")
    match: bool = Field(description="It is the only thing that bears the name.")
    type: list[Entity]


class Result(BaseModel):
    """The candidates for one name, the likeliest first."""

    result: list[Candidate]


class Location(BaseModel):
    """Where a part of the service is."""

    service_url: str
    service_path: str


class Suggest(BaseModel):
    """Where names of things, types and properties are completed."""

    entity: Location
    type: Location
    property: Location


class Template(BaseModel):
    """An address with a place for an identifier."""

    url: str = Field(examples=["https://example.org/id/{{id}}"])


class Preview(Template):
    """Where small pages about things are, and their size."""

    width: int
    height: int


class Proposals(BaseModel):
    """Where the properties of a type are listed."""

    propose_properties: Location
    property_settings: list[Entity] = []


class Manifest(BaseModel):
    """What the service offers."""

    versions: list[str] = Field(examples=[["0.1", "0.2"]])
    name: str
    identifierSpace: str  # noqa: N815 - the specification's name
    schemaSpace: str  # noqa: N815 - the specification's name
    defaultTypes: list[Entity]  # noqa: N815 - the specification's name
    view: Template
    suggest: Suggest
    preview: Preview
    extend: Proposals


class Suggestion(Entity):
    """A thing, type or property that somebody may be typing."""

    description: str | None = None
    notable: list[Entity] | None = None


class Suggestions(BaseModel):
    """What somebody may be typing, the likeliest first."""

    result: list[Suggestion]


class Proposed(BaseModel):
    """The properties that things of a type have."""

    type: str = Field(examples=["pko:Prison"])
    limit: int
    properties: list[Entity]


Cell = dict[str, str | int | float]


class Extension(BaseModel):
    """The values of the properties of each thing."""

    meta: list[Entity]
    rows: dict[str, dict[str, list[Cell]]] = Field(
        examples=[{"pdu/west-kent": {"skos:notation": [{"str": "N57KECL"}]}}]
    )


def read_batch(text: str) -> dict[str, Query]:
    """Read the queries of a batch.

    Raises:
        QuestionError: says what is wrong with them.
    """
    try:
        batch = Batch.model_validate_json(_bytes(text)).root
    except ValidationError as error:
        expected = '{"q0": {"query": "West Kent", "type": "pko:ProbationDeliveryUnit", "limit": 3}}'
        raise QuestionError(f"queries is not what was expected ({_first(error)}); write {expected}.") from None
    if len(batch) > MOST_QUERIES:
        raise QuestionError(f"The batch has {len(batch)} queries; send at most {MOST_QUERIES} at a time.")
    return batch


def read_query(text: str) -> Query:
    """Read a single query: a name, or an object with more."""
    if not text.lstrip().startswith("{"):
        return Query(query=_bytes(text).decode())
    try:
        return Query.model_validate_json(_bytes(text))
    except ValidationError as error:
        expected = 'a name, or {"query": "West Kent", "limit": 3}'
        raise QuestionError(f"query is not what was expected ({_first(error)}); write {expected}.") from None


def read_extend(text: str) -> Extend:
    """Read a question for properties."""
    try:
        return Extend.model_validate_json(_bytes(text))
    except ValidationError as error:
        expected = '{"ids": ["pdu/west-kent"], "properties": [{"id": "skos:notation"}]}'
        raise QuestionError(f"extend is not what was expected ({_first(error)}); write {expected}.") from None


def _bytes(text: str) -> bytes:
    """Return a text as UTF-8; what cannot be written so becomes a question mark."""
    return text.encode("utf-8", "replace")


def _first(error: ValidationError) -> str:
    """Return the first complaint, with the place where it was met."""
    complaint = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in complaint["loc"])[:100]
    return f"{place}: {complaint['msg']}" if place else complaint["msg"]
