"""Making an export: what somebody asks for, and the job of an export worker, which loads what it needs when it runs."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.exports.catalogue import DEFAULTS, FIELDS, ROOT, forms, views
from api.sandbox.worker import Held
from kg.errors import KgError
from kg.store import ResultTooLargeError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from kg.export import Form, Network

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for.

    Attributes:
        view, form: names of the view and of the form.
        values: parameters of the view as they were written.
        fields: other fields as they were written, by name; see `api.exports.catalogue`.
        version: of the dataset.
        most_bytes: largest export.
    """

    view: str
    form: str
    values: Mapping[str, str]
    fields: Mapping[str, list[str]]
    version: str
    most_bytes: int

    def one(self, name: str) -> str:
        """Return the value of a field, or its default."""
        return self.fields.get(name, [DEFAULTS[name]])[0]

    def address(self, form: Form) -> str:
        """Return the one address of this export: by suffix, with its fields in one order, without its defaults."""
        fields = {each.name: self.fields.get(each.name, []) for each in FIELDS}
        fields = {name: given for name, given in fields.items() if given and given != [DEFAULTS[name]]}
        query = urlencode({**dict(sorted(self.values.items())), **fields}, doseq=True, safe="/")
        return f"{ROOT}/{self.view}.{form.suffix}" + (f"?{query}" if query else "")

    def file_name(self, form: Form) -> str:
        """Return a name for the file: the view, and what was asked about."""
        told = [self.view, *(value.rpartition("/")[2] for value in self.values.values())]
        name = _NOT_IN_A_NAME.sub("-", "-".join(told)).strip("-.")[:_LONGEST_NAME]
        return f"{name}.{form.suffix}"


def export(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Make an export in a worker that may load libraries and start a process to draw.

    Raises:
        QuestionError: a parameter or filter is unknown or of the wrong kind.
        ResultTooLargeError: the network is too large for the form, or the export for this server.
    """
    order = Order(**arguments)
    network = _network(held, order)
    return "export", _written(network, order)


def _network(held: Held, order: Order) -> Network:
    from kg.export import Filters, select

    filters = Filters(
        types=tuple(order.fields.get("type", ())),
        region=order.one("within"),
        since=order.one("since"),
        until=order.one("until"),
        sources=tuple(order.fields.get("source", ())),
        quality=order.one("quality"),
    )
    view, most = views()[order.view], int(order.one("most"))
    network = select(held.store, view, order.values, filters, version=order.version, most=most)
    if order.one("measures") == "true":
        from kg.export.measures import measure

        return measure(network).network
    return network


def _written(network: Network, order: Order) -> bytes:
    """Write a network; whatever a form refuses in it, it is too large for that form."""
    from kg.export import Look

    out = _Bounded(order.most_bytes)
    try:
        forms()[order.form].write(network, out, Look(order.one("theme"), order.one("size")))
    except ResultTooLargeError:
        raise
    except KgError as error:
        raise ResultTooLargeError(str(error)) from None
    return out.getvalue()


class _Bounded(io.BytesIO):
    """A file in memory that takes only so many bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, part: ReadableBuffer, /) -> int:
        written = super().write(part)
        if self.tell() > self._most:
            raise ResultTooLargeError(
                f"The export is larger than {self._most:,} bytes; narrow it with the filters, "
                'or make it with "kg export" on your own machine.'
            )
        return written
