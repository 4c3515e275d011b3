"""What a risk weighs and why, beside its facts: the sentence, where it stands on the map, money times probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from quarterdeck.apps.governance.choices import RiskKind, rag_of
from quarterdeck.apps.governance.models import Risk
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.apps.governance.selectors.heat import RISK
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.ui import components

#: Probability and impact, the money, and the probability typed, if any.
Point = tuple[tuple[int, int], Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Stand:
    """How it stands at one point: its score, and how its money is weighed."""

    label: str
    score: int
    levels: str
    colour: str
    sum: str


@dataclass(frozen=True)
class Square:
    """One cell of the small map."""

    text: str
    css: str


def side(record: Any, actor: Actor) -> str | None:
    """Return the weighing for the panel beside the list."""
    return _drawn(record, actor, "governance/_weighing.html")


def card(record: Any, actor: Actor) -> str | None:
    """Return the weighing as a card of the record's page."""
    return _drawn(record, actor, "governance/_weighing_card.html")


def _drawn(record: Any, actor: Actor, template: str) -> str | None:
    if not isinstance(record, Risk):
        return None
    on = exposure.scale(None if actor.today >= clock.local_date(clock.now()) else actor.now)
    money = actor.sees("money", RISK, row_paths(record))
    context = {
        "record": record,
        "stands": stands(record, on, money=money),
        "rows": squares(record),
        "days": record.days,
        "opportunity": record.kind == RiskKind.OPPORTUNITY,
        "typed": record.chance is not None,
    }
    return render_to_string(template, context)


def stands(record: Risk, on: Mapping[int, Decimal], *, money: bool) -> list[Stand]:
    """Return how the risk stands before, now and after the response, where these differ or are stated."""
    found = [_stand(_("Before response"), record, (record.before, record.cost, None), on, money=money)]
    found.append(_stand(_("As it stands"), record, (record.now, record.money_now, record.chance), on, money=money))
    if record.target is not None:
        found.append(_stand(_("After response"), record, (record.target, record.money_now, None), on, money=money))
    return found


def _stand(label: str, record: Risk, point: Point, on: Mapping[int, Decimal], *, money: bool) -> Stand:
    levels, amount, chance = point
    likely, hurt = levels
    weighed = exposure.weighed(levels, amount, chance, on)
    currency = record.currency.code if record.currency is not None else ""
    percent = f"{components.number(weighed.chance.normalize(), _places(weighed.chance))} %"
    if weighed.expected is None:
        told = _("%(percent)s, no money stated") % {"percent": percent}
    elif not money:
        told = f"{percent} × {components.CLOSED}"
    else:
        told = (
            f"{percent} × {components.money_text(weighed.amount, currency, short=True)} = "
            f"{components.money_text(weighed.expected, currency, short=True)}"
        )
    score = likely * hurt
    return Stand(label, score, f"{likely}×{hurt}", rag_of(score), told)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def squares(record: Risk) -> list[list[Square]]:
    """Return the small map, most probable at the top, with where the risk stands now and after the response."""
    css = {"red": "high", "amber": "medium", "green": "low"}
    marks = {record.before: (_("before"), "is-before")}
    if record.target is not None:
        marks[record.target] = (_("after"), "is-after")
    marks[record.now] = (_("now"), "is-here")
    return [
        [
            Square(*(text, f"{css[rag_of(likely * hurt)]} {mark}".strip()))
            for hurt in range(1, 6)
            for text, mark in [marks.get((likely, hurt), (str(likely * hurt), ""))]
        ]
        for likely in range(5, 0, -1)
    ]
