"""Amounts of several currencies in one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from quarterdeck.apps.organisation.selectors import RateMissingError, rate


@dataclass
class Rates:
    """The exchange rates in force on a day, each read once; `missing` are the pairs that no rate ties."""

    on: dt.date
    missing: set[tuple[str, str]] = field(default_factory=set)
    _known: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)

    def rate(self, given: str, wanted: str) -> Decimal | None:
        """Return what one unit of a currency is worth in another; None where no rate ties them.

        What states no currency is taken to be in the wanted one.
        """
        if not given or not wanted or given == wanted:
            return Decimal(1)
        key = (given, wanted)
        if key not in self._known:
            try:
                self._known[key] = rate(given, wanted, self.on)
            except RateMissingError:
                self._known[key] = None
                self.missing.add(key)
        return self._known[key]
