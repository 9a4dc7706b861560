"""/feed.atom: inspections and documents by the date of their publication, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from api.addresses import document_path
from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.presence import unless_gone
from api.linked.things import only_get
from api.sandbox.worker import Held
from api.site.page import Wanted
from api.words import british, words
from kg import names

PATH = "feed.atom"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 200
_PUBLISHED = """SELECT DISTINCT ?thing ?kind ?published WHERE {
  { ?thing a pko:Inspection ; pko:reportPublishedOn ?published BIND("inspection" AS ?kind) }
  UNION
  { ?thing a pko:SourceDocument ; pko:publishedOn ?published BIND("document" AS ?kind) }
} ORDER BY DESC(STR(?published)) ?thing"""
register_namespace("", _ATOM)


class Feed:
    """The room of the feed."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset

    async def __call__(self, asked: Asked) -> Reply:
        """Send the feed.

        Raises:
            Problem: 405 for anything but reading, or a failure of the worker.
        """
        only_get(asked)
        arguments = {"address": self._dataset.settings.address}
        answer = await unless_gone(asked, self._dataset.run("feed", arguments, b"", asked.client))
        return Reply(200, answer.content, CONTENT_TYPE, tag="feed")


def feed_job(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
    """Make the feed; the job of a worker."""
    entries = Wanted(held.store, "", {}).select(_PUBLISHED)[:_MOST]
    return "feed", feed(entries, arguments["address"])


def feed(entries: list[dict[str, Any]], address: str) -> bytes:
    """Return a feed of entries, the newest first.

    Atom demands a day: a date that is known to the month or year alone stands as its first day in "updated", the
    text of the entry says what is known, and "published" is left out.
    """
    t = words("en")
    root = Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": t("site.lang")})
    _add(root, "id", names.BASE + "feed")
    _add(root, "title", t("feed.title"))
    _add(root, "subtitle", t("feed.subtitle"))
    _add(root, "updated", max((_moment(each["published"]) for each in entries), default=_moment("2014")))
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{address}/{PATH}")
    _add(root, "link", rel="alternate", type="text/html", href=f"{address}/")
    _add(SubElement(root, f"{{{_ATOM}}}author"), "name", t("feed.author"))
    for each in entries:
        _entry(root, each, address)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def _entry(root: Element, row: dict[str, Any], address: str) -> None:
    t, entry = words("en"), SubElement(root, f"{{{_ATOM}}}entry")
    label = row.get("thing label") or names.short(row["thing"])
    _add(entry, "id", row["thing"])
    _add(entry, "title", label[:1].upper() + label[1:])
    _add(entry, "updated", _moment(row["published"]))
    if len(row["published"]) == len("2024-01-22"):
        _add(entry, "published", _moment(row["published"]))
    _add(entry, "link", rel="alternate", type="text/html", href=address + document_path(row["thing"]))
    _add(entry, "category", term=row["kind"], label=t(f"feed.{row['kind']}"))
    _add(entry, "summary", t(f"feed.{row['kind']}_on", date=british(row["published"])))


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text or None


def _moment(date: str) -> str:
    """Return a day, month or year as Atom writes a moment.

    >>> _moment("2024-05")
    '2024-05-01T00:00:00Z'
    """
    year, month, day = (*date.split("-"), "01", "01")[:3]
    return f"{year}-{month}-{day}T00:00:00Z"
