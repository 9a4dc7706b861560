"""Example inspections: ratings, results, findings, recommendations and figures, each in a passage of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kg.generate.sheet import Sheet, dice, sha

_FIRST_MONDAY = {2023: date(2023, 9, 4), 2025: date(2025, 1, 6)}
_FINDINGS = 24
_SHARE_IN_THE_PRESS = 0.25
_SHARE_WITH_TWO_CASELOADS = 0.05
_QUESTIONS = {"R2.1": 4, "R2.2": 4, "R2.3": 1, "R2.4": 4, "R2.5": 1, "R2.6": 3}
_RATINGS = ("inadequate", "requires-improvement", "good", "outstanding")
_CASE_BANDS = (50, 65, 80)
_KINDS = ("Strength", "AreaForImprovement", "AreaForImprovement", "Finding")
_ASPECTS = ("action", "cause", "consequence", "context", "need", "observation", "outlook")
_WORDS = {
    "Strength": ("worked well", "was sound in most cases", "had improved", "was praised by partners"),
    "AreaForImprovement": ("was too weak", "came too late in many cases", "was not recorded", "lacked people"),
    "Finding": ("was under review", "differed between offices", "had changed since", "rested on one team"),
}


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of standards: its slug, the codes of its standards, and the least scores of the upper ratings."""

    slug: str
    standards: tuple[str, ...]
    bands: tuple[int, int, int]


LOCAL = Framework("2023-pdu", ("P1.1", "P1.2", "P1.3", "P2.1", "P2.2", "P2.3", "P2.4"), (4, 11, 18))
REGIONAL = Framework("2023-region", ("R1.1", "R1.2", "R2.1", "R2.2", "R2.3", "R2.4", "R2.5", "R2.6"), (5, 13, 21))
YEARS = tuple(_FIRST_MONDAY)


class Report(Sheet):
    """One inspection in a graph of its own, its statements each in a passage of the report."""

    def __init__(self, unit: str, label: str, year: int, framework: str, themes: Sequence[str]) -> None:
        kind, _, slug = unit.partition("/")
        self.inspection = f"{slug}-{kind}-{year}"
        super().__init__(f"source/{self.inspection}")
        self.draw = dice(self.inspection)
        self.themes = themes
        self.length = 0
        self.values: dict[str, object] = {
            "inspection": self.inspection,
            "unit": unit,
            "label": label,
            "year": year,
            "framework": framework,
        }
        self.cases = self.draw.randint(40, 120)

    def state(self, form: str, statement: str, summary: str, **values: object) -> None:
        """Add a statement, the claim that carries it, and the passage in which it stands."""
        self.fill(form, statement=statement, summary=summary, **self.values, **values)
        self.claim("claim", statement, f"report-{self.inspection}", summary)

    def claim(self, form: str, statement: str, document: str, text: str) -> None:
        """Add a claim on the next passage."""
        start, end = self.length, self.length + len(text)
        self.length = end + 1
        self.fill(form, statement=statement, doc=document, start=start, end=end, digest=sha(text))

    def theme(self) -> str:
        """Draw a theme."""
        return self.draw.choice(self.themes)


