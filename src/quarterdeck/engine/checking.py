"""What every room asks of the numbers it is given."""

import math
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quarterdeck.engine.errors import EngineError


def finite(name: str, values: ArrayLike, *, least: int = 0) -> NDArray[np.float64]:
    """The values as one row of numbers, or a refusal that says which is none.

    `name` is what the reader calls them; at least `least` are wanted. Raises EngineError (culprits: the positions of
    the values at fault, counted from 0).

    >>> finite("cash flows", [1, 2.5])
    array([1. , 2.5])
    >>> finite("cash flows", [1, float("nan")])
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: value 2 of the cash flows is not a number. Give a finite number.
    """
    try:
        row = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise EngineError(f"the {name} are not all numbers", remedy="Give numbers only.") from None
    if row.ndim != 1:
        raise EngineError(f"the {name} are not one row of numbers", remedy="Give a plain list of numbers.")
    if len(row) < least:
        raise EngineError(
            f"there {_count(len(row))} of the {name}, at least {least} are needed", remedy="Give more of them."
        )
    odd = np.flatnonzero(~np.isfinite(row))
    if len(odd):
        raise EngineError(
            f"value {odd[0] + 1} of the {name} is not a number", culprits=odd.tolist(), remedy="Give a finite number."
        )
    return row


def _count(number: int) -> str:
    return "is none" if number == 0 else f"is {number}" if number == 1 else f"are {number}"


def within(name: str, value: float, *, low: float = -math.inf, high: float = math.inf, open_low: bool = False) -> float:
    """The value as a float, when it lies between `low` and `high` (beyond `low` where that end is open).

    Raises EngineError that names the value and the range.

    >>> within("the discount rate", 0.08, low=-1, open_low=True)
    0.08
    >>> within("the discount rate", -1, low=-1, open_low=True)
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: the discount rate is -1. Give a number above -1.
    """
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        raise EngineError(f"{name} is no number: {value!r}", remedy="Give one.") from None
    if math.isfinite(number) and (number > low if open_low else number >= low) and number <= high:
        return number
    wanted = [f"above {low:g}" if open_low else f"of at least {low:g}"] if low > -math.inf else []
    wanted += [f"of at most {high:g}"] if high < math.inf else []
    raise EngineError(f"{name} is {number:g}", remedy=f"Give a number {' and '.join(wanted)}".rstrip() + ".")


def whole(name: str, value: object, low: int, high: int) -> int:
    """The value as a plain whole number, when it is one from `low` to `high`.

    Raises EngineError that names the value, and the range where it lies outside.

    >>> whole("the number of threads", 2, 1, 64)
    2
    >>> whole("the number of threads", 2.5, 1, 64)
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: the number of threads is 2.5. Give a whole number.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise EngineError(f"{name} is {value!r}", remedy="Give a whole number.")
    if not low <= value <= high:
        raise EngineError(f"{name} is {value:,}", remedy=f"Give a whole number from {low:,} to {high:,}.")
    return int(value)


def listed(name: str, values: Any) -> tuple[Any, ...]:
    """The values as a tuple. Raises EngineError for what does not hold several.

    >>> listed("risks", ["flood"])
    ('flood',)
    >>> listed("risks", 5)
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: the risks are no list: 5. Give a list.
    """
    try:
        return tuple(values)
    except TypeError:
        raise EngineError(f"the {name} are no list: {values!r}", remedy="Give a list.") from None


def unique(name: str, ids: Iterable[Hashable]) -> tuple[Hashable, ...]:
    """The ids as a tuple, none of them twice. Raises EngineError naming the first that is.

    >>> unique("criteria", ["cost", "value"])
    ('cost', 'value')
    """
    seen: dict[Hashable, None] = {}
    for each in ids:
        if each in seen:
            raise EngineError(f"{each!r} stands twice among the {name}", culprits=(each,), remedy="Give each id once.")
        seen[each] = None
    return tuple(seen)


def ratio(numerator: float, denominator: float) -> float | None:
    """The quotient, or None where the denominator is zero: a ratio that means nothing is not shown as infinite.

    >>> ratio(3, 4), ratio(3, 0)
    (0.75, None)
    """
    return numerator / denominator if denominator else None
