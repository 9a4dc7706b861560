"""All pages of the site by the first part of their path."""

from __future__ import annotations

from api.addresses import link_of
from api.pages import SITE
from api.site.about import PAGE as ABOUT
from api.site.areas import PAGE as AREAS
from api.site.coverage import PAGE as COVERAGE
from api.site.disagreements import PAGE as DISAGREEMENTS
from api.site.evidence import PAGE as EVIDENCE
from api.site.explore import PAGE as EXPLORE
from api.site.findings import PAGE as FINDINGS
from api.site.map import PAGE as MAP
from api.site.page import Page
from api.site.provision import PAGE as PROVISION
from api.site.quality import PAGE as QUALITY
from api.site.ratings import PAGE as RATINGS
from api.site.recommendations import PAGE as RECOMMENDATIONS
from kg import names

_ALL: tuple[Page, ...] = (
    AREAS,
    DISAGREEMENTS,
    PROVISION,
    FINDINGS,
    RECOMMENDATIONS,
    RATINGS,
    EVIDENCE,
    COVERAGE,
    ABOUT,
    QUALITY,
    MAP,
    EXPLORE,
)
PAGES: dict[str, Page] = {page.path: page for page in _ALL}
SITE.update(site_paths=set(PAGES), link_of=link_of, short=names.short)
