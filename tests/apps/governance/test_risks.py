"""Risks: what they weigh, how they are escalated and come back, how they become issues."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.choices import rag_of
from quarterdeck.apps.governance.models import Action, Risk, RiskTask, ScaleLevel
from quarterdeck.apps.governance.pages.weighing import card, stands
from quarterdeck.apps.governance.selectors import exposure, heat
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.comments.selectors import comments_of
from quarterdeck.kernel.records import Past
from quarterdeck.kernel.registers import for_model
from tests.apps.governance.conftest import ALL, MakeRisk
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Make, day

pytestmark = pytest.mark.django_db


def task_of(at: Initiative) -> Task:
    """Make a task of a plan of an initiative, as an import would have."""
    plan = Plan.objects.create(name="Plan", initiative=at)
    return Task.objects.create(plan=plan, name="Dig", position=1, uid=1)


def weighed(record: Risk) -> tuple[int, Decimal | None]:
    """Return score and exposure as the list has them; the same is told of the record at hand."""
    row: Any = exposure.with_exposure(exposure.with_score(Risk.objects.filter(pk=record.pk))).get()
    by_hand = exposure.exposure_of(Risk.objects.get(pk=record.pk), exposure.scale())
    assert row.exposure == by_hand
    return row.score, row.exposure


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (20, Decimal(60_000))),  # level 4 is 60 % as shipped
        ({"chance": Decimal("12.5")}, (20, Decimal(12_500))),
        ({"probability_now": 2, "cost_now": 50_000}, (10, Decimal(10_000))),  # level 2 is 20 %
        ({"impact_now": 1}, (4, Decimal(60_000))),
        ({"kind": "opportunity"}, (20, Decimal(-60_000))),
        ({"cost": None}, (20, None)),
        ({"probability": 5, "impact": 5, "cost": "33.33"}, (25, Decimal("28.33"))),  # 28.3305
    ],
)
def test_score_and_exposure(risk: MakeRisk, fields: dict[str, Any], expected: tuple[int, Decimal | None]) -> None:
    assert weighed(risk(**fields)) == expected


def test_the_organisations_scale_goes_before_what_ships(risk: MakeRisk, system: Actor) -> None:
    records.save(ScaleLevel(axis="probability", level=4, meaning="Likely", percent=75), actor=system)
    records.save(ScaleLevel(axis="probability", level=5, meaning="Old", percent=1, is_active=False), actor=system)
    assert weighed(risk()) == (20, Decimal(75_000))
    assert weighed(risk("Other", probability=5)) == (25, Decimal(85_000))
    with pytest.raises(ValidationError, match="this level already"):
        records.save(ScaleLevel(axis="probability", level=4, meaning="Twice"), actor=system)


def test_what_is_over_weighs_nothing(risk: MakeRisk, system: Actor) -> None:
    record = risk()
    services.risk_close(record=record, reason="Licence granted.", actor=system)
    assert weighed(record) == (20, None)
    assert (record.state, record.closing, record.closed_on) == ("closed", "Licence granted.", day(0))
    services.risk_reopen(record=record, reason="Revoked.", actor=system)
    assert weighed(record) == (20, Decimal(60_000))


@pytest.mark.parametrize(("score", "colour"), [(1, "green"), (6, "green"), (8, "amber"), (12, "amber"), (15, "red")])
def test_colours(score: int, colour: str) -> None:
    assert rag_of(score) == colour


def test_the_weighing_tells_its_sums_or_hides_them(risk: MakeRisk) -> None:
    record = risk(probability_now=2, probability_target=1, cost_now=50_000)
    on = exposure.scale()
    told = [(one.label, one.score, one.sum) for one in stands(record, on, money=True)]
    assert told == [
        ("Before response", 20, "60 % × £100k = £60.0k"),
        ("As it stands", 10, "20 % × £50.0k = £10.0k"),
        ("After response", 5, "5 % × £50.0k = £2.50k"),
    ]
    hidden = " ".join(one.sum for one in stands(record, on, money=False))
    assert "£" not in hidden
    assert "60 % × •••" in hidden


def test_codes_currency_and_state_follow(risk: MakeRisk, system: Actor) -> None:
    first, second = risk(), risk("Frames late", response_kind="reduce")
    assert (first.code, second.code) == ("RSK-0001", "RSK-0002")
    assert first.currency is not None
    assert first.currency.code == "GBP"
    assert (first.state, second.state) == ("open", "responding")
    second.response_kind = ""
    services.risk_save(second, actor=system)
    assert second.state == "open"
    first.code = ""
    with pytest.raises(ValidationError, match="keeps its code"):
        services.risk_save(first, actor=system)


def test_a_response_fits_the_kind_of_risk(risk: MakeRisk) -> None:
    with pytest.raises(ValidationError, match="no response to this kind"):
        risk(response_kind="exploit")
    with pytest.raises(ValidationError, match="no response to this kind"):
        risk(kind="opportunity", response_kind="avoid")
    assert risk(kind="opportunity", response_kind="share").state == "responding"


def test_it_is_escalated_level_by_level_and_comes_back(
    risk: MakeRisk, given: Any, backbone: Initiative, spine: Initiative, top: Initiative
) -> None:
    record = risk()
    below, above = given(backbone.scope, ALL), given(top.scope, ALL)
    services.escalate(record=record, question="May we pay?", actor=below)
    assert (record.state, record.escalated_to, record.question) == ("escalated", spine, "May we pay?")
    services.escalate(record=record, question="May we pay? The programme cannot say.", actor=below)
    assert record.escalated_to == top
    with pytest.raises(ValidationError, match="Nothing stands above Network Build"):
        services.escalate(record=record, question="Who then?", actor=above)
    with pytest.raises(PermissionDenied):
        services.answer(record=record, answer="Yes", actor=below)
    assert Risk.objects.get(pk=record.pk).answer == ""
    services.answer(record=record, answer="Yes, 50,000.", actor=above)
    stored = Risk.objects.get(pk=record.pk)
    assert (stored.state, stored.answer, stored.answered_on) == ("open", "Yes, 50,000.", day(0))
    assert stored.escalated_to == top, "both ends find it"
    assert stored.initiative == backbone


def test_a_threat_that_comes_true_is_an_issue_that_remembers_it(risk: MakeRisk, system: Actor) -> None:
    record = risk(days=34, impact_now=4)
    issue = services.risk_occur(record=record, actor=system, note="Refused on Monday.", due_on=day(10))
    assert (issue.code, issue.risk, issue.severity, issue.days) == ("ISS-0001", record, "2", 34)
    assert (issue.description, issue.effect, issue.cost) == ("Refused on Monday.", "a delay", Decimal(100_000))
    assert (record.state, record.closed_on) == ("occurred", day(0))
    with pytest.raises(ValidationError, match="cannot be done now"):
        services.risk_occur(record=record, actor=system)
    with pytest.raises(ValidationError, match="opportunity becomes no issue"):
        services.risk_occur(record=risk("Cheaper", kind="opportunity"), actor=system)


def test_a_review_says_how_it_stands_and_when_next(risk: MakeRisk, system: Actor) -> None:
    record = risk()
    services.risk_review(record=record, review_on=day(30), probability_now=2, actor=system, note="Clause softened.")
    assert (record.now, record.before, record.review_on) == ((2, 5), (4, 5), day(30))
    with pytest.raises(ValidationError, match="still to come"):
        services.risk_review(record=record, review_on=day(0), actor=system)


def test_a_review_of_another_level_takes_back_a_typed_percent(risk: MakeRisk, system: Actor) -> None:
    record = risk(chance=Decimal("12.5"))
    services.risk_review(record=record, review_on=day(20), impact_now=3, actor=system)
    assert weighed(record) == (12, Decimal(12_500)), "only the impact: the percent holds"
    services.risk_review(record=record, review_on=day(21), probability_now=4, actor=system)
    assert weighed(record) == (12, Decimal(12_500)), "the same level: the percent holds"
    services.risk_review(record=record, review_on=day(22), probability_now=2, actor=system)
    assert weighed(record) == (6, Decimal(20_000))


def test_the_note_of_a_review_that_changes_nothing_is_kept(risk: MakeRisk, system: Actor, person: Any) -> None:
    una = person("Una Owner", signs_in=True)
    record = risk(owner=una)
    services.risk_review(record=record, review_on=day(30), actor=system, note="Clause softened.")
    assert list(comments_of(record)) == [], "the note stands with the change"
    services.risk_review(record=record, review_on=day(30), actor=system, note=" Asked again, no answer. ")
    assert [one.body for one in comments_of(record)] == ["Asked again, no answer."]


def test_a_risk_delays_tasks_of_its_own_project(risk: MakeRisk, make: Make, spine: Initiative, system: Actor) -> None:
    record = risk()
    own, foreign = task_of(record.initiative), task_of(make("Other", parent=spine))
    register = for_model(RiskTask)
    assert register is not None
    with pytest.raises(ValidationError, match="a task of another project"):
        register.write(RiskTask(risk=record, task=foreign), actor=system)
    register.write(RiskTask(risk=record, task=own), actor=system)
    assert list(register.choices("task", system, RiskTask(risk=record))) == [own]
    assert set(register.choices("task", system)) == {own, foreign}


@pytest.mark.parametrize("what", ["nothing", "the same money", "other money", "an action", "an escalation", "an issue"])
def test_what_hangs_on_a_record_keeps_it_where_it_is(
    what: str, risk: MakeRisk, make: Make, spine: Initiative, system: Actor
) -> None:
    record = risk(cost=100 if what.endswith("money") else None)
    other = make("Other", parent=spine, currency=record.currency if what == "the same money" else None)
    if what == "an action":
        services.action_save(Action(title="Core", risk=record), actor=system)
    elif what == "an escalation":
        services.escalate(record=record, question="May we?", actor=system)
        services.answer(record=record, answer="Yes.", actor=system)
    elif what == "an issue":
        services.risk_occur(record=record, actor=system)
    record = Risk.objects.get(pk=record.pk)
    home, record.initiative = record.initiative, other
    if what in {"nothing", "the same money"}:
        services.risk_save(record, actor=system)
        assert Risk.objects.get(pk=record.pk).initiative == other
        return
    kept = {
        "other money": "money in another currency",
        "an action": "actions",
        "an escalation": "an escalation",
        "an issue": "the issue that it",
    }
    with pytest.raises(ValidationError, match=f"RSK-0001 stays at {home.name} with what hangs on it: {kept[what]}"):
        services.risk_save(record, actor=system)
    assert Risk.objects.get(pk=record.pk).initiative == home


def test_a_past_day_weighs_by_the_scale_of_then(
    risk: MakeRisk, backbone: Initiative, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = risk()
    level = ScaleLevel(axis="probability", level=4, meaning="Likely", percent=50)
    records.save(level, actor=system)
    later = system.at(NOW + dt.timedelta(days=40))
    level.percent = Decimal(30)
    records.save(level, actor=later)
    then = clock.end_of(day(10))
    assert [exposure.scale(moment)[4] for moment in (None, then, clock.end_of(day(-1)))] == [30, 50, 60]
    told = [
        [one.money for one in heat.spots(actor=later, scope=backbone.scope, moment=moment)] for moment in (None, then)
    ]
    assert told == [[Decimal(30_000)], [Decimal(50_000)]]
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: later.now)
    drawn = [str(card(record, actor)) for actor in (later, system.at(NOW + dt.timedelta(days=10)))]
    assert ["30 % × " in one for one in drawn] == [True, False]
    assert "50 % × " in drawn[1]


def test_each_sees_the_risks_at_the_own_node(
    risk: MakeRisk, make: Make, given: Any, stranger: Actor, spine: Initiative
) -> None:
    other = make("Other", parent=spine)
    risk()
    risk("Elsewhere", initiative=other)
    at_other = given(other.scope, {"governance.*": ["view"]})
    at_spine = given(spine.scope, {"governance.*": ["view"]}, ["money"])
    assert len(heat.spots(actor=at_other, scope=None)) == 1
    assert len(heat.spots(actor=at_spine, scope=spine.scope)) == 2
    assert heat.spots(actor=stranger, scope=spine.scope) == []
    assert not any(one.closed for one in heat.spots(actor=at_spine, scope=spine.scope))
    assert [(one.closed, one.money) for one in heat.spots(actor=at_other, scope=other.scope)] == [(True, None)]


def test_owners_see_their_own_without_a_role(risk: MakeRisk, person: Any) -> None:
    from quarterdeck.kernel.access.policy import visible

    una = person("Una Owner", signs_in=True)
    record = risk(owner=una)
    risk("Not hers")
    assert list(visible(Risk.objects.all(), Actor(user=una.user, now=NOW))) == [record]


def test_a_token_sees_of_the_past_what_it_sees_today(
    risk: MakeRisk, make: Make, backbone: Initiative, person: Any
) -> None:
    una = person("Una Owner", signs_in=True)
    role = AccessRole.objects.create(name="Reads", permissions={"*": ["view"]})
    Grant.objects.create(user=una.user, role=role, scope=backbone.scope)
    risk()
    risk("Own", initiative=make("Other", parent=backbone.parent, unit=backbone.unit.parent), owner=una)
    token = Actor(user=una.user, now=NOW, via="api", limits={"governance.risk": ["view"]})
    for actor, titles in ((token, {"Seabed licence"}), (Actor(user=una.user, now=NOW), {"Seabed licence", "Own"})):
        past = Past(Risk, clock.end_of(day(0)), actor=actor)
        assert {one.title for one in visible(Risk.objects.all(), actor)} == titles
        assert {one.title for one in past.records()} == titles
        assert len(past.glimpse(("code",)).keys) == len(titles)
