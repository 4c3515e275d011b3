"""Asking, answering, passing on, taking back; by whom, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import approvals, events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Grant, User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.approvals import Approval, Step, decisions
from quarterdeck.kernel.approvals.jobs import remind_due
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.jobs import enqueue, worker
from quarterdeck.kernel.notifications.models import Notification
from tests.kernel.pointed import NOW, member, node, record_at, stranger, system, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker() -> Actor:
    return Actor(user=user("Asker"), now=NOW, _given=())


@pytest.fixture
def subject() -> Grant:
    return record_at(node("North"))


def acting(who: User, *, hours: int = 1, **more: Any) -> Actor:
    return Actor(user=who, now=NOW + dt.timedelta(hours=hours), _given=(), **more)


def ask(asker: Actor, subject: Grant, *people: User, **more: Any) -> Approval:
    return approvals.request_approval(
        kind="test.change",
        subject=subject,
        title="Change CR-7",
        approvers=people,
        actor=asker,
        scope=subject.scope,
        url="/changes/CR-7/",
        **more,
    )


def step_of(approval: Approval, who: User) -> Step:
    return Step.objects.get(approval=approval, approver=who)


def told(who: User) -> list[str]:
    return [n.text for n in Notification.objects.filter(user=who).order_by("pk")]


def test_asking_puts_it_into_the_approvers_queue(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    approval = ask(
        asker,
        subject,
        ann,
        due_on=dt.date(2026, 3, 27),
        cost=_("Each day costs %(days)s days of slip"),
        cost_values={"days": 2},
    )
    assert (approval.state, approval.rule, approval.needed) == ("waiting", "all", 1)
    assert (approval.record_type, approval.record_id, approval.record_label) == (
        "access.grant",
        subject.pk,
        str(subject),
    )
    assert (approval.requested_by, approval.requested_at) == (asker.user, NOW)
    assert approval.cost_text == "Each day costs 2 days of slip"
    (step,) = approvals.waiting_for(acting(ann))
    assert (step.approval, step.state) == (approval, "waiting")
    assert list(approvals.asked_by(asker)) == [approval]
    assert told(ann) == ["Asker asks for your approval: Change CR-7"]
    assert Notification.objects.get().url == "/changes/CR-7/"
    change = Change.objects.get(record_type="approvals.approval")
    assert (change.action, change.actor, change.record_id) == ("create", asker.user, approval.pk)


def test_approving_decides_and_tells(
    asker: Actor, subject: Grant, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    heard: list[approvals.Decided] = []
    events.subscribe(approvals.Decided, heard.append)
    ann = user("Ann")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            approval = ask(asker, subject, ann)
            decided = approvals.decide(step=step_of(approval, ann), approve=True, note="Go", actor=acting(ann))
    finally:
        events.unsubscribe(approvals.Decided, heard.append)
    assert (decided.state, decided.decided_at) == ("approved", NOW + dt.timedelta(hours=1))
    step = step_of(approval, ann)
    assert (step.state, step.note, step.decided_at) == ("approved", "Go", NOW + dt.timedelta(hours=1))
    assert heard == [approvals.Decided(approval.pk, "test.change", "access.grant", subject.pk, "approved")]
    assert asker.user is not None
    assert told(asker.user) == ["Ann approved Change CR-7"]
    assert list(approvals.waiting_for(acting(ann))) == []
    last = Change.objects.filter(record_type="approvals.approval").first()
    assert last is not None
    assert (last.actor, last.note, last.after["state"]) == (ann, "Go", "approved")


def test_declining_needs_a_reason(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    approval = ask(asker, subject, ann)
    with pytest.raises(ValidationError, match="Say why"):
        approvals.decide(step=step_of(approval, ann), approve=False, note=" ", actor=acting(ann))
    assert (
        approvals.decide(step=step_of(approval, ann), approve=False, note="Dear", actor=acting(ann)).state == "declined"
    )


@pytest.mark.parametrize(
    ("rule", "answers", "states"),
    [
        ("any", [False, True], ["waiting", "approved"]),
        ("any", [False, False, False], ["waiting", "waiting", "declined"]),
        ("all", [True, True, True], ["waiting", "waiting", "approved"]),
        ("all", [True, False], ["waiting", "declined"]),
        ("quorum", [True, False, True], ["waiting", "waiting", "approved"]),
        ("quorum", [False, False], ["waiting", "declined"]),
    ],
)
def test_the_rule_decides_when_it_is_over(
    asker: Actor, subject: Grant, rule: str, answers: list[bool], states: list[str]
) -> None:
    people = [user(name) for name in ("Ann", "Ben", "Cat")]
    approval = ask(asker, subject, *people, rule=rule, quorum=2 if rule == "quorum" else None)
    seen = [
        approvals.decide(step=step_of(approval, who), approve=answer, note="x", actor=acting(who)).state
        for who, answer in zip(people, answers, strict=False)
    ]
    assert seen == states
    left = [step_of(approval, who).state for who in people[len(answers) :]]
    assert left == ["passed"] * len(left)


def test_only_the_approver_decides(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    step = step_of(ask(asker, subject, ann), ann)
    everything = member(subject.scope, "Boss", ("*",))
    for actor in (asker, stranger(), everything, system(), acting(ann, read_only=True)):
        with pytest.raises(AccessDenied):
            approvals.decide(step=step, approve=True, actor=actor)
        with pytest.raises(AccessDenied):
            approvals.delegate(step=step, to=user(f"To{User.objects.count()}"), actor=actor)
    assert Approval.objects.get().state == "waiting"
    with pytest.raises(AccessDenied):
        approvals.decide(step=step, approve=True, actor=acting(ann, limits={"other.thing": ["*"]}))
    assert Approval.objects.get().state == "waiting"


def test_an_answer_is_given_once(asker: Actor, subject: Grant) -> None:
    ann, ben = user("Ann"), user("Ben")
    approval = ask(asker, subject, ann, ben)
    approvals.decide(step=step_of(approval, ann), approve=True, actor=acting(ann))
    with pytest.raises(ValidationError, match="answered this already"):
        approvals.decide(step=step_of(approval, ann), approve=True, actor=acting(ann))
    approvals.decide(step=step_of(approval, ben), approve=False, note="No", actor=acting(ben))
    with pytest.raises(ValidationError, match="declined meanwhile"):
        approvals.decide(step=step_of(approval, ben), approve=True, actor=acting(ben))


def test_delegating_hands_it_over(asker: Actor, subject: Grant) -> None:
    ann, ben = user("Ann"), user("Ben")
    approval = ask(asker, subject, ann)
    step = approvals.delegate(step=step_of(approval, ann), to=ben, note="On leave", actor=acting(ann))
    assert (step.approver, step.delegated_from) == (ben, ann)
    assert told(ben) == ["Ann passed an approval to you: Change CR-7"]
    assert list(approvals.waiting_for(acting(ann))) == []
    with pytest.raises(AccessDenied):
        approvals.decide(step=step, approve=True, actor=acting(ann))
    assert approvals.decide(step=step, approve=True, actor=acting(ben)).state == "approved"
    # Whose part it was can still see what became of it.
    assert list(approvals.visible_approvals(acting(ann))) == [approval]


def test_unfit_delegates_are_refused(asker: Actor, subject: Grant) -> None:
    ann, ben, gone = user("Ann"), user("Ben"), user("Gone")
    gone.is_active = False
    step = step_of(ask(asker, subject, ann, ben), ann)
    assert asker.user is not None
    for to, text in ((gone, "does not use"), (asker.user, "own request"), (ben, "approver already")):
        with pytest.raises(ValidationError, match=text):
            approvals.delegate(step=step, to=to, actor=acting(ann))
    assert Step.objects.filter(delegated_from__isnull=False).count() == 0


def test_bad_requests_are_refused(asker: Actor, subject: Grant) -> None:
    assert asker.user is not None
    ann, gone = user("Ann"), user("Gone")
    gone.is_active = False
    for people, more, text in (
        ([], {}, "at least one"),
        ([gone], {}, "active"),
        ([asker.user, ann], {}, "own request"),
        ([ann], {"rule": "quorum", "quorum": 2}, "between 1 and 1"),
        ([ann], {"rule": "quorum"}, "between 1 and 1"),
    ):
        with pytest.raises(ValidationError, match=text):
            ask(asker, subject, *people, **more)
    assert Approval.objects.count() == 0
    assert ask(asker, subject, asker.user, own=True).state == "waiting"


@pytest.fixture
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_handlers", {})


@pytest.mark.usefixtures("_handlers")
def test_the_handler_acts_with_the_decision(asker: Actor, subject: Grant) -> None:
    def apply(approval: Approval, actor: Actor) -> None:
        grant = Grant.objects.get(pk=approval.record_id)
        grant.ends_on = dt.date(2027, 1, 1)
        records.save(grant, actor=actor, note=approval.title)

    approvals.on_decision("test.change", apply)
    ann = user("Ann")
    approvals.decide(step=step_of(ask(asker, subject, ann), ann), approve=True, actor=acting(ann))
    subject.refresh_from_db()
    assert subject.ends_on == dt.date(2027, 1, 1)
    change = records.history_of(subject).first()
    assert change is not None
    # One act: whoever undoes or reads history sees the answer and what followed from it together.
    assert change.actor == ann
    assert change.batch == Change.objects.filter(record_type="approvals.approval").first().batch  # type: ignore[union-attr]  # just made
    with pytest.raises(ValueError, match="handler already"):
        approvals.on_decision("test.change", lambda approval, actor: None)


@pytest.mark.usefixtures("_handlers")
def test_a_handler_that_refuses_leaves_everything_undecided(asker: Actor, subject: Grant) -> None:
    def refuse(approval: Approval, actor: Actor) -> None:
        raise ValidationError("The budget is spent.")

    approvals.on_decision("test.change", refuse)
    ann = user("Ann")
    approval = ask(asker, subject, ann)
    with pytest.raises(ValidationError, match="budget is spent"):
        approvals.decide(step=step_of(approval, ann), approve=True, actor=acting(ann))
    approval.refresh_from_db()
    assert (approval.state, step_of(approval, ann).state) == ("waiting", "waiting")


def test_who_asked_takes_it_back(asker: Actor, subject: Grant) -> None:
    ann, ben = user("Ann"), user("Ben")
    approval = ask(asker, subject, ann, ben)
    approvals.decide(step=step_of(approval, ann), approve=True, actor=acting(ann))
    for actor in (acting(ann), stranger()):
        with pytest.raises(AccessDenied):
            approvals.withdraw(approval=approval, actor=actor)
    assert approvals.withdraw(approval=approval, actor=asker, note="Not needed").state == "withdrawn"
    assert [step_of(approval, who).state for who in (ann, ben)] == ["approved", "passed"]
    assert told(ben)[-1] == "Asker withdrew Change CR-7"
    assert len(told(ann)) == 1
    with pytest.raises(ValidationError, match="withdrawn meanwhile"):
        approvals.decide(step=step_of(approval, ben), approve=True, actor=acting(ben))
    other = ask(asker, subject, ann)
    assert approvals.withdraw(approval=other, actor=member(subject.scope, "Head")).state == "withdrawn"


def test_reminding_once_a_day(asker: Actor, subject: Grant) -> None:
    ann, ben = user("Ann"), user("Ben")
    approval = ask(asker, subject, ann, ben, due_on=dt.date(2026, 3, 18))
    approvals.decide(step=step_of(approval, ben), approve=True, actor=acting(ben))
    with pytest.raises(AccessDenied):
        approvals.remind(approval=approval, actor=stranger())
    assert approvals.remind(approval=approval, actor=asker) == 1
    assert told(ann)[-1] == "Still waiting for your approval: Change CR-7, due 18 Mar 2026"
    assert approvals.remind(approval=approval, actor=asker) == 0
    assert approvals.remind(approval=approval, actor=asker.at(NOW + dt.timedelta(days=1))) == 1
    assert len(told(ann)) == 2
    assert len(told(ben)) == 1


def test_what_is_due_is_reminded_by_a_job(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    soon = ask(asker, subject, ann, due_on=dt.date(2020, 1, 1))
    ask(asker, subject, ann, due_on=dt.date(2999, 1, 1))
    ask(asker, subject, ann)
    job = enqueue(remind_due, actor=system())
    worker.drain()
    job.refresh_from_db()
    assert job.result == {"told": 1}
    assert [a.pk for a in Approval.objects.filter(reminded_at__isnull=False)] == [soon.pk]


def test_who_sees_an_approval(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    approval = ask(asker, subject, ann)
    for actor in (asker, acting(ann), member(subject.scope, "Reader", ("view",)), system()):
        assert list(approvals.visible_approvals(actor)) == [approval]
        assert list(approvals.approvals_on(subject, actor=actor)) == [approval]
    for actor in (stranger(), member(node("Elsewhere"), "Far"), Actor(user=None, now=NOW)):
        assert list(approvals.visible_approvals(actor)) == []
        assert list(approvals.approvals_on(subject, actor=actor)) == []
    assert list(approvals.waiting_for(Actor(user=None, now=NOW))) == []
    assert list(approvals.asked_by(member(subject.scope, "None"))) == []


def test_the_queue_is_in_order_of_due_dates(asker: Actor, subject: Grant) -> None:
    ann = user("Ann")
    never = ask(asker, subject, ann)
    later = ask(asker, subject, ann, due_on=dt.date(2026, 5, 1))
    sooner = ask(asker, subject, ann, due_on=dt.date(2026, 4, 1))
    assert [step.approval for step in approvals.waiting_for(acting(ann))] == [sooner, later, never]
    approvals.withdraw(approval=sooner, actor=asker)
    assert [a.pk for a in approvals.asked_by(asker)] == [later.pk, never.pk, sooner.pk]
