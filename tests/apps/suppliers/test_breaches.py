"""Breach cases: opened once with their evidence and credit, led through their steps, each with its guard."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import BreachCase, NoticeTemplate, ServiceRecord
from quarterdeck.kernel import records
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from tests.apps.suppliers.conftest import MONDAY, Deal
from tests.cast import EDITOR, READER


def opened(deal: Deal) -> BreachCase:
    deal.month(met=8, missed=2)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    return BreachCase.objects.get()


def test_a_window_below_its_target_opens_one_case_with_evidence_credit_and_draft(deal: Deal) -> None:
    case = opened(deal)
    assert (case.key, case.met, case.missed, case.achieved) == ("2026-03", 8, 2, Decimal("80.00"))
    assert sorted(case.evidence) == sorted(ServiceRecord.objects.filter(kept=False).values_list("pk", flat=True))
    # 80 % is below 95 and not below 80: 2 % of 10,000.
    assert (case.credit, case.credit_amount) == (Decimal("2.00"), Decimal("200.00"))
    assert case.owner == deal.supplier.owner
    assert "80%: 8 of 10 cases met, 2 missed" in case.notice
    assert "200" not in case.notice, "amounts are not for whoever may read the notice"


def test_judging_again_opens_nothing_and_writes_nothing(deal: Deal) -> None:
    opened(deal)
    before = Change.objects.count()
    for _ in range(3):
        assert services.level_evaluate(level=deal.level, actor=deal.actor) == []
    assert (BreachCase.objects.count(), Change.objects.count()) == (1, before)


def test_a_target_that_is_just_met_opens_nothing(deal: Deal) -> None:
    deal.month(met=19, missed=1)
    assert services.level_evaluate(level=deal.level, actor=deal.actor) == []


def test_the_running_month_is_not_judged(deal: Deal) -> None:
    deal.now = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
    deal.month(met=0, missed=3)
    assert services.level_evaluate(level=deal.level, actor=deal.actor) == []


def test_what_is_entered_later_is_followed_until_somebody_acts(deal: Deal) -> None:
    case = opened(deal)
    for _ in range(5):
        deal.case(MONDAY, 6)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert (case.missed, case.credit, case.credit_amount) == (7, Decimal(5), Decimal(500))
    assert "7 missed" in case.notice
    services.breach_notice(record=case, actor=deal.actor, noticed_to="Marigold desk")
    deal.case(MONDAY, 6)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    assert BreachCase.objects.get().missed == 7


def test_a_case_without_its_fact_closes_itself(deal: Deal) -> None:
    case = opened(deal)
    for row in ServiceRecord.objects.filter(kept=False):
        records.delete(row, actor=deal.actor)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert (case.state, case.credit_amount) == ("closed", None)


def test_credits_of_one_contract_stop_at_the_cap(deal: Deal) -> None:
    deal.contract.credit_cap = Decimal(3)
    services.contract_save(deal.contract, actor=deal.actor)
    deal.month(met=0, missed=3)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    assert BreachCase.objects.get().credit_amount == Decimal(300)


def test_each_missed_case_may_be_a_breach_of_its_own(deal: Deal) -> None:
    deal.level.window = "case"
    services.level_save(deal.level, actor=deal.actor)
    deal.case(MONDAY, 1)
    missed = deal.case(MONDAY, 6)
    waiting = deal.case(MONDAY, None)
    made = services.level_evaluate(level=deal.level, actor=deal.actor)
    assert [case.key for case in made] == [f"record-{missed.pk}", f"record-{waiting.pk}"]
    assert services.level_evaluate(level=deal.level, actor=deal.actor) == []


def test_the_template_of_the_house_is_filled_in(deal: Deal) -> None:
    template = NoticeTemplate(
        name="Ours", subject="{level}: {achieved}", body="{supplier} {missed} of {cases}, {unknown}", is_default=True
    )
    records.save(template, actor=deal.cast.actor("administrator"))
    case = opened(deal)
    assert case.notice_subject == "Marigold reinstatement: 80%"
    assert case.notice == f"{deal.supplier.name} 2 of 10, {{unknown}}"


def test_a_case_goes_step_by_step_to_its_end(deal: Deal) -> None:
    case, actor = opened(deal), deal.actor
    with pytest.raises(ValidationError, match="open"):
        services.breach_close(record=case, actor=actor, reason="Marigold")
    services.breach_notice(record=case, actor=actor, noticed_to="Marigold desk")
    # Ten working days from Wednesday 8 April.
    assert (case.state, case.cure_until) == ("noticed", dt.date(2026, 4, 22))
    case.notice = "Other words"
    with pytest.raises(ValidationError, match="stays as it was"):
        services.breach_save(case, actor=actor)
    case.refresh_from_db()
    services.breach_answer(
        record=case, actor=actor, answer="Marigold", remedy="Second crew", remedy_on=dt.date(2026, 5, 1)
    )
    assert (case.state, case.answered_in_time) == ("remedy", True)
    services.breach_follow_up(record=case, actor=actor, found="Marigold kept")
    services.breach_close(record=case, actor=actor, reason="Kept again")
    assert (case.state, case.closed_on) == ("closed", actor.today)
    with pytest.raises(ValidationError, match="closed"):
        services.breach_excuse(record=case, actor=actor, reason="Late")


def test_a_dispute_goes_back_to_where_it_stood_and_an_excuse_takes_the_credit(deal: Deal) -> None:
    case, actor = opened(deal), deal.actor
    services.breach_notice(record=case, actor=actor, noticed_to="Marigold desk")
    services.breach_dispute(record=case, actor=actor, reason="Counted twice")
    assert case.state == "disputed"
    services.breach_settle(record=case, actor=actor, reason="Counted once")
    assert case.state == "noticed"
    services.breach_excuse(record=case, actor=actor, reason="Street closed")
    assert (case.state, case.credit, case.credit_amount) == ("excused", Decimal(0), None)


def test_a_reader_may_not_act_and_a_stranger_not_even_see(deal: Deal) -> None:
    case = opened(deal)
    with pytest.raises(AccessDenied):
        services.breach_notice(record=case, actor=deal.cast.actor(READER), noticed_to="Marigold")
    stranger = deal.cast.client("stranger")
    assert stranger.get(f"/breaches/{case.code}/").status_code == 404
    assert stranger.post(f"/breaches/{case.code}/do/notice/", {"noticed_to": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_money_of_a_credit_is_closed_to_those_without_the_right(deal: Deal) -> None:
    case = opened(deal)
    pages = {who: deal.cast.client(who).get(f"/breaches/{case.code}/").content.decode() for who in (READER, EDITOR)}
    assert [">Credit<" in pages[who] for who in (READER, EDITOR)] == [False, True]


def test_a_case_opened_by_hand_is_left_alone_by_the_evaluation(deal: Deal) -> None:
    case = BreachCase(level=deal.level, first_day=MONDAY, last_day=MONDAY, met=1, missed=1)
    services.breach_save(case, actor=deal.actor)
    assert (case.achieved, case.by_hand) == (Decimal("50.00"), True)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert case.state == "open"
