"""Pages: a plan with its title above and its legend and sources below, at a size whose text can be read.

On paper and slides the page is fixed, and the plan is scaled to it; text is 9 points or more, or the page is refused
with the name of one that is large enough. On screens the page grows with the plan.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.export import palette
from kg.export.dates import read_up_to
from kg.export.network import Network
from kg.export.pictures.cards import VAGUE, badge, badge_width, faces
from kg.export.pictures.graphviz import PictureError
from kg.export.pictures.layout import choose, plans
from kg.export.pictures.links import DASHES, links
from kg.export.pictures.plan import Plan, paint
from kg.export.pictures.shapes import Curve, Polygon, Shape, Sheet, Text, Thing, marker
from kg.export.pictures.text import LABEL, clean, width, wrap

# Points on paper: 9, and a reserve, for PNG and PDF shrink text by up to 2 per cent where a font runs wide.
_SMALLEST = 9.25
_LARGEST = 1.7  # scale of a small plan on a large page
_TITLED_SOURCES = 3
_DASHED = {
    "doubtful": "derived or doubtful (grade C)",
    "over": "closed to referrals, by a date that is doubtful (grade C)",
    "part": "is part of",
}
_LONGEST_KIND = 40  # characters of the name of a kind
_ABOVE = 14.0  # space between plan and legend


@dataclass(frozen=True, slots=True)
class Size:
    """A size of page: the pages in points, upright or not, of which one is taken; margin, title and small text."""

    pages: tuple[tuple[float, float], ...]
    margin: float
    title: float
    small: float


SIZES: dict[str, Size] = {
    "screen": Size((), 28, 24, 13),
    "a4": Size(((842, 595), (595, 842)), 28, 17, _SMALLEST),
    "a3": Size(((1191, 842), (842, 1191)), 34, 22, 10),
    "a2": Size(((1684, 1191), (1191, 1684)), 42, 28, 12),
    "a1": Size(((2384, 1684), (1684, 2384)), 56, 36, 15),
    "slide": Size(((960, 540),), 22, 22, _SMALLEST),
}
_SCREEN_SCALE, _SCREEN_LEAST = 1.3, 960.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Title and foot of a page of one width: their shapes from 0, 0 and their heights."""

    head: tuple[Shape, ...]
    head_height: float
    foot: tuple[Shape, ...]
    foot_height: float


def compose(network: Network, theme: str, size: str) -> Sheet:
    """Return the page of a network.

    Raises:
        PictureError: the network is too large for a picture, or for the page at 9 points.
    """
    pages = SIZES[size].pages
    if not pages:
        return _screen(network, theme)
    smallest = _SMALLEST / LABEL
    best = (0.0, Plan(0, 0, {}, {}), pages[0])
    tried: list[Plan] = []
    for choice in plans(network, tuple(wide / (high * 0.8) for wide, high in pages)):
        tried += choice
        best = _best(network, choice, size, theme)
        if best[0] >= smallest:
            return _sheet(network, best[1], best[0], best[2], size=SIZES[size], theme=theme)
    raise PictureError(_too_small(network, tried, size, theme))


def _best(network: Network, choice: Sequence[Plan], size: str, theme: str) -> tuple[float, Plan, tuple[float, float]]:
    """Return the largest scale of any plan on any page of a size, with that plan and page."""
    found = []
    for number, (wide, high) in enumerate(SIZES[size].pages):
        frame = _frame(network, wide - 2 * SIZES[size].margin, SIZES[size], theme)
        room = high - 2 * SIZES[size].margin - frame.head_height - frame.foot_height
        found += [
            (min(plan.fit(wide - 2 * SIZES[size].margin, room), _LARGEST), -number, -n, plan)
            for n, plan in enumerate(choice)
        ]
    scale, number, _, plan = max(found, key=lambda one: one[:3])
    return scale, plan, SIZES[size].pages[-number]


def _too_small(network: Network, choice: Sequence[Plan], size: str, theme: str) -> str:
    said = f"At {size} the text of {network.graph.number_of_nodes():,} things would be smaller than 9 points"
    larger = [name for name in ("a4", "a3", "a2", "a1") if name != size]
    for name in larger:
        if _best(network, choice, name, theme)[0] * LABEL >= _SMALLEST:
            return f"{said}: take {name}, or narrow the view."
    return f"{said}: take screen, whose page grows with the picture, or narrow the view."


