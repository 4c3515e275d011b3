"""Two plans side by side: variances, the ledger and trends by hand, and who sees what of them."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanRevision, Task, TaskLink
from quarterdeck.apps.delivery.selectors import comparing
from quarterdeck.apps.delivery.selectors.comparing import Compared, tenths
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.trends import days_of, trends
from quarterdeck.kernel.audit.models import Change
from tests.apps.delivery.conftest import Shed, day
from tests.cast import ANONYMOUS, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db


def back(days: int) -> None:
    """Put all that was done so far that many days back."""
    past = dt.timedelta(days=days)
    Change.objects.update(at=F("at") - past)
    Plan.objects.update(created_at=F("created_at") - past)
    Task.objects.update(created_at=F("created_at") - past)
    Baseline.objects.update(taken_at=F("taken_at") - past, created_at=F("created_at") - past)
    PlanRevision.objects.update(at=F("at") - past)


def compared(shed: Shed, older: str, newer: str = "now", *, plan: Plan | None = None, ago: int = 2) -> Compared:
    base = Plan.objects.get(pk=(plan or shed.plan).pk)
    actor = shed.cast.actor(EDITOR)
    others = {each.pk: each for each in Plan.objects.filter(initiative=base.initiative)}
    sides = [
        comparing.side(key, base, others=others, on=actor.today - dt.timedelta(days=ago), moment=None, actor=actor)
        for key in (older, newer)
    ]
    assert sides[0] is not None
    assert sides[1] is not None
    return comparing.compared(sides[0], sides[1], base, money=True)


def line(found: Compared, name: str) -> tuple[int | None, int | None, int | None]:
    one = next(each for each in found.lines if each.name == name)
    return one.start, one.finish, one.span


def test_a_plan_and_what_it_was_differ_by_what_was_done_since(shed: Shed) -> None:
    back(5)
    shed.set("Pour", "duration", "5d")
    link = TaskLink.objects.get(plan=shed.plan, predecessor__name="Paint")
    shed.edit({"do": "unlink", "link": link.pk})
    found = compared(shed, "date")
    assert found.finish == 2 * 480
    assert line(found, "Dig") == (0, 0, 0)
    assert line(found, "Pour") == (0, 960, 960)
    assert line(found, "Cure") == (960, 960, 0)
    assert (found.count("added"), found.count("removed"), found.count("changed")) == (0, 0, 4)
    assert found.said is not None
    assert [(each.before is None, each.after is None) for each in found.said.relinked] == [(False, True)]
    told = comparing.ledger(found.older, found.newer)
    assert told is not None
    assert [(entry.cause.value, entry.minutes) for entry in told.entries] == [("duration", 960)]
    assert [(change.task, change.minutes) for change in told.entries[0].changes] == [(shed.id("Pour"), 960)]


def test_every_day_of_the_ledger_has_its_cause_and_they_add_up(shed: Shed) -> None:
    back(5)
    shed.set("Pour", "duration", "4d")
    shed.set("Cure", "predecessors", "3FS+3d")
    found = compared(shed, "date")
    told = comparing.ledger(found.older, found.newer)
    assert told is not None
    assert {entry.cause.value: entry.minutes for entry in told.entries} == {"duration": 480, "logic": 960}
    assert told.minutes == found.finish == 1440


def test_a_baseline_taken_here_is_a_whole_plan_and_one_of_a_file_dates_alone(shed: Shed) -> None:
    services.baseline_take(plan=shed.plan, name="Agreed", actor=shed.cast.actor(EDITOR))
    shed.set("Cure", "duration", "2d")
    whole = compared(shed, "baseline-1")
    assert whole.said is not None
    assert whole.finish == 480
    dates = compared(shed, "baseline-0")
    assert dates.said is None
    assert comparing.ledger(dates.older, dates.newer) is None
    # Dig was to end on Monday evening; the Tuesday is Epiphany, so that it ends one working day later.
    assert line(dates, "Dig") == (0, 480, 480)
    assert dates.count("added") == 5


def test_a_copy_is_matched_by_what_was_copied(shed: Shed) -> None:
    copy = services.plan_copy(plan=shed.plan, name="Faster", actor=shed.cast.actor(EDITOR))
    mine = Shed(copy, shed.cast)
    mine.set("Pour", "duration", "2d")
    mine.edit({"do": "set", "task": mine.id("Paint"), "field": "name", "value": "Varnish"})
    mine.edit({"do": "add", "name": "Only here", "after": mine.id("Done")})
    shed.edit({"do": "add", "name": "Only there", "after": shed.id("Done")})
    assert mine.task("Only here").uid == shed.task("Only there").uid
    found = compared(shed, f"plan-{shed.plan.pk}", plan=copy)
    assert found.finish == -480
    names = {each.name: (each.older is None, each.newer is None) for each in found.lines}
    assert names["Only here"] == (True, False)
    assert names["Only there"] == (False, True)
    assert names["Varnish"] == (False, False)
    assert line(found, "Pour") == (0, -480, -480)
    other = compared(shed, "now", f"plan-{copy.pk}")
    assert other.finish == -480
    assert line(other, "Cure") == (-480, -480, 0)


def test_milestones_wander_from_date_to_date(shed: Shed) -> None:
    back(7)
    shed.set("Cure", "duration", "3d")
    back(7)
    shed.set("Cure", "duration", "2d")
    plan = Plan.objects.get(pk=shed.plan.pk)
    today = shed.cast.actor(EDITOR).today
    told = trends(plan, current(plan), days_of(plan, today))
    assert told.dates == (today - dt.timedelta(days=14), today - dt.timedelta(days=7), today)
    (done,) = told.wanders
    assert done.name == "Done"
    assert [date for _status, date in done.trend.points] == [day(9, 1020), day(11, 1020), day(10, 1020)]
    assert (done.moved, done.moved_last) == (480, -480)


def test_past_plans_are_read_together(shed: Shed) -> None:
    plan = Plan.objects.get(pk=shed.plan.pk)
    now = current(plan)

    def queries(weeks: int) -> int:
        back(7 * weeks)
        plan.refresh_from_db()
        days = days_of(plan, shed.cast.actor(EDITOR).today)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert len(trends(plan, now, days).wanders) == 1
        return len(caught)

    assert queries(2) == queries(6)


def test_shares_of_days_add_up() -> None:
    assert [float(each) for each in tenths([16, 16, 16], 480)] == [0.1, 0.0, 0.0]
    assert [float(each) for each in tenths([-480, 720], 480)] == [-1.0, 1.5]


def test_the_page_says_what_moved_and_hides_money(shed: Shed) -> None:
    back(40)
    shed.set("Pour", "duration", "5d")
    url = f"{shed.url}compare/?older=date&newer=now"
    page = shed.cast.client(EDITOR).get(url).content.decode()
    assert "Float ledger" in page
    assert "Pour: duration" in page
    assert "Milestone trend" in page
    assert ">Cost<" in page
    seen = shed.cast.client(READER).get(url).content.decode()
    assert "Float ledger" in seen
    assert ">Cost<" not in seen


def test_the_table_is_sorted_by_what_is_asked(shed: Shed) -> None:
    back(40)
    shed.set("Pour", "duration", "5d")
    client = shed.cast.client(EDITOR)
    page = client.get(f"{shed.url}compare/?older=date&sort=-duration").content.decode()
    table = page[page.index('id="compare-tasks"') : page.index('id="compare-trend"')]
    assert table.index("Ground") < table.index("Cure")
    assert "Paint" not in table
    assert "Paint" in client.get(f"{shed.url}compare/?older=date&all=1").content.decode()


def test_the_table_as_a_file(shed: Shed) -> None:
    back(40)
    shed.set("Pour", "duration", "5d")
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "name", "value": "=1+1"})
    answer = shed.cast.client(EDITOR).get(f"{shed.url}compare/compare.csv?older=date")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[3] == [
        "Pour",
        "",
        "2026-01-08",
        "2026-01-12",
        "2026-01-08",
        "2026-01-14",
        *["0.0", "2.0", "2.0", "0.0", "0.0000"],
    ]
    assert rows[5][0] == "'=1+1"
    assert len(rows) == 7
    assert "Cost" not in shed.cast.client(READER).get(f"{shed.url}compare/compare.csv").content.decode()


@pytest.mark.parametrize("word", ["compare/", "compare/compare.csv"])
def test_strangers_get_404(shed: Shed, word: str) -> None:
    assert shed.cast.client(STRANGER).get(shed.url + word).status_code == 404
    assert shed.cast.client(ANONYMOUS).get(shed.url + word).status_code == 302


def test_a_date_before_the_plan_is_said(shed: Shed) -> None:
    page = shed.cast.client(EDITOR).get(f"{shed.url}compare/?older=date&older_on=2020-01-01").content.decode()
    assert "There was no such plan on 1 Jan 2020." in page


def test_it_takes_as_many_queries_for_more_tasks(shed: Shed) -> None:
    back(40)
    client = shed.cast.client(EDITOR)
    url = f"{shed.url}compare/?older=date"

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    before = queries()
    for number in range(6):
        shed.edit({"do": "add", "name": f"More {number}", "after": shed.id("Done")})
    assert queries() <= before
    assert before <= 60
