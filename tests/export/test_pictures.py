"""Pictures: legible, self-contained, the same every time, and never broken by what a label says."""

import dataclasses
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zlib
from itertools import combinations
from xml.etree import ElementTree

import networkx as nx
import pytest

from kg.export import palette
from kg.export.drawing import PICTURES, PictureError, write
from kg.export.network import GROUPS, Network
from kg.export.pictures import raster
from kg.export.pictures.composing import SIZES, compose
from kg.export.pictures.graphviz import Job, run
from kg.export.pictures.layout import MOST_NODES, choose, positions
from kg.export.pictures.shapes import Text
from kg.export.pictures.text import LABEL, wrap
from kg.names import ID

SVG = "{http://www.w3.org/2000/svg}"
KINDS = (("area", "covers"), ("court", "is served by"), ("prison", "is in"), ("office", "belongs to"))
RATED = tuple(palette.RATINGS)
HOSTILE = (
    "the \"quoted\" 'one'",
    "two\nlines\r\nand\ttabs",
    "<script>alert(1)</script>",
    "<b>looks like HTML</b>",
    "🏛️ court 👩‍⚖️",
    "Gwasanaeth Prawf Cymru, Llŷn a Chaerŵ",
    "مكتب المراقبة \u202egnorw",
    "\x00control\x1b[31m\x7f\u2028",
    "\\N \\G \\l \\E \\\\ C:\\new\\",
    "&amp; &#0; ]]> -->",
    "x" * 400,
    "",
    "\ud800 lone surrogate",
    '"]; n0 -> n1 [label="',
    "12 -pretending to be xdot C 7 -#ff0000",
    "漢字かな" * 20,
)


