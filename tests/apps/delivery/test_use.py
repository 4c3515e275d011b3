"""What a plan asks of its people by week: loads, what is short and the tasks behind it, by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery.models import Plan, PlanResource
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.use import Row, behind, use
from tests.apps.delivery.conftest import Shed, day
from tests.cast import ANONYMOUS, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 1, 5)


def rows(shed: Shed) -> dict[str, Row]:
    now = current(Plan.objects.get(pk=shed.plan.pk))
    return {row.name: row for row in use(now, FIRST, 2).rows}


def test_loads_are_what_is_asked_of_what_each_has(shed: Shed) -> None:
    found = rows(shed)
    # Ann digs on Monday and Wednesday; Tuesday is Epiphany, so that the week has four days.
    ann, bob = found["Ann"].cells, found["Bob"].cells
    assert [(cell.asked, cell.had, cell.percent) for cell in ann] == [(960, 1920, 50), (0, 2400, 0)]
    # Bob pours at half from Thursday to Monday.
    assert [(cell.asked, cell.had, cell.percent) for cell in bob] == [(480, 1920, 25), (240, 2400, 10)]
    assert [cell.peak for cell in bob] == [0.5, 0.5]
    assert found["Ann"].short == 0


def test_two_at_once_are_short_by_one_and_come_first(shed: Shed) -> None:
    shed.set("Pour", "resources", "Bob")
    shed.set("Paint", "resources", "Bob")
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "start", "value": "2026-01-09"})
    found = rows(shed)
    assert list(found) == ["Bob", "Ann"]
    assert [(cell.asked, cell.peak, cell.short) for cell in found["Bob"].cells] == [(1440, 2, 1), (480, 1, 0)]


def test_tasks_out_of_use_and_material_ask_for_nothing(shed: Shed) -> None:
    shed.set("Dig", "active", False)
    PlanResource.objects.filter(plan=shed.plan, name="Bob").update(kind="material")
    now = current(Plan.objects.get(pk=shed.plan.pk))
    assert [(row.name, row.cells[0].asked) for row in use(now, FIRST, 1).rows] == [("Ann", 0)]


def test_the_tasks_behind_a_week(shed: Shed) -> None:
    bob = PlanResource.objects.get(plan=shed.plan, name="Bob").pk
    now = current(Plan.objects.get(pk=shed.plan.pk))
    (part,) = behind(now, bob, FIRST)
    assert (part.name, part.units, part.asked, part.start) == ("Pour", 0.5, 480, day(3))
    assert behind(now, bob, FIRST + dt.timedelta(weeks=2)) == []


def test_split_work_asks_for_nothing_in_its_gap(shed: Shed) -> None:
    shed.edit({"do": "split", "task": shed.id("Pour"), "at": day(4), "gap": 2400})
    found = rows(shed)["Bob"].cells
    # One day on Thursday 8, then five working days of gap, the rest from Friday 16.
    assert [cell.asked for cell in found] == [240, 240]


def test_the_page_shows_the_week_asked_for(shed: Shed) -> None:
    client = shed.cast.client(READER)
    bob = PlanResource.objects.get(plan=shed.plan, name="Bob").pk
    page = client.get(f"{shed.url}use/?from=2026-01-05&resource={bob}&week=2026-01-12").content.decode()
    assert "Week of 12 Jan" in page
    assert "4.0 h asked" in page
    assert 'aria-label="Bob, week of 5 Jan: 25 % asked"' in page
    assert "nobody asked for more than there is" in page


def test_the_histogram_is_told_the_whole_plan_by_weeks_or_days(shed: Shed) -> None:
    """As the page has it: Bob pours at half from Thursday 8 to Monday 12; the plan ends on Wednesday 14."""
    client = shed.cast.client(READER)
    ann, bob = (PlanResource.objects.get(plan=shed.plan, name=name).pk for name in ("Ann", "Bob"))
    told = client.get(f"{shed.url}use/load?resource={bob}").json()
    assert [(each["name"], each["units"], each["short"]) for each in told["resources"]] == [
        ("Ann", 1, 0),
        ("Bob", 1, 0),
    ]
    assert (told["resource"], told["units"], told["days"], told["first"]) == (bob, 1, 7, day(0, 0))
    assert [told[name] for name in ("asked", "had", "peak", "short")] == [[480, 240], [1920, 2400], [0.5, 0.5], [0, 0]]
    daily = client.get(f"{shed.url}use/load?resource={ann}&by=day").json()
    assert (daily["resource"], daily["days"], len(daily["asked"])) == (ann, 1, 14)
    assert daily["asked"][:4] == [480, 0, 480, 0]
    assert daily["had"][:7] == [480, 0, 480, 480, 480, 0, 0]
    # without a resource, or with one that the plan does not have: the first
    assert client.get(f"{shed.url}use/load?resource=999999").json()["resource"] == ann


def test_the_histogram_tells_where_two_are_asked_at_once(shed: Shed) -> None:
    shed.set("Pour", "resources", "Bob")
    shed.set("Paint", "resources", "Bob")
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "start", "value": "2026-01-09"})
    told = shed.cast.client(READER).get(f"{shed.url}use/load?by=day").json()
    assert told["resources"][0]["name"] == "Bob"
    assert [place for place, short in enumerate(told["short"]) if short == 1] == [4]
    assert told["peak"][4] == 2


def test_a_plan_without_resources_says_what_belongs_there(shed: Shed) -> None:
    PlanResource.objects.filter(plan=shed.plan).delete()
    assert "Nobody is assigned yet" in shed.cast.client(READER).get(f"{shed.url}use/").content.decode()


def test_strangers_get_404(shed: Shed) -> None:
    assert shed.cast.client(STRANGER).get(f"{shed.url}use/").status_code == 404
    assert shed.cast.client(STRANGER).get(f"{shed.url}use/load").status_code == 404
    assert shed.cast.client(ANONYMOUS).get(f"{shed.url}use/").status_code == 302


def test_it_takes_as_many_queries_for_more_tasks(shed: Shed) -> None:
    client = shed.cast.client(EDITOR)

    def queries() -> int:
        client.get(f"{shed.url}use/?from=2026-01-05")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{shed.url}use/?from=2026-01-05").status_code == 200
        return len(caught)

    before = queries()
    for number in range(5):
        shed.edit({"do": "add", "name": f"More {number}", "after": shed.id("Done")})
        shed.set(f"More {number}", "resources", f"Bob; New {number}")
    assert queries() <= before <= 20
