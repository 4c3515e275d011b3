"""Adding projects up along a tree: amounts in the node's currency, indices by their definition, colours by rule. Pure.

Of a node every sum is over the projects below it, not over its parts, so that nothing is converted or rounded twice:
SPI = sum of EV / sum of PV and CPI = sum of EV / sum of AC, of the projects that earned value is known of. SPI(t) has
no sum: earned schedule is a point on a plan's own curve.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.selectors import weekdays
from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.reporting.choices import Dimension, Input
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.facts import COUNT, DATE, DAYS, INDEX, MONEY, PERCENT, Facts, fact
from quarterdeck.apps.reporting.selectors.gathering import PLACES
from quarterdeck.apps.reporting.selectors.judging import judge
from quarterdeck.apps.reporting.selectors.rules import Tailored

AMOUNTS = ("budget", "bac", "pv", "ev", "ac", "committed", "eac")
#: What the dimensions of a node are: those of its projects, by the rule of parts.
OF_PARTS = (Dimension.TIME, Dimension.COST, Dimension.DATA)


@dataclass
class Sums:
    """What some projects add up to in one currency; an amount that no project states is None."""

    currency: str
    projects: int = 0
    judged: int = 0
    measured: int = 0
    reds: int = 0
    ambers: int = 0
    greens: int = 0
    on_time: int = 0
    forecast: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    over: Decimal = Decimal(0)
    earned: dict[str, Decimal] = field(default_factory=dict)
    by_dimension: dict[str, dict[str, int]] = field(default_factory=dict)
    checked: int = 0
    sound: int = 0
    baseline_finish: dt.date | None = None
    forecast_finish: dt.date | None = None
    unrated: set[str] = field(default_factory=set)

    def add(self, part: Snapshot, rates: Rates) -> None:
        """Add one project that is under way."""
        self.projects += 1
        if part.state == State.ACTIVE:
            self._judge(part)
        self.checked += part.checked
        self.sound += part.sound
        if part.baseline_finish is not None and part.forecast_finish is not None:
            self.forecast += 1
            self.on_time += (part.days_late or 0) <= 0
            self.baseline_finish = max(self.baseline_finish or part.baseline_finish, part.baseline_finish)
            self.forecast_finish = max(self.forecast_finish or part.forecast_finish, part.forecast_finish)
        into = rates.rate(part.currency, self.currency)
        if into is None:
            self.unrated.add(part.currency)
            return
        for name in AMOUNTS:
            value = getattr(part, name)
            if value is not None:
                self.amounts[name] = self.amounts.get(name, Decimal(0)) + value * into
        if part.over is not None:
            self.over += part.over * into
        if part.ev is not None:
            self.measured += 1
            for name in ("bac", "pv", "ev", "ac"):
                self.earned[name] = self.earned.get(name, Decimal(0)) + (getattr(part, name) or Decimal(0)) * into

    def _judge(self, part: Snapshot) -> None:
        self.judged += bool(part.colour)
        self.reds += part.colour == "red"
        self.ambers += part.colour == "amber"
        self.greens += part.colour == "green"
        for dimension in OF_PARTS:
            if colour := part.colours.get(dimension):
                counts = self.by_dimension.setdefault(dimension, {})
                counts[colour] = counts.get(colour, 0) + 1

    def index(self, above: str, below: str) -> float | None:
        """Return the ratio of two sums of those that earned value is known of; None where nothing is below."""
        under = self.earned.get(below)
        return float(self.earned[above] / under) if under else None

    @property
    def spi(self) -> float | None:
        """Schedule performance index, sum of EV / sum of PV."""
        return self.index("ev", "pv")

    @property
    def cpi(self) -> float | None:
        """Cost performance index, sum of EV / sum of AC."""
        return self.index("ev", "ac")

    @property
    def over_budget(self) -> Decimal | None:
        """By how much estimates are over budgets, of the projects that have both; None where no sum is of either."""
        known = "budget" in self.amounts and "eac" in self.amounts
        return self.over.quantize(PLACES, ROUND_HALF_UP) if known else None

    def amount(self, name: str) -> Decimal | None:
        """Return a sum to four places; None where nothing states it."""
        value = self.amounts.get(name)
        return None if value is None else value.quantize(PLACES, ROUND_HALF_UP)


def summed(parts: Iterable[Snapshot], currency: str, rates: Rates) -> Sums:
    """Return what projects add up to in a currency; only those active or on hold count."""
    found = Sums(currency)
    for part in parts:
        if part.state in (State.ACTIVE, State.ON_HOLD):
            found.add(part, rates)
    return found


def put(snapshot: Snapshot, sums: Sums, rules: Mapping[str, list[Tailored]]) -> None:
    """Fill the snapshot of a node from the sums of the projects below it, and judge it by the rule of parts."""
    snapshot.currency = sums.currency
    for name in AMOUNTS:
        setattr(snapshot, name, sums.amount(name))
    snapshot.over_budget = sums.over_budget
    snapshot.spi, snapshot.cpi, snapshot.spi_t = sums.spi, sums.cpi, None
    share = sums.index("ev", "bac")
    snapshot.percent = None if share is None else round(share * 100, 2)
    snapshot.baseline_finish, snapshot.forecast_finish = sums.baseline_finish, sums.forecast_finish
    snapshot.days_late = days_late(sums.baseline_finish, sums.forecast_finish)
    snapshot.projects, snapshot.reds, snapshot.ambers, snapshot.greens = (
        sums.projects, sums.reds, sums.ambers, sums.greens,
    )  # fmt: skip
    snapshot.checked, snapshot.sound = sums.checked, sums.sound
    snapshot.accuracy = accuracy(sums.checked, sums.sound)
    parts: dict[str, list[Tailored]] = {Dimension.PARTS: rules[Dimension.PARTS]} if Dimension.PARTS in rules else {}
    counts = {"red": sums.reds, "amber": sums.ambers, "green": sums.greens}
    judged = judge(parts, _shares(counts), {Dimension.PARTS: _facts(sums, snapshot)})
    snapshot.colour = judged.colour
    snapshot.colours = {
        dimension: judge(parts, _shares(counted), {}).colours.get(Dimension.PARTS, "")
        for dimension in OF_PARTS
        if (counted := sums.by_dimension.get(dimension))
    }
    snapshot.facts = judged.why
    if sums.unrated:
        snapshot.facts["unrated"] = sorted(sums.unrated)


def _shares(counts: Mapping[str, int]) -> dict[str, float | None]:
    known = sum(counts.values())
    if not known:
        return {}
    red, off = counts.get("red", 0), counts.get("red", 0) + counts.get("amber", 0)
    return {Input.RED_SHARE: round(red / known * 100, 2), Input.OFF_SHARE: round(off / known * 100, 2)}


def _facts(sums: Sums, snapshot: Snapshot) -> list[Facts]:
    told = [
        fact("reds", COUNT, sums.reds, source="of_projects", of=sums.judged),
        fact("ambers", COUNT, sums.ambers, source="of_projects", of=sums.judged),
        fact("on_time", COUNT, sums.on_time, source="of_forecast", of=sums.forecast),
    ]
    if snapshot.forecast_finish is not None:
        told.append(fact("last_finish", DATE, snapshot.forecast_finish, source="plans"))
        told.append(fact(Input.DAYS_LATE, DAYS, snapshot.days_late, source="weekdays"))
    for key in ("budget", "eac", "ac"):
        if (amount := sums.amount(key)) is not None:
            told.append(fact(key, MONEY, amount, source="sum", currency=sums.currency))
    for key, value in (("spi", sums.spi), ("cpi", sums.cpi)):
        if value is not None:
            told.append(fact(key, INDEX, value, source="measured", of=sums.projects, measured=sums.measured))
    if snapshot.accuracy is not None:
        told.append(fact(Input.ACCURACY, PERCENT, snapshot.accuracy, source="facts", of=sums.checked))
    return told


def accuracy(checked: int, sound: int) -> float | None:
    """Return the share of facts in order, %; None where none was looked at."""
    return round(sound / checked * 100, 1) if checked else None


def days_late(planned: dt.date | None, forecast: dt.date | None) -> int | None:
    """Return the days from Monday to Friday after a date up to another, negative when the second is the earlier.

    Of a node no one calendar holds: its projects are in several countries.
    """
    if planned is None or forecast is None:
        return None
    first, last = sorted((planned, forecast))
    days = weekdays(first + dt.timedelta(days=1), last)
    return days if planned <= forecast else -days
