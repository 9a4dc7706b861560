"""Addresses on this server of what the graph names, and the Link headers that lead from one form to the others.

All of them are paths, so that they hold on whatever host the server is reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from api.http.negotiate import Form
from kg import names
from kg.description import DOC, LICENCE, document_of

_SAFE = "/-._~!$&'()*+,;=:@"
_OWN = {names.DEF: "/def#", names.SHAPES: "/shapes#", names.GRAPH: "/graph/", DOC: "/doc/"}


def path(text: str) -> str:
    """Return a path in percent-encoding."""
    return quote(text, safe=_SAFE)


def document_path(thing: str) -> str:
    """Return the path of the document that describes a thing.

    >>> document_path("https://w3id.org/probation-kg/id/pdu/york")
    '/doc/pdu/york'
    """
    return "/doc/" + path(document_of(thing).removeprefix(DOC))


def link_of(iri: str) -> str:
    """Return where a reader is led who follows an IRI: a path here, a web address, or "" for any other IRI.

    >>> link_of("https://w3id.org/probation-kg/def#Claim")
    '/def#Claim'
    >>> link_of("javascript:alert(1)")
    ''
    """
    if iri.startswith((names.ID, names.VOCAB)):
        return document_path(iri)
    for namespace, place in _OWN.items():
        if iri.startswith(namespace):
            return place + path(iri.removeprefix(namespace))
    return iri if iri.startswith(("https://", "http://")) else ""


def link_header(
    canonical: str, place: str, forms: Iterable[Form], query: str = "", more: Iterable[tuple[str, str]] = ()
) -> str:
    """Return the value of a Link header.

    Args:
        canonical: IRI of the document.
        place: its path here.
        forms: in which it comes.
        query: of each address, with its question mark.
        more: further targets with their relations.
    """
    links = [f'<{path(canonical) + query}>; rel="canonical"']
    for form in forms:
        media_type = form.media_types[0]
        links.append(f'<{place}.{form.name}{query}>; rel="alternate"; type="{media_type}"')
    links += ['</def>; rel="describedby"; type="text/html"', f'<{LICENCE}>; rel="license"']
    return ", ".join([*links, *(f'<{target}>; rel="{relation}"' for target, relation in more)])
