"""Scorecards: shares of cases, no evidence below three, a total only with half of the weight; the same of the past."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Obligation,
    ScorecardWeight,
    ServiceLevel,
    ServiceRecord,
    Supplier,
    SupplierContact,
)
from quarterdeck.apps.suppliers.pages.supplier import _money, _steps
from quarterdeck.apps.suppliers.selectors.page import told
from quarterdeck.apps.suppliers.selectors.scorecards import Scorecard, counts_of, scorecards, since_of, weights
from quarterdeck.kernel import records
from tests.apps.suppliers.conftest import MONDAY, NOW, Deal
from tests.cast import ADMINISTRATOR, EDITOR, READER

TODAY = NOW.date()


def card(deal: Deal) -> Scorecard:
    return scorecards([deal.supplier.pk], on=TODAY, actor=deal.actor)[deal.supplier.pk]


def by_name(found: Scorecard) -> dict[str, tuple[int, int, float | None, str]]:
    return {str(s.dimension): (s.met, s.of, s.value, s.state) for s in found.scores}


def test_without_cases_there_is_no_score_and_no_total(deal: Deal) -> None:
    found = card(deal)
    assert {value for _met, _of, value, _state in by_name(found).values()} == {None}
    assert found.total is None


def test_two_cases_are_no_evidence_and_three_are(deal: Deal) -> None:
    deal.case(MONDAY, 1)
    deal.case(MONDAY, 1)
    assert by_name(card(deal))["on_time"] == (2, 2, None, "none")
    deal.case(MONDAY, 6)
    found = card(deal)
    met, of, value, state = by_name(found)["on_time"]
    assert (met, of, state) == (2, 3, "red")
    assert value == pytest.approx(66.67, abs=0.01)
    assert found.total is None, "on time carries a quarter of the weight, less than half"


def test_the_total_is_the_weighted_mean_of_what_has_evidence(deal: Deal) -> None:
    for number in range(4):
        deal.case(MONDAY, 1, in_full=True, right_first_time=number > 0, as_agreed=None)
    found = card(deal)
    score = by_name(found)
    assert (score["on_time"][2], score["in_full"][2], score["quality"][2], score["cost"][2]) == (100, 100, 75, None)
    # On time 25, in full 15, quality 25: (25 x 100 + 15 x 100 + 25 x 75) / 65.
    assert found.evidence == pytest.approx(0.65)
    assert found.total == pytest.approx(90.3846, abs=1e-4)


def test_obligations_contacts_and_answers_have_their_dimensions(deal: Deal) -> None:
    for days, kind in ((10, "report"), (20, "insure"), (30, "licence"), (40, "deliver")):
        due = TODAY - dt.timedelta(days=days)
        owed = Obligation(supplier=deal.supplier, contract=deal.contract, title="Marigold", kind=kind, due_on=due)
        services.obligation_save(owed, actor=deal.actor)
        if kind != "report":
            until = None if kind == "deliver" else TODAY
            services.obligation_meet(record=owed, actor=deal.actor, evidence="M", met_on=due, valid_until=until)
    for days, late, kind in ((30, 5, "review"), (60, 8, "visit"), (90, 0, "call"), (50, 1, "question")):
        plan = TODAY - dt.timedelta(days=days)
        contact = SupplierContact(supplier=deal.supplier, subject="Marigold", planned_on=plan, kind=kind)
        services.contact_save(contact, actor=deal.actor)
        held = plan + dt.timedelta(days=late)
        services.contact_log(record=contact, actor=deal.actor, outcome="Marigold", held_on=held)
    score = {name: (met, of) for name, (met, of, _value, _state) in by_name(card(deal)).items()}
    assert score["compliance"] == (2, 3)
    assert score["on_time"] == (1, 1)
    assert score["engagement"] == (2, 3)
    assert score["responsiveness"] == (0, 1)


def test_an_open_case_past_its_time_counts_as_missed(deal: Deal) -> None:
    deal.case(MONDAY, None)
    deal.case(TODAY, None)
    assert by_name(card(deal))["on_time"][:2] == (0, 1)


def test_records_at_hand_are_counted_as_the_database_counts_them(deal: Deal) -> None:
    deal.month(met=6, missed=3)
    deal.case(MONDAY, None, in_full=None)
    deal.case(MONDAY, 1, in_full=False, right_first_time=True, as_agreed=True)
    owed = Obligation(supplier=deal.supplier, title="Marigold", kind="report", due_on=MONDAY)
    services.obligation_save(owed, actor=deal.actor)
    contact = SupplierContact(supplier=deal.supplier, subject="Marigold", planned_on=MONDAY, kind="question")
    services.contact_save(contact, actor=deal.actor)
    (case,) = services.level_evaluate(level=deal.level, actor=deal.actor)
    services.breach_notice(record=case, actor=deal.actor, noticed_to="M")
    counts = counts_of(
        deal.supplier.pk,
        records=ServiceRecord.objects.all(),
        obligations=Obligation.objects.all(),
        breaches=BreachCase.objects.all(),
        contacts=SupplierContact.objects.all(),
        on=TODAY,
        now=deal.now,
    )
    there = scorecards([deal.supplier.pk], on=TODAY, actor=deal.actor, counts=counts)[deal.supplier.pk]
    assert by_name(there) == by_name(card(deal))
    assert [score.trend for score in there.scores] == [score.trend for score in card(deal).scores]


def test_weights_are_those_in_force_on_the_day(deal: Deal) -> None:
    assert sum(weight for weight, _target in weights(TODAY).values()) == 100
    actor = deal.cast.actor(ADMINISTRATOR)
    for day, weight in ((MONDAY, 60), (TODAY + dt.timedelta(days=1), 70)):
        row = ScorecardWeight(dimension="quality", starts_on=day, weight=Decimal(weight), target=Decimal(90))
        records.save(row, actor=actor)
    assert weights(TODAY) == {"quality": (60.0, 90.0)}
    assert since_of(TODAY) == dt.date(2025, 5, 1)


def test_the_page_tells_score_level_breach_and_its_next_step(deal: Deal) -> None:
    deal.month(met=8, missed=2)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    page = page_of(deal, EDITOR)
    case = BreachCase.objects.get()
    assert f"Breach case {case.code}" in page
    assert f"/breaches/{case.code}/do/notice/" in page
    assert "Marigold reinstatement" in page
    assert "insufficient evidence: no cases" in page
    reader = page_of(deal, READER)
    assert f"/breaches/{case.code}/do/notice/" not in reader
    assert "•••" in reader


def page_of(deal: Deal, who: str, query: str = "") -> str:
    client: Client = deal.cast.client(who)
    found = client.get(f"/suppliers/{deal.supplier.code}/overview/{query}")
    assert found.status_code == 200
    return found.content.decode()


def test_the_page_of_a_past_date_tells_what_was_known_then(deal: Deal) -> None:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    page = page_of(deal, EDITOR, f"?as_of={yesterday:%Y-%m-%d}")
    assert deal.supplier.name in page
    assert "/edit/" not in page.partition("<main")[2].partition("</main")[0]


def test_a_past_date_knows_what_was_removed_since(deal: Deal) -> None:
    deal.month(met=8, missed=2)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    contact = SupplierContact(supplier=deal.supplier, subject="Marigold review", planned_on=MONDAY)
    services.contact_save(contact, actor=deal.actor)
    then = dt.datetime.now(dt.UTC)
    before = told(deal.supplier, actor=deal.actor, on=TODAY, moment=then)
    level = deal.level
    for row in (*BreachCase.objects.all(), *ServiceRecord.objects.all(), *level.tiers.all(), level, contact):
        records.delete(row, actor=deal.cast.actor(ADMINISTRATOR))
    after = told(deal.supplier, actor=deal.actor, on=TODAY, moment=then)
    assert (len(after.breaches), len(after.contacts), len(after.levels)) == (1, 1, 1)
    assert by_name(after.scorecard)["on_time"][:2] == (8, 10)
    assert [row.kept for row in after.levels] == [row.kept for row in before.levels]


def test_a_score_counts_only_what_the_reader_may_see(deal: Deal) -> None:
    deal.month(met=3, missed=0)
    stranger = deal.cast.actor("stranger")
    found = scorecards([deal.supplier.pk], on=TODAY, actor=stranger)[deal.supplier.pk]
    assert {of for _met, of, _value, _state in by_name(found).values()} == {0}


@pytest.mark.parametrize(("window", "started"), [("year", dt.date(2025, 2, 10)), ("quarter", dt.date(2025, 4, 15))])
def test_the_page_counts_each_window_whole_as_the_evaluation_does(deal: Deal, window: str, started: dt.date) -> None:
    level, day = deal.level, dt.timedelta(days=1)
    level.window, level.starts_on = window, started
    services.level_save(level, actor=deal.actor)
    for each, taken in ((started - 5 * day, 2), (started + 2 * day, 1), (started + 3 * day, 20), (MONDAY, 1)):
        deal.case(each, taken)
    (case,) = services.level_evaluate(level=level, actor=deal.actor)
    for moment in (None, dt.datetime.now(dt.UTC)):
        page = told(deal.supplier, actor=deal.actor, on=TODAY, moment=moment)
        kept = {each.stretch.key: (each.met, each.of) for each in page.levels[0].kept}
        assert kept[case.key] == (1, 2) == (case.met, case.met + case.missed)
    assert told(deal.supplier, actor=deal.actor, on=TODAY, moment=None).cases == 1


def test_credits_of_another_currency_are_not_added_up(deal: Deal) -> None:
    deal.month(met=8, missed=2)
    (case,) = services.level_evaluate(level=deal.level, actor=deal.actor)
    code = deal.contract.currency.code
    assert _credits(deal) == f"{code} 200"
    other = deal.cast.north.make(Currency)
    deal.contract.currency = other
    services.contract_save(deal.contract, actor=deal.actor)
    assert _credits(deal) == f"{code} 200", "what was given stays what it was"
    more = BreachCase(level=deal.level, first_day=MONDAY, last_day=MONDAY, missed=1)
    services.breach_save(more, actor=deal.actor)
    BreachCase.objects.filter(pk=more.pk).update(credit=1, credit_amount=100, opened_on=case.opened_on)
    assert _credits(deal) == "several currencies"


def _credits(deal: Deal) -> str:
    page = told(deal.supplier, actor=deal.actor, on=TODAY, moment=None)
    return next(str(cell.value) for cell in _money(page, TODAY, money=True) if cell.label == "Service credits")


def test_the_button_offers_a_level_that_takes_records(deal: Deal) -> None:
    ServiceLevel.objects.filter(pk=deal.level.pk).update(source="tasks", allowance=None)
    assert "/service-records/new/" not in page_of(deal, EDITOR)
    own = deal.cast.north.make(ServiceLevel, contract=deal.contract, code="SL-ZZ")
    assert f"/service-records/new/?level={own.pk}&" in page_of(deal, EDITOR).replace("&amp;", "&")


def test_a_cure_period_is_over_only_while_one_waits_for_the_cure(deal: Deal) -> None:
    deal.month(met=8, missed=2)
    (case,) = services.level_evaluate(level=deal.level, actor=deal.actor)
    services.breach_notice(record=case, actor=deal.actor, noticed_to="Marigold")
    late = TODAY + dt.timedelta(days=30)
    assert told(deal.supplier, actor=deal.actor, on=late, moment=None).state == "red"
    services.breach_follow_up(record=case, actor=deal.actor, found="Marigold never answered")
    assert told(deal.supplier, actor=deal.actor, on=late, moment=None).state == "amber"
    steps = [(step["name"], step["state"]) for step in _steps(case, late)]
    assert steps[2:] == [("Answer and remedy", ""), ("Follow-up", "done"), ("Closed", "now")]


def test_neither_page_nor_ranking_shows_the_other_place(deal: Deal) -> None:
    south = deal.cast.south.make(Supplier)
    editor = deal.cast.client(EDITOR)
    assert editor.get(f"/suppliers/{south.code}/overview/").status_code == 404
    ranking = editor.get("/suppliers/ranking/").content.decode()
    assert deal.supplier.name in ranking
    assert "Zanzibar" not in ranking
    whole = deal.cast.client(ADMINISTRATOR).get("/suppliers/ranking/").content.decode()
    assert south.name in whole


def test_queries_do_not_grow_with_the_rows(deal: Deal, django_assert_max_num_queries: object) -> None:
    for _ in range(3):
        deal.month(met=2, missed=1)
        deal.cast.north.make(Supplier, category=deal.supplier.category)
        deal.cast.north.make(Obligation, supplier=deal.supplier, contract=None)
    services.level_evaluate(level=deal.level, actor=deal.actor)
    client = deal.cast.client(EDITOR)
    client.get("/suppliers/ranking/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # pytest-django's
        assert client.get("/suppliers/ranking/").status_code == 200
    with django_assert_max_num_queries(27):  # type: ignore[operator]
        assert client.get(f"/suppliers/{deal.supplier.code}/overview/").status_code == 200
