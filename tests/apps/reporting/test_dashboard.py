"""The dashboard and the pages of health: what they show to whom, as of when, in how many queries."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.services import initiative_save
from quarterdeck.apps.reporting import services
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.kernel.access.models import User
from tests.apps.organisation.conftest import currencies, given, group, networks, system, unit  # noqa: F401
from tests.apps.portfolio.conftest import Make, make, signed_in  # noqa: F401
from tests.apps.reporting.board_stage import TODAY, Board, amounts, assessed, board  # noqa: F401

WEEK = dt.timedelta(days=7)


@pytest.fixture
def week(board: Board) -> Board:  # noqa: F811
    """Two assessments of the tree: a week before today and today; in between Alder went red and Birch slipped."""
    rule = {"input": "days_late", "value": 12, "colour": "red", "amber": 5, "red": 10, "direction": "at most"}
    why = {"time": {"facts": [], "rules": [rule], "fired": "days_late", "back": []}}
    money = amounts(budget="1000", bac="1000", pv="400", ev="300", ac="500", committed="10", eac="1400")
    day = dt.date(2026, 6, 1)
    before = TODAY - WEEK
    assessed(board.a, before, colour="green", forecast_finish=day, baseline_finish=day, days_late=0, **money)
    assessed(board.b, before, forecast_finish=day, baseline_finish=day, days_late=0)
    assessed(board.c, before)
    services.assess(board.works, actor=board.system.at(board.system.now - WEEK))
    services.assess(board.whole, actor=board.system.at(board.system.now - WEEK))
    milestones = [
        {"task": 1, "name": "Roof on", "forecast": "2026-03-30", "baseline": "2026-03-20", "late": 6, "done": False},
        {
            "task": 2,
            "name": "Keys handed over",
            "forecast": "2026-05-20",
            "baseline": None,
            "late": None,
            "done": False,
        },
        {"task": 3, "name": "Ground broken", "forecast": "2026-03-01", "baseline": None, "late": None, "done": True},
    ]
    red: dict[str, Any] = {
        "colour": "red",
        "colours": {"time": "red"},
        "facts": {**why, "milestones": milestones, "weight": 850.0},
    }
    assessed(board.a, forecast_finish=day, baseline_finish=day, days_late=12, **red, **money)
    assessed(board.b, forecast_finish=day + WEEK, baseline_finish=day, days_late=5)
    assessed(board.c)
    services.assess(board.works, actor=board.system)
    services.assess(board.whole, actor=board.system)
    return board


def _page(client: Client, board: Board, **asked: str) -> str:  # noqa: F811
    found = client.get(f"{board.whole.url}dashboard/", asked)
    assert found.status_code == 200
    return found.content.decode()


def _words(html: str) -> str:
    """The content of a page as text."""
    inner = re.search(r"<main.*</main>", html, re.DOTALL)
    assert inner is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inner[0]))


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, board: Board) -> None:  # noqa: F811
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: board.system.now)


pytestmark = pytest.mark.usefixtures("now")


def test_what_stands_how_and_why(week: Board) -> None:
    page = _words(_page(signed_in(week.reader("money")), week))
    assert "Health, 3 projects" in page
    assert "1 worse, 0 better this week" in page
    assert "0.75 · 0.60" in page  # 300/400, 300/500
    assert "£1.19m" not in page
    assert "£1.19k" in page or "£1,190" in page  # 1400 euros at 0.85
    assert "Finish 12 d late, limit 10 d" in page
    assert "Alder green to red, time" in page
    assert "Birch finish 1 Jun to 8 Jun" in page
    assert page.index("Slipped") < page.index("Roof on")
    assert "Keys handed over" in page
    assert "Ground broken" not in page


def test_money_is_closed_to_whoever_may_not_see_it(week: Board) -> None:
    open_page, page = _page(signed_in(week.reader("money")), week), _page(signed_in(week.reader()), week)
    for text in ("1,190", "1.19k", "1.40k", "0.60"):
        assert text not in page
    assert "Money by programme" in open_page
    assert "Money by programme" not in page
    assert "0.75 · •••" in _words(page)
    card = signed_in(week.reader()).get(week.a.url).content.decode()
    assert "+12 d" in card
    assert "1,400" not in card


def test_a_stranger_and_nobody(week: Board) -> None:
    who = User.objects.create_user("stranger2@example.org", name="Sam")
    for address in (f"{week.whole.url}dashboard/", f"{week.a.url}health/", f"{week.whole.url}health/"):
        assert signed_in(who).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert signed_in(who).get("/portfolio/dashboard/").status_code == 404


def test_a_reader_of_a_part_sees_the_part_alone(week: Board) -> None:
    part = signed_in(week.reader("money", at=week.works))
    assert part.get(f"{week.whole.url}dashboard/").status_code == 404
    page = _words(part.get(f"{week.works.url}dashboard/").content.decode())
    assert "Health, 2 projects" in page
    assert "Cedar" not in page
    assert part.get("/portfolio/dashboard/").headers["Location"] == f"{week.works.url}dashboard/"
    assert part.get(f"{week.a.url}dashboard/").headers["Location"] == f"{week.a.url}health/"


def test_last_weeks_dashboard_is_unchanged_by_todays_edits(week: Board) -> None:
    client = signed_in(week.reader("money"))
    day = (TODAY - WEEK).isoformat()
    before = _words(_page(client, week, as_of=day))
    assert "Alder" in before
    assert "Birch finish" not in before
    alder = Initiative.objects.get(pk=week.a.pk)
    alder.name, alder.budget, alder.time_tolerance = "Ash", Decimal(7), 1
    initiative_save(alder, actor=week.system)
    Snapshot.objects.filter(on=TODAY).update(budget=Decimal(9), colour="amber")
    services.assess_with_ancestors([week.a.pk, week.b.pk], actor=week.system)
    assert _words(_page(client, week, as_of=day)) == before
    assert "Ash" in _page(client, week, as_of="")


def test_before_anything_was_assessed(week: Board) -> None:
    page = _page(signed_in(week.reader("money")), week, as_of=(TODAY - 3 * WEEK).isoformat())
    assert "Nothing assessed by that day" in page


def test_queries_do_not_grow_with_projects(week: Board, make: Make) -> None:  # noqa: F811
    client = signed_in(week.reader("money"))
    _page(client, week)
    with CaptureQueriesContext(connection) as few:
        _page(client, week)
    for number in range(12):
        record = make(f"Elm {number}", parent=week.works, state="active", currency=week.a.currency)
        assessed(record, TODAY - WEEK)
        assessed(record, colour="red", colours={"time": "red"}, days_late=30)
    services.assess(week.works, actor=week.system)
    with CaptureQueriesContext(connection) as many:
        page = _page(client, week)
    assert "Elm 11" in page
    assert len(many) == len(few)
    assert len(many) <= 30


def test_health_of_a_project_on_its_own_page(week: Board) -> None:
    page = signed_in(week.reader("money")).get(f"{week.a.url}health/").content.decode()
    assert "Time is red" in page
    assert "+12 d; amber from 5 d, red from 10 d" in page
    assert "Disagree" not in page  # a reader makes no calls
    who = week.given(week.a.scope, {"*": ["view", "add"]}).user
    assert who is not None
    found = signed_in(who).get(f"{week.a.url}health/").content.decode()
    assert f"/manager-calls/new/?initiative={week.a.pk}" in found


def test_the_list_of_initiatives_narrows_by_health(week: Board) -> None:
    client = signed_in(week.reader())
    page = client.get("/initiatives/", {"f.health": "red", "view": "all"}).content.decode()
    assert "Alder" in page
    assert "Birch" not in page
