"""What a risk weighs: its score now, and its money times its probability, in SQL and of one record alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Round

from quarterdeck.apps.governance.choices import LIVE_RISK, PERCENT, Axis, RiskKind
from quarterdeck.apps.governance.models import Risk, ScaleLevel
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import Past

_PERCENT = DecimalField(max_digits=8, decimal_places=4)
_MONEY = DecimalField(max_digits=20, decimal_places=2)
CENT = Decimal("0.01")


def with_levels(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `likely` and `hurt`: probability and impact now, each 1 to 5; where not assessed anew, as before."""
    found: QuerySet[Any] = rows.annotate(
        likely=Coalesce(F("probability_now"), F("probability")), hurt=Coalesce(F("impact_now"), F("impact"))
    )
    return found


def score() -> Any:
    """Return probability times impact as they stand, 1 to 25, as an expression over risks."""
    return Coalesce(F("probability_now"), F("probability")) * Coalesce(F("impact_now"), F("impact"))


def with_score(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `score`: probability times impact now, 1 to 25."""
    found: QuerySet[Any] = rows.annotate(score=score())
    return found


def with_exposure(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `exposure`: money now times probability now, in the risk's currency; below zero for an opportunity.

    None where no money is stated, or it can no more happen.
    """
    level = Coalesce(F("probability_now"), F("probability"))
    scale = _stated().filter(level=OuterRef("likely"))
    shipped = Case(*(When(likely=n, then=Value(p)) for n, p in PERCENT.items()), output_field=_PERCENT)
    chance = Coalesce(F("chance"), Subquery(scale.values("percent")[:1]), shipped, output_field=_PERCENT)
    sign = Case(When(kind=RiskKind.OPPORTUNITY, then=Value(Decimal(-1))), default=Value(Decimal(1)))
    product = Coalesce(F("cost_now"), F("cost")) * chance * sign / Value(Decimal(100))
    weighed = Round(ExpressionWrapper(product, output_field=_MONEY), precision=2, output_field=_MONEY)
    found: QuerySet[Any] = rows.annotate(likely=level).annotate(
        exposure=Case(When(state__in=LIVE_RISK, then=weighed), default=None, output_field=_MONEY)
    )
    return found


def _stated() -> QuerySet[ScaleLevel]:
    return ScaleLevel.objects.filter(axis=Axis.PROBABILITY, is_active=True, percent__isnull=False)


def scale(moment: dt.datetime | None = None) -> Mapping[int, Decimal]:
    """Return the probability in percent of each level, by the organisation's scale now or at a moment; one query."""
    if moment is None:
        stated = list(_stated().values_list("level", "percent"))
    else:
        # The scale is what money is weighed by, whoever looks.
        rows = Past(ScaleLevel, moment, actor=Actor.system(now=moment)).records()
        stated = [(row.level, row.percent) for row in rows if row.axis == Axis.PROBABILITY and row.is_active]
    return {**PERCENT, **{level: percent for level, percent in stated if percent is not None}}


@dataclass(frozen=True)
class Weighed:
    """Money weighed by probability: `chance` percent of `amount` is `expected`; None where no money is stated."""

    chance: Decimal
    amount: Decimal | None
    expected: Decimal | None


def weighed(
    levels: tuple[int, int], amount: Decimal | None, chance: Decimal | None, on: Mapping[int, Decimal]
) -> Weighed:
    """Return what money weighs at a probability: the percent typed, else that of the level on a scale."""
    percent = on[levels[0]] if chance is None else chance
    expected = None if amount is None else (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)
    return Weighed(percent, amount, expected)


def exposure_of(risk: Risk, on: Mapping[int, Decimal]) -> Decimal | None:
    """Return what `with_exposure` gives, of one record at hand, such as one of a past day."""
    if not risk.is_live:
        return None
    expected = weighed(risk.now, risk.money_now, risk.chance, on).expected
    return -expected if expected is not None and risk.kind == RiskKind.OPPORTUNITY else expected
