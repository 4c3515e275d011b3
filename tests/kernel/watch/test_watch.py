"""Findings are kept once, closed when the fact is gone, reopened when it is back, and seen only by whoever may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import records, watch
from quarterdeck.kernel.access.actor import Actor, Right
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.jobs import registry, worker
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.watch import checks
from quarterdeck.kernel.watch.jobs import close_orphans, evaluate_check
from quarterdeck.kernel.watch.models import Evaluation, Finding
from tests.kernel.pointed import GRANT, NOW, member, node, record_at, stranger, system, user

pytestmark = pytest.mark.django_db
CALLS: list[set[int] | None] = []


def no_end(*, now: dt.datetime, ids: set[int] | None) -> Iterable[watch.Fact]:
    """Grants that never end."""
    CALLS.append(ids)
    found = Grant.objects.filter(ends_on__isnull=True).select_related("user", "role", "scope")
    if ids is not None:
        found = found.filter(pk__in=ids)
    for grant in found:
        yield watch.Fact(
            grant,
            message=_("No end since %(date)s"),
            values={"date": dt.date(2026, 1, 5)},
            owner_user=grant.user,
            due_on=dt.date(2026, 4, 1),
            cost_of_waiting=Decimal("125.50"),
            url=f"/grants/{grant.pk}/",
        )


@pytest.fixture(autouse=True)
def check(monkeypatch: pytest.MonkeyPatch) -> watch.Check:
    CALLS.clear()
    monkeypatch.setattr(checks, "checks", dict(checks.checks), raising=True)
    for module in ("models", "jobs", "selectors"):
        monkeypatch.setattr(f"quarterdeck.kernel.watch.{module}.checks", checks.checks)
    checks.checks.clear()
    watch.check(
        name="grant-without-end",
        title=_("Grant without end"),
        function="governance.roles",
        severity="high",
        reads=("access.Grant", "access.AccessRole"),
    )(no_end)
    return checks.checks["grant-without-end"]


def at(days: int = 0) -> Actor:
    return Actor.system(now=NOW + dt.timedelta(days=days), via="job")


def close(grant: Grant) -> None:
    grant.refresh_from_db()
    grant.ends_on = dt.date(2026, 12, 31)
    records.save(grant, actor=system())


def reopen(grant: Grant) -> None:
    grant.refresh_from_db()
    grant.ends_on = None
    records.save(grant, actor=system())


def test_a_fact_becomes_one_finding(check: watch.Check) -> None:
    north = node("North")
    grant = record_at(north)
    outcome = watch.evaluate(check, actor=at())
    assert (outcome.facts, outcome.opened, outcome.closed) == (1, 1, 0)
    finding = Finding.objects.get()
    assert (finding.check_name, finding.record_type, finding.record_id) == ("grant-without-end", GRANT, grant.pk)
    assert (finding.label, finding.text) == (str(grant), "No end since 5 Jan 2026")
    assert (finding.title, finding.function, finding.severity, finding.rank) == (
        "Grant without end",
        "governance.roles",
        "high",
        0,
    )
    assert (finding.scope, finding.owner, finding.due_on) == (north, grant.user, dt.date(2026, 4, 1))
    assert (finding.cost_of_waiting, finding.url) == (Decimal("125.50"), f"/grants/{grant.pk}/")
    assert (finding.first_seen, finding.opened_at, finding.last_seen) == (NOW, NOW, NOW)
    assert Evaluation.objects.get().facts == 1


def test_looking_again_changes_nothing_but_the_last_look(check: watch.Check) -> None:
    record_at(node("North"))
    watch.evaluate(check, actor=at())
    before = dict(Finding.objects.values().get())
    outcome = watch.evaluate(check, actor=at(1))
    assert (outcome.opened, outcome.reopened, outcome.changed, outcome.closed) == (0, 0, 0, 0)
    after = dict(Finding.objects.values().get())
    assert after.pop("last_seen") == NOW + dt.timedelta(days=1)
    assert before.pop("last_seen") == NOW
    assert after == before


def test_closed_when_gone_and_reopened_when_back(check: watch.Check) -> None:
    grant = record_at(node("North"))
    watch.evaluate(check, actor=at())
    finding = Finding.objects.get()
    watch.accept(finding=finding, until=dt.date(2026, 3, 20), reason="Later", actor=owner(finding))
    close(grant)
    assert watch.evaluate(check, actor=at(1)).closed == 1
    assert Finding.objects.get().closed_at == NOW + dt.timedelta(days=1)
    assert watch.evaluate(check, actor=at(2)).closed == 0
    assert Finding.objects.get().closed_at == NOW + dt.timedelta(days=1)
    reopen(grant)
    outcome = watch.evaluate(check, actor=at(3))
    assert (outcome.opened, outcome.reopened) == (0, 1)
    back = Finding.objects.get()
    assert (back.pk, back.closed_at, back.reopened) == (finding.pk, None, 1)
    assert (back.first_seen, back.opened_at) == (NOW, NOW + dt.timedelta(days=3))
    assert back.handling is None
    assert [row.reason for row in watch.Handling.objects.filter(finding=back)] == ["Later"], "kept, but holds no more"


def owner(finding: Finding) -> Actor:
    return Actor(user=finding.owner, now=NOW, _given=())


def test_a_removed_record_closes_its_finding(check: watch.Check) -> None:
    grant = record_at(node("North"))
    watch.evaluate(check, actor=at())
    grant.refresh_from_db()
    pk = grant.pk
    records.delete(grant, actor=system())
    watch.evaluate(check, actor=at(1), ids={pk})
    assert not Finding.objects.get().is_open


def test_what_a_fact_states_follows_the_fact(check: watch.Check) -> None:
    north, south = node("North"), node("South")
    grant = record_at(north)
    watch.evaluate(check, actor=at())
    grant.refresh_from_db()
    grant.scope = south
    records.save(grant, actor=system())
    assert watch.evaluate(check, actor=at(1), ids={grant.pk}).changed == 1
    assert Finding.objects.get().scope == south


def test_only_the_subjects_looked_at_are_touched(check: watch.Check) -> None:
    first, second = record_at(node("North"), "First"), record_at(node("South"), "Second")
    watch.evaluate(check, actor=at())
    close(first)
    close(second)
    watch.evaluate(check, actor=at(1), ids={first.pk})
    assert {f.record_id: f.is_open for f in Finding.objects.all()} == {first.pk: False, second.pk: True}


def test_a_check_that_ignores_the_ids_does_no_harm(check: watch.Check) -> None:
    first, second = record_at(node("North"), "First"), record_at(node("South"), "Second")
    greedy = checks.Check(**{**vars(check), "find": lambda *, now, ids: no_end(now=now, ids=None)})
    watch.evaluate(greedy, actor=at(), ids={first.pk})
    watch.evaluate(greedy, actor=at(), ids={second.pk})
    assert Finding.objects.count() == 2


def test_several_facts_about_one_record(check: watch.Check) -> None:
    grant = record_at(node("North"))

    def two(*, now: dt.datetime, ids: set[int] | None) -> Iterable[watch.Fact]:
        yield watch.Fact(grant, message="One", key="one")
        yield watch.Fact(grant, message="Two", key="two")

    double = checks.Check(**{**vars(check), "find": two})
    watch.evaluate(double, actor=at())
    watch.evaluate(double, actor=at(1))
    assert sorted(f.key for f in Finding.objects.all()) == ["one", "two"]


def test_a_fact_about_something_else_is_refused(check: watch.Check) -> None:
    def astray(*, now: dt.datetime, ids: set[int] | None) -> Iterable[watch.Fact]:
        yield watch.Fact(AccessRole.objects.create(name="R"), message="x")

    with pytest.raises(TypeError, match=r"its subject is access\.grant"):
        watch.evaluate(checks.Check(**{**vars(check), "find": astray}), actor=at())
    assert Finding.objects.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_facts(check: watch.Check) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            watch.evaluate(check, actor=at())
        return len(captured)

    north = node("North")
    record_at(north)
    cost()
    for _number in range(2):
        record_at(north)
    few = cost()
    for _number in range(20):
        record_at(north)
    assert few <= 12
    assert cost() == few
    assert Finding.objects.count() == 23


def test_a_change_evaluates_only_the_checks_that_read_it_once(
    check: watch.Check, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    Job.objects.all().delete()
    north = node("North")
    with django_capture_on_commit_callbacks(execute=True):
        first, second = record_at(north), record_at(north)
    queued = Job.objects.filter(name=registry.definition_of(evaluate_check).name)
    assert [(job.args, job.key, job.title) for job in queued] == [
        (
            {"check": "grant-without-end", "ids": [first.pk, second.pk]},
            "check:grant-without-end",
            "Grant without end",
        )
    ]
    worker.drain()
    assert Finding.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        close(first)
        close(second)
    assert queued.filter(state="waiting").get().args["ids"] == sorted([first.pk, second.pk])
    worker.drain()
    assert [{first.pk, second.pk}, {first.pk, second.pk}] == CALLS
    assert not Finding.objects.filter(closed_at__isnull=True).exists()
    with django_capture_on_commit_callbacks(execute=True):
        records.save(AccessRole(name="Other"), actor=system())
        Scope.objects.update(label="x")
    assert queued.filter(state="waiting").get().args["ids"] is None


def test_checks_are_evaluated_on_schedule(check: watch.Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entries", {})
    registry.schedule("check:grant-without-end", evaluate_check, at=check.schedule, arguments={"check": check.name})
    record_at(node("North"))
    worker.queue_due(NOW)
    (job,) = worker.queue_due(NOW + dt.timedelta(days=1))
    assert job.args == {"check": "grant-without-end"}
    worker.drain()
    assert Finding.objects.count() == 1


def test_who_sees_a_finding(check: watch.Check) -> None:
    north = node("North")
    below = node("Below", north)
    south = node("South")
    deep, far = record_at(below, "Deep"), record_at(south, "Far")
    watch.evaluate(check, actor=at())

    def seen(actor: Actor) -> set[int]:
        return {finding.record_id for finding in watch.open_findings(actor)}

    assert seen(at()) == {deep.pk, far.pk}
    assert seen(member(north, "North reader", ("view",))) == {deep.pk}
    assert seen(member(north, "Adder", ("add",))) == set()
    assert seen(stranger()) == set()
    assert seen(Actor(user=None, now=NOW)) == set()
    assert seen(Actor(user=far.user, now=NOW, _given=())) == {far.pk}
    assert seen(Actor(user=far.user, now=NOW, _given=(), limits={})) == set()
    other = Right(north.path, {"access.accessrole": ("view",)}, frozenset())
    assert seen(Actor(user=user("Other"), now=NOW, _given=(other,))) == set()
    assert {f.record_id for f in watch.open_findings(at(), scope=south)} == {far.pk}
    assert [f.record_id for f in watch.findings_on(deep, actor=at())] == [deep.pk]
    assert list(watch.findings_on(deep, actor=Actor(user=far.user, now=NOW, _given=()))) == []


def test_the_worst_comes_first(check: watch.Check) -> None:
    north = node("North")
    mild = checks.Check(**{**vars(check), "name": "mild", "severity": watch.Severity.LOW})
    record_at(north)
    watch.evaluate(mild, actor=at())
    watch.evaluate(check, actor=at(1))
    assert [f.severity for f in watch.open_findings(at())] == ["high", "low"]


def test_accepted_until_a_date_with_a_reason(check: watch.Check) -> None:
    north = node("North")
    grant = record_at(north)
    watch.evaluate(check, actor=at())
    finding = Finding.objects.get()
    editor, reader = member(north, "Editor"), member(north, "Reader", ("view",))
    until = dt.date(2026, 3, 20)
    for actor in (reader, stranger(), Actor(user=editor.user, now=NOW, _given=editor._given, read_only=True)):
        with pytest.raises(AccessDenied):
            watch.accept(finding=finding, until=until, reason="Busy", actor=actor)
    with pytest.raises(ValidationError) as refused:
        watch.accept(finding=finding, until=until, reason=" ", actor=editor)
    assert refused.value.messages == ["Say why it can be lived with."]
    watch.accept(finding=finding, until=until, reason="Busy", actor=editor)
    assert list(watch.open_findings(at())) == []
    assert list(watch.open_findings(at(), accepted=True)) == [finding]
    assert list(watch.open_findings(at(3))) == [finding]
    # Looking again does not bring it back before its time.
    watch.evaluate(check, actor=at(1))
    assert list(watch.open_findings(at(1))) == []
    watch.take_back(finding=finding, actor=editor)
    assert list(watch.open_findings(at(1))) == [finding]
    watch.acknowledge(finding=finding, actor=Actor(user=grant.user, now=NOW, _given=()))
    said = watch.Handling.objects.get()
    assert (said.stage, said.acknowledged_by, said.acknowledged_at) == ("acknowledged", grant.user, NOW)


def test_findings_of_a_check_that_is_gone_are_closed(check: watch.Check) -> None:
    record_at(node("North"))
    watch.evaluate(check, actor=at())
    checks.checks.clear()
    finding = Finding.objects.get()
    assert (finding.title, finding.function) == ("grant-without-end", "")
    assert close_orphans(None) == {"closed": 1}  # type: ignore[arg-type]  # says no progress
    assert evaluate_check(None, check="grant-without-end") is None  # type: ignore[arg-type]  # says no progress


def test_a_check_is_declared_once_and_reads_something() -> None:
    declare: dict[str, Any] = {"title": "x", "function": "f", "severity": "low"}
    with pytest.raises(ValueError, match="reads nothing"):
        watch.check(name="x", reads=(), **declare)
    with pytest.raises(ValueError, match="another check"):
        watch.check(name="grant-without-end", reads=("access.grant",), **declare)(other_find)
    with pytest.raises(ValueError, match="awful"):
        watch.check(name="x", reads=("access.grant",), **{**declare, "severity": "awful"})(other_find)


def other_find(*, now: dt.datetime, ids: set[int] | None) -> Iterable[watch.Fact]:
    return ()


def test_what_is_said_of_a_finding_stands_in_the_history_of_its_record(check: watch.Check) -> None:
    grant = record_at(node("North"))
    watch.evaluate(check, actor=at())
    editor = Actor(user=grant.user, now=NOW, _given=())
    version = Grant.objects.get(pk=grant.pk).version
    finding = Finding.objects.get()
    watch.accept(finding=finding, until=dt.date(2026, 3, 20), reason="Busy", actor=editor)
    watch.take_back(finding=finding, actor=editor)
    with pytest.raises(ValidationError, match="It is found"):
        watch.take_back(finding=finding, actor=editor)
    watch.acknowledge(finding=finding, actor=editor)
    told = [change.after["findings"][0] for change in records.history_of(grant) if "findings" in change.after]
    assert [one["said"] for one in told] == ["seen", "again", "later"], "said twice, told once"
    assert (told[-1]["check"], told[-1]["until"], told[-1]["reason"]) == ("grant-without-end", "2026-03-20", "Busy")
    assert Grant.objects.get(pk=grant.pk).version == version
    state = records.state_as_of(Grant, grant.pk, NOW)
    assert state is not None
    assert state["role_id"] == grant.role_id, "the past reads on through it"
