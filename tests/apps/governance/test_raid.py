"""Issues, assumptions, decisions and actions: their ways from state to state, and what follows from what."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import for_model
from tests.apps.governance.conftest import MakeRisk
from tests.apps.portfolio.conftest import day

pytestmark = pytest.mark.django_db


def test_an_issue_is_raised_taken_in_hand_resolved_and_reopened(backbone: Initiative, system: Actor) -> None:
    record = Issue(title="Main burst", initiative=backbone)
    services.issue_save(record, actor=system)
    assert (record.code, record.state, record.raised_on) == ("ISS-0001", "open", day(0))
    services.issue_start(record=record, actor=system)
    with pytest.raises(ValidationError, match="Say why"):
        services.issue_resolve(record=record, resolution=" ", actor=system)
    services.issue_resolve(record=record, resolution="Refilled.", actor=system)
    assert (record.state, record.resolution, record.resolved_on) == ("resolved", "Refilled.", day(0))
    with pytest.raises(ValidationError, match="ISS-0001 is resolved"):
        services.issue_close(record=record, reason="None", actor=system)
    services.issue_reopen(record=record, reason="Burst again.", actor=system)
    assert (record.state, record.resolution, record.resolved_on) == ("in_hand", "", None)
    services.issue_close(record=record, reason="It is accepted.", actor=system)
    assert record.state == "closed"


def test_an_assumption_holds_or_becomes_an_issue(backbone: Initiative, system: Actor) -> None:
    record = Assumption(title="One certificate", initiative=backbone, if_wrong="Ten weeks.")
    services.assumption_save(record, actor=system)
    services.assumption_confirm(record=record, finding="In writing.", actor=system)
    assert (record.code, record.state, record.shown_on) == ("ASM-0001", "confirmed", day(0))
    issue = services.assumption_refute(record=record, finding="Withdrawn.", actor=system)
    assert issue is not None
    assert (issue.title, issue.effect, issue.severity) == ("Wrong: One certificate", "Ten weeks.", "2")
    other = Assumption(title="16 MVA", initiative=backbone)
    services.assumption_save(other, actor=system)
    assert services.assumption_refute(record=other, finding="17.", actor=system, raise_issue=False) is None
    assert Issue.objects.count() == 1


def test_a_decision_replaces_another(backbone: Initiative, spine: Initiative, system: Actor) -> None:
    old = Decision(title="Piles", initiative=backbone)
    services.decision_save(old, actor=system)
    services.decision_record(record=old, outcome="Piles.", reason="Sure.", actor=system)
    assert (old.code, old.state, old.decided_on) == ("DEC-0001", "decided", day(0))
    new = Decision(title="Move", initiative=backbone, replaces=old)
    services.decision_save(new, actor=system)
    old.refresh_from_db()
    assert old.state == "decided", "holds until the other is made"
    services.decision_record(record=Decision.objects.get(pk=new.pk), outcome="Move.", reason="Cheaper.", actor=system)
    old.refresh_from_db()
    assert old.state == "replaced"
    with pytest.raises(ValidationError, match="another initiative"):
        services.decision_save(Decision(title="X", initiative=spine, replaces=old), actor=system)


def test_a_decision_replaces_no_way_back_to_itself(backbone: Initiative, system: Actor) -> None:
    first = Decision(title="Piles", initiative=backbone)
    services.decision_save(first, actor=system)
    second = Decision(title="Move", initiative=backbone, replaces=first)
    services.decision_save(second, actor=system)
    third = Decision(title="Wait", initiative=backbone, replaces=second)
    services.decision_save(third, actor=system)
    for other in (first, second, third):
        first.replaces = other
        with pytest.raises(ValidationError, match="replaces another one, not itself"):
            services.decision_save(first, actor=system)
    assert Decision.objects.get(pk=first.pk).replaces is None


def test_what_a_recorded_decision_replaces_holds_no_more(backbone: Initiative, system: Actor) -> None:
    old, other, new = (Decision(title=title, initiative=backbone) for title in ("Piles", "Raft", "Move"))
    for one in (old, other, new):
        services.decision_save(one, actor=system)
    for one in (old, new):
        services.decision_record(record=one, outcome="Yes.", reason="Sure.", actor=system)

    def states() -> list[str]:
        return list(Decision.objects.order_by("code").values_list("state", flat=True))

    new.replaces = old
    services.decision_save(new, actor=system)
    assert states() == ["replaced", "wanted", "decided"]
    new = Decision.objects.get(pk=new.pk)
    new.replaces = Decision.objects.get(pk=other.pk)
    services.decision_save(new, actor=system)
    assert states() == ["decided", "replaced", "decided"], "the first holds again"
    new = Decision.objects.get(pk=new.pk)
    new.replaces = None
    services.decision_save(new, actor=system)
    assert states() == ["decided", "wanted", "decided"]


@pytest.mark.parametrize("what", ["chosen", "let go", "recorded", "removed"])
def test_what_was_replaced_holds_again_where_that_is_taken_back(
    what: str, backbone: Initiative, system: Actor, person: Any
) -> None:
    register, actor = for_model(Decision), replace(system, user=person("Una Decider", signs_in=True).user)
    assert register is not None
    old, new = (Decision(title=title, initiative=backbone) for title in ("Piles", "Move"))
    for one in (old, new):
        services.decision_save(one, actor=actor)
    services.decision_record(record=old, outcome="Piles.", reason="Soft ground.", actor=actor)
    if what != "chosen":
        new.replaces = old
        services.decision_save(new, actor=actor)
    if what != "recorded":
        services.decision_record(record=new, outcome="Elsewhere.", reason="Softer still.", actor=actor)

    def states() -> dict[str, str]:
        return dict(Decision.objects.values_list("title", "state"))

    before = states()
    acting = actor.by("form", uuid.uuid4())
    new = Decision.objects.get(pk=new.pk)
    if what == "recorded":
        services.decision_record(record=new, outcome="Elsewhere.", reason="Softer still.", actor=acting)
    elif what == "removed":
        register.remove(new, actor=acting)
    else:
        new.replaces = Decision.objects.get(pk=old.pk) if what == "chosen" else None
        register.write(new, actor=acting)
    assert states()["Piles"] == {"chosen": "replaced", "recorded": "replaced"}.get(what, "decided")
    assert acting.batch is not None
    records.undo(acting.batch, actor=actor)
    assert states() == before


@pytest.mark.parametrize("model", [Issue, Assumption, Decision])
def test_what_hangs_on_a_record_keeps_it(
    model: type[Issue | Assumption | Decision], backbone: Initiative, spine: Initiative, system: Actor
) -> None:
    save = {Issue: services.issue_save, Assumption: services.assumption_save, Decision: services.decision_save}[model]
    free, bound = (model(title=title, initiative=backbone) for title in ("Free", "Bound"))
    for record in (free, bound):
        save(record, actor=system)  # type: ignore[operator]  # each is given its own model
    services.action_save(Action(title="Call", **{model._meta.model_name or "": bound}), actor=system)
    free.initiative = bound.initiative = spine
    save(free, actor=system)  # type: ignore[operator]
    with pytest.raises(ValidationError, match="stays at Leeds Backbone with what hangs on it: actions"):
        save(bound, actor=system)  # type: ignore[operator]
    assert model.objects.get(pk=bound.pk).initiative == backbone


def test_an_action_is_of_the_initiative_of_what_it_follows_from(
    risk: MakeRisk, backbone: Initiative, spine: Initiative, system: Actor
) -> None:
    record = Action(title="Core the wall", risk=risk())
    services.action_save(record, actor=system)
    assert (record.code, record.initiative, record.source) == ("ACT-0001", backbone, record.risk)
    record.initiative = spine
    with pytest.raises(ValidationError, match="of the initiative of what it follows from"):
        services.action_save(record, actor=system)
    with pytest.raises(ValidationError, match="Choose an initiative"):
        services.action_save(Action(title="Of nothing"), actor=system)


def test_an_action_is_begun_done_and_reopened_or_dropped(backbone: Initiative, system: Actor) -> None:
    record = Action(title="Call", initiative=backbone)
    services.action_save(record, actor=system)
    services.action_start(record=record, actor=system)
    services.action_done(record=record, outcome="Called.", actor=system)
    assert (record.state, record.done_on, record.outcome) == ("done", day(0), "Called.")
    services.action_reopen(record=record, reason="No answer.", actor=system)
    assert (record.state, record.done_on) == ("in_hand", None)
    services.action_drop(record=record, reason="Not needed.", actor=system)
    assert (record.state, record.outcome) == ("dropped", "Not needed.")
