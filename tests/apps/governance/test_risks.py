"""Risks: what they weigh, how they are escalated and come back, how they become issues."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.choices import rag_of
from quarterdeck.apps.governance.models import Risk, ScaleLevel
from quarterdeck.apps.governance.pages.weighing import stands
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from tests.apps.governance.conftest import ALL, MakeRisk
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Make, day

pytestmark = pytest.mark.django_db


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


def test_each_sees_the_risks_at_the_own_node(
    risk: MakeRisk, make: Make, given: Any, stranger: Actor, spine: Initiative
) -> None:
    from quarterdeck.apps.governance.selectors import heat

    other = make("Other", parent=spine)
    risk()
    risk("Elsewhere", initiative=other)
    at_other = given(other.scope, {"governance.*": ["view"]})
    at_spine = given(spine.scope, {"governance.*": ["view"]}, ["money"])
    assert len(heat.spots(actor=at_other, scope=None)) == 1
    assert len(heat.spots(actor=at_spine, scope=spine.scope)) == 2
    assert heat.spots(actor=stranger, scope=spine.scope) == []
    assert heat.sees_money(at_spine, spine.scope)
    assert not heat.sees_money(at_other, other.scope)


def test_owners_see_their_own_without_a_role(risk: MakeRisk, person: Any) -> None:
    from quarterdeck.kernel.access.policy import visible

    una = person("Una Owner", signs_in=True)
    record = risk(owner=una)
    risk("Not hers")
    assert list(visible(Risk.objects.all(), Actor(user=una.user, now=NOW))) == [record]
