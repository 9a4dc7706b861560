"""The first page: what this is, and the ways in."""

from __future__ import annotations

from api.http.message import Asked, Reply
from api.http.problem import Problem
from api.linked.things import only_get
from api.pages import page_reply


async def home(asked: Asked) -> Reply:
    """Send the first page.

    Raises:
        Problem: 404, the path only begins like it; 405.
    """
    only_get(asked)
    if asked.path != "/":
        raise Problem(404, "There is nothing at this address; the first page is /.")
    return page_reply("home.html", tag="home")
