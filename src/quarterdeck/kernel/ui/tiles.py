"""A map of tiles, sized by a figure and coloured by state: a squarified treemap of one or two levels, as SVG.

After Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): rows are filled along the shorter side as long as that
makes their tiles squarer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quarterdeck.kernel.ui.components import RAG_WORDS, rag

GAP: Final = 4.0
HEAD: Final = 22.0
LETTER: Final = 6.6  # px that one letter of a 12 px label takes on average
TONES: Final = frozenset({"red", "amber", "green", "accent", "none"})
SIZES: Final = ((1120, 460, "only-wide"), (358, 620, "only-phone"))


@dataclass(frozen=True, slots=True)
class Rect:
    """A place in px."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing on the map; `value` sizes it. With `children` it is a frame around them and `value` is not read.

    `state` colours it by health, with the mark of red, amber, green or not assessed. `tone` colours it by another scale
    instead, without a mark: red, amber, green, accent or none; `note` says then what the colour means.
    """

    label: str
    value: float = 0
    note: str = ""
    state: str | None = None
    href: str = ""
    children: tuple[Tile, ...] = ()
    tone: str = ""

    @property
    def size(self) -> float:
        """What sizes the tile: its own value or its children's sum; never below zero."""
        return sum(child.size for child in self.children) if self.children else max(float(self.value), 0.0)


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(max(side * side * area / total**2, total**2 / (side * side * area)) for area in row)


def squarify(values: Sequence[float], box: Rect) -> list[Rect]:
    """Return a place in `box` for every value, in their order, with areas in proportion; values must be above zero.

    Places follow the order given, so give the largest first for the squarest tiles.
    """
    total = sum(values)
    if not values or total <= 0 or box.width <= 0 or box.height <= 0:
        return [Rect(box.x, box.y, 0, 0) for _ in values]
    areas = [value * box.width * box.height / total for value in values]
    places: list[Rect] = []
    x, y, width, height = box.x, box.y, box.width, box.height
    start = 0
    while start < len(areas):
        side = min(width, height)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row = areas[start:end]
        depth = sum(row) / side
        along = 0.0
        for area in row:
            length = area / depth
            if width >= height:
                places.append(Rect(x, y + along, depth, length))
            else:
                places.append(Rect(x + along, y, length, depth))
            along += length
        if width >= height:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
        start = end
    return places


def _fit(text: str, width: float) -> str:
    room = int((width - 18) / LETTER)
    if len(text) <= room:
        return text
    return text[: room - 1].rstrip() + "…" if room >= 4 else ""


def _broken(text: str, width: float, height: float) -> list[str]:
    """Return a label in one line, or in two where it needs them and the height has room; what is left over is cut."""
    room = int((width - 18) / LETTER)
    if len(text) <= room or height < 46:
        return [line for line in (_fit(text, width),) if line]
    head = text[: room + 1].rpartition(" ")[0]
    rest = text[len(head) :].strip()
    if not head:
        return [line for line in (_fit(text, width),) if line]
    return [head, *(line for line in (_fit(rest, width),) if line)]


def _leaf(tile: Tile, at: Rect) -> str:
    state = tile.state if tile.state and tile.state in RAG_WORDS else "none"
    width, height = max(at.width - GAP, 1), max(at.height - GAP, 1)
    word = "" if tile.tone else str(RAG_WORDS[state])
    said = ", ".join(part for part in (tile.label, tile.note, word) if part)
    parts = [f"<title>{escape(said)}</title>"]
    parts.append(f'<rect x="{at.x:.1f}" y="{at.y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4"/>')
    marked = not tile.tone and width >= 30 and height >= 30
    if marked:
        mark = rag(state, label=None).replace(
            "<svg ", f'<svg x="{at.x + 9:.1f}" y="{at.y + 8:.1f}" width="14" height="14" ', 1
        )
        parts.append(mark)
    inset = 22 if marked else 0
    lines = _broken(tile.label, width - inset, height) if height >= 26 else []
    texts = [
        f'<text x="{at.x + 9 + inset:.1f}" y="{at.y + 20 + 15 * place:.1f}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    ]
    below = 20 + 15 * len(lines) + 3
    note = _fit(tile.note, width) if lines and height >= below + 8 else ""
    if note:
        texts.append(f'<text class="tile-note" x="{at.x + 9:.1f}" y="{at.y + below:.1f}">{escape(note)}</text>')
    css = tile.tone if tile.tone in TONES else state
    if not tile.href:
        return f'<g class="tile tile-{css}">{"".join([*parts, *texts])}</g>'
    # What is drawn is cut to the room, so it stands beside the link, whose name says it whole.
    drawn = f'<g class="tile" aria-hidden="true" pointer-events="none">{"".join(texts)}</g>' if texts else ""
    link = f'<a class="tile tile-{css}" href="{escape(tile.href)}" aria-label="{escape(said)}">{"".join(parts)}</a>'
    return f"{link}{drawn}"


def _draw(tiles: Sequence[Tile], box: Rect) -> str:
    shown = sorted((tile for tile in tiles if tile.size > 0), key=lambda tile: -tile.size)
    parts = []
    for tile, at in zip(shown, squarify([tile.size for tile in shown], box), strict=True):
        if not tile.children:
            parts.append(_leaf(tile, at))
            continue
        inner = Rect(at.x, at.y + HEAD, max(at.width - GAP, 1), max(at.height - HEAD - GAP, 1))
        head = _fit(tile.label, at.width)
        text = f'<text x="{at.x + 1:.1f}" y="{at.y + 14:.1f}">{escape(head)}</text>'
        if tile.href:
            text = f'<a href="{escape(tile.href)}" aria-label="{escape(tile.label)}">{text}</a>'
        parts.append(f'<g class="tile-group">{text}{_draw(tile.children, inner)}</g>')
    return "".join(parts)


def treemap(tiles: Sequence[Tile], *, label: str | Promise, wide: tuple[int, int] = SIZES[0][:2]) -> SafeString:
    """Return the map, drawn once for a wide page and once for a phone, so that labels keep their size on both.

    `wide` is the room that a wide page has for it, in px: width and height.
    """
    drawings = (
        f'<svg class="tiles {css}" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(label)}">'
        f"{_draw(tiles, Rect(0, 0, width, height))}</svg>"
        for width, height, css in ((*wide, SIZES[0][2]), SIZES[1])
    )
    return mark_safe("".join(drawings))  # noqa: S308 - texts are escaped where they are drawn
