"""The figures of a node for programs: of the same content as packs, so that no two ways tell another number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from ninja import Schema

from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.packs.content import INDICES, Line, content
from quarterdeck.kernel.access.actor import Actor


class Figures(Schema):
    """Where an initiative stood on a day, by its last assessment on or before it.

    Amounts are in `currency`, percentages run from 0 to 100, days are working days. What is not known is null; where
    `money` is false, amounts and CPI are null because the caller may not see them.
    """

    code: str
    name: str
    kind: str
    state: str
    on: dt.date
    assessed_on: dt.date | None
    health: str | None
    health_by_dimension: dict[str, str]
    currency: str | None
    money: bool
    budget: Decimal | None
    bac: Decimal | None
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None
    committed: Decimal | None
    eac: Decimal | None
    percent: float | None
    spi_t: float | None
    spi: float | None
    cpi: float | None
    planned_finish: dt.date | None
    baseline_finish: dt.date | None
    forecast_finish: dt.date | None
    days_late: int | None
    projects: int
    reds: int
    ambers: int
    greens: int


class FiguresBelow(Figures):
    """Figures of a node with those of everything below it, in the order of the tree."""

    below: list[Figures] = []


def figures(code: str, *, on: dt.date, actor: Actor) -> FiguresBelow | None:
    """Return the figures of a node and all below it on a day, as far as the actor may see them; else None."""
    found = content(code, on=on, actor=actor)
    if found is None:
        return None
    return FiguresBelow(**_values(found.lines[0], on), below=[Figures(**_values(line, on)) for line in found.lines[1:]])


def _values(line: Line, on: dt.date) -> dict[str, Any]:
    same = (
        *("code", "name", "kind", "state", "assessed_on", "money", "planned_finish", "baseline_finish"),
        *("forecast_finish", "days_late", "projects", "reds", "ambers", "greens"),
    )
    return {
        **{name: getattr(line, name) for name in same},
        **{name: line.amount(name) for name in AMOUNTS},
        **{name: line.index(name) for name in INDICES},
        "on": on,
        "health": line.colour or None,
        "health_by_dimension": dict(line.colours),
        "currency": line.currency or None,
    }
