"""What the shapes found, in plain words: which thing, what is wrong with it, how to mend it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kg import names
from kg.store import convert, literal
from kg.validate.engines import Result

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>()|]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_ORDER = {"Violation": 0, "Warning": 1, "Info": 2}
_WORDS = {"Violation": "violation", "Warning": "warning", "Info": "note"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one shape.

    Attributes:
        severity: Violation (the data is wrong), Warning (a person must look) or Info (something useful is missing).
        shape: local name of the shape.
        focus: IRI of the thing in question.
        label: its label or summary, "" where it has none.
        message: what is wrong and how to mend it.
        path: property in question, "" where there is none.
        value: value in question, or the values found where the shape forbids more than so many; "" where there is none.
    """

    severity: str
    shape: str
    focus: str
    label: str
    message: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, the gravest first, and the results that they tell in plain words."""

    findings: tuple[Finding, ...]
    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and notes are for people to look at."""
        return not any(finding.severity == "Violation" for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return the number of findings by severity."""
        return dict(Counter(finding.severity for finding in self.findings))

    @property
    def turtle(self) -> str:
        """The SHACL report in Turtle."""
        return self.rdf("ttl").decode()

    def rdf(self, form: str) -> bytes:
        """Return the SHACL report in a form of RDF: "ttl", "jsonld", "nt" or "rdf"."""
        content = ntriples(self.results)
        prefixes = {prefix: iri for prefix, iri in names.PREFIXES.items() if iri.encode() in content}
        return convert(content, form, prefixes)

    def written(self, form: str) -> bytes:
        """Return the report as "json" or "md", or in a form of RDF."""
        writers = {"json": self.json, "md": self.markdown}
        return writers[form]().encode() if form in writers else self.rdf(form)

    def text(self) -> str:
        """Return the report for a terminal."""
        blocks = [_block(finding) for finding in self.findings]
        return "\n".join([*blocks, self._verdict()]) + "\n"

    def json(self) -> str:
        """Return the report as JSON."""
        content = {"conforms": self.conforms, "findings": [asdict(finding) for finding in self.findings]}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def markdown(self) -> str:
        """Return the report as a Markdown table."""
        lines = ["| severity | thing | what to do | value |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {finding.severity} | {_escape(finding.label or names.short(finding.focus))} | "
            f"{_escape(finding.message)} | {_escape(names.short(finding.value))} |"
            for finding in self.findings
        ]
        return "\n".join([*lines, "", self._verdict()]) + "\n"

    def _verdict(self) -> str:
        counts = self.counts()
        numbers = ", ".join(counted(counts.get(name, 0), word) for name, word in _WORDS.items())
        return f"{'Conforms' if self.conforms else 'Does not conform'}: {numbers}."


def findings_of(report: bytes) -> tuple[Finding, ...]:
    """Return the findings of a report that was written as JSON."""
    return tuple(Finding(**each) for each in json.loads(report)["findings"])


def counted(number: int, word: str) -> str:
    """Return a number with its word, in the plural where it is not one: "1 warning"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted by severity, shape and thing."""
    return tuple(sorted(findings, key=lambda f: (_ORDER.get(f.severity, 9), f.shape, f.focus, f.path, f.value)))


def ntriples(results: Sequence[Result]) -> bytes:
    """Return results as a SHACL report in N-Triples; to SHACL, data with a warning does not conform either."""
    sh, report = names.PREFIXES["sh"], "_:report"
    lines = [
        f"{report} <{names.PREFIXES['rdf']}type> <{sh}ValidationReport> .",
        f'{report} <{sh}conforms> "{str(not results).lower()}"^^<{names.PREFIXES["xsd"]}boolean> .',
    ]
    nodes = [f"_:result{number}" for number in range(len(results))]
    lines += [f"{report} <{sh}result> {node} ." for node in nodes]
    for node, result in zip(nodes, results, strict=True):
        lines.append(f"{node} <{names.PREFIXES['rdf']}type> <{sh}ValidationResult> .")
        lines += [f"{node} <{sh}{name}> {value} ." for name, value in _members(result) if value]
    return ("\n".join(lines) + "\n").encode()


def _members(result: Result) -> list[tuple[str, str]]:
    """Return the properties of a result; a path that is no single property is left out."""
    return [
        ("resultSeverity", f"<{names.PREFIXES['sh']}{result.severity}>"),
        ("sourceShape", _node(result.shape)),
        ("sourceConstraintComponent", f"<{result.component}>" if result.component else ""),
        ("focusNode", _node(result.focus)),
        ("resultPath", f"<{result.path}>" if _PATH.fullmatch(result.path) else ""),
        ("value", result.term),
        ("resultMessage", literal(result.message, language="en").n3()),
    ]


def _node(name: str) -> str:
    """Return an IRI or the label of a blank node as N-Triples writes it."""
    return f"<{name}>" if _IRI.fullmatch(name) else f"_:{re.sub(r'[^A-Za-z0-9]', '', name)}"


def _block(finding: Finding) -> str:
    subject = finding.label or "without label"
    value = f"\n  value  {names.short(finding.value)}" if finding.value else ""
    thing = f"{subject} ({names.short(finding.focus)})"
    return f"{finding.severity}: {finding.message}\n  thing  {thing}{value}\n  shape  {finding.shape}"


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
