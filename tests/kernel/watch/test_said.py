"""The life of an exception: acknowledged, in hand, accepted until a day, taken back, and what Undo makes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import records, watch
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.records import UndoRefused
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.hands import hands
from quarterdeck.kernel.watch.models import Finding, Handling, Stage
from quarterdeck.kernel.watch.services import Said, Verb, offered, refusals, reopen_accepted, say
from quarterdeck.kernel.watch.stages import Stages
from tests.kernel.pointed import GRANT, NOW, member, node, record_at, stranger, system, user

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


@pytest.fixture(autouse=True)
def facts() -> Iterable[list[watch.Fact]]:
    found: list[watch.Fact] = []

    @watch.check(name="said-test", title=_("Grant at fault"), function="x", severity="high", reads=(GRANT,))
    def at_fault(*, now: dt.datetime, ids: set[int] | None) -> list[watch.Fact]:
        return found

    yield found
    checks.pop("said-test")


def look(at: Actor | None = None) -> None:
    watch.evaluate(checks["said-test"], actor=at or system())


@pytest.fixture
def ada() -> Actor:
    return member(node("North"), "Ada")


@pytest.fixture
def found(ada: Actor, facts: list[watch.Fact]) -> Finding:
    (right,) = ada.rights
    facts.append(watch.Fact(record_at(Scope.objects.get(path=right.path)), message=_("Wrong"), owner_user=user("Olga")))
    look()
    return Finding.objects.select_related("scope", "owner", "handling").get()


def again(finding: Finding) -> Finding:
    return Finding.objects.select_related("scope", "owner", "handling").get(pk=finding.pk)


def stage(finding: Finding, on: int = 0) -> Stage:
    return Stages(day(on)).stage(again(finding))


def test_from_found_to_in_hand_and_back(ada: Actor, found: Finding) -> None:
    assert stage(found) == "found"
    assert offered(found, actor=ada) == (Verb.ACKNOWLEDGE, Verb.TAKE, Verb.ACCEPT)
    watch.acknowledge(finding=found, actor=ada)
    assert stage(found) == "acknowledged"
    assert ada.user is not None
    watch.take_in_hand(finding=found, by=ada.user, until=day(7), actor=ada)
    said = again(found).handling
    assert said is not None
    assert (said.stage, said.hand_by, said.hand_until, said.acknowledged_by) == ("in_hand", ada.user, day(7), ada.user)
    with pytest.raises(ValidationError, match="It is in hand; that cannot be done now"):
        watch.acknowledge(finding=found, actor=ada)
    watch.take_back(finding=found, actor=ada)
    said.refresh_from_db()
    assert (said.stage, said.hand_by, said.hand_until, said.acknowledged_at) == ("found", None, None, None)
    kept = [change.after.get("stage") for change in records.history_of(said).order_by("id")]
    assert kept == ["found", "acknowledged", "in_hand", "found"]


def test_accepting_is_limited_by_severity_and_wants_a_reason(ada: Actor, found: Finding) -> None:
    for until, reason, text in (
        (91, "Known", "Of high severity it can be accepted for 90 days at most."),
        (0, "Known", "Choose a day after today."),
        (5, " ", "Say why it can be lived with."),
    ):
        with pytest.raises(ValidationError) as refused:
            watch.accept(finding=found, until=day(until), reason=reason, actor=ada)
        assert refused.value.messages == [text]
    assert not Handling.objects.exists(), "what is refused leaves nothing"
    watch.accept(finding=found, until=day(90), reason=" Known ", actor=ada)
    assert (stage(found), stage(found, 89), stage(found, 90)) == ("accepted", "accepted", "found")
    assert list(watch.open_findings(ada)) == []
    watch.accept(finding=found, until=day(30), reason="Sooner", actor=ada)
    said = again(found).handling
    assert said is not None
    assert (said.accepted_until, said.reason) == (day(30), "Sooner")


def test_who_is_given_it_must_see_it_and_is_told(ada: Actor, found: Finding) -> None:
    role = AccessRole.objects.create(name="Reads", permissions={"*": ["view"]})
    ben, lost = user("Ben"), user("Lost")
    assert found.scope is not None
    Grant.objects.create(user=ben, role=role, scope=found.scope)
    assert [each.name for each in hands([found], ada)][:2] == ["Ada", "Ben"]
    assert lost not in hands([found], ada)
    with pytest.raises(ValidationError, match="Lost may not see it"):
        watch.take_in_hand(finding=found, by=lost, until=day(3), actor=ada)
    for until in (-1, 366):
        with pytest.raises(ValidationError, match="within a year"):
            watch.take_in_hand(finding=found, by=ben, until=day(until), actor=ada)
    watch.take_in_hand(finding=found, by=ben, until=day(0), actor=ada)
    told = Notification.objects.get(kind="watch.in_hand")
    assert (told.user, told.url) == (ben, found.page)
    assert found.label in told.text


def test_nobody_speaks_for_what_is_not_his(ada: Actor, found: Finding) -> None:
    reader = member(node("Elsewhere"), "Rae")
    looker = member(found.scope, "Lou", ("view",))  # type: ignore[arg-type]  # it has a node
    for actor in (
        stranger(),
        reader,
        looker,
        system(),
        Actor(user=ada.user, now=NOW, _given=ada.rights, read_only=True),
    ):
        assert offered(found, actor=actor) == ()
        with pytest.raises(AccessDenied):
            watch.acknowledge(finding=found, actor=actor)
    assert not Handling.objects.exists()
    own = Actor(user=found.owner, now=NOW, _given=())
    watch.acknowledge(finding=found, actor=own)
    assert stage(found) == "acknowledged"


def test_undo_takes_it_back_unless_something_came_between(ada: Actor, found: Finding, facts: list[watch.Fact]) -> None:
    batch = watch.acknowledge(finding=found, actor=ada)
    records.undo(batch, actor=ada)
    assert stage(found) == "found"
    own = Actor(user=found.owner, now=NOW, _given=())
    batch = watch.accept(finding=found, until=day(9), reason="Known", actor=own)
    with pytest.raises(UndoRefused):
        records.undo(batch, actor=ada)
    records.undo(batch, actor=own)
    said = again(found).handling
    assert said is not None
    assert (said.stage, said.reason, said.accepted_until) == ("found", "", None)
    batch = watch.acknowledge(finding=found, actor=own)
    watch.accept(finding=found, until=day(9), reason="Known", actor=ada)
    with pytest.raises(UndoRefused, match="changed again"):
        records.undo(batch, actor=own)
    batch = watch.take_back(finding=found, actor=own)
    kept, facts[:] = list(facts), []
    look()
    with pytest.raises(UndoRefused, match="closed meanwhile"):
        records.undo(batch, actor=own)
    facts[:] = kept
    look(system().at(NOW + dt.timedelta(hours=1)))
    assert again(found).handling is None, "opened again: what was said does not hold"
    with pytest.raises(UndoRefused, match="closed meanwhile"):
        records.undo(batch, actor=own)


def test_undo_asks_for_the_right_that_one_had(ada: Actor, found: Finding) -> None:
    own = Actor(user=found.owner, now=NOW, _given=())
    batch = watch.acknowledge(finding=found, actor=own)
    Finding.objects.update(owner=None)
    with pytest.raises(AccessDenied):
        records.undo(batch, actor=own)
    assert stage(found) == "acknowledged"


def test_when_its_time_is_over_it_is_open_and_the_owner_told_once(ada: Actor, found: Finding) -> None:
    watch.accept(finding=found, until=day(5), reason="Known", actor=ada)
    assert reopen_accepted(actor=system().at(NOW + dt.timedelta(days=4))) == 0
    then = system().at(NOW + dt.timedelta(days=5))
    assert [reopen_accepted(actor=then) for _time in range(2)] == [1, 0]
    said = again(found).handling
    assert said is not None
    assert (said.stage, said.accepted_until, said.reason) == ("found", day(5), "Known")
    (told,) = Notification.objects.filter(kind="watch.acceptance_ended")
    assert (told.user, told.url) == (found.owner, found.page)
    last = Change.objects.filter(record_type="watch.handling").latest("id")
    assert (last.actor, last.after) == (None, {"stage": "found"})


def test_a_past_day_knows_the_state_of_then(ada: Actor, found: Finding) -> None:
    late = Actor(user=ada.user, now=NOW + dt.timedelta(days=2), _given=ada.rights)
    watch.accept(finding=found, until=day(5), reason="Known", actor=ada)
    watch.take_back(finding=found, actor=late)
    row = again(found)
    for days, wanted in ((-1, "found"), (1, "accepted"), (3, "found")):
        moment = NOW + dt.timedelta(days=days)
        then = Stages(moment.date(), moment)
        assert then.stage(row) == wanted
        assert Finding.objects.filter(then.accepted).exists() is (wanted == "accepted")
        assert Finding.objects.filter(then.awake).exists() is (wanted != "accepted")
        assert Finding.objects.filter(then.condition("found")).exists() is (wanted == "found")


def test_many_at_once_all_or_none_at_a_cost_that_does_not_grow(ada: Actor, facts: list[watch.Fact]) -> None:
    (right,) = ada.rights
    north = Scope.objects.get(path=right.path)
    costs, batch = [], uuid.uuid4()
    for number in (2, 12):
        facts[:] = [watch.Fact(record_at(north, f"R{number}"), message=_("Wrong")) for _each in range(number)]
        look()
        rows = list(watch.open_findings(ada))
        assert len(rows) == number
        with CaptureQueriesContext(connection) as captured:
            batch = say(findings=rows, said=Said(Verb.ACKNOWLEDGE), actor=ada)
        costs.append(len(captured))
        assert {stage(row) for row in rows} == {"acknowledged"}
    assert costs[0] == costs[1]
    rows = list(watch.open_findings(ada))
    against = refusals(rows, Said(Verb.ACKNOWLEDGE), actor=ada)
    assert set(against) == {row.pk for row in rows}
    records.undo(batch, actor=ada)
    assert {stage(row) for row in rows} == {"found"}
    say(findings=rows[:1], said=Said(Verb.ACKNOWLEDGE), actor=ada)
    with pytest.raises(ValidationError):
        say(findings=rows, said=Said(Verb.ACKNOWLEDGE), actor=ada)
    assert {stage(row) for row in rows[1:]} == {"found"}
    gone: Any = Finding(pk=10**9)
    with pytest.raises(AccessDenied):
        say(findings=[rows[1], gone], said=Said(Verb.ACKNOWLEDGE), actor=ada)
