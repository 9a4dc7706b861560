"""Exports over HTTP: /exports lists views and forms, /exports/VIEW tells of one, /exports/VIEW.FORM is the file.

FORM is the suffix or the name of a form. The fields of an address are the view's own parameters, filters (type, within,
since, until, source, quality), the look of pictures (theme, size), measures and most. A file is made in an export
worker; the same address gives the same bytes as long as the dataset is the same.
"""

from __future__ import annotations

import html
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
from rapidfuzz import fuzz, process

from api.dataset import Dataset
from api.exports.catalogue import ROOT, described, shared, suffixes, views, whole
from api.exports.fields import ExportFields
from api.exports.making import Order
from api.exports.pages import list_page, refused_page, view_page
from api.http.message import Asked, Reply
from api.http.negotiate import HTML, prefers_html
from api.http.presence import unless_gone
from api.http.problem import Problem
from api.pages import POLICY, look
from api.questions.choices import Choices
from api.questions.fields import Fields
from api.questions.room import LIST_FORMS
from kg.description import LICENCE

if TYPE_CHECKING:
    from kg.export import Form, View

_MOST_CHARACTERS = 100
_MOST_CHOICES = 200  # values that a list of a form offers, such as inspections
_NEAR = 60.0  # of 100: names that are less like it are no help
_SHOWN = ("image/", "text/html", "application/pdf", "application/json")
_TOLD_ON_THE_PAGE = {400, 413}
_META = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"<>]{1,1000})">')
_HEAD = 1000
_POLICY = re.compile(r"[A-Za-z0-9 ';+/=-]+")


class Exports:
    """The exports."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset
        self._choices = Choices(dataset.store, _MOST_CHOICES)
        dataset.on_change(self._choices.forget)

    async def __call__(self, asked: Asked) -> Reply:
        """List what can be exported, tell of a view, or export it."""
        if asked.method != "GET":
            raise Problem(405, "Exports are asked for with GET.", {"Allow": "GET, HEAD, OPTIONS"})
        if asked.path == ROOT:
            return self._told(asked, None)
        name, dot, suffix = asked.path[len(ROOT) + 1 :].partition(".")
        view = _view(name)
        if not dot:
            return self._told(asked, view)
        form = _form(view, suffix)
        try:
            return await self._export(view, form, asked)
        except Problem as problem:
            if problem.status not in _TOLD_ON_THE_PAGE or not prefers_html(asked.accept):
                raise
            return refused_page(view, self._choices, asked.fields(), problem)

    async def _export(self, view: View, form: Form, asked: Asked) -> Reply:
        most_bytes = self._dataset.settings.result_mb << 20
        order = ExportFields(asked).order(view, form, self._dataset.version, most_bytes)
        made = await unless_gone(asked, self._dataset.export(asdict(order), asked.client))
        return Reply(200, made.content, form.media_type, _headers(order, form, made.content), tag=form.name)

    def _told(self, asked: Asked, view: View | None) -> Reply:
        """Return the list of all views, or what one is, as JSON or as a page."""
        fields = Fields(asked)
        fields.only_format()
        form = fields.form(LIST_FORMS)
        headers = {"Vary": "Accept"}
        if form is HTML:
            content = view_page(view, self._choices) if view else list_page()
            headers["Content-Security-Policy"] = POLICY
            return Reply(200, content, form.content_type, headers, f"{form.name}-{look()}")
        found = {**described(view), **shared()} if view else whole()
        return Reply(200, orjson.dumps(found), form.content_type, headers, form.name)


def _view(name: str) -> View:
    found = views().get(name)
    if found is None:
        raise _unknown("view", name, list(views()), ROOT)
    return found


def _form(view: View, suffix: str) -> Form:
    found = suffixes().get(suffix)
    if found is None:
        raise _unknown("format", suffix, list(suffixes()), f"{ROOT}/{view.name}")
    return found


def _unknown(what: str, name: str, known: list[str], place: str) -> Problem:
    """Return the problem that there is no view or format of a name: the nearest, else all that there are."""
    short = name[:_MOST_CHARACTERS]
    near = [match[0] for match in process.extract(short, known, scorer=fuzz.ratio, limit=3, score_cutoff=_NEAR)]
    others = f"the nearest names are {', '.join(near)}" if near else f"the {what}s are {', '.join(known)}"
    return Problem(404, f"There is no {what} {short!r}; {others}. {place} tells of all.", nearest=near)


def _headers(order: Order, form: Form, content: bytes) -> dict[str, str]:
    """Return the headers of a file: its name, where it belongs, and for a page what it may run."""
    shown = "inline" if form.media_type.startswith(_SHOWN) else "attachment"
    links = (
        f'<{order.address(form)}>; rel="canonical"',
        f'<{ROOT}/{order.view}>; rel="describedby"; type="text/html"',
        f'<{LICENCE}>; rel="license"',
    )
    headers = {
        "Content-Disposition": f'{shown}; filename="{order.file_name(form)}"',
        "Link": ", ".join(links),
    }
    if form.media_type.startswith("text/html"):
        headers |= _policy(content)
    return headers


def _policy(content: bytes) -> dict[str, str]:
    """Return the policy that a page sets itself, by digests of its own script and style; nothing may frame it.

    A page without one is sent with the policy of all replies, which lets nothing run.
    """
    own = _META.search(content[:_HEAD])
    policy = html.unescape(own[1].decode()) if own else ""
    if not _POLICY.fullmatch(policy):
        return {}
    return {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
