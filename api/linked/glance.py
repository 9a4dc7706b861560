"""The handful of facts that matter for a thing of its class, each with its date and the way to its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from api.addresses import link_of
from api.disputes import Disputed
from api.linked.around import Around
from api.linked.measures import PERCENTAGE, VALUE, fraction, measured, percentage
from api.words import british, catalogue, words
from kg import names
from kg.store.patterns import Quad, is_named, term_of, value_of

_CLASSES = {
    "pko:ProbationRegion": "skos:notation pko:acronym org:subOrganizationOf pko:nation",
    "pko:ProbationDeliveryUnit": "skos:notation org:subOrganizationOf pko:unitStatus pko:inPoliceArea pko:covers"
    " pko:firstObserved pko:endedObserved",
    "pko:PredecessorBody": "skos:notation org:subOrganizationOf pko:startedIn pko:endsIn pko:covers",
    "pko:ServiceProvider": "skos:altLabel org:subOrganizationOf pko:acronym",
    "pko:Court": "pko:courtType pko:openStatus pko:servesRegion pko:town pko:postcode pko:locatedIn pko:inPoliceArea",
    "pko:Prison": "skos:altLabel pko:openStatus pko:prisonType pko:securityCategory pko:accommodates pko:operatedBy"
    " pko:privatelyOperated pko:servesRegion pko:town pko:postcode pko:inPoliceArea",
    "pko:ProbationOffice": "pko:officeOf pko:address pko:servesRegion pko:locatedIn pko:webAddress",
    "pko:Area": "pko:areaType pko:gssCode pko:county pko:nation pko:inPoliceArea",
    "pko:ServiceContract": "pko:contractProvider pko:subcontractor pko:contractService pko:contractArea pko:eligibleSex"
    " pko:minimumAge pko:maximumAge pko:referralStatus pko:referralsFrom pko:referralsTo pko:snapshotStart"
    " pko:snapshotEnd",
    "pko:Inspection": "pko:inspects pko:announcedStart pko:heldIn pko:reportPublishedOn pko:underProgramme"
    " pko:usesFramework pko:inspectedBy pko:leadInspector pko:chiefInspectorNamed pko:partOfInspection pko:reportedIn"
    " pko:webAddress",
    "pko:InspectionProgramme": "pko:startedIn pko:endsIn pko:inspectsUnitType pko:programmeFramework pko:managedBy",
    "pko:StandardsFramework": "skos:definition pko:usesScale pko:notComparableWith",
    "pko:Standard": "skos:notation skos:definition pko:inFramework pko:underDomain pko:appliesToUnitType"
    " pko:ratingBasis",
    "pko:KeyQuestion": "skos:notation skos:definition pko:keyQuestionOf pko:inFramework",
    "pko:Recommendation": "pko:addressedTo pko:madeIn pko:ordinal pko:theme",
    "pko:PostHolding": "org:member pko:heldPost pko:titleAsPrinted pko:validFrom pko:validTo pko:asOf",
    "pko:SourceDocument": "dcterms:title pko:publishedBy pko:publishedOn pko:reportsOn pko:sourceTier pko:licence"
    " pko:isbn pko:webAddress",
    "skos:Concept": "skos:definition skos:notation skos:altLabel skos:inScheme skos:broader skos:scopeNote pko:points"
    " pko:pointsBasis",
    "skos:ConceptScheme": "skos:definition skos:scopeNote",
}
# Of every other thing, of statements above all.
_OTHERS = (
    "pko:hasRating pko:score pko:maxScore pko:value pko:percentage pko:ofMetric pko:forGroup pko:ofUnit pko:aboutUnit"
    " pko:aboutThing pko:aboutStandard pko:aboutKeyQuestion"
    " pko:affiliatedUnit pko:parentUnit pko:coveringUnit pko:coveredArea pko:coverageExtent rdf:subject rdf:predicate"
    " rdf:object pko:speaker pko:madeIn pko:asOf pko:validFrom pko:validTo pko:theme org:originalOrganization"
    " org:resultingOrganization pko:changeType pko:startedIn pko:endsIn pko:firstObserved pko:eventConcerns"
    " pko:offeredIn pko:offeredBy pko:usedBy pko:targetsGroup org:postIn org:subOrganizationOf org:linkedTo"
    " oa:hasSource pko:inPassage pko:claimedBy pko:claimMode pko:asserts pko:inTable pko:rowSource pko:rowQuality"
    " pko:address pko:webAddress"
)
_NOTE = "skos:editorialNote"
_AS_OF = {"pko:securityCategory": "pko:categoryAsOf", "pko:operatedBy": "pko:operatorAsOf"}
_DATES = ("validFrom", "validTo", "asOf")
_WHOLE = names.VOCAB + "extent/whole"
_LANGUAGE = "en"
_ENGLISH = {"true": "yes", "false": "no"}


class Value(NamedTuple):
    """A value as people read it.

    Attributes:
        text, href, language: what is read, where it leads, and its language where that is not English.
        notes: what it is true of.
        statement, row: the way to who says it.
        doubtful: whether only rows of registers say it that are graded as derived or doubtful.
        disputes: the disagreements of sources about it.
    """

    text: str
    href: str = ""
    language: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    statement: str = ""
    row: str = ""
    doubtful: bool = False
    disputes: tuple[Disputed, ...] = ()


class Fact(NamedTuple):
    """A property with its values."""

    label: str
    href: str
    values: list[Value]


def glance(around: Around, kinds: Iterable[str]) -> list[Fact]:
    """Return the facts of a thing that matter for its classes, in the order of their properties."""
    properties = [name for kind in kinds for name in _CLASSES.get(_class_of(kind), "").split()]
    wanted = dict.fromkeys(_full(name) for name in [*(properties or _OTHERS.split()), _NOTE])
    return [fact_of(around, name, around.facts[name]) for name in wanted if name in around.facts]


def _class_of(kind: str) -> str:
    """Return the class whose facts stand for a class: its own, or that of a wider one."""
    name = names.short(kind)
    wider = {
        "pko:ProbationTrust": "pko:PredecessorBody",
        "pko:CommunityRehabilitationCompany": "pko:PredecessorBody",
        "pko:NationalProbationServiceDivision": "pko:PredecessorBody",
        "pko:InspectionReport": "pko:SourceDocument",
        "pko:NewsArticle": "pko:SourceDocument",
        "pko:PressRelease": "pko:SourceDocument",
        "pko:StatisticalRelease": "pko:SourceDocument",
        "pko:PoliceArea": "pko:Area",
        "pko:LocalAuthority": "pko:Area",
        "pko:StandardsDomain": "skos:Concept",
        "pko:RatingValue": "skos:Concept",
        "pko:Metric": "skos:Concept",
        "pko:Award": "skos:Concept",
    }
    return wider.get(name, name)


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return names.PREFIXES[prefix] + local


def fact_of(around: Around, name: str, quads: list[Quad]) -> Fact:
    """Return a property and its values as people read them."""
    return Fact(capital(property_words(around, name)), link_of(name), [_value(around, quad) for quad in quads])


def property_words(around: Around, name: str) -> str:
    """Return what people call a property: words of the site where the ontology's own would mislead, else its label."""
    return catalogue(_LANGUAGE).get("thing.property_" + names.short(name).replace(":", "_")) or around.label(name)


