"""Durations, predecessors and resources as people type them, and back.

    parse_duration("3ed", UNITS)            3 days of the clock
    parse_predecessors("12FS+3d;15SS-50%")  two links
    duration_text(1440, "d"), predecessor_text("12", "FINISH_START", 0)

What is written here reads back as the same minutes, whatever unit was wished for. Words for units are English, singular
or plural, with or without a space: m, min, h, hr, d, day, w, wk, mo, mon, y, yr, each with an e before it for time of
the clock. A number alone is in days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


class TextError(ValueError):
    """What was typed is not understood. The text says what is wrong and shows what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """How long days, weeks and months are in minutes of work."""

    minutes_per_day: int = 480
    minutes_per_week: int = 2400
    days_per_month: int = 20

    def minutes(self, unit: str) -> int:
        """Return the minutes of one unit: m h d w mo y, or one of them with an e before it.

        >>> Units().minutes("w"), Units().minutes("ew"), Units(minutes_per_day=450).minutes("mo")
        (2400, 10080, 9000)
        """
        day, week = (1440, 7 * 1440) if unit.startswith("e") else (self.minutes_per_day, self.minutes_per_week)
        month = day * (30 if unit.startswith("e") else self.days_per_month)
        return {"m": 1, "h": 60, "d": day, "w": week, "mo": month, "y": 12 * month}[unit.removeprefix("e")]