def _screen(network: Network, theme: str) -> Sheet:
    """Compose a page that grows with its plan."""
    size = SIZES["screen"]
    plan = choose(network)
    wide = max(plan.width * _SCREEN_SCALE + 2 * size.margin, _SCREEN_LEAST)
    frame = _frame(network, wide - 2 * size.margin, size, theme)
    high = plan.height * _SCREEN_SCALE + frame.head_height + frame.foot_height + 2 * size.margin
    return _sheet(network, plan, _SCREEN_SCALE, (wide, high), size=size, theme=theme)


def _sheet(network: Network, plan: Plan, scale: float, page: tuple[float, float], *, size: Size, theme: str) -> Sheet:
    """Put title, plan and foot on a page, the plan in the middle of what is left."""
    wide, high = page
    frame = _frame(network, wide - 2 * size.margin, size, theme)
    room = high - 2 * size.margin - frame.head_height - frame.foot_height
    x = (wide - plan.width * scale) / 2
    y = size.margin + frame.head_height + max((room - plan.height * scale) / 2, 0)
    drawn: list[Shape | Thing] = [shape.moved(1, size.margin, size.margin) for shape in frame.head]
    drawn += [shape.moved(scale, x, y) for shape in paint(plan, theme)]
    foot = high - size.margin - frame.foot_height
    drawn += [shape.moved(1, size.margin, foot) for shape in frame.foot]
    return Sheet(wide, high, palette.PAPERS[theme].ground, _title(network), _description(network), tuple(drawn))


def _frame(network: Network, wide: float, size: Size, theme: str) -> _Frame:
    head, head_height = _head(network, wide, size, theme)
    legend = list(_legend(network, wide, size, theme))
    legend_height = max((y for y, _ in legend), default=0.0)
    foot = [shape for _, shapes in legend for shape in shapes]
    top = legend_height + (size.small * 0.8 if legend else 0)
    lines = [line for note in network.notes for line in wrap(clean(note), wide, size.small, 4)]
    lines += [line for said in _sources(network) for line in wrap(said, wide, size.small, 4)]
    for number, line in enumerate(lines):
        y = top + (number + 1) * size.small * 1.3
        foot.append(Text(0, y, line, size.small, palette.PAPERS[theme].quiet))
    return _Frame(head, head_height, tuple(foot), top + len(lines) * size.small * 1.3 + 3)


def _head(network: Network, wide: float, size: Size, theme: str) -> tuple[tuple[Shape, ...], float]:
    paper = palette.PAPERS[theme]
    lines = wrap(_title(network), wide, size.title, 2, bold=True)
    step = size.title * 1.2
    shapes: list[Shape] = [
        Text(0, number * step + size.title * 0.85, line, size.title, paper.text, bold=True)
        for number, line in enumerate(lines)
    ]
    high = len(lines) * step
    if not network.graph:
        words = "Nothing is known that this view would show."
        shapes.append(Text(0, high + 24, words, size.small + 2, paper.text))
        high += 40
    return tuple(shapes), high + size.title * 0.5


def _title(network: Network) -> str:
    title = clean(network.title) or "Probation services"
    return title[0].upper() + title[1:]


def _legend(network: Network, wide: float, size: Size, theme: str) -> Iterator[tuple[float, list[Shape]]]:
    """Yield the entries of the legend, kinds before ratings, each with the bottom of its row."""
    x, y, row = 0.0, _ABOVE, 22.0
    for taken, entry in _entries(network, size, theme):
        if x and x + taken > wide:
            x, y = 0.0, y + row
        yield y + row, [shape.moved(1, x, y) for shape in entry]
        x += taken + 18


