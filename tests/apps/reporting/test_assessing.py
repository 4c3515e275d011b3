"""Assessing projects with plans: the facts of one day, one snapshot a day, queued once after changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.models import Baseline
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting import jobs, services, watch
from quarterdeck.apps.reporting.models import ManagerCall, Snapshot
from quarterdeck.apps.reporting.services.calls import call_save
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs import Job
from quarterdeck.kernel.records.events import Changed
from tests.apps.delivery.conftest import Shed, day, project, shed  # noqa: F401  the small plan serves here too
from tests.cast import EDITOR, Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def running(shed: Shed) -> Initiative:  # noqa: F811
    """The shed under way: its baseline taken, then Dig two days longer."""
    record = shed.plan.initiative
    system = Actor.system(now=clock.now())
    Initiative.objects.filter(pk=record.pk).update(state="active", time_tolerance=3, budget=None)
    Baseline.objects.filter(plan=shed.plan).delete()  # the file brought one of a single task
    delivery.baseline_take(plan=shed.plan, name="Agreed", actor=system)
    shed.set("Dig", "duration", 960 + 2 * 480)
    record.refresh_from_db()
    return record


def _assess(record: Initiative, now: dt.datetime | None = None) -> Snapshot:
    return services.assess(record, actor=Actor.system(now=now or clock.now()))


def test_days_late_on_the_calendar_of_the_plan(running: Initiative, shed: Shed) -> None:  # noqa: F811
    found = _assess(running)
    plan = shed.plan
    plan.refresh_from_db()
    assert (found.forecast_finish, found.days_late) == (plan.finishes_on, 2)
    rule = next(rule for rule in found.facts["time"]["rules"] if rule["input"] == "days_late")
    # The tolerance of three days is the red limit, a third of it the amber one.
    assert (rule["amber"], rule["red"], rule["colour"], rule["tolerance"]) == (1, 3, "amber", "time")
    milestones = [(one["name"], one["late"]) for one in found.facts["milestones"]]
    assert milestones == []  # they lie in a January long past


def test_facts_that_lack_or_are_old_are_counted_with_their_owner(running: Initiative) -> None:
    found = _assess(running)
    told = {each["key"]: each for each in found.facts["data"]["facts"]}
    assert told["no_sponsor"]["told"]["owner"] == "pmo"
    assert told["no_manager"]["told"]["owner"] == "sponsor"
    assert told["unstatused"]["value"] == 5  # all tasks lie in the past and nothing is reported
    assert told["old_status"]["value"] == 1
    assert found.checked - found.sound == sum(each["value"] for key, each in told.items() if key != "accuracy")
    assert found.colours["data"] == "red"
    assert [sign["key"] for sign in found.signs] == ["unstatused"]


def test_a_finish_in_the_future_is_a_sign(running: Initiative, shed: Shed) -> None:  # noqa: F811
    then = dt.datetime(2026, 1, 7, 12, tzinfo=dt.UTC)
    shed.set("Dig", "actual_start", day(0))
    shed.set("Dig", "actual_finish", day(4, 1020))
    assert {"key": "future", "value": 1} in _assess(running, then).signs
    later = _assess(running, then + dt.timedelta(days=3))
    assert "future" not in [sign["key"] for sign in later.signs]


def test_one_snapshot_a_day_whatever_runs_twice(running: Initiative) -> None:
    system = Actor.system(now=clock.now())
    assert services.assess_with_ancestors([running.pk], actor=system) == 2  # itself and the portfolio
    Initiative.objects.filter(pk=running.pk).update(time_tolerance=30)
    assert services.assess_all(actor=system) >= 2
    rows = Snapshot.objects.filter(initiative=running)
    assert [row.facts["time"]["rules"][0]["red"] for row in rows] == [30]


def test_a_project_with_its_ancestors_takes_as_many_queries_as_one_among_many(running: Initiative, cast: Cast) -> None:
    system = Actor.system(now=clock.now())
    services.assess_with_ancestors([running.pk], actor=system)
    with CaptureQueriesContext(
        connection,
    ) as few:
        services.assess_with_ancestors([running.pk], actor=system)
    for _each in range(6):
        other = cast.north.make(Initiative)
        Initiative.objects.filter(pk=other.pk).update(state="active")
    services.assess_all(actor=system)
    with CaptureQueriesContext(connection) as many:
        services.assess_with_ancestors([running.pk], actor=system)
    assert len(many) <= len(few)
    assert Snapshot.objects.get(initiative=running.parent).projects == 7


def test_a_call_stands_beside_and_runs_out(running: Initiative) -> None:
    system = Actor.system(now=clock.now())
    call = ManagerCall(initiative=running, colour="green", reason="Made up by Friday.", expires_on=system.today)
    call_save(call, actor=system)
    found = _assess(running)
    assert (found.own_colour, found.own_reason, found.colour) == ("green", "Made up by Friday.", "red")
    tomorrow = clock.now() + dt.timedelta(days=1)
    assert _assess(running, tomorrow).own_colour == ""
    assert [fact.record.pk for fact in watch.call_expired(now=tomorrow, ids=None)] == [running.pk]
    assert list(watch.call_expired(now=clock.now(), ids=None)) == []


@pytest.mark.parametrize("days", [-1, 93])
def test_a_call_is_for_a_quarter_at_most(running: Initiative, days: int) -> None:
    system = Actor.system(now=clock.now())
    call = ManagerCall(
        initiative=running, colour="green", reason="So.", expires_on=system.today + dt.timedelta(days=days)
    )
    with pytest.raises(ValidationError, match="92 days at most"):
        call_save(call, actor=system)


def test_what_was_found_is_watched(running: Initiative) -> None:
    _assess(running)
    now = clock.now()
    doubts = list(watch.in_doubt(now=now, ids=None))
    assert [(fact.record.pk, fact.key) for fact in doubts] == [(running.pk, "unstatused")]
    assert [fact.record.pk for fact in watch.out_of_order(now=now, ids={running.pk})] == [running.pk]
    assert list(watch.beyond_time(now=now, ids=None)) == []  # two days late, three agreed
    Initiative.objects.filter(pk=running.pk).update(time_tolerance=1)
    _assess(running)
    assert [fact.values for fact in watch.beyond_time(now=now, ids=None)] == [{"value": 2, "limit": 1}]
    assert list(watch.beyond_cost(now=now, ids=None)) == []


def test_changes_queue_one_assessment_of_the_project(running: Initiative, shed: Shed) -> None:  # noqa: F811
    Job.objects.all().delete()
    ids = tuple(shed.id(name) for name in ("Dig", "Pour"))
    for _twice in range(2):
        jobs.after_change(Changed("delivery.task", ids, "change", frozenset({"duration"}), "form"))
        jobs.after_change(Changed("portfolio.initiative", (running.pk,), "change", frozenset({"budget"}), "form"))
    jobs.after_change(Changed("people.person", (1,), "change", frozenset(), "form"))
    assert [job.args for job in Job.objects.all()] == [{"initiative_id": running.pk}]


def test_the_editor_changes_and_the_worker_assesses(running: Initiative, shed: Shed, cast: Cast) -> None:  # noqa: F811
    class Said:
        actor = Actor.system(now=clock.now(), via="job")

        def over(self, items: Any) -> Any:
            return items

    assert jobs.assess_all(Said()) == {"written": 2 + _nodes()}  # type: ignore[arg-type]  # what a worker hands in
    before = Snapshot.objects.get(initiative=running).days_late
    shed.edit({"do": "set", "task": shed.id("Pour"), "field": "duration", "value": 1440 + 480}, who=EDITOR)
    jobs.assess_one(Said(), initiative_id=running.pk)  # type: ignore[arg-type]
    assert (before, Snapshot.objects.get(initiative=running).days_late) == (2, 3)


def _nodes() -> int:
    """Portfolios that stand open beside the two that the project and its portfolio make."""
    return Initiative.objects.exclude(kind="project").count() - 1


def test_a_project_that_ends_is_seen_once_more(running: Initiative) -> None:
    system = Actor.system(now=clock.now())
    services.assess_all(actor=system)
    Initiative.objects.filter(pk=running.pk).update(state="completed")
    later = system.at(system.now + dt.timedelta(days=1))
    services.assess_all(actor=later)
    services.assess_all(actor=system.at(system.now + dt.timedelta(days=2)))
    found = list(Snapshot.objects.filter(initiative=running).order_by("on").values_list("state", "colour"))
    assert found == [("active", "red"), ("completed", "")]
