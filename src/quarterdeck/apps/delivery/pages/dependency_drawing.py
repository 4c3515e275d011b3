"""A map of dependencies as SVG: projects in columns from givers to receivers, arrows between them.

Columns are the longest ways along the arrows; where arrows run in a circle, one of them runs back. Within a column
projects stand where their neighbours are (a few sweeps of averages), so that few arrows cross. Every size is fixed and
each arrow ends at a place of its own, so that a map of hundreds stays legible: it grows instead of shrinking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Measures in pixels: a box, the way between columns and between boxes, the room of one arrow's end.
WIDTH, WAY, GAP, END, LEAST, EDGE = 208, 132, 18, 18, 54, 12
SWEEPS: Final = 6


@dataclass(frozen=True)
class Box:
    """Where a project stands."""

    key: int
    x: int
    y: int
    height: int

    @property
    def right(self) -> int:
        """The side from which it gives."""
        return self.x + WIDTH


@dataclass(frozen=True)
class Curve:
    """The way of an arrow, and where its mark stands."""

    giver: int
    receiver: int
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """Boxes and curves with the size of all."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: int
    height: int


def drawing(names: Mapping[int, str], arrows: Sequence[tuple[int, int]]) -> Drawing:
    """Lay a graph out. `names` are the projects by key in the order in which equals stand, `arrows` pairs of keys.

    >>> found = drawing({1: "A", 2: "B", 3: "C"}, [(1, 2), (2, 3), (1, 3)])
    >>> [(box.key, box.x) for box in found.boxes]
    [(1, 12), (2, 352), (3, 692)]
    """
    order = list(names)
    columns = _columns(order, arrows)
    rows = _ordered(columns, arrows)
    heights = {key: max(LEAST, END * max(_ends(arrows, key, 0), _ends(arrows, key, 1)) + 12) for key in order}
    tall = [sum(heights[key] + GAP for key in row) - GAP for row in rows]
    height = max(tall, default=0)
    boxes: dict[int, Box] = {}
    for place, row in enumerate(rows):
        y = EDGE + (height - tall[place]) // 2
        for key in row:
            boxes[key] = Box(key, EDGE + place * (WIDTH + WAY), y, heights[key])
            y += heights[key] + GAP
    curves = _curves(boxes, arrows)
    back = any(boxes[giver].x >= boxes[receiver].x for giver, receiver in arrows)
    width = 2 * EDGE + len(rows) * (WIDTH + WAY) - WAY
    return Drawing(
        tuple(boxes[key] for row in rows for key in row),
        curves,
        width + (WAY if back else 0),
        height + 2 * EDGE + (GAP if back else 0),
    )


def _ends(arrows: Sequence[tuple[int, int]], key: int, side: int) -> int:
    return sum(arrow[side] == key for arrow in arrows)


def _columns(order: Sequence[int], arrows: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the column of each: the longest way to it, along arrows that close no circle."""
    after: dict[int, list[int]] = defaultdict(list)
    for giver, receiver in arrows:
        after[giver].append(receiver)
    sorted_: list[int] = []
    state: dict[int, int] = {}
    back: set[tuple[int, int]] = set()
    begins = sorted(order, key=lambda key: _ends(arrows, key, 1))
    for first in begins:
        if first in state:
            continue
        state[first] = 1
        walk = [(first, iter(after[first]))]
        while walk:
            key, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                state[key] = 2
                sorted_.append(key)
                walk.pop()
            elif state.get(following) == 1:
                back.add((key, following))
            elif following not in state:
                state[following] = 1
                walk.append((following, iter(after[following])))
    column = dict.fromkeys(order, 0)
    for key in reversed(sorted_):
        for following in after[key]:
            if (key, following) not in back:
                column[following] = max(column[following], column[key] + 1)
    return column


def _ordered(columns: Mapping[int, int], arrows: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the columns with what stands in each, from the top."""
    rows: list[list[int]] = [[] for _place in range(max(columns.values(), default=-1) + 1)]
    for key, place in columns.items():
        rows[place].append(key)
    beside: dict[int, list[int]] = defaultdict(list)
    for giver, receiver in arrows:
        beside[giver].append(receiver)
        beside[receiver].append(giver)
    at = {key: (place + 0.5) / len(row) for row in rows for place, key in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=_average(beside, at))
            at |= {key: (place + 0.5) / len(row) for place, key in enumerate(row)}
    return rows


def _average(beside: Mapping[int, Sequence[int]], at: Mapping[int, float]) -> Callable[[int], float]:
    return lambda key: sum(at[each] for each in beside[key]) / len(beside[key]) if beside.get(key) else at[key]


def _curves(boxes: Mapping[int, Box], arrows: Sequence[tuple[int, int]]) -> tuple[Curve, ...]:
    """Return the way of each arrow: out at the right of its giver, in at the left of its receiver."""
    out: dict[int, list[int]] = defaultdict(list)
    into: dict[int, list[int]] = defaultdict(list)
    for number, (giver, receiver) in enumerate(arrows):
        out[giver].append(number)
        into[receiver].append(number)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for key, numbers in out.items():
        starts |= _spread(boxes[key], sorted(numbers, key=lambda number: boxes[arrows[number][1]].y))
    for key, numbers in into.items():
        ends |= _spread(boxes[key], sorted(numbers, key=lambda number: boxes[arrows[number][0]].y))
    return tuple(
        _curve(boxes[giver], boxes[receiver], starts[number], ends[number])
        for number, (giver, receiver) in enumerate(arrows)
    )


def _spread(box: Box, numbers: Sequence[int]) -> dict[int, int]:
    step = box.height / (len(numbers) + 1)
    return {number: round(box.y + step * (place + 1)) for place, number in enumerate(numbers)}


def _curve(giver: Box, receiver: Box, start: int, end: int) -> Curve:
    x1, x2 = giver.right, receiver.x - 9
    if x2 > x1:
        bend = (x2 - x1) // 2 if receiver.x - giver.right <= WAY else WAY
        path = f"M{x1} {start}C{x1 + bend} {start} {x2 - bend} {end} {x2} {end}"
        return Curve(giver.key, receiver.key, path, x2 - 22, round(end + (start - end) * 0.06))
    # Backwards: out, below what lies between, and in from the left.
    low = max(giver.y + giver.height, receiver.y + receiver.height) + GAP // 2
    path = (
        f"M{x1} {start}C{x1 + 44} {start} {x1 + 44} {low} {x1} {low}"
        f"L{receiver.x} {low}C{x2 - 40} {low} {x2 - 40} {end} {x2} {end}"
    )
    return Curve(giver.key, receiver.key, path, x1 + 28, (start + low) // 2)