def capital(text: str) -> str:
    """Return a text as a heading or a line begins; an identifier stays as it is.

    >>> capital("inspection of West Kent PDU 2024"), capital("pdu/west-kent")
    ('Inspection of West Kent PDU 2024', 'pdu/west-kent')
    """
    first = text.partition(" ")[0].rstrip(":")
    return text if "/" in first or ":" in first else text[:1].upper() + text[1:]


def _value(around: Around, quad: Quad) -> Value:
    statement = around.statement_of(quad)
    text, href = words_of(around, quad)
    return Value(
        text,
        href,
        language_of(quad.object),
        _notes(around, quad),
        statement,
        "" if statement else around.row_of(quad),
        around.stated_doubtfully(statement) if statement else around.doubtful(*around.rows_of(quad)),
        around.disputes(statement) if statement else (),
    )


def language_of(node: object) -> str:
    """Return the language of a text that is not English; "" for all else."""
    language = "" if is_named(node) else term_of(node).language
    return "" if language == "en" else language


def words_of(around: Around, quad: Quad) -> tuple[str, str]:
    """Return the value of a fact as people read it, a measured one with its unit and bound, and where it leads."""
    if quad.predicate.value == VALUE:
        return measure_of(around, quad.subject.value), ""
    if quad.predicate.value == PERCENTAGE:
        return percentage(value_of(quad.object)), ""
    return text_of(around, quad.object)


def measure_of(around: Around, measurement: str) -> str:
    """Return the value of a measurement in words, "about 25 per cent"; "" of what is none."""

    def of(name: str, thing: str = measurement) -> str:
        return around.value(thing, names.DEF + name)

    value, metric = of("value"), of("ofMetric")
    unit = of("unitOfMeasure", metric) if metric else ""
    return measured(value, unit, of("valueQualifier"), around.label) if value else ""


def text_of(around: Around, node: object) -> tuple[str, str]:
    """Return a value as people read it, and where it leads."""
    if is_named(node):
        iri = value_of(node)
        return around.label(iri), link_of(iri)
    term = term_of(node)
    kind = names.short(term.datatype)
    text = british(term.value) if kind in DATED else _ENGLISH.get(term.value, term.value)
    web = term.value.startswith(("https://", "http://")) and " " not in term.value
    return text, term.value if web else ""


DATED = {"xsd:date", "xsd:gYear", "xsd:gYearMonth"}


def _notes(around: Around, quad: Quad) -> tuple[tuple[str, str], ...]:
    """Return what a fact is true of, as pairs of words and value: its dates, and the part that it covers."""
    notes = []
    if scheme := _scheme(around, quad):
        notes.append(("scheme", scheme))
    if of_what := _measured_of(around, quad):
        notes.append(("measure", of_what))
    if as_of := _AS_OF.get(names.short(quad.predicate.value)):
        notes.append(("asOf", british(around.value(around.iri, _full(as_of)))))
    if record := around.record_of(quad):
        notes += [(name, british(around.value(record, names.DEF + name))) for name in _DATES]
        extent = around.value(record, names.DEF + "coverageExtent")
        notes.append(("extent", around.label(extent) if extent and extent != _WHOLE else ""))
    return tuple((name, value) for name, value in notes if value)


def _measured_of(around: Around, quad: Quad) -> str:
    """Return what stands behind a measured value: the counts, or that the thing named is not the whole."""
    name = quad.predicate.value
    if name in (VALUE, PERCENTAGE):
        return fraction(*(around.value(around.iri, names.DEF + each) for each in ("numerator", "denominator")))
    unnamed = name == names.DEF + "ofUnit" and around.value(around.iri, names.DEF + "ofUnnamedPart") == "true"
    return words(_LANGUAGE)("measure.part") if unnamed else ""


def _scheme(around: Around, quad: Quad) -> str:
    """Return whose code a code is, by its datatype: "Delius code"."""
    datatype = "" if is_named(quad.object) else term_of(quad.object).datatype
    return around.label(datatype) if datatype.startswith(names.DEF) else ""
