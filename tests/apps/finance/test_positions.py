"""Financial positions: what is kept is what is reckoned, of many projects, in several currencies, as of any day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import BudgetLine, CostCategory, Position
from quarterdeck.apps.finance.selectors import positions
from quarterdeck.apps.organisation.models import Currency, ExchangeRate
from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from tests.apps.finance.test_earned_value import FRIDAY, agreed, brought, post, reported
from tests.apps.finance.test_money_page import queries, url
from tests.cast import EDITOR, READER, Cast


@pytest.fixture
def parent(cast: Cast, project: Initiative) -> Initiative:
    """A portfolio of three projects: in euros, in crowns, and one cancelled after it had cost something."""
    euro = cast.north.make(Currency, code="EUR", name="Euro", is_base=True)
    crown = cast.north.make(Currency, code="SEK", name="Crown", is_base=False)
    rate = ExchangeRate(from_currency=crown, to_currency=euro, rate=Decimal("0.1"), valid_on=FRIDAY, source="Bank")
    records.save(rate, actor=cast.north.actor)
    top, lower = CostCategory(code="1", name="Build"), CostCategory(code="2", name="Travel")
    records.save_many([top, lower], actor=cast.north.actor)
    for currency, budget, state in (
        (euro, 550, State.ACTIVE),
        (crown, 9000, State.ACTIVE),
        (euro, 80, State.CANCELLED),
    ):
        each = project if budget == 550 else cast.north.make(Initiative)
        reported(brought(cast, each, agreed()), cast)
        each = Initiative.objects.get(pk=each.pk)
        each.currency, each.budget = currency, Decimal(budget)
        records.save(each, actor=cast.north.actor)
        for place, category in enumerate((top, lower)):
            line = BudgetLine(initiative=each, category=category, amount=Decimal(100 + place))
            services.budget_save(line, actor=cast.north.actor)
        post(cast, each, "37.50", FRIDAY)
        Initiative.objects.filter(pk=each.pk).update(state=state)
    above = project.parent
    assert above is not None
    return above


def shown(cast: Cast, record: Initiative, **params: str) -> dict[str, Any]:
    page = cast.client(EDITOR).get(url(record), params)
    assert page.status_code == 200
    context = page.context
    chart = [str(context["chart"])] if context["chart"] is not None else []
    return {
        "cells": [(each.label, each.value, each.note, each.state) for each in context["cells"]],
        "lines": [(each.name, each.cells) for each in context["lines"]],
        "indices": [(each.label, each.value) for each in context["indices"]],
        "drawn": context["drawn"],
        "chart": [one.split("<tbody>")[1].split("</tbody>")[0] for one in chart],
    }


def keep(node: Initiative, now: dt.datetime | None = None) -> int:
    return services.positions_roll_up(nodes=[node], actor=Actor.system(now=now or clock.now()))


@pytest.mark.parametrize("by", ["parts", "categories", "periods"])
def test_what_is_kept_is_what_is_reckoned(cast: Cast, parent: Initiative, by: str) -> None:
    live = shown(cast, parent, by=by)
    assert live["drawn"] == 2
    assert live["lines"]
    assert live["chart"]
    written = keep(parent)
    assert written >= 4
    page = cast.client(EDITOR).get(url(parent), {"by": by})
    assert page.context["assessed"].date() == clock.now().date()
    assert shown(cast, parent, by=by) == live
    above = parent.parent
    if above is not None:
        keep(above)
        assert shown(cast, parent, by=by) == live


def test_what_changes_is_known_when_it_is_assessed_again(cast: Cast, parent: Initiative, project: Initiative) -> None:
    keep(parent)
    post(cast, project, "12.50", FRIDAY)
    services.positions_reckon(ids=[project.pk], actor=Actor.system(now=clock.now()))
    keep(parent)
    kept = Position.objects.get(initiative=parent)
    # 50.00 and a tenth of 37.50 and the 37.50 of what was cancelled.
    assert kept.actual == Decimal("91.25")
    assert kept.currency == "EUR"
    assert kept.forecast is not None
    assert sum(row.actual for row in positions.rows_of(kept)) == pytest.approx(91.25)
    curve = positions.curve_of(kept)
    assert curve is not None
    assert curve.planned[-1] == pytest.approx(550.0)


def test_what_has_no_budget_is_compared_with_nobodys(cast: Cast, parent: Initiative, project: Initiative) -> None:
    """The cancelled project, and one that spends without a budget, enter neither the overrun nor what is left."""
    bare = cast.north.make(Initiative)
    assert bare.parent_id == parent.pk
    post(cast, bare, "70", FRIDAY)
    keep(parent)
    kept = Position.objects.get(initiative=parent)
    of = {one.initiative_id: one for one in Position.objects.exclude(initiative=parent)}
    alone = of[bare.pk]
    assert (alone.budget, alone.forecast, alone.over_budget, alone.left) == (None, Decimal(70), None, None)
    assert of[project.pk].left == Decimal("512.5")
    assert kept.budget == 550 + 900
    # What is spent: 37.50 of 550 euros, and a tenth of 37.50 crowns of 9,000.
    assert kept.left == Decimal("512.5") + 900 - Decimal("3.75")
    assert kept.over_budget is not None
    assert kept.forecast is not None
    outside = kept.forecast - kept.budget - kept.over_budget
    assert outside == 70 + Decimal("37.5")
    cells = {label: note for label, _value, note, _state in shown(cast, parent)["cells"]}
    assert "€108 without a budget" in cells["Forecast at completion"]


def test_a_past_date_shows_what_was_kept_then(cast: Cast, parent: Initiative, project: Initiative) -> None:
    before = clock.now() - dt.timedelta(days=1)
    keep(parent, before)
    past = {"as_of": clock.local_date(before).isoformat()}
    then = cast.client(EDITOR).get(url(parent), past)
    post(cast, project, "1000", FRIDAY)
    services.positions_reckon(ids=[project.pk], actor=Actor.system(now=clock.now()))
    keep(parent)
    again = cast.client(EDITOR).get(url(parent), past)
    assert [each.value for each in again.context["cells"]] == [each.value for each in then.context["cells"]]
    assert [each.value for each in cast.client(EDITOR).get(url(parent)).context["cells"]] != [
        each.value for each in then.context["cells"]
    ]
    # Of a project the curve of the last day alone is kept, of a node that of every day.
    assert Position.objects.filter(initiative=project, curve__isnull=False).count() == 1
    assert Position.objects.filter(initiative=parent, curve__isnull=False).count() == 2


def test_whoever_may_not_see_all_amounts_is_not_told_what_was_kept(cast: Cast, parent: Initiative) -> None:
    keep(parent)
    page = cast.client(READER).get(url(parent))
    assert page.context["cells"] == []
    assert "91.25" not in page.content.decode()
    assert "•••" in page.content.decode()


def test_a_page_of_what_is_kept_reads_no_tasks(cast: Cast, parent: Initiative) -> None:
    keep(parent)
    client = cast.client(EDITOR)
    client.get(url(parent))
    with CaptureQueriesContext(connection) as told:
        client.get(url(parent))
    read = [each["sql"].partition(" FROM ")[2] for each in told.captured_queries]
    assert not [each for each in read if each.startswith(('"delivery_task"', '"finance_actual"'))]
    assert [each for each in read if each.startswith('"finance_position"')]
    assert queries(client, url(parent), by="periods") <= 25


def test_a_second_assessment_of_a_day_takes_the_place_of_the_first(cast: Cast, parent: Initiative) -> None:
    keep(parent)
    count = Position.objects.count()
    keep(parent)
    assert Position.objects.count() == count


def test_a_category_that_was_removed_does_not_close_what_was_kept(cast: Cast, parent: Initiative) -> None:
    before = clock.now() - dt.timedelta(days=1)
    keep(parent, before)
    kept = Position.objects.get(initiative=parent)
    kept.categories = [*(kept.categories or ()), [10**6, 5.0, 5.0, 0.0, 0.0, 5.0]]
    kept.save()
    page = cast.client(EDITOR).get(url(parent), {"by": "categories", "as_of": kept.on.isoformat()})
    assert page.status_code == 200
    assert "Removed category" in [line.name for line in page.context["lines"]]


def test_what_is_dated_ahead_counts_when_its_day_has_come(cast: Cast, parent: Initiative, project: Initiative) -> None:
    """A project that has ended is assessed no more; an invoice of its last week is in its money all the same."""
    now = clock.now()
    Initiative.objects.filter(pk=project.pk).update(state=State.COMPLETED)
    post(cast, project, "5", clock.local_date(now) + dt.timedelta(days=2))
    keep(parent, now)
    tomorrow, later = (clock.local_date(now) + dt.timedelta(days=days) for days in (1, 2))
    assert project.pk not in positions.outdated(tomorrow)
    assert positions.outdated(later) == [project.pk]
    services.positions_reckon(ids=[project.pk], actor=Actor.system(now=now + dt.timedelta(days=2)))
    assert positions.outdated(later) == []
    assert positions.latest([project.pk], later)[project.pk].actual == Decimal("42.5")
