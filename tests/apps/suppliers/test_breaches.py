"""Breach cases: opened once with their evidence and credit, led through their steps, each with its guard."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers import jobs, services
from quarterdeck.apps.suppliers.models import BreachCase, CreditTier, NoticeTemplate, ServiceLevel, ServiceRecord
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
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


def test_a_case_whose_fact_comes_back_is_opened_again(deal: Deal) -> None:
    case = opened(deal)
    gone = list(ServiceRecord.objects.filter(kept=False))
    for row in gone:
        records.delete(row, actor=deal.actor)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    deal.case(MONDAY, 6)
    deal.case(MONDAY, 6)
    assert services.level_evaluate(level=deal.level, actor=deal.actor) == []
    case.refresh_from_db()
    assert (case.state, case.closed_on, case.reason) == ("open", None, "")
    assert (case.missed, case.credit_amount) == (2, Decimal(200))
    assert len(case.evidence) == 2
    assert "service credit of 2%" in case.notice
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert case.state == "open"


def test_a_case_that_somebody_closed_or_excused_stays_so(deal: Deal) -> None:
    case = opened(deal)
    services.breach_notice(record=case, actor=deal.actor, noticed_to="Marigold")
    services.breach_follow_up(record=case, actor=deal.actor, found="Marigold never answered")
    services.breach_close(record=case, actor=deal.actor, reason="Kept again")
    deal.case(MONDAY, 6)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert (case.state, case.missed) == ("closed", 2)


def level(deal: Deal, window: str, credit: int) -> ServiceLevel:
    """One more level of the contract, of one day, with one credit below 100 %."""
    made = deal.cast.north.make(
        ServiceLevel,
        contract=deal.contract,
        allowance=1,
        unit="days",
        calendar=deal.level.calendar,
        target=Decimal(100),
        window=window,
        starts_on=dt.date(2026, 1, 1),
    )
    deal.cast.north.make(CreditTier, level=made, below=Decimal(100), credit=Decimal(credit))
    return made


def miss(deal: Deal, level: ServiceLevel, *days: dt.date) -> list[Decimal | None]:
    """Miss a level for so many cases asked for on days; the credits of the cases that are opened."""
    first, deal.level = deal.level, level
    for each in days:
        deal.case(each, 6)
    deal.level = first
    return [case.credit_amount for case in services.level_evaluate(level=level, actor=deal.actor)]


def test_the_cap_holds_for_single_cases_of_a_month_together(deal: Deal) -> None:
    days = [MONDAY + dt.timedelta(days=7 * week) for week in range(4)]
    each = level(deal, "case", 5)
    # 5 % of 10,000 each, and no more than 15 % of 10,000 in March.
    assert miss(deal, each, *days) == [500, 500, 500, 0]
    assert miss(deal, each, MONDAY - dt.timedelta(days=14)) == [500], "another month has its own"


def test_the_cap_holds_over_levels_of_several_windows(deal: Deal) -> None:
    month, quarter = level(deal, "month", 15), level(deal, "quarter", 15)
    assert miss(deal, month, MONDAY) == [1500]
    # 15 % of three months' charge is 4,500, of which March took 1,500.
    assert miss(deal, quarter, MONDAY) == [3000]
    assert miss(deal, level(deal, "month", 15), MONDAY) == [0]
    assert miss(deal, month, MONDAY - dt.timedelta(days=28)) == [0], "the quarter has given all that it may"


def test_an_excused_case_gives_its_room_to_the_others(deal: Deal) -> None:
    days = [MONDAY + dt.timedelta(days=7 * week) for week in range(4)]
    miss(deal, level(deal, "case", 5), *days)
    first, *_middle, last = BreachCase.objects.order_by("code")
    services.breach_notice(record=last, actor=deal.actor, noticed_to="Marigold")
    services.breach_excuse(record=first, actor=deal.actor, reason="Street closed")
    last.refresh_from_db()
    assert (last.state, last.credit_amount) == ("noticed", Decimal(500))
    total = sum(case.credit_amount or 0 for case in BreachCase.objects.all())
    assert total == 1500


def test_a_case_without_its_fact_gives_its_room_to_the_others(deal: Deal) -> None:
    each = level(deal, "case", 5)
    miss(deal, each, *(MONDAY + dt.timedelta(days=7 * week) for week in range(4)))
    first, *_middle, last = BreachCase.objects.order_by("code")
    services.breach_notice(record=last, actor=deal.actor, noticed_to="Marigold")
    record = ServiceRecord.objects.get(pk=first.evidence[0])
    record.ended_at = record.started_at + dt.timedelta(days=1)
    services.record_save(record, actor=deal.actor)
    assert services.level_evaluate(level=each, actor=deal.actor) == []
    first.refresh_from_db()
    last.refresh_from_db()
    assert (first.state, first.credit_amount) == ("closed", None)
    assert (last.state, last.credit_amount) == ("noticed", Decimal(500))


def test_a_credit_follows_the_currency_of_the_contract_and_fits_its_field(deal: Deal) -> None:
    case = opened(deal)
    dinar = deal.cast.north.make(Currency, minor_units=3)
    deal.contract.currency, deal.contract.monthly_charge = dinar, Decimal("10000.55")
    services.contract_save(deal.contract, actor=deal.actor)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    # 2 % of 10,000.55 are 200.011.
    assert (case.currency, case.credit_amount) == (dinar, Decimal("200.01"))


def test_credits_of_one_contract_stop_at_the_cap(deal: Deal) -> None:
    deal.contract.credit_cap = Decimal(3)
    services.contract_save(deal.contract, actor=deal.actor)
    deal.month(met=0, missed=3)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    assert BreachCase.objects.get().credit_amount == Decimal(300)


def test_each_missed_case_may_be_a_breach_of_its_own(deal: Deal) -> None:
    deal.level.window = "case"  # nothing was judged by it yet
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


def test_a_draft_follows_whoever_owns_it_and_keeps_the_words_of_a_hand(deal: Deal) -> None:
    case = opened(deal)
    case.owner = deal.cast.north.make(Person)
    services.breach_save(case, actor=deal.actor)
    deal.case(MONDAY, 6)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert "3 missed" in case.notice
    assert case.owner is not None
    assert case.owner.name in case.notice
    case.notice = "Our own words"
    services.breach_save(case, actor=deal.actor)
    deal.case(MONDAY, 6)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    case.refresh_from_db()
    assert (case.missed, case.notice) == (4, "Our own words")


def test_a_form_that_is_sent_with_the_draft_as_it_was_does_not_change_it(deal: Deal) -> None:
    case = opened(deal)
    before = case.notice
    case.notice = f"{before}\n".replace("\n", "\r\n")  # as browsers send lines
    services.breach_save(case, actor=deal.actor)
    case.refresh_from_db()
    assert (case.notice, case.notice_edited) == (before, False)


def test_a_draft_without_credits_speaks_of_none(deal: Deal) -> None:
    CreditTier.objects.filter(level=deal.level).delete()
    case = opened(deal)
    assert "credit" not in case.notice
    assert "\n\n\n" not in case.notice


def test_a_case_that_is_opened_by_hand_has_its_credit(deal: Deal) -> None:
    case = BreachCase(level=deal.level, first_day=MONDAY, last_day=MONDAY, met=1, missed=1)
    services.breach_save(case, actor=deal.actor)
    assert (case.credit, case.credit_amount) == (Decimal(5), Decimal(500))
    assert "service credit of 5%" in case.notice
    case.met = 9  # nine of ten
    services.breach_save(case, actor=deal.actor)
    assert (case.credit, case.credit_amount) == (Decimal(2), Decimal(200))
    assert "it was 90%: 9 of 10 cases met, 1 missed" in case.notice
    assert "service credit of 2%" in case.notice
    case.level = deal.cast.north.make(ServiceLevel, contract=deal.contract, name="Marigold answers", target=Decimal(99))
    services.breach_save(case, actor=deal.actor)
    assert (case.target, case.credit, case.credit_amount) == (Decimal(99), Decimal(0), None)
    assert "at least 99% of cases are to be kept: Marigold answers" in case.notice
    case.notice = "Our own words"
    services.breach_save(case, actor=deal.actor)
    case.missed = 2
    services.breach_save(case, actor=deal.actor)
    assert case.notice == "Our own words"


def test_one_bad_level_does_not_keep_the_others_from_being_judged(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    deal.month(met=8, missed=2)
    bad = level(deal, "month", 5)
    ServiceLevel.objects.filter(pk=bad.pk).update(code="SL-0")  # the first in order

    def broken(*, level: ServiceLevel, actor: Actor) -> int:
        if level.code == "SL-0":
            raise ValueError("Marigold")
        return services.level_feed(level=level, actor=actor)

    class Steps:
        def over(self, items: list[ServiceLevel]) -> list[ServiceLevel]:
            return items

    monkeypatch.setattr("quarterdeck.apps.suppliers.jobs.level_feed", broken)
    with pytest.raises(jobs.NotJudgedError, match="SL-0") as failed:
        jobs.levels_judged(Steps())  # type: ignore[arg-type]  # steps that nobody watches
    assert isinstance(failed.value.__cause__, ValueError)
    assert BreachCase.objects.filter(level=deal.level).exists()


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
