"""My tasks: which they are, how they are grouped, reports in place, refusals that keep what was typed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import PlanResource, Task
from quarterdeck.apps.delivery.needs import Reports
from quarterdeck.apps.delivery.selectors import mine
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from tests.apps.delivery.conftest import Shed, day
from tests.cast import ANONYMOUS, EDITOR, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be Friday 9 January 2026, while Pour goes on and Dig ought to be done."""
    at = dt.datetime(2026, 1, 9, 9, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def ann(shed: Shed, team_member: User, friday: None) -> Client:
    """A team member who is Ann, and is assigned to Dig, Pour and Paint."""
    person = shed.cast.north.make(Person)
    Person.objects.filter(pk=person.pk).update(user=team_member)
    shed.set("Pour", "resources", "Ann")
    shed.set("Paint", "resources", "Ann")
    PlanResource.objects.filter(plan=shed.plan, name="Ann").update(person=person)
    client = Client()
    client.force_login(team_member)
    return client


def actor(user: User) -> Actor:
    return Actor(user=user, now=clock.now())


def names(user: User) -> dict[str, tuple[str, bool]]:
    return {each.task.name: (each.group, each.due) for each in mine.mine(actor(user))}


def send(client: Client, shed: Shed, task: str, **typed: Any) -> Any:
    key = shed.id(task)
    body = {"revision": shed.revision, **typed}
    return client.post(f"/my-tasks/{key}/report/", body, headers={"HX-Request": "true"})


def test_own_open_tasks_by_when_they_are_due(shed: Shed, ann: Client, team_member: User) -> None:
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "start", "value": "2026-01-19"})
    assert names(team_member) == {"Dig": ("overdue", True), "Pour": ("now", True), "Paint": ("next", False)}
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "start", "value": "2026-01-26"})
    assert names(team_member)["Paint"] == ("later", False)
    shed.set("Dig", "actual_finish", "2026-01-07")
    assert set(names(team_member)) == {"Pour", "Paint"}


def test_others_and_copies_are_not_mine(shed: Shed, ann: Client, team_member: User) -> None:
    services.plan_copy(plan=shed.plan, name="Faster", actor=shed.cast.actor(EDITOR))
    assert len(names(team_member)) == 3
    assert names(shed.cast.users[EDITOR]) == {}
    assert names(shed.cast.users[STRANGER]) == {}


def test_a_report_begins_the_task_and_says_how_far_it_is(shed: Shed, ann: Client) -> None:
    answer = send(ann, shed, "Dig", start="2026-01-07", percent="50", was_percent="0", note="Stones.")
    assert answer.status_code == 200
    dig = shed.task("Dig")
    assert (dig.actual_start, dig.percent, dig.remaining) == (day(2), 50, 480)
    assert dig.notes == "9 Jan 2026: Stones."
    assert "reported" in answer.content.decode()
    send(ann, shed, "Dig", note="Gone.")
    assert shed.task("Dig").notes == "9 Jan 2026: Stones.\n9 Jan 2026: Gone."


def test_what_was_shown_and_not_touched_is_not_reported(shed: Shed, ann: Client) -> None:
    send(ann, shed, "Dig", percent="0", was_percent="0", remaining="2d", was_remaining="2d", start="2026-01-05")
    dig = shed.task("Dig")
    assert (dig.actual_start, dig.percent, dig.duration) == (day(0), 0, 960)


def test_a_refusal_keeps_what_was_typed(shed: Shed, ann: Client) -> None:
    answer = send(ann, shed, "Dig", start="2026-02-20", percent="40", was_percent="0", note="Soon & <more>")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This lies after today." in page
    assert 'value="2026-02-20"' in page
    assert 'value="40"' in page
    assert "Soon &amp; &lt;more&gt;" in page
    assert re.search(r'name="start"[^>]*aria-invalid="true"', page)
    assert shed.task("Dig").actual_start is None


