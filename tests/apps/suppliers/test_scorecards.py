"""Scorecards: shares of cases, no evidence below three, a total only with half of the weight; the same of the past."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Obligation,
    ScorecardWeight,
    ServiceRecord,
    Supplier,
    SupplierContact,
)
from quarterdeck.apps.suppliers.selectors.scorecards import Scorecard, counts_of, scorecards, since_of, weights
from tests.apps.suppliers.conftest import MONDAY, NOW, Deal
from tests.cast import ADMINISTRATOR, EDITOR, READER

TODAY = NOW.date()


def card(deal: Deal) -> Scorecard:
    return scorecards([deal.supplier.pk], on=TODAY, now=deal.now)[deal.supplier.pk]


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
    told = by_name(found)
    assert (told["on_time"][2], told["in_full"][2], told["quality"][2], told["cost"][2]) == (100, 100, 75, None)
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
    told = {name: (met, of) for name, (met, of, _value, _state) in by_name(card(deal)).items()}
    assert told["compliance"] == (2, 3)
    assert told["on_time"] == (1, 1)
    assert told["engagement"] == (2, 3)
    assert told["responsiveness"] == (0, 1)


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
    there = scorecards([deal.supplier.pk], on=TODAY, now=deal.now, counts=counts)[deal.supplier.pk]
    assert by_name(there) == by_name(card(deal))
    assert [score.trend for score in there.scores] == [score.trend for score in card(deal).scores]


def test_weights_are_those_in_force_on_the_day(deal: Deal) -> None:
    assert sum(weight for weight, _target in weights(TODAY).values()) == 100
    actor = deal.cast.actor(ADMINISTRATOR)
    from quarterdeck.kernel import records

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
    with django_assert_max_num_queries(16):  # type: ignore[operator]  # pytest-django's
        assert client.get("/suppliers/ranking/").status_code == 200
    with django_assert_max_num_queries(34):  # type: ignore[operator]
        assert client.get(f"/suppliers/{deal.supplier.code}/overview/").status_code == 200