def network_of(size, layout="hierarchy"):
    """A region with units and what they serve; some of it serves two units."""
    graph = nx.MultiDiGraph()
    root = ID + "region/kss"
    graph.add_node(root, label="Kent, Surrey and Sussex", group="region", type_label="probation region")
    units = [f"{ID}pdu/{number}" for number in range(max(2, size // 25))]
    for number, unit in enumerate(units):
        graph.add_node(unit, label=f"Delivery unit {number}", group="unit", rating=RATED[number % 4], start="2021")
        graph.add_edge(unit, root, role="part-of", label="is part of")
    for number in range(size - 1 - len(units)):
        group, words = KINDS[number % 4]
        thing = f"{ID}{group}/{number}"
        label = f"{group} of a place whose name is long {number}"[: 12 + number * 7 % 40]
        graph.add_node(thing, label=label, group=group, start=str(2010 + number % 9), end="2024" if number % 2 else "")
        graph.add_edge(thing, units[number % len(units)], role=words, label=words)
        if number % 13 == 0:
            graph.add_edge(thing, units[(number + 1) % len(units)], role=words, label=words)
    sources = tuple(f"Report on the inspection of probation services number {number}" for number in range(15))
    told = {"region": "region/kss"}
    return Network(
        graph, "organisation", "organisation of a region", told, layout, sources, "3fa9c1d20011", "2024-12-31"
    )


def web_of(size):
    """A network in which nothing is alike, so that no panel forms."""
    graph = nx.MultiDiGraph()
    for one, other in nx.barabasi_albert_graph(size, 2, seed=3).edges:
        for number in (one, other):
            graph.add_node(f"{ID}provider/{number}", label=f"Provider {number} " * (1 + number % 3), group="provider")
        graph.add_edge(f"{ID}provider/{one}", f"{ID}provider/{other}", role="x", label=("holds", "shares in")[one % 2])
    return Network(graph, "provision", "Provision")


def drawn(network, form, theme="light", size="screen"):
    out = io.BytesIO()
    write(network, form, out, theme, size)
    return out.getvalue()


def labelled(labels):
    graph = nx.MultiDiGraph()
    for number, label in enumerate(labels):
        graph.add_node(f"{ID}thing/{number}", label=label, group=GROUPS[number % len(GROUPS)], note=label, rating=label)
        graph.add_edge(f"{ID}thing/{number}", f"{ID}thing/{number // 2}", role="r", label=label)
    title = labels[0] if labels else ""
    return Network(graph, "view", title, {"a": title}, "network", tuple(labels), title, title)


def png_pixels(content):
    """Return width, height and the bytes of a PNG's image, still filtered."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    place, packed = 8, b""
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        if content[place + 4 : place + 8] == b"IDAT":
            packed += content[place + 8 : place + 8 + length]
        place += length + 12
    return width, height, zlib.decompress(packed)


@pytest.mark.parametrize("layout", ["hierarchy", "network", "timeline"])
@pytest.mark.parametrize("size", [2, 20, 200])
def test_no_card_overlaps_another_and_none_leaves_the_plan(layout, size):
    for network in (network_of(size, layout), dataclasses.replace(web_of(max(size, 4)), layout=layout)):
        plan = choose(network)
        assert plan.boxes.keys() == set(network.graph)
        assert not [pair for pair in combinations(plan.boxes.values(), 2) if pair[0].overlaps(pair[1])]
        for box in plan.boxes.values():
            assert box.x >= -0.1
            assert box.y >= -0.1
            assert box.x + box.width <= plan.width + 0.1
            assert box.y + box.height <= plan.height + 0.1


def test_a_panel_holds_its_cards_and_no_others():
    plan = choose(network_of(200))
    assert plan.panels
    for panel in plan.panels:
        for box in plan.boxes.values():
            inside = panel.box.x <= box.centre[0] <= panel.box.x + panel.box.width
            inside = inside and panel.box.y <= box.centre[1] <= panel.box.y + panel.box.height
            assert inside == panel.box.overlaps(box)


def test_positions_are_centres_and_sizes_of_every_thing():
    network = network_of(20)
    found = positions(network)
    assert found.keys() == set(network.graph)
    assert all(width > 20 and height >= 22 for _, _, width, height in found.values())


@pytest.mark.parametrize("size", ["a4", "a3", "slide"])
@pytest.mark.parametrize(
    "network", [network_of(14), network_of(6, "timeline"), web_of(14)], ids=["tree", "time", "web"]
)
def test_text_on_paper_is_9_points_or_more_and_inside_the_page(network, size):
    sheet = compose(network, "light", size)
    assert (sheet.width, sheet.height) in SIZES[size].pages
    for text in (shape for shape in sheet.shapes if isinstance(shape, Text)):
        assert text.size >= 8.999
        assert 0 < text.y < sheet.height
        assert 0 <= text.x < sheet.width


def test_a_page_that_is_too_small_is_refused_with_the_name_of_one_that_is_not():
    with pytest.raises(PictureError, match=r"At a4 the text of 60 things would be smaller than 9 points: take a3"):
        drawn(network_of(60), "svg", size="a4")
    with pytest.raises(PictureError, match=r"take screen, whose page grows with the picture, or narrow the view"):
        drawn(network_of(800), "svg", size="a3")


def test_too_many_things_are_refused_with_what_to_do():
    with pytest.raises(PictureError, match=r"up to 2,500 things .* this view has 2,501 .* narrow the view"):
        drawn(network_of(MOST_NODES + 1), "svg")


def test_a_layout_that_takes_too_long_is_ended():
    edges = "".join(f"{number} -> {number * 7919 % 1500} " for number in range(1, 9000))
    begun = time.monotonic()
    with pytest.raises(PictureError, match="longer than 1 seconds: narrow the view"):
        run([Job("dot", "plain", f"digraph {{ {edges} }}")], seconds=1)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("asked", [("gif", "light", "screen"), ("svg", "sepia", "screen"), ("svg", "light", "a5")])
def test_an_unknown_form_theme_or_size_is_refused_with_those_there_are(asked):
    with pytest.raises(PictureError, match="is not one of"):
        drawn(network_of(2), *asked)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_a_contrast_of_4_5_on_what_is_behind_it(theme):
    paper = palette.PAPERS[theme]
    for text in (paper.text, paper.quiet):
        for ground in (paper.ground, paper.panel):
            assert palette.contrast(text, ground) >= 4.5
    for group in GROUPS:
        strong = palette.colour(group, theme)
        assert palette.contrast(paper.text, palette.tint(group, theme)) >= 4.5
        assert palette.contrast(palette.ink(strong), strong) >= 4.5
    for rating in palette.RATINGS.values():
        assert palette.contrast(rating.ink, rating.fill) >= 4.5
    assert palette.contrast(paper.line, paper.ground) >= 3


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}


def lab(colour, blindness):
    """Return the CIELAB coordinates of a colour as the colour-blind see it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = [min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in BLINDNESS[blindness]]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, seen, strict=True)) for row in rows]
    x, y, z = (
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (xyz[0] / 0.9505, xyz[1], xyz[2] / 1.089)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_kinds_differ_in_mark_or_in_a_colour_that_the_colour_blind_tell_apart(theme, blindness):
    for one, other in combinations(GROUPS, 2):
        seen = [lab(palette.colour(group, theme), blindness) for group in (one, other)]
        distance = sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5
        assert distance >= 12 or palette.mark(one) != palette.mark(other), (one, other, distance)


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_ratings_are_told_apart_by_the_colour_blind(blindness):
    fills = [lab(rating.fill, blindness) for rating in palette.RATINGS.values()]
    for one, other in combinations(fills, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 15


def test_an_svg_names_itself_links_to_things_and_fetches_nothing():
    content = drawn(network_of(20), "svg").decode()
    root = ElementTree.fromstring(content)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Organisation of a region"
    assert root.findtext(SVG + "title") == "Organisation of a region"
    assert {link.get("href") for link in root.iter(SVG + "a")} == set(network_of(20).graph)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "rect", "polygon", "path", "text", "a", "g")
    }
    assert not re.search(r"\bon\w+=|style=|url\(|@import|<!", content)
    said = " ".join(text.text for text in root.iter(SVG + "text"))
    assert "Sources: Report on the inspection of probation services number 0; " in said
    assert "and 12 more" in said
    assert "Sources read up to 31 December 2024 · dataset 3fa9c1d20011" in said
    assert "Outstanding" in said


