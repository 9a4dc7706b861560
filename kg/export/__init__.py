"""Exports: views of the graph as networks, in the forms that the readers' tools open.

network = select(store, find_view("organisation-chart"), {"region": "region/london"})
find_form("svg").write(network, file, Look())
"""

from kg.export.filters import Filters
from kg.export.forms import FORMS, SIZES, THEMES, Form, Look, find_form, form_of_file
from kg.export.network import Network
from kg.export.selection import select
from kg.export.views import View, find_view, read_views

__all__ = [
    "FORMS",
    "SIZES",
    "THEMES",
    "Filters",
    "Form",
    "Look",
    "Network",
    "View",
    "find_form",
    "find_view",
    "form_of_file",
    "read_views",
    "select",
]