def inspect(unit: str, label: str, year: int, framework: Framework, themes: Sequence[str]) -> Report:
    """Return an inspection of a unit: ratings, results, findings, recommendations, figures, and perhaps an article."""
    report = Report(unit, label, year, framework.slug, themes)
    codes = framework.standards
    begun = _FIRST_MONDAY[year] + timedelta(weeks=report.draw.randrange(26))
    _ratings(report, framework)
    for each in range(_FINDINGS):
        _finding(report, codes[each % len(codes)], each // len(codes) + 1)
    advised = report.draw.randint(3, 7)
    for each in range(advised):
        _recommendation(report, report.draw.choice(codes), each + 1)
    _figures(report, advised)
    for each in range(2):
        _progress(report, each + 1)
    if report.draw.random() < _SHARE_IN_THE_PRESS:
        _article(report, begun + timedelta(days=140))
    _frame(report, begun)
    return report


def _frame(report: Report, begun: date) -> None:
    """Add the inspection itself, its fieldwork and samples, and the report, whose length is known by now."""
    community = report.draw.randint(report.cases // 3, report.cases - 10)
    report.fill(
        "inspection",
        **report.values,
        begun=begun,
        ended=begun + timedelta(days=11),
        published=begun + timedelta(days=report.draw.randint(90, 139)),
        level="pdu" if report.values["framework"] == LOCAL.slug else "region",
        cases=report.cases,
        community=community,
        licence=report.cases - community,
        digest=sha(report.inspection),
        length=report.length,
    )


def _ratings(report: Report, framework: Framework) -> None:
    """Rate each standard, from the lowest of its key questions where it has any, and the whole from the score."""
    score = 0
    for code in framework.standards:
        points = report.draw.choices(range(4), weights=(35, 35, 25, 5))[0]
        if code in _QUESTIONS:
            points = _band(_results(report, code), _CASE_BANDS)
        score += points
        rating = _RATINGS[points]
        summary = f"{report.values['label']} was rated {rating} for standard {code} in {report.values['year']}."
        statement = f"inspection/{report.inspection}/rating/{code}"
        report.state("standard", statement, summary, standard=code, rating=rating)
    rating, maximum = _RATINGS[_band(score, framework.bands)], 3 * len(framework.standards)
    summary = f"{report.values['label']} scored {score} out of {maximum} and was rated {rating}."
    statement = f"inspection/{report.inspection}/rating/overall"
    report.state("overall", statement, summary, rating=rating, score=score, maximum=maximum)


def _results(report: Report, code: str) -> int:
    """Add the results on the key questions of a standard and return the lowest percentage."""
    counts = [report.draw.randint(report.cases // 6, report.cases) for _ in range(_QUESTIONS[code])]
    lowest = counts.index(min(counts))
    shares = [round(100 * each / report.cases) for each in counts]
    for position, share in enumerate(shares):
        question = f"{code}-Q{position + 1}"
        report.state(
            "result",
            f"inspection/{report.inspection}/result/{question}",
            f"In {report.values['label']} the work asked about in {question} was sufficient in {share}% of cases.",
            standard=code,
            question=question,
            percentage=share,
            drives=str(position == lowest).lower(),
            theme=report.theme(),
        )
    return shares[lowest]


def _band(value: int, least: Sequence[int]) -> int:
    """Return how many of the bands' lower ends a value reaches."""
    return sum(value >= each for each in least)


def _finding(report: Report, code: str, number: int) -> None:
    kind = report.draw.choice(_KINDS)
    theme, other = report.draw.sample(report.themes, 2)
    report.state(
        "finding",
        f"finding/{report.inspection}/{code}/{number}",
        f"In {report.values['label']}, {theme.replace('-', ' ')} {report.draw.choice(_WORDS[kind])}.",
        kind=kind,
        standard=code,
        theme=theme,
        other=other,
        aspect=report.draw.choice(_ASPECTS),
        ordinal=number,
    )


def _recommendation(report: Report, code: str, number: int) -> None:
    theme = report.theme()
    report.state(
        "recommendation",
        f"inspection/{report.inspection}/recommendation/{number:02d}",
        f"{report.values['label']} should give more weight to {theme.replace('-', ' ')}.",
        standard=code,
        theme=theme,
        ordinal=number,
    )


def _figures(report: Report, advised: int) -> None:
    """Add figures on staff and caseload, the number of recommendations, and a second caseload where passages differ."""
    vacant, caseload = report.draw.randint(2, 45), report.draw.randint(600, 5000)
    figures = {
        "vacancy-rate": (vacant, "exact"),
        "staffing-level": (100 - vacant, "exact"),
        "caseload": (caseload, "exact"),
        "average-caseload": (report.draw.randint(25, 60), "about"),
        "insufficient-oversight-share": (report.draw.randint(20, 80), "more-than"),
        "recommendation-count": (advised, "exact"),
    }
    for metric, (value, bound) in figures.items():
        summary = f"{report.values['label']} had a {metric.replace('-', ' ')} of {value}."
        statement = f"measurement/{report.inspection}/{metric}"
        report.state("measurement", statement, summary, metric=metric, value=value, bound=bound)
    if report.draw.random() < _SHARE_WITH_TWO_CASELOADS:
        second = caseload + report.draw.randint(5, 50)
        summary = f"Elsewhere the caseload of {report.values['label']} is given as {second}."
        report.state("discrepancy", f"measurement/{report.inspection}/caseload/again", summary, value=second)


def _progress(report: Report, number: int) -> None:
    theme, level = report.theme(), report.draw.choice(("none", "some", "sufficient"))
    report.state(
        "progress",
        f"inspection/{report.inspection}/progress/{number}",
        f"{report.values['label']} has made progress ({level}) on an earlier recommendation on {theme}.",
        ordinal=number,
        theme=theme,
        level=level,
        required=str(level != "sufficient").lower(),
    )


def _article(report: Report, published: date) -> None:
    """Add an article of the press in which an unnamed speaker answers, and repeats what the report says."""
    document = f"news-{report.inspection}"
    summary = f"A speaker who is not named said that {report.values['label']} would act on the report."
    digested = sha(document)
    report.fill(
        "article",
        doc=document,
        published=published,
        theme=report.theme(),
        summary=summary,
        digest=digested,
        length=report.length + 4000,
        **report.values,
    )
    report.claim("quotation", f"response/{document}", document, summary)
    report.claim("quotation", f"inspection/{report.inspection}/rating/overall", document, "rated overall, it said")
