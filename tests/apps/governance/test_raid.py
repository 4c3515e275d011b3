"""Issues, assumptions, decisions and actions: their ways from state to state, and what follows from what."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
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