UNITS: Final = Units()
WORDS: Final = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "dy", "dys", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("mo", "mon", "mons", "mos", "month", "months"), "mo"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}
NUMBER: Final = r"\d+(?:[.,]\d+)?|[.,]\d+"
AMOUNT: Final = re.compile(rf"\s*({NUMBER})\s*(elapsed\s+|e)?([a-z]*)\s*", re.IGNORECASE)
#: Units in which a duration may be written when the one wished for gives no short number, in order.
FALLING: Final = ("mo", "w", "d", "h", "m")
KINDS: Final = {"FS": "FINISH_START", "SS": "START_START", "FF": "FINISH_FINISH", "SF": "START_FINISH"}
SHORT: Final = {name: short for short, name in KINDS.items()}
LINK: Final = re.compile(
    r"\s*(?P<task>[^;]+?)\s*:?\s*"
    r"(?:(?P<kind>FS|SS|FF|SF)\s*(?P<lag>[+\-−–]?\s*[\d.,][^;]*)?"
    r"|(?<=\d)\s*(?P<bare>[+\-−–]\s*[\d.,]+\s*(?:e?%|e?[a-z]+|elapsed [a-z]+)))?\s*",
    re.IGNORECASE,
)
#: A duration, a link or a resource has fewer characters.
LONG: Final = 200
#: The longest duration in minutes, some 1900 years.
MOST: Final = 1_000_000_000
PERCENT: Final = re.compile(rf"\s*({NUMBER})\s*(e?)%\s*", re.IGNORECASE)
DEMAND: Final = re.compile(
    rf"\s*(?P<name>.*?)\s*(?:[\[(]\s*(?P<in>{NUMBER})\s*%\s*[\])]|\s(?P<after>{NUMBER})\s*%)?\s*"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A duration or lag: minutes of work, or of the clock where the unit begins with e; as typed; a guess or not."""

    minutes: int
    unit: str = "d"
    estimated: bool = False

    @property
    def elapsed(self) -> bool:
        """Whether it runs around the clock."""
        return self.unit.startswith("e")


def parse_duration(text: str, units: Units = UNITS, default: str = "d") -> Span:
    """Return a duration, also one of several parts; the first names the unit. Raises `TextError`.

    >>> parse_duration("3d").minutes, parse_duration("2w 3d 4h").minutes, parse_duration("1.5").minutes
    (1440, 6480, 720)
    >>> parse_duration("5d?"), parse_duration("3 ed").elapsed, parse_duration("1mo").minutes
    (Span(minutes=2400, unit='d', estimated=True), True, 9600)
    """
    if len(text) > LONG:
        raise TextError(f"“{text[:40]}…” is longer than a duration is.")
    body = text.strip()
    estimated = body.endswith("?")
    body = body.rstrip("?").strip()
    total, first, at = Decimal(0), "", 0
    while at < len(body):
        found = AMOUNT.match(body, at)
        unit = _unit(found[2], found[3], default) if found else None
        if found is None or unit is None or (first and first.startswith("e") != unit.startswith("e")):
            break
        if not found[3] and not (at == 0 and found.end() == len(body)):  # one of several parts names its unit
            break
        total += decimal(found[1]) * units.minutes(unit)
        first, at = first or unit, found.end()
    if not body or at < len(body):
        raise TextError(f"“{text}” is no duration. Write it as 3d, 2w, 4h, 30m, 1mo or 3ed.")
    if total > MOST:
        raise TextError(f"“{text}” is longer than any plan.")
    return Span(round(total), first, estimated)


def _unit(elapsed: str | None, word: str, default: str) -> str | None:
    if not word:
        return ("e" if elapsed else "") + default.removeprefix("e") if elapsed else default
    found = WORDS.get(word.lower())
    return None if found is None else ("e" if elapsed else "") + found


def decimal(text: str) -> Decimal:
    """Return a number with a point or a comma."""
    return Decimal(text.replace(",", "."))


def duration_text(minutes: int, unit: str = "d", units: Units = UNITS, *, estimated: bool = False) -> str:
    """Return a duration in the unit wished for, or in the next smaller one in which it is a short number.

    >>> duration_text(1440), duration_text(1440, "w"), duration_text(4320, "ed"), duration_text(2400, estimated=True)
    ('3d', '3d', '3ed', '5d?')
    >>> duration_text(481), duration_text(720), duration_text(0)
    ('481m', '1.5d', '0d')
    >>> duration_text(576), duration_text(576, "h"), duration_text(-1440)
    ('1.2d', '9.6h', '-3d')
    """
    elapsed = "e" if unit.startswith("e") else ""
    plain = unit.removeprefix("e")
    tried = FALLING[FALLING.index(plain) :] if plain in FALLING else (plain, *FALLING)
    larger = [each for each in tried if each != "m" or plain == "m"]
    chosen, size = "m", 1
    for each, parts in [*((each, 4) for each in larger), *((each, 100) for each in larger)]:
        if minutes * parts % units.minutes(elapsed + each) == 0:
            chosen, size = each, units.minutes(elapsed + each)
            break
    amount = f"{Decimal(minutes) / size:.2f}".rstrip("0").rstrip(".")
    return f"{amount}{elapsed}{chosen}{'?' if estimated else ''}"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A typed link: what it calls the task, and what `DocumentLink` has of it."""

    task: str
    kind: str = "FINISH_START"
    lag: int = 0  # minutes, or hundredths of a percent
    unit: str = "WORKING"
    calendar: str = "DIALECT"
    lag_unit: str = "d"


def parse_predecessors(text: str, units: Units = UNITS) -> tuple[Predecessor, ...]:
    """Return the links of a cell; a semicolon or a comma stands between two. Raises `TextError`.

    >>> [(each.task, each.kind, each.lag) for each in parse_predecessors("12FS+3d;15SS-50%")]
    [('12', 'FINISH_START', 1440), ('15', 'START_START', -5000)]
    >>> parse_predecessors("A1010: FF 3ed")[0].unit, parse_predecessors("4,5FS+1,5d")[1].lag, parse_predecessors(" ")
    ('ELAPSED', 720, ())
    """
    found = []
    for each in each_predecessor(text, units):
        if isinstance(each, TextError):
            raise each
        found.append(each)
    return tuple(found)


def each_predecessor(text: str, units: Units = UNITS) -> Iterator[Predecessor | TextError]:
    """Yield the links of a cell, and for each part that is not understood why.

    >>> [each.task for each in each_predecessor("1;2FS+x;3") if isinstance(each, Predecessor)]
    ['1', '3']
    """
    for part in _parts(text):
        if part.strip():
            try:
                yield _predecessor(part, units)
            except TextError as refused:
                yield refused


def _parts(text: str) -> Iterable[str]:
    """Split at semicolons and line ends, and at commas but for those inside a lag, as in FS+1,5d."""
    for part in re.split(r"[;\n]", re.sub(r"[^\S\n]+", " ", text)):
        yield from re.split(r"(?<![+\-−–]\d),(?!\d+\s*(?:e?[a-z]|e?%|$))|,(?=\s)|(?<=\d),(?=\d+\s*(?:FS|SS|FF|SF|,|$))"
                            r"|(?<=[A-Za-z%]),", part, flags=re.IGNORECASE)  # fmt: skip


def _predecessor(part: str, units: Units) -> Predecessor:
    if len(part) > LONG:
        raise TextError(f"“{part.strip()[:40]}…” is longer than a predecessor is.")
    found = LINK.fullmatch(part)
    if found is None or "+" in found["task"]:
        raise TextError(f"“{part.strip()}” is no predecessor. Write it as 12, 12FS+3d or 15SS-50%.")
    kind = KINDS[(found["kind"] or "FS").upper()]
    lag = re.sub(r"\s+", " ", (found["lag"] or found["bare"] or "").strip())
    if not lag:
        return Predecessor(found["task"], kind)
    sign = -1 if lag[0] in "-−–" else 1
    amount = lag.lstrip("+-−– ")
    percent = PERCENT.fullmatch(amount)
    if percent:
        elapsed = bool(percent[2])
        calendar = "AROUND_THE_CLOCK" if elapsed else "DIALECT"
        share = round(decimal(percent[1]) * 100) * sign
        return Predecessor(found["task"], kind, share, "PERCENT", calendar, "e%" if elapsed else "%")
    try:
        span = parse_duration(amount, units)
    except TextError:
        raise TextError(f"“{part.strip()}” has no lag that is understood. Write it as 12FS+3d or 15SS-50%.") from None
    return Predecessor(
        found["task"], kind, span.minutes * sign, "ELAPSED" if span.elapsed else "WORKING", "DIALECT", span.unit
    )


def lag_text(lag: int, unit: str, lag_unit: str = "d", units: Units = UNITS) -> str:
    """Return a lag with its sign; empty where there is none. `unit` is that of `engine.network.LagUnit`.

    >>> lag_text(1440, "WORKING"), lag_text(-5000, "PERCENT", "%"), lag_text(90, "ELAPSED", "eh"), lag_text(0, "")
    ('+3d', '-50%', '+1.5eh', '')
    """
    if not lag:
        return ""
    sign = "-" if lag < 0 else "+"
    if unit == "PERCENT":
        share = f"{Decimal(abs(lag)) / 100:.2f}".rstrip("0").rstrip(".")
        return f"{sign}{share}{'e%' if lag_unit.startswith('e') else '%'}"
    typed = lag_unit.removeprefix("e") if not lag_unit.endswith("%") else "d"
    return f"{sign}{duration_text(abs(lag), ('e' if unit == 'ELAPSED' else '') + typed, units)}"


def predecessor_text(
    task: str, kind: str, lag: int, *, unit: str = "WORKING", lag_unit: str = "d", units: Units = UNITS
) -> str:
    """Return one link as it is typed; the kind is left out where it is finish to start without lag.

    >>> predecessor_text("12", "FINISH_START", 0), predecessor_text("12", "START_START", 480)
    ('12', '12SS+1d')
    """
    if kind == "FINISH_START" and not lag:
        return task
    return f"{task}{SHORT[kind]}{lag_text(lag, unit, lag_unit, units)}"


def parse_resources(text: str) -> tuple[tuple[str, float], ...]:
    """Return the names and units of a cell such as `Ann; Bob 50%` or `Ann,Bob[50%]`. Raises `TextError`.

    >>> parse_resources("Ann; Bob 50%"), parse_resources("Ann,Bob[50%]")
    ((('Ann', 1.0), ('Bob', 0.5)), (('Ann', 1.0), ('Bob', 0.5)))
    """
    mark = ";" if ";" in text else ","
    found = []
    for part in re.split(rf"[{mark}\n]", text):
        body = " ".join(part.split())
        if len(body) > LONG:
            raise TextError(f"“{body[:40]}…” is longer than a resource is.")
        match = DEMAND.fullmatch(body)
        if match and match["name"]:
            share = match["in"] or match["after"]
            found.append((match["name"], float(decimal(share)) / 100 if share else 1.0))
    return tuple(found)


def resource_text(name: str, units: float = 1.0) -> str:
    """Return a resource as it is typed, with its units where they are not whole one.

    >>> resource_text("Ann"), resource_text("Bob", 0.5)
    ('Ann', 'Bob 50%')
    """
    return name if units == 1 else f"{name} {Decimal(str(round(units * 100, 2))).normalize():f}%"