def test_only_the_kinds_and_ratings_present_are_in_the_legend():
    graph = nx.MultiDiGraph()
    graph.add_node(ID + "pdu/a", label="A", group="unit", type_label="probation delivery unit", rating="good")
    root = ElementTree.fromstring(drawn(Network(graph, "v", "T"), "svg"))
    assert [text.text for text in root.iter(SVG + "text")] == ["T", "A", "Good", "Probation delivery unit", "Good"]


def test_an_address_that_is_not_of_the_web_is_no_link():
    graph = nx.MultiDiGraph()
    graph.add_node("javascript:alert(1)", label="A")
    graph.add_node("data:text/html,x", label="B")
    assert b"href" not in drawn(Network(graph, "v", "T"), "svg")


@pytest.mark.parametrize("layout", ["hierarchy", "network", "timeline"])
@pytest.mark.parametrize("form", PICTURES)
def test_no_label_breaks_a_picture(layout, form):
    content = drawn(dataclasses.replace(labelled(HOSTILE), layout=layout), form)
    if form == "svg":
        root = ElementTree.fromstring(content)
        titles = {title.text for title in root.iter(SVG + "title")}
        assert any("\\N \\G \\l \\E \\\\ C:\\new\\" in title for title in titles)
        assert any("<script>alert(1)</script>" in title for title in titles)
        assert any("Llŷn a Chaerŵ" in title for title in titles)
    else:
        assert len(content) > 20_000


@pytest.mark.parametrize("layout", ["hierarchy", "network", "timeline"])
@pytest.mark.parametrize("labels", [(), ("one",), ("one", "two")])
def test_nothing_one_thing_and_two_things_are_drawn(layout, labels):
    network = dataclasses.replace(labelled(labels), layout=layout)
    for form in PICTURES:
        assert len(drawn(network, form)) > 500
    if not labels:
        assert b"Nothing is known that this view would show." in drawn(network, "svg")


