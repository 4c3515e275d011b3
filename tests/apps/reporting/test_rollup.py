"""Adding up along both trees: exact amounts in two currencies, indices by their definition."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.reporting import services
from quarterdeck.apps.reporting.models import Snapshot, StatusReport
from quarterdeck.apps.reporting.report_words import told
from quarterdeck.apps.reporting.selectors.report_facts import _assessed
from quarterdeck.apps.reporting.selectors.rollup import days_late, summed
from quarterdeck.apps.reporting.selectors.units import by_unit
from tests.apps.organisation.conftest import currencies, given, group, networks, system, unit  # noqa: F401
from tests.apps.portfolio.conftest import make, signed_in  # noqa: F401
from tests.apps.reporting.board_stage import TODAY, Board, amounts, assessed, board  # noqa: F401

DAY = dt.timedelta(days=1)


@pytest.fixture
def tree(board: Board) -> Board:  # noqa: F811
    assessed(
        board.a,
        colour="red",
        colours={"time": "red", "cost": "green"},
        baseline_finish=dt.date(2026, 6, 5),
        forecast_finish=dt.date(2026, 6, 15),
        days_late=6,
        checked=10,
        sound=9,
        **amounts(budget="1000.10", bac="1000", pv="400", ev="300", ac="500", committed="10", eac="1400.33"),
    )
    assessed(
        board.b,
        colour="amber",
        colours={"time": "amber", "cost": "green"},
        checked=2,
        sound=2,
        **amounts(budget="500", bac="500", pv="100", ev="150", ac="100", eac="500"),
    )
    assessed(
        board.c,
        baseline_finish=dt.date(2026, 7, 1),
        forecast_finish=dt.date(2026, 7, 1),
        days_late=0,
        checked=8,
        sound=7,
        **amounts(budget="200", ac="50", eac="210"),
    )
    assessed(board.d, state="on_hold", colour="", colours={}, **amounts(budget="90", ac="1"))
    return board


def test_a_programme_in_its_currency(tree: Board) -> None:
    found = services.assess(tree.works, actor=tree.system)
    assert (found.currency, found.budget, found.eac) == ("EUR", Decimal("1500.1000"), Decimal("1900.3300"))
    assert (found.pv, found.ev, found.ac, found.bac) == (Decimal(500), Decimal(450), Decimal(600), Decimal(1500))
    assert (found.spi, found.cpi, found.spi_t) == (0.9, 0.75, None)  # 450/500, 450/600: not the mean of 0.75 and 1.5
    assert (found.percent, found.accuracy) == (30.0, 91.7)  # 450/1500; 11 of 12
    assert (found.projects, found.reds, found.ambers, found.greens) == (2, 1, 1, 0)
    assert (found.baseline_finish, found.forecast_finish, found.days_late) == (
        dt.date(2026, 6, 5),
        dt.date(2026, 6, 15),
        6,
    )
    assert found.colour == "red"  # one of two is more than a fifth
    assert found.colours == {"time": "red", "cost": "green"}


def test_a_portfolio_at_the_rate_of_the_day_and_what_has_none_is_named(tree: Board) -> None:
    found = services.assess(tree.whole, actor=tree.system)
    # 0.85 pounds a euro since ten days: 1500.10 * 0.85 + 200; kronor have no rate, so D is left out of the amounts.
    assert (found.currency, found.budget) == ("GBP", Decimal("1475.0850"))
    assert found.eac == Decimal("1825.2805")  # 1900.33 * 0.85 + 210
    assert found.ac == Decimal("560.0000")  # 600 * 0.85 + 50
    assert found.facts["unrated"] == ["SEK"]
    # C has no earned value: its cost is in the sum of costs and not in the index.
    assert (found.spi, found.cpi) == (0.9, 0.75)
    assert (found.projects, found.reds, found.ambers, found.greens) == (4, 1, 1, 1)
    assert (found.checked, found.sound, found.accuracy) == (20, 18, 90.0)
    assert found.colour == "red"  # one of three
    assert [rule["value"] for rule in found.facts["parts"]["rules"]] == [33.33, 66.67]


def test_the_rate_is_that_of_the_day(tree: Board) -> None:
    before = summed(Snapshot.objects.filter(initiative=tree.b), "GBP", Rates(TODAY - 20 * DAY))
    assert before.amount("budget") == Decimal("400.0000")
    assert summed(Snapshot.objects.filter(initiative=tree.b), "GBP", Rates(TODAY)).amount("budget") == Decimal(425)


def test_what_has_ended_counts_no_more(tree: Board) -> None:
    assessed(tree.a, TODAY + DAY, state="completed", colour="", **amounts(budget="1000", ev="1000"))
    later = tree.system.at(tree.system.now + DAY)
    assert services.assess(tree.works, actor=later).projects == 1
    assert Snapshot.objects.get(initiative=tree.works).on == TODAY + DAY


def test_by_unit_with_all_below(tree: Board) -> None:
    found = by_unit(actor=tree.system, on=TODAY)
    above, own = found[tree.a.unit.parent_id or 0], found[tree.a.unit_id]
    assert above.amount("budget") == own.amount("budget") == Decimal("1475.0850")
    assert (own.currency, own.reds, own.spi) == ("GBP", 1, 0.9)


def test_what_has_no_budget_is_compared_with_nobodys(board: Board) -> None:  # noqa: F811
    assessed(board.a, **amounts(budget="100", ac="50", eac="120"))
    assessed(board.b, **amounts(ac="30", eac="30"))
    found = services.assess(board.works, actor=board.system)
    assert (found.budget, found.ac, found.eac) == (Decimal(100), Decimal(80), Decimal(150))
    assert (found.over_budget, found.over, found.unbudgeted) == (Decimal(20), Decimal(20), Decimal(30))
    page = signed_in(board.reader("money")).get(f"{board.works.url}dashboard/").content.decode()
    assert "+€20 to budget, +20.0%, €30 without a budget" in page
    report = StatusReport(initiative=board.works, currency=board.works.currency, budget=found.budget, eac=found.eac)
    notes = {cell.label: cell.note for cell in told(report, money=True).money}
    assert notes["Estimate at completion"] == "+50.0% against budget", "of what was handed in before it was kept"
    report.facts = _assessed(found)
    notes = {cell.label: cell.note for cell in told(report, money=True).money}
    assert notes["Estimate at completion"] == "+20.0% against budget"


def test_weekdays_between() -> None:
    assert days_late(dt.date(2026, 6, 5), dt.date(2026, 6, 15)) == 6  # Friday to Monday week
    assert days_late(dt.date(2026, 6, 15), dt.date(2026, 6, 5)) == -6
    assert days_late(None, dt.date(2026, 6, 5)) is None
