"""Time-phasing: an amount laid evenly over the working time between two instants, cut into periods."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quarterdeck.engine.calendar.expansion import Minutes
from quarterdeck.engine.calendar.timeline import Timeline
from quarterdeck.engine.checking import finite
from quarterdeck.engine.errors import EngineError

#: Whole amounts up to here are held exactly by the arithmetic in between.
WHOLE: Final = 2**53
#: Cells, spans times instants, that one call lays out: 800 MB.
MOST: Final = 10**8


def done_by(timeline: Timeline, starts: ArrayLike, finishes: ArrayLike, instants: ArrayLike) -> NDArray[np.float64]:
    """Return the share of the working time of n spans that has passed at m instants: (n, m), from 0 to 1.

    Share = W(t) - W(start) over W(finish) - W(start), in whole minutes of work on the calendar (planned value by linear
    accrual, PMI Practice Standard for Earned Value Management). A span without working time, as a milestone, is done at
    its finish: 1 from there on.

    Raises `EngineError` for a finish before its start and as `Timeline` does.

    >>> from quarterdeck.engine.calendar import five_day, timeline
    >>> friday, monday = 1 * 1440 + 480, 4 * 1440 + 1020  # 08:00 on 2 January 1970 to 17:00 on the 5th
    >>> done_by(timeline(five_day("office")), [friday], [monday], [0, 2 * 1440, 4 * 1440 + 720, 9999]).tolist()
    [[0.0, 0.5, 0.75, 1.0]]
    """
    start, finish, at = _row("starts", starts), _row("finishes", finishes), _row("instants", instants)
    _check(timeline, start, finish, at)
    began, ended = timeline.work_at(start)[:, None], timeline.work_at(finish)[:, None]
    passed = np.clip(timeline.work_at(at)[None, :], began, ended) - began
    span = ended - began
    share: NDArray[np.float64] = np.where(span > 0, passed / np.maximum(span, 1), at[None, :] >= finish[:, None])
    return share


def spread(
    timeline: Timeline, starts: ArrayLike, finishes: ArrayLike, amounts: ArrayLike, boundaries: ArrayLike
) -> NDArray[np.float64] | Minutes:
    """Return n amounts laid over the m periods between m + 1 rising boundaries: (n, m).

    Each is laid evenly over the working time of its span (see `done_by`); what falls outside the boundaries is left
    out. A period holds what falls after its first boundary up to its last, so that a milestone at midnight belongs to
    the day that ends. Whole amounts (integers, say cents) are cut into whole parts by rounding the running total half
    up, so that the parts add up to the cent.

    Raises `EngineError` for a finish before its start, boundaries that do not rise, amounts that are not finite or,
    whole ones, over 2**53, for more than `MOST` cells, and as `Timeline` does.

    >>> from quarterdeck.engine.calendar import five_day, timeline
    >>> line = timeline(five_day("office"))
    >>> friday, monday = 1 * 1440 + 480, 4 * 1440 + 1020
    >>> spread(line, [friday], [monday], [1001], [0, 2 * 1440, 4 * 1440 + 720, 7 * 1440]).tolist()
    [[501, 250, 250]]
    """
    amount, edges = _row("amounts", amounts), _row("boundaries", boundaries, least=2)
    if (edges[1:] <= edges[:-1]).any():
        raise EngineError("the boundaries of the periods do not rise", remedy="Sort them and drop doubles.")
    if len(amount) != np.size(starts):
        raise EngineError(f"{len(amount)} amounts for {np.size(starts)} spans", remedy="Give as many of both.")
    whole = amount.dtype.kind in "iu"
    large = np.flatnonzero((np.abs(amount) > WHOLE) & whole)
    if len(large):
        raise EngineError(
            f"amount {large[0] + 1} of those to spread is over 2**53",
            culprits=large.tolist(),
            remedy="Give it in larger units.",
        )
    total: NDArray[np.float64] = done_by(timeline, starts, finishes, edges) * amount[:, None]
    if whole:
        rounded: Minutes = np.floor(total + 0.5).astype(np.int64)
        return rounded[:, 1:] - rounded[:, :-1]
    return total[:, 1:] - total[:, :-1]


def _row(name: str, values: ArrayLike, *, least: int = 0) -> Any:
    finite(name, values, least=least)
    return np.asarray(values)


def _check(timeline: Timeline, start: Minutes, finish: Minutes, at: Minutes) -> None:
    if len(start) != len(finish):
        raise EngineError(f"{len(start)} starts and {len(finish)} finishes", remedy="Give as many of both.")
    if len(start) * len(at) > MOST:
        raise EngineError(
            f"{len(start)} spans over {len(at)} instants are too many",
            remedy=f"Take at most {MOST:,} together, by spreading part of the spans at a time.",
        )
    wrong = np.flatnonzero(finish < start)
    if len(wrong):
        raise EngineError(
            f"span {wrong[0] + 1} on calendar {timeline.calendar.id!r} finishes before it starts",
            culprits=wrong.tolist(),
            remedy="Swap its dates.",
        )