def test_remaining_that_cannot_be_read_is_refused_in_its_field(shed: Shed, ann: Client) -> None:
    page = send(ann, shed, "Dig", remaining="soon", was_remaining="2d").content.decode()
    assert re.search(r'name="remaining"[^>]*value="soon"[^>]*aria-invalid="true"', page)
    assert "Nothing has been said yet" in send(ann, shed, "Dig", percent="0", was_percent="0").content.decode()


def test_someone_elses_change_is_not_overwritten(shed: Shed, ann: Client) -> None:
    known = shed.revision
    shed.set("Dig", "percent", "80")
    answer = send(ann, shed, "Dig", percent="20", was_percent="0", revision=known)
    assert answer.status_code == 422
    assert "meanwhile" in answer.content.decode()
    assert shed.task("Dig").percent == 80


def test_the_same_report_sent_twice_is_done_once(shed: Shed, ann: Client) -> None:
    for _time in range(2):
        assert send(ann, shed, "Dig", note="Once.", request="abc").status_code == 200
    assert shed.task("Dig").notes == "9 Jan 2026: Once."


def test_without_script_the_page_comes_back_whole(shed: Shed, ann: Client) -> None:
    key = shed.id("Dig")
    refused = ann.post(f"/my-tasks/{key}/report/", {"start": "2026-02-20", "revision": shed.revision})
    assert refused.status_code == 422
    assert 'value="2026-02-20"' in refused.content.decode()
    done = ann.post(f"/my-tasks/{key}/report/", {"start": "2026-01-07", "revision": shed.revision})
    assert done.headers["Location"] == f"/my-tasks/?task={key}"


def test_only_ones_own_tasks_are_reported_here(shed: Shed, ann: Client) -> None:
    assert send(ann, shed, "Cure", percent="10").status_code == 404
    assert send(shed.cast.client(EDITOR), shed, "Dig", percent="10").status_code == 404
    assert send(shed.cast.client(STRANGER), shed, "Dig", percent="10").status_code == 404
    assert shed.cast.client(STRANGER).get("/my-tasks/").status_code == 404
    assert shed.cast.client(ANONYMOUS).get("/my-tasks/").status_code == 302
    assert Task.objects.filter(plan=shed.plan, percent__gt=0).count() == 0


def test_whoever_sees_and_may_not_report_is_told(shed: Shed, ann: Client, team_member: User) -> None:
    role = team_member.grants.get().role
    role.permissions = {"*": ["view"]}
    role.save()
    page = ann.get(f"/my-tasks/?task={shed.id('Dig')}").content.decode()
    assert "You may see this task and not report on it." in page
    assert send(ann, shed, "Dig", percent="10").status_code == 404


def test_a_past_date_shows_none(shed: Shed, ann: Client) -> None:
    page = ann.get("/my-tasks/?as_of=2026-01-02").content.decode()
    assert "Back to today" in page
    assert "Dig" not in page


def test_needs_you_has_one_line(shed: Shed, ann: Client, team_member: User) -> None:
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "start", "value": "2026-01-19"})
    source, who = Reports(), actor(team_member)
    (row,) = source.rows(who)
    source.look([row], who)
    need = source.need(row, who)
    assert str(need.title) == "Report on 2 tasks"
    assert need.reason == "1 is past its finish. “Dig” is planned to finish 7 Jan."
    assert (need.due_on, need.url) == (dt.date(2026, 1, 7), "/my-tasks/")
    shed.set("Dig", "actual_finish", "2026-01-07")
    shed.set("Pour", "actual_start", "2026-01-08")
    assert not source.rows(who).exists()
    assert not source.rows(actor(shed.cast.users[EDITOR])).exists()


def test_it_takes_as_many_queries_for_more_tasks(shed: Shed, ann: Client) -> None:
    def queries() -> int:
        ann.get("/my-tasks/")
        with CaptureQueriesContext(connection) as caught:
            assert ann.get("/my-tasks/").status_code == 200
        return len(caught)

    before = queries()
    for number in range(5):
        shed.edit({"do": "add", "name": f"More {number}", "after": shed.id("Done")})
        shed.set(f"More {number}", "resources", "Ann")
    assert queries() == before <= 14
