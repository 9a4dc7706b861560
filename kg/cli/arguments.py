"""What several commands of `kg` take: the store's folder, and parameters written as name=value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import QuestionError

if TYPE_CHECKING:
    from kg.store import Embedded

Store = Annotated[Path, typer.Option(envvar="PROBATION_KG_STORE", help="Folder of the store.", show_default=True)]
STORE = Path("kg-store")


def opened(store: Path) -> Embedded:
    """Open a store to read.

    Raises:
        StoreError: there is none, or it is damaged.
    """
    from kg.store import open_store

    return open_store(store)


def one_of(option: str, values: Sequence[str]) -> Callable[[str], str]:
    """Return a check that an option has one of some values, which refuses others in one sentence."""

    def check(value: str) -> str:
        if value not in values:
            expected = f"{', '.join(values[:-1])} or {values[-1]}"
            raise QuestionError(f'{option} reads "{value}"; expected {expected}.')
        return value

    return check


def pairs(texts: list[str]) -> dict[str, str]:
    """Split name=value.

    Raises:
        QuestionError: one is written otherwise, or given twice.
    """
    found = [text.partition("=") for text in texts]
    for text, (name, equals, _) in zip(texts, found, strict=True):
        if not name or not equals:
            raise QuestionError(
                f'--param reads "{text}"; expected name=value, for example region=region/kent-surrey-and-sussex.'
            )
    if len({name for name, _, _ in found}) < len(found):
        raise QuestionError("A parameter is given twice; give each --param once.")
    return {name: value for name, _, value in found}