def _entries(network: Network, size: Size, theme: str) -> Iterator[tuple[float, list[Shape]]]:
    """Yield width and shapes of the entries for the kinds, the ratings and the only relation present."""
    paper, text = palette.PAPERS[theme], max(size.small, LABEL)
    shown = faces(network)
    groups = sorted({face.group for face in shown.values()}, key=lambda group: (palette.order(group), group))
    called = _kinds(network)
    for group in groups:
        words = called[group]
        strong = palette.colour(group, theme)
        chip = Polygon(((0, 2), (16, 2), (16, 18), (0, 18)), strong)
        sign = marker(palette.mark(group), 8, 10, 4.8, palette.ink(strong))
        yield 22 + width(words, text), [chip, sign, Text(22, 10 + text * 0.36, words, text, paper.text)]
    relations = {clean(str(edge.get("label") or edge.get("role") or "")) for *_, edge in network.graph.edges(data=True)}
    if len(relations) == 1 and (words := relations.pop()):
        line = Curve(((0, 10), (20, 10)), paper.line, 1.4)
        head = Polygon(((26, 10), (19, 6.6), (19, 13.4)), paper.line)
        yield 32 + width(words, text), [line, head, Text(32, 10 + text * 0.36, words, text, paper.text)]
    ratings = {face.rating for face in shown.values() if face.rating}
    for rating in sorted(
        ratings, key=lambda name: (-palette.RATINGS[name].steps if name in palette.RATINGS else 9, name)
    ):
        scale = text / LABEL
        yield badge_width(rating) * scale, [shape.moved(scale, 0, 10 - 6.75 * scale) for shape in badge(rating, 0, 0)]
    if any(face.figure for face in shown.values()):
        yield _noted("%", "of inspected cases that met the key question", text, paper)
    drawn = links(network)
    if any(link.weight for link in drawn):
        yield _noted("Number:", "of findings on the theme, all inspections at the right", text, paper)
    elif any(link.areas for link in drawn):
        yield _noted("Words on a line:", "areas in the register or in the titles of its contracts", text, paper)
    for dash in sorted({link.dash for link in drawn if link.dash}):
        yield _dashed(dash, text, paper)


def _dashed(dash: str, text: float, paper: palette.Paper) -> tuple[float, list[Shape]]:
    """Return width and shapes of an entry that explains a dashed line."""
    words = _DASHED[dash]
    line = Curve(((0, 10), (26, 10)), paper.line, 1.4, DASHES[dash])
    return 32 + width(words, text), [line, Text(32, 10 + text * 0.36, words, text, paper.text)]


def _noted(sign: str, words: str, text: float, paper: palette.Paper) -> tuple[float, list[Shape]]:
    """Return width and shapes of an entry that explains a sign in words."""
    wide = width(sign, text, bold=True) + 5
    place = 10 + text * 0.36
    shapes: list[Shape] = [
        Text(0, place, sign, text, paper.text, bold=True),
        Text(wide, place, words, text, paper.text),
    ]
    return wide + width(words, text), shapes


def _kinds(network: Network) -> dict[str, str]:
    """Return what each kind is called: its one or two classes in words where no other kind has them, else the kind."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, said in network.graph.nodes(data=True):
        found[clean(str(said.get("group") or "other"))].add(clean(str(said.get("type_label") or "")))
    classes = Counter(words for of_kind in found.values() for words in of_kind)
    called = {}
    for group, of_kind in found.items():
        words = ", ".join(sorted(of_kind, key=lambda each: (each != group, each)))
        telling = len(words) <= _LONGEST_KIND and all(classes[one] == 1 and one not in VAGUE for one in of_kind)
        called[group] = words if telling else group
    return {group: words[:1].upper() + words[1:] for group, words in called.items()}


def _sources(network: Network) -> Iterator[str]:
    """Yield the lines on sources, date and version."""
    titles = [clean(title) for title in network.sources]
    if titles:
        named = "; ".join(titles[:_TITLED_SOURCES])
        more = len(titles) - _TITLED_SOURCES
        yield f"Sources: {named}" + (f"; and {more} more" if more > 0 else "")
    when = read_up_to(clean(network.asof))
    version = f"dataset {clean(network.version)[:12]}" if network.version else ""
    if when or version:
        yield " · ".join(part for part in (when, version) if part)


def _description(network: Network) -> str:
    """Say in words what the picture shows, for those who do not see it."""
    nodes, edges = network.graph.number_of_nodes(), network.graph.number_of_edges()
    return " ".join(
        [
            f"A picture of {nodes:,} things and {edges:,} links.",
            *(f"{said}." for said in (*(clean(note).rstrip(".") for note in network.notes), *_sources(network))),
        ]
    )
