"""The exports are as the published schemas of their formats say."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
from lxml import etree

from kg.export.profile import clean
from tests.export import read_back
from tests.export.compared import written
from tests.export.test_formats import NETWORKS


class Schemas(etree.Resolver):
    """Schemas that schemas ask for are found beside them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self.files = files

    def resolve(self, url, _public, context):
        return self.resolve_string(self.files[url.rsplit("/", 1)[-1]], context)


def schema(name: str) -> etree.XMLSchema:
    files = dict(read_back.schema_files())
    if name not in files:
        pytest.skip(f"{name} is neither in PROBATION_KG_SCHEMAS nor installed: Debian's libjgrapht-java has it")
    parser = etree.XMLParser()
    parser.resolvers.add(Schemas(files))
    return etree.XMLSchema(etree.fromstring(files[name], parser, base_url=name))


@pytest.mark.parametrize("network", NETWORKS)
def test_graphml_is_as_its_schema_says(network):
    schema("graphml.xsd").assertValid(etree.fromstring(written(clean(NETWORKS[network]()), "graphml")))


@pytest.mark.parametrize("network", NETWORKS)
def test_gexf_is_as_its_schema_says(network):
    """Debian has 1.2draft, which 1.3 adds `kind` and `timerepresentation` to; its place for colours is wrong."""
    document = written(clean(NETWORKS[network]()), "gexf").decode()
    older = document.replace("http://gexf.net/1.3", "http://www.gexf.net/1.2draft").replace(
        ' version="1.3"', ' version="1.2"'
    )
    older = re.sub(r"<viz:color [^>]*/>", "", older)
    tree = etree.fromstring(older.encode())
    for element in tree.iter():
        element.attrib.pop("kind", None)
        element.attrib.pop("timerepresentation", None)
    schema("gexf.xsd").assertValid(tree)


@pytest.mark.parametrize("network", NETWORKS)
def test_gexf_is_as_the_grammar_of_1_3_says(network):
    files = dict(read_back.schema_files())
    if "gexf.rng" not in files:
        pytest.skip("gexf.rng of GEXF 1.3 is not in PROBATION_KG_SCHEMAS; no package has it")
    parser = etree.XMLParser()
    parser.resolvers.add(Schemas(files))
    grammar = etree.RelaxNG(etree.fromstring(files["gexf.rng"], parser, base_url="gexf.rng"))
    grammar.assertValid(etree.fromstring(written(clean(NETWORKS[network]()), "gexf")))


@pytest.mark.parametrize("network", NETWORKS)
def test_json_graph_format_is_as_its_schema_says(network):
    files = dict(read_back.schema_files())
    if "json-graph-schema_v2.json" not in files:
        pytest.skip("json-graph-schema_v2.json is not in PROBATION_KG_SCHEMAS; no package has it")
    jsonschema.validate(
        json.loads(written(clean(NETWORKS[network]()), "jgf")), json.loads(files["json-graph-schema_v2.json"])
    )