def test_words_stand_on_lines_where_relations_differ():
    graph = nx.MultiDiGraph()
    for name in "abc":
        graph.add_node(
            ID + name, label=name, group="body" if name == "a" else "unit", rating="" if name == "a" else name
        )
    graph.add_edge(ID + "b", ID + "a", role="part-of", label="is part of")
    graph.add_edge(ID + "a", ID + "c", role="oversees", label="oversees")
    texts = [text.text for text in ElementTree.fromstring(drawn(Network(graph, "v", "T"), "svg")).iter(SVG + "text")]
    assert {"is part of", "oversees"} <= set(texts)


DRAW = """
import io, random, sys
sys.path.insert(0, sys.argv[1])
import hashlib, dataclasses, networkx as nx
from test_pictures import drawn, network_of, web_of
for network in (network_of(60), network_of(30, "timeline"), web_of(60)):
    nodes, edges = list(network.graph.nodes(data=True)), list(network.graph.edges(keys=True, data=True))
    random.Random(int(sys.argv[2])).shuffle(nodes)
    random.Random(int(sys.argv[2])).shuffle(edges)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    for form in ("svg", "png", "pdf"):
        print(form, hashlib.sha256(drawn(dataclasses.replace(network, graph=graph), form)).hexdigest())
"""


def test_the_same_network_gives_the_same_bytes_whatever_its_order():
    folder = os.path.dirname(__file__)  # noqa: PTH120 - handed to another process
    outputs = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        command = [sys.executable, "-c", DRAW, folder, seed]
        outputs.add(subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout)
        time.sleep(1)
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 9


def test_a_png_has_the_size_of_its_page_and_is_not_blank():
    width, height, pixels = png_pixels(drawn(network_of(14), "png", "dark", "slide"))
    assert (width, height) == (2667, 1500)
    assert len(set(pixels[:: len(pixels) // 5000])) > 10


def test_a_pdf_is_one_page_of_its_size_and_not_blank(tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler-utils is not installed")
    (tmp_path / "a.pdf").write_bytes(drawn(network_of(14), "pdf", size="a4"))
    subprocess.run(["pdftoppm", "-r", "72", tmp_path / "a.pdf", tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.ppm"))
    assert len(pages) == 1
    head, size, _, pixels = pages[0].read_bytes().split(b"\n", 3)
    assert head == b"P6"
    assert sorted(map(int, size.split())) == [595, 842]
    assert len(set(pixels[::7])) > 20
    assert (
        "CreationDate:    Sat Jan  1 00:00:00 2000"
        in subprocess.run(
            ["pdfinfo", tmp_path / "a.pdf"], capture_output=True, check=True, text=True, env=os.environ | {"TZ": "UTC"}
        ).stdout
    )


def test_a_browser_draws_the_svg(tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    (tmp_path / "a.svg").write_bytes(drawn(network_of(20), "svg"))
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    shot = [f"--screenshot={tmp_path / 'a.png'}", "--window-size=1000,800", (tmp_path / "a.svg").as_uri()]
    subprocess.run(command + shot, check=True, capture_output=True, timeout=120)
    width, height, pixels = png_pixels((tmp_path / "a.png").read_bytes())
    assert (width, height) == (1000, 800)
    assert len(set(pixels[:: len(pixels) // 5000])) > 10


def test_without_a_font_png_and_pdf_are_refused_and_svg_is_drawn(tmp_path, monkeypatch):
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    raster.shrink.cache_clear()
    try:
        for form in ("png", "pdf"):
            with pytest.raises(PictureError, match="no font for PNG and PDF: install one, such as Liberation Sans"):
                drawn(network_of(2), form)
        assert drawn(network_of(2), "svg")
    finally:
        raster.shrink.cache_clear()


def test_long_labels_break_into_lines_and_are_cut_with_an_ellipsis():
    assert wrap("contract/crs-dependency-and-recovery", 90, LABEL) == ("contract/crs-", "dependency-and-", "recovery")
    assert wrap("word " * 50, 60, LABEL, 2)[-1].endswith("…")
