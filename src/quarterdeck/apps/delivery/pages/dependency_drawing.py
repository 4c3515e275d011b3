"""A map of dependencies as SVG: projects in columns from givers to receivers, arrows between them.

Columns are the longest ways along the arrows; where arrows run in a circle, one of them runs back, below the rest.
An arrow over several columns keeps a lane free in each of them, so that it passes behind no project. Within a column
projects and lanes stand where their neighbours are (a few sweeps of averages), so that few arrows cross. Every size is
fixed and each arrow ends at a place of its own, so that a map of hundreds stays legible: it grows instead of shrinking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: Measures in pixels: a box, the way between columns and between boxes, the room of one arrow's end.
WIDTH, WAY, GAP, END, LEAST, EDGE, LANE = 212, 84, 18, 18, 54, 12, 8
SWEEPS: Final = 8
#: A map this tall is seen whole.
WINDOW: Final = 640
#: How far an arrow that runs back goes out beside its ends, and how far such arrows lie below each other.
BACK, BACK_STEP = 26, 14


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
    [(1, 12), (2, 308), (3, 604)]
    """
    order = list(names)
    columns = _columns(order, arrows)
    lanes = _lanes(columns, arrows)
    steps = [pair for number, arrow in enumerate(arrows) for pair in pairwise((arrow[0], *lanes[number], arrow[1]))]
    rows = _ordered(columns, steps)
    heights = {key: LANE if key < 0 else max(LEAST, END * _most(arrows, key) + 12) for key in columns}
    tall = [sum(heights[key] + GAP for key in row) - GAP for row in rows]
    height = max(tall, default=0)
    back = sum(columns[giver] >= columns[receiver] for giver, receiver in arrows)
    left = EDGE + (BACK if back else 0)
    boxes: dict[int, Box] = {}
    for place, row in enumerate(rows):
        # Of a map taller than a window, every column begins where one looks first.
        y = EDGE + ((height - tall[place]) // 2 if height <= WINDOW else 0)
        for key in row:
            boxes[key] = Box(key, left + place * (WIDTH + WAY), y, heights[key])
            y += heights[key] + GAP
    width = 2 * left + len(rows) * (WIDTH + WAY) - WAY
    return Drawing(
        tuple(boxes[key] for row in rows for key in row if key >= 0),
        _curves(boxes, arrows, lanes, EDGE + height),
        width,
        height + 2 * EDGE + back * BACK_STEP,
    )


def _most(arrows: Sequence[tuple[int, int]], key: int) -> int:
    return max(_ends(arrows, key, 0), _ends(arrows, key, 1))


def _lanes(columns: dict[int, int], arrows: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return the lanes of each arrow, keys below nought that are added to the columns; none for what runs back."""
    found: list[tuple[int, ...]] = []
    last = 0
    for giver, receiver in arrows:
        between = range(columns[giver] + 1, columns[receiver])
        own = tuple(range(last - 1, last - 1 - len(between), -1))
        last -= len(between)
        columns.update(zip(own, between, strict=True))
        found.append(own)
    return found


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


def _curves(
    boxes: Mapping[int, Box], arrows: Sequence[tuple[int, int]], lanes: Sequence[tuple[int, ...]], floor: int
) -> tuple[Curve, ...]:
    """Return the way of each arrow: out at the right of its giver, in at the left of its receiver."""
    out: dict[int, list[int]] = defaultdict(list)
    into: dict[int, list[int]] = defaultdict(list)
    for number, (giver, receiver) in enumerate(arrows):
        out[giver].append(number)
        into[receiver].append(number)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for key, numbers in out.items():
        starts |= _spread(boxes[key], sorted(numbers, key=lambda n: boxes[(*lanes[n], arrows[n][1])[0]].y))
    for key, numbers in into.items():
        ends |= _spread(boxes[key], sorted(numbers, key=lambda n: boxes[(arrows[n][0], *lanes[n])[-1]].y))
    found: list[Curve] = []
    for number, (giver, receiver) in enumerate(arrows):
        first, last = boxes[giver], boxes[receiver]
        if first.x < last.x:
            found.append(_forward(first, last, [boxes[key] for key in lanes[number]], (starts[number], ends[number])))
        else:
            floor += BACK_STEP
            found.append(_backward(first, last, (starts[number], ends[number]), floor))
    return tuple(found)


def _spread(box: Box, numbers: Sequence[int]) -> dict[int, int]:
    step = box.height / (len(numbers) + 1)
    return {number: round(box.y + step * (place + 1)) for place, number in enumerate(numbers)}


def _forward(giver: Box, receiver: Box, lanes: Sequence[Box], at: tuple[int, int]) -> Curve:
    """Return the way along the lanes. The mark stands before the receiver, where arrows have come apart."""
    x, y = giver.right, at[0]
    path = f"M{x} {y}"
    for lane in lanes:
        middle = lane.y + lane.height // 2
        bend = (lane.x - x) // 2
        path += f"C{x + bend} {y} {lane.x - bend} {middle} {lane.x} {middle}L{lane.right} {middle}"
        x, y = lane.right, middle
    end = receiver.x - 9
    bend = (end - x) // 2
    path += f"C{x + bend} {y} {end - bend} {at[1]} {end} {at[1]}"
    return Curve(giver.key, receiver.key, path, end - 20, round(at[1] + (y - at[1]) * 0.06))


def _backward(giver: Box, receiver: Box, at: tuple[int, int], low: int) -> Curve:
    """Return the way of an arrow that runs back: down beside its giver, below everything, up beside its receiver."""
    x1, x2 = giver.right, receiver.x - 9
    path = (
        f"M{x1} {at[0]}C{x1 + BACK} {at[0]} {x1 + BACK} {at[0]} {x1 + BACK} {at[0] + BACK}"
        f"L{x1 + BACK} {low - 12}Q{x1 + BACK} {low} {x1 + BACK - 12} {low}L{x2 - BACK + 12} {low}"
        f"Q{x2 - BACK} {low} {x2 - BACK} {low - 12}L{x2 - BACK} {at[1] + BACK}"
        f"C{x2 - BACK} {at[1]} {x2 - BACK} {at[1]} {x2} {at[1]}"
    )
    return Curve(giver.key, receiver.key, path, x1 + BACK, (at[0] + BACK + low) // 2)
