"""Write the expected answers of all named queries anew: python tests/expected/write.py

Read the difference against the source documents before you keep it; the tests believe these files.
"""

from __future__ import annotations

from pathlib import Path

from kg import resources
from kg.query import bind, read_questions, write
from kg.release import assemble

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Run each query with its example parameters and write its answer as CSV."""
    store = assemble()
    for name, question in read_questions(resources.queries()).items():
        examples = {parameter.name: parameter.example for parameter in question.parameters}
        answer = store.query(question.text, bind(question, examples))
        (FOLDER / f"{name}.csv").write_text(write(store, answer, "csv"), encoding="utf-8")


if __name__ == "__main__":
    main()
