"""Asking for jobs, running them, changing one's mind; schedules."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from quarterdeck.kernel import clock, jobs
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs import registry, running, worker
from quarterdeck.kernel.jobs.jobs import forget
from quarterdeck.kernel.jobs.models import Due, Job
from quarterdeck.kernel.jobs.registry import Times
from quarterdeck.kernel.jobs.tasks import execute

pytestmark = pytest.mark.django_db
SEEN: list[Any] = []


@jobs.job(title="Count", retries=1)
def count(progress: jobs.Progress, *, upto: int) -> dict[str, Any]:
    for number in progress.over(range(upto), message="counting"):
        SEEN.append(number)
    return {"sum": sum(range(upto)), "url": "/somewhere/"}


@jobs.job(title="Break", retries=1)
def break_down(progress: jobs.Progress) -> None:
    SEEN.append(progress.attempt)
    raise RuntimeError("secret 42")


@jobs.job(title="Refuse", retries=5)
def refuse(progress: jobs.Progress) -> None:
    SEEN.append("tried")
    raise jobs.JobError("Row 3 has no name.")


@jobs.job(title="Half", atomic=True, retries=0)
def half(progress: jobs.Progress) -> None:
    User.objects.create_user("half@example.org", name="Half")
    raise jobs.JobError("No more.")


@jobs.job(title="Who")
def who(progress: jobs.Progress) -> dict[str, Any]:
    actor = progress.actor
    return {"name": actor.name, "via": actor.via, "unlimited": actor.unlimited, "may": actor.can("view", "a.b")}


@jobs.job(title="Merge")
def merge_ids(progress: jobs.Progress, *, ids: list[int]) -> dict[str, Any]:
    return {"ids": ids}


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann@example.org", name="Ann")


@pytest.fixture
def actor(ann: User) -> Actor:
    return Actor(user=ann, now=clock.now())


def test_a_job_runs_once_and_tells_its_result(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, title="Count to four", upto=4)
    assert (job.state, job.title, job.args, job.actor) == ("waiting", "Count to four", {"upto": 4}, actor.user)
    assert worker.drain() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.message, job.percent) == ("done", 4, 4, "counting", 100)
    assert (job.result, job.result_url, job.attempts) == ({"sum": 6, "url": "/somewhere/"}, "/somewhere/", 1)
    assert SEEN == [0, 1, 2, 3]
    assert worker.drain() == 0
    assert DBTaskResult.objects.successful().count() == 1


def test_another_backend_of_the_queue_runs_the_job_once(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=2)
    execute.func(job.pk)
    job.refresh_from_db()
    assert (job.state, SEEN) == ("done", [0, 1])
    execute.func(job.pk)
    assert (worker.drain(), SEEN) == (0, [0, 1])


def test_a_rollback_leaves_no_job(actor: Actor) -> None:
    with transaction.atomic():
        jobs.enqueue(count, actor=actor, upto=1)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_wrong_arguments_are_refused_when_asked(actor: Actor) -> None:
    with pytest.raises(TypeError):
        jobs.enqueue(count, actor=actor, until=3)
    with pytest.raises(TypeError):
        jobs.enqueue(count, actor=actor, upto=object())
    with pytest.raises(LookupError, match="not a job"):
        jobs.enqueue(print, actor=actor)
    assert Job.objects.count() == 0


def test_the_same_pending_key_is_queued_once(actor: Actor) -> None:
    first = jobs.enqueue(count, actor=actor, key="k", upto=1)
    assert jobs.enqueue(count, actor=actor, key="k", upto=2).pk == first.pk
    assert jobs.enqueue(count, actor=actor, key="other", upto=2).pk != first.pk
    assert jobs.enqueue(who, actor=actor, key="k").pk != first.pk
    worker.drain()
    assert jobs.enqueue(count, actor=actor, key="k", upto=2).pk != first.pk
    first.refresh_from_db()
    assert first.args == {"upto": 1}


def test_a_waiting_job_takes_merged_arguments(actor: Actor) -> None:
    def both(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {"ids": sorted({*old["ids"], *new["ids"]})}

    job = jobs.enqueue(merge_ids, actor=actor, key="m", merge=both, ids=[3])
    jobs.enqueue(merge_ids, actor=actor, key="m", merge=both, ids=[1])
    worker.drain()
    job.refresh_from_db()
    assert job.result == {"ids": [1, 3]}


def test_an_unexpected_error_is_tried_again_then_fails_without_telling_secrets(actor: Actor) -> None:
    job = jobs.enqueue(break_down, actor=actor)
    worker.drain()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 1)
    task = DBTaskResult.objects.get(pk=str(job.task_id))
    assert 3 < (task.run_after - clock.now()).total_seconds() <= 5
    DBTaskResult.objects.filter(pk=str(job.task_id)).update(run_after=clock.now())
    worker.drain()
    job.refresh_from_db()
    assert (job.state, job.attempts, SEEN) == ("failed", 2, [1, 2])
    assert "secret" not in job.error
    assert "An administrator can see the details" in job.error
    assert "RuntimeError: secret 42" in job.traceback


def test_a_refusal_is_shown_and_not_tried_again(actor: Actor) -> None:
    job = jobs.enqueue(refuse, actor=actor)
    worker.drain()
    job.refresh_from_db()
    assert (job.state, job.error, SEEN) == ("failed", "Row 3 has no name.", ["tried"])


def test_an_atomic_job_that_fails_leaves_nothing(actor: Actor) -> None:
    job = jobs.enqueue(half, actor=actor)
    worker.drain()
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "No more.")
    assert not User.objects.filter(email="half@example.org").exists()


def test_a_job_unknown_to_this_version_fails_clearly(actor: Actor) -> None:
    job = jobs.enqueue(who, actor=actor)
    Job.objects.filter(pk=job.pk).update(name="quarterdeck.gone.away")
    worker.drain()
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "This kind of job is not part of the product any more.")


def test_a_job_acts_as_its_asker_and_no_further(ann: User, actor: Actor) -> None:
    plain = jobs.enqueue(who, actor=actor)
    elevated = jobs.enqueue(who, actor=Actor(user=ann, now=clock.now(), unlimited=True))
    token = jobs.enqueue(who, actor=Actor(user=ann, now=clock.now(), unlimited=True, limits={"x.y": ["view"]}))
    system = jobs.enqueue(who, actor=Actor.system(now=clock.now(), label="Night"))
    worker.drain()
    results = {job.pk: job.result for job in Job.objects.all()}
    assert results[plain.pk] == {"name": "Ann", "via": "job", "unlimited": False, "may": False}
    assert results[elevated.pk] == {"name": "Ann", "via": "job", "unlimited": True, "may": True}
    assert results[token.pk] == {"name": "Ann", "via": "job", "unlimited": True, "may": False}
    assert results[system.pk] == {"name": "Night", "via": "job", "unlimited": True, "may": True}


def test_cancelling_a_waiting_job(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=2)
    assert jobs.cancel(job, actor=actor).state == "cancelled"
    assert (worker.drain(), SEEN) == (0, [])
    with pytest.raises(ValidationError, match="has ended"):
        jobs.cancel(job, actor=actor)


def test_a_running_job_stops_at_its_next_step(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=5)
    claimed = running.claim_next("w")
    assert claimed is not None
    assert jobs.cancel(job, actor=actor).state == "running"
    assert running.run(claimed) == "cancelled"
    assert SEEN == []


def test_retry_runs_the_same_work_again(actor: Actor) -> None:
    job = jobs.enqueue(refuse, actor=actor)
    worker.drain()
    assert jobs.retry(job, actor=actor).state == "waiting"
    assert worker.drain() == 1
    assert SEEN == ["tried", "tried"]
    done = jobs.enqueue(count, actor=actor, upto=1)
    worker.drain()
    with pytest.raises(ValidationError, match="failed or was cancelled"):
        jobs.retry(done, actor=actor)


def test_others_can_neither_see_cancel_nor_retry(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=1)
    stranger = Actor(user=User.objects.create_user("s@example.org", name="S"), now=clock.now())
    administrator = User.objects.create_user("a@example.org", name="A", is_administrator=True)
    assert list(jobs.jobs_of(stranger)) == []
    assert list(jobs.jobs_of(actor)) == [job]
    assert list(jobs.jobs_of(Actor(user=administrator, now=clock.now()))) == [job]
    assert list(jobs.jobs_of(Actor(user=None, now=clock.now()))) == []
    for act in (jobs.cancel, jobs.retry):
        with pytest.raises(ValidationError, match="no such job"):
            act(job, actor=stranger)
    watching = Actor(user=actor.user, now=clock.now(), read_only=True)
    with pytest.raises(ValidationError, match="no such job"):
        jobs.cancel(job, actor=watching)


def lost(job: Job) -> None:
    """Leave the job as a killed worker does."""
    assert running.claim_next("gone") is not None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=clock.now() - dt.timedelta(minutes=1))


def test_a_lost_job_is_run_again_once_then_fails(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=1)
    lost(job)
    limit = clock.now() - dt.timedelta(seconds=15)
    assert worker.reap(limit) == [job]
    assert worker.reap(limit) == []
    job.refresh_from_db()
    assert (job.state, job.losses) == ("waiting", 1)
    lost(job)
    worker.reap(limit)
    job.refresh_from_db()
    assert (job.state, job.losses) == ("failed", 1)
    assert "twice" in job.error
    assert (worker.drain(), SEEN) == (0, [])


def test_a_job_that_beats_is_left_alone(actor: Actor) -> None:
    jobs.enqueue(count, actor=actor, upto=1)
    assert running.claim_next("alive") is not None
    assert worker.reap(clock.now() - dt.timedelta(seconds=15)) == []


def test_a_worker_that_wakes_up_late_changes_nothing(actor: Actor) -> None:
    job = jobs.enqueue(count, actor=actor, upto=3)
    late = running.claim_next("asleep")
    assert late is not None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=clock.now() - dt.timedelta(minutes=1))
    worker.reap(clock.now() - dt.timedelta(seconds=15))
    worker.drain()
    assert SEEN == [0, 1, 2]
    Job.objects.filter(pk=job.pk).update(result={"sum": 99})
    assert running.run(late) == "done"
    job.refresh_from_db()
    assert job.result == {"sum": 99}
    assert SEEN == [0, 1, 2]


def test_a_lost_job_whose_key_waits_again_keeps_its_own_work(actor: Actor) -> None:
    job = jobs.enqueue(merge_ids, actor=actor, key="m", ids=[1])
    lost(job)
    other = jobs.enqueue(merge_ids, actor=actor, key="m", ids=[2])
    worker.reap(clock.now() - dt.timedelta(seconds=15))
    worker.drain()
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.result, other.result) == ({"ids": [1]}, {"ids": [2]})


def test_a_scheduled_job_is_queued_once_for_all_missed_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entries", {})
    registry.schedule("every quarter", count, at="*/15", arguments={"upto": 2})
    start = dt.datetime(2026, 3, 2, 10, 7, tzinfo=dt.UTC)
    assert worker.queue_due(start) == []
    assert Due.objects.get().next_at == dt.datetime(2026, 3, 2, 10, 15, tzinfo=dt.UTC)
    assert worker.queue_due(start.replace(minute=14)) == []
    (job,) = worker.queue_due(start.replace(hour=13, minute=1))
    assert (job.args, job.rights) == ({"upto": 2}, {"label": "Quarterdeck", "unlimited": True})
    assert Due.objects.get().next_at == dt.datetime(2026, 3, 2, 13, 15, tzinfo=dt.UTC)
    assert worker.queue_due(start.replace(hour=13, minute=2)) == []
    # The one still waiting stands for the next time as well.
    assert worker.queue_due(start.replace(hour=14)) == [job]
    registry.schedule("every quarter", count, at="daily@02:00", arguments={"upto": 2})
    assert worker.queue_due(start.replace(hour=14)) == []
    assert Due.objects.get().next_at == dt.datetime(2026, 3, 3, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("spec", "moment", "following"),
    [
        ("hourly", "2026-03-02T10:00", "2026-03-02T11:00"),
        ("*/20", "2026-03-02T10:41", "2026-03-02T11:00"),
        ("5,35", "2026-03-02T10:05", "2026-03-02T10:35"),
        ("daily@02:00", "2026-03-02T01:59", "2026-03-02T02:00"),
        ("daily@02:00", "2026-03-02T02:00", "2026-03-03T02:00"),
        ("weekly@mon 06:30", "2026-03-02T07:00", "2026-03-09T06:30"),
        ("weekly@sun 06:30", "2026-03-02T07:00", "2026-03-08T06:30"),
    ],
)
def test_the_next_time_of_a_schedule(spec: str, moment: str, following: str) -> None:
    def at(text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)

    assert Times.parse(spec).after(at(moment)) == at(following)


def test_daily_times_are_local(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    before = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    assert Times.parse("daily@06:00").after(before) == dt.datetime(2026, 3, 29, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize("spec", ["", "daily", "daily@25:00", "weekly@06:00", "*/0", "*/45", "60", "cron"])
def test_a_schedule_that_cannot_be_read_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match=r"is not a schedule|hour must be"):
        Times.parse(spec)


def test_old_jobs_are_forgotten(actor: Actor) -> None:
    old = jobs.enqueue(count, actor=actor, upto=1)
    recent = jobs.enqueue(count, actor=actor, upto=1)
    waiting_key = str(uuid4())
    worker.drain()
    waiting = jobs.enqueue(count, actor=actor, key=waiting_key, upto=1)
    Job.objects.filter(pk=old.pk).update(finished_at=clock.now() - dt.timedelta(days=31))
    DBTaskResult.objects.filter(pk=str(old.task_id)).update(finished_at=clock.now() - dt.timedelta(days=31))
    assert forget(jobs.Progress(recent, threaded=False)) == {"jobs": 1, "tasks": 1}
    assert set(Job.objects.values_list("pk", flat=True)) == {recent.pk, waiting.pk}
    assert DBTaskResult.objects.filter(pk=str(waiting.task_id)).exists()
