"""Each check of governance finds what it should, before whom it should, and a stranger sees nothing."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.evaluation import evaluate
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings
from tests.apps.governance.conftest import MakeRisk
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Lead, day

pytestmark = pytest.mark.django_db


def stated(name: str, actor: Actor) -> list[tuple[str, str, str]]:
    """Evaluate a check; return what is open: record, words, before whom."""
    evaluate(checks[name], actor=actor)
    rows = Finding.objects.filter(check_name=name, closed_at__isnull=True).select_related("owner")
    return sorted((row.label.split()[0], str(row.text), row.owner.name if row.owner else "") for row in rows)


@pytest.fixture
def pia(backbone: Initiative, lead: Lead) -> Any:
    return lead("Pia Manager", "PM", backbone, signs_in=True)


def test_risks(risk: MakeRisk, pia: Any, person: Any, system: Actor, stranger: Actor) -> None:
    una = person("Una Owner", signs_in=True)
    risk(owner=una, review_on=day(-2))
    risk("Small", probability=2, impact=3, owner=una)
    risk("Answered", response_kind="reduce")
    assert stated("risk-without-owner", system) == [("RSK-0003", "Nobody owns it.", "Pia Manager")]
    assert stated("risk-without-response", system) == [
        ("RSK-0001", "Score 20 (4×5), and no response is stated.", "Una Owner")
    ]
    assert stated("risk-review-overdue", system) == [("RSK-0001", "It was to be reviewed on 14 Mar 2026.", "Una Owner")]
    assert not open_findings(stranger).exists()
    assert pia.user is not None
    una.ends_on = day(-1)
    una.save()
    gone = stated("risk-without-owner", system)
    assert ("RSK-0001", "Una Owner, who owned it, has left.", "Pia Manager") in gone


def test_an_escalated_risk_waits_before_the_level_above(
    risk: MakeRisk, spine: Initiative, backbone: Initiative, lead: Lead, system: Actor
) -> None:
    lead("Pia Manager", "PM", backbone, signs_in=True)
    lead("Greta Programme", "PROGRAMME-MANAGER", spine, signs_in=True)
    record = risk()
    services.escalate(record=record, question="May we?", actor=system)
    assert stated("risk-escalation-waiting", system) == [
        ("RSK-0001", "Northern Spine was asked on 16 Mar 2026: May we?", "Greta Programme")
    ]
    services.answer(record=record, answer="Yes.", actor=system)
    assert stated("risk-escalation-waiting", system) == []


def test_what_is_past_its_day(backbone: Initiative, system: Actor, pia: Any) -> None:
    assert pia.user is not None
    late = {"title": "Late", "initiative": backbone, "due_on": day(-1)}
    services.issue_save(Issue(**late), actor=system)
    services.action_save(Action(**late), actor=system)
    services.decision_save(Decision(**late), actor=system)
    services.assumption_save(Assumption(**late), actor=system)
    services.action_save(Action(title="Today", initiative=backbone, due_on=day(0)), actor=system)
    told = {name: stated(name, system) for name in ("issue-overdue", "action-overdue", "decision-overdue")}
    assert told == {
        "issue-overdue": [("ISS-0001", "Not resolved; it was due on 15 Mar 2026.", "Pia Manager")],
        "action-overdue": [("ACT-0001", "Not done; it was due on 15 Mar 2026.", "Pia Manager")],
        "decision-overdue": [("DEC-0001", "Not decided; it was needed by 15 Mar 2026.", "Pia Manager")],
    }
    assert len(stated("assumption-overdue", system)) == 1


def wrong(risk: MakeRisk, at: Initiative, actor: Actor) -> None:
    """Make at an initiative what each of the checks finds."""
    late: dict[str, Any] = {"title": "Late", "initiative": at, "due_on": day(-1)}
    risk(initiative=at, review_on=day(-1))
    asked, issue = risk(initiative=at), Issue(**late)
    services.issue_save(issue, actor=actor)
    services.issue_save(Issue(**late), actor=actor)
    services.action_save(Action(**late), actor=actor)
    services.decision_save(Decision(**late), actor=actor)
    services.assumption_save(Assumption(**late), actor=actor)
    services.escalate(record=asked, question="May we?", actor=actor)
    services.escalate(record=issue, question="May we?", actor=actor)


OURS = [name for name in checks if checks[name].reads[0].startswith("governance.")]


@pytest.mark.parametrize("name", OURS)
def test_checks_are_set_based(
    name: str, risk: MakeRisk, backbone: Initiative, system: Actor, django_assert_max_num_queries: Any
) -> None:
    assert checks[name].function.startswith("governance.")
    for _number in range(3):
        wrong(risk, backbone, system)
    with django_assert_max_num_queries(2):
        found = list(checks[name].find(now=NOW, ids=None))
    assert len(found) >= 3


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_found_where_the_initiative_has_ended(
    name: str, risk: MakeRisk, backbone: Initiative, system: Actor
) -> None:
    wrong(risk, backbone, system)
    backbone.state = "completed"
    records.save(backbone, actor=system)
    assert list(checks[name].find(now=NOW, ids=None)) == []
