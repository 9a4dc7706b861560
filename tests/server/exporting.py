"""What the tests of exports over HTTP share: the views, an address to export from, and how it is asked for."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from kg.export import read_views

VIEWS = read_views()
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WEST_KENT = "/exports/neighbourhood.graphml?thing=pdu/west-kent"


def ask(server, path, headers=None, method="GET"):
    """Status, headers and body, whatever the status."""
    request = urllib.request.Request(server.url + path, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=100) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def problem(server, path, headers=None):
    """Status and document of what is refused."""
    status, found, body = ask(server, path, headers)
    assert found.get_content_type() == "application/problem+json", body
    return status, json.loads(body)
