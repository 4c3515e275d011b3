"""Contacts by their rhythm, concerns by their clocks, the map, and the checks that find what was missed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from quarterdeck.apps.engagement import selectors, services
from quarterdeck.apps.engagement.models import Communication, Concern, Contact, Stakeholder
from quarterdeck.apps.engagement.pages.stakeholders import chip, grid
from quarterdeck.apps.organisation.models import CalendarException, OrganisationUnit, WorkCalendar
from quarterdeck.apps.organisation.services import week_set
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.evaluation import evaluate
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings
from tests.apps.engagement.conftest import MakeStakeholder
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import day, signed_in

pytestmark = pytest.mark.django_db


def planned(of: Stakeholder, actor: Actor, **fields: Any) -> Communication:
    record = Communication(**{"subject": "Progress", "stakeholder": of, "next_on": day(-3), **fields})
    services.communication_save(record, actor=actor)
    return record


def concern(at: Initiative, actor: Actor, **fields: Any) -> Concern:
    usual: dict[str, Any] = {"title": "Noise", "initiative": at, "raised_by": "Mrs Vermeer", "received_on": day(0)}
    record = Concern(**{**usual, **fields})
    services.concern_save(record, actor=actor)
    return record


@pytest.mark.parametrize(
    ("start", "interval", "after", "expected"),
    [
        ("2026-03-02", "weekly", "2026-03-02", "2026-03-09"),
        ("2026-03-02", "weekly", "2026-03-20", "2026-03-23"),  # two were missed: the rhythm stays
        ("2026-03-02", "fortnightly", "2026-02-20", "2026-03-16"),  # held before it was due
        ("2026-01-31", "monthly", "2026-02-03", "2026-02-28"),
        ("2026-01-31", "monthly", "2026-03-01", "2026-03-31"),
        ("2025-11-30", "quarterly", "2025-12-01", "2026-02-28"),
        ("2026-01-31", "monthly", "2026-02-28", "2026-03-31"),  # the month's end stays the month's end
        ("2024-02-29", "yearly", "2024-03-01", "2025-02-28"),
        ("2026-03-02", "once", "2026-03-02", None),
    ],
)
def test_rhythms(start: str, interval: str, after: str, expected: str | None) -> None:
    found = services.following(dt.date.fromisoformat(start), interval, dt.date.fromisoformat(after))
    assert found == (dt.date.fromisoformat(expected) if expected else None)


def test_a_contact_that_was_held_sets_the_next(stakeholder: MakeStakeholder, system: Actor) -> None:
    record = planned(stakeholder(), system)
    held = services.contact_log(record=record, summary="Agreed.", actor=system)
    assert (record.code, record.last_on, record.next_on) == ("COM-0001", day(0), dt.date(2026, 4, 13))
    assert (held.held_on, held.due_on, held.summary) == (day(0), day(-3), "Agreed.")
    with pytest.raises(ValidationError, match="once it was held"):
        services.contact_log(record=record, summary="Soon.", held_on=day(1), actor=system)
    once = planned(stakeholder("City"), system, interval="once")
    services.contact_log(record=once, summary="Told.", actor=system)
    assert once.state == "ended"
    with pytest.raises(ValidationError, match="COM-0002 has ended"):
        services.contact_log(record=once, summary="Again.", actor=system)
    services.communication_end(record=record, reason="The port has sold the quay.", actor=system)
    assert record.state == "ended"
    assert Contact.objects.count() == 2


def test_the_rhythm_stays_at_the_end_of_the_month(stakeholder: MakeStakeholder, system: Actor) -> None:
    record = planned(stakeholder(), system, next_on=dt.date(2026, 1, 31))
    due = []
    for held in (dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 16)):
        services.contact_log(record=record, summary="Told.", held_on=held, actor=system)
        record = Communication.objects.get(pk=record.pk)
        due.append(record.next_on)
    assert due == [dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 4, 30)]
    record.owner = None
    services.communication_save(record, actor=system)
    assert record.anchor_on == dt.date(2026, 1, 31), "a save that leaves the day leaves the rhythm"
    record.next_on = dt.date(2026, 4, 15)
    services.communication_save(record, actor=system)
    services.contact_log(record=record, summary="Told.", actor=system)
    assert record.next_on == dt.date(2026, 5, 15), "another day begins another rhythm"


@pytest.mark.parametrize(
    ("interval", "days", "state"),
    [
        ("weekly", (7, -14, 7), "running"),  # long before the one that is due: an older one, written down late
        ("weekly", (7, 0, 7), "running"),  # on the day of the one before
        ("weekly", (6, 0, 13), "running"),  # the one that is due, a few days early
        ("weekly", (-10, -12, -3), "running"),
        ("weekly", (-10, -9, -3), "running"),
        ("weekly", (-10, 0, 4), "running"),
        ("once", (7, -14, 7), "running"),
        ("once", (-3, -14, -3), "running"),
        ("once", (7, 0, 7), "ended"),  # early, and said on the day
        ("once", (-3, -3, -3), "ended"),
    ],
)
def test_what_is_written_down_late_leaves_what_is_due(
    interval: str, days: tuple[int, int, int], state: str, stakeholder: MakeStakeholder, system: Actor
) -> None:
    next_on, held, then = days
    record = planned(stakeholder(), system, interval=interval, next_on=day(next_on))
    contact = services.contact_log(record=record, summary="Told.", held_on=day(held), actor=system)
    stored = Communication.objects.get(pk=record.pk)
    assert (stored.next_on, stored.state, stored.last_on) == (day(then), state, day(held))
    answered = then != next_on or state == "ended"
    assert contact.due_on == (day(next_on) if answered else None)


def test_a_contact_of_the_register_does_what_logging_does(stakeholder: MakeStakeholder, system: Actor) -> None:
    register = for_model(Contact)
    assert register is not None
    plan = planned(stakeholder(), system, interval="weekly")
    with pytest.raises(ValidationError, match="once it was held"):
        register.write(Contact(communication=plan, held_on=day(1)), actor=system)
    with pytest.raises(ValidationError, match="Check the year: 0202"):
        register.write(Contact(communication=plan, held_on=dt.date(202, 3, 1)), actor=system)
    with pytest.raises(ValidationError, match="null"):
        register.write(Contact(communication=plan), actor=system)
    contact = Contact(communication=plan, held_on=day(-2), summary="Agreed.")
    register.write(contact, actor=system)
    plan = Communication.objects.get(pk=plan.pk)
    assert (plan.next_on, plan.last_on, contact.due_on) == (day(4), day(-2), day(-3))
    # Put right: a day later. What is due stays, what was said last does not.
    contact = Contact.objects.get(pk=contact.pk)
    contact.held_on = day(-1)
    register.write(contact, actor=system)
    plan = Communication.objects.get(pk=plan.pk)
    assert (plan.next_on, plan.last_on) == (day(4), day(-1))
    contact.communication = planned(stakeholder("City"), system)
    with pytest.raises(ValidationError, match="stays with what it was held for"):
        register.write(contact, actor=system)
    register.remove(Contact.objects.get(), actor=system)
    assert Communication.objects.get(pk=plan.pk).last_on is None
    services.communication_end(record=Communication.objects.get(pk=plan.pk), reason="Sold.", actor=system)
    with pytest.raises(ValidationError, match="COM-0001 has ended"):
        register.write(Contact(communication=Communication.objects.get(pk=plan.pk), held_on=day(0)), actor=system)


@pytest.mark.parametrize("interval", ["weekly", "monthly", "once"])
def test_a_contact_that_is_taken_back_leaves_no_trace_and_one_that_comes_back_moves_nothing(
    interval: str, stakeholder: MakeStakeholder, system: Actor, person: Any
) -> None:
    actor = replace(system, user=person("Una Owner", signs_in=True).user)
    record = planned(stakeholder(), actor, interval=interval)

    def told() -> tuple[object, ...]:
        plan = Communication.objects.get(pk=record.pk)
        return plan.next_on, plan.anchor_on, plan.state, plan.last_on, plan.contacts.count()

    def done(what: str) -> Actor:
        acting = actor.by("form", uuid.uuid4())
        if what == "logged":
            services.contact_log(record=Communication.objects.get(pk=record.pk), summary="Told.", actor=acting)
        else:
            services.contact_remove(Contact.objects.get(), actor=acting)
        assert acting.batch is not None
        return acting

    before = told()
    assert before == (day(-3), day(-3), "running", None, 0)
    records.undo(done("logged").batch, actor=actor)
    assert told() == before
    done("logged")
    logged = told()
    records.undo(done("removed").batch, actor=actor)
    assert told() == logged
    assert Contact.objects.get().due_on == day(-3)


def test_a_year_out_of_reach_is_refused_in_words(
    backbone: Initiative, stakeholder: MakeStakeholder, office_hours: WorkCalendar, system: Actor
) -> None:
    with pytest.raises(ValidationError, match="Check the year: 0202"):
        concern(backbone, system, received_on=dt.date(202, 11, 20))
    for year in (202, 9999):
        with pytest.raises(ValidationError, match="Check the year"):
            planned(stakeholder(), system, next_on=dt.date(year, 12, 31))
    assert (Concern.objects.count(), Communication.objects.count()) == (0, 0)
    assert concern(backbone, system, received_on=dt.date(1999, 3, 1)).acknowledge_by == dt.date(1999, 3, 3)


def test_a_shift_to_midnight_ends_on_its_own_day(
    backbone: Initiative, networks: OrganisationUnit, office_hours: WorkCalendar, system: Actor
) -> None:
    week_set(calendar=office_hours, hours=dict.fromkeys(range(5), "16:00-24:00"), actor=system)
    networks.calendar = office_hours
    records.save(networks, actor=system)
    record = concern(backbone, system)
    assert (record.acknowledge_by, record.answer_by) == (dt.date(2026, 3, 18), dt.date(2026, 3, 30))


def test_days_are_counted_once(
    backbone: Initiative, networks: OrganisationUnit, office_hours: WorkCalendar, system: Actor
) -> None:
    record = concern(backbone, system)
    closed = CalendarException(
        calendar=office_hours, name="Stocktaking", starts_on=dt.date(2026, 3, 18), ends_on=dt.date(2026, 3, 19)
    )
    records.save(closed, actor=system)
    networks.calendar = office_hours
    records.save(networks, actor=system)
    record = Concern.objects.get(pk=record.pk)
    record.title = "Noise at night"
    services.concern_save(record, actor=system)
    assert (record.acknowledge_by, record.answer_by) == (dt.date(2026, 3, 18), dt.date(2026, 3, 30))
    record.received_on = dt.date(2026, 3, 13)
    services.concern_save(record, actor=system)
    assert record.acknowledge_by == dt.date(2026, 3, 17), "received on another day, they are counted anew"


def test_a_reopened_concern_has_its_days_anew(led: Initiative, system: Actor) -> None:
    record = concern(led, system, received_on=day(-40))
    services.concern_acknowledge(record=record, actor=system)
    services.concern_answer(record=record, redress="Night work ends at ten.", actor=system)
    services.concern_close(record=record, agreed=True, closing="She thanks.", actor=system)
    services.concern_reopen(record=record, reason="Work went on until twelve.", actor=system)
    assert (record.reopened_on, record.waits_until) == (day(0), dt.date(2026, 3, 30))
    assert stated("concern-late", system) == []
    record.owner = None
    record.received_on = day(-41)
    services.concern_save(record, actor=system)
    assert record.answer_by == dt.date(2026, 3, 30)
    late = system.at(NOW + dt.timedelta(days=20))
    assert stated("concern-late", late) == [
        (
            "CON-0001",
            "Reopened on 16 Mar 2026 and no redress offered since; that was due on 30 Mar 2026.",
            "Pia Manager",
        )
    ]


def test_the_clock_of_a_concern_counts_working_days(backbone: Initiative, system: Actor) -> None:
    # Received on Monday, 16 March: no calendar is named, so Monday to Friday.
    record = concern(backbone, system)
    assert (record.acknowledge_by, record.answer_by) == (dt.date(2026, 3, 18), dt.date(2026, 3, 30))
    assert concern(backbone, system, received_on=dt.date(2026, 3, 13)).acknowledge_by == dt.date(2026, 3, 17)
    with pytest.raises(ValidationError, match="once it was received"):
        concern(backbone, system, received_on=day(1))


def test_the_clock_stands_on_the_holidays_of_the_unit(
    backbone: Initiative, networks: OrganisationUnit, office_hours: WorkCalendar, system: Actor
) -> None:
    closed = CalendarException(
        calendar=office_hours, name="Stocktaking", starts_on=dt.date(2026, 3, 18), ends_on=dt.date(2026, 3, 19)
    )
    records.save(closed, actor=system)
    networks.calendar = office_hours
    records.save(networks, actor=system)
    record = concern(backbone, system)
    assert (record.acknowledge_by, record.answer_by) == (dt.date(2026, 3, 20), dt.date(2026, 4, 1))


def test_a_concern_is_acknowledged_answered_and_closed_with_agreement(backbone: Initiative, system: Actor) -> None:
    record = concern(backbone, system)
    with pytest.raises(ValidationError, match="nobody has agreed"):
        services.concern_close(record=record, agreed=True, closing="Fine.", actor=system)
    services.concern_acknowledge(record=record, actor=system)
    assert (record.state, record.waits_until) == ("acknowledged", dt.date(2026, 3, 30))
    services.concern_answer(record=record, redress="Night work ends at ten.", actor=system)
    assert (record.state, record.waits_until, record.answered_on) == ("answered", None, day(0))
    services.concern_close(record=record, agreed=True, closing="She thanks.", actor=system)
    assert (record.state, record.agreed, record.closed_on) == ("closed", True, day(0))
    services.concern_reopen(record=record, reason="Work went on until twelve.", actor=system)
    assert (record.state, record.agreed, record.closing) == ("acknowledged", None, "")
    services.concern_close(record=record, agreed=False, closing="No answer to three letters.", actor=system)
    assert record.agreed is False


def test_the_map_places_each_and_marks_the_attitude(stakeholder: MakeStakeholder) -> None:
    stakeholder()
    stakeholder("City", influence=2, interest=5, attitude=2, wanted=4)
    stakeholder("Crane drivers", influence=5, interest=4, attitude=4, wanted=3)
    chips = [chip(one) for one in Stakeholder.objects.order_by("code")]
    assert [(one.colour, one.gap) for one in chips] == [("amber", 1), ("red", 2), ("green", -1)]
    rows = grid(chips, None, links=True)
    placed = {
        (row.level, place + 1): [each.record.name for each in one.chips]
        for row in rows
        for place, one in enumerate(row.squares)
        if one.chips
    }
    assert placed == {(5, 4): ["Port of Hull", "Crane drivers"], (2, 5): ["City"]}
    assert rows[0].squares[3].quarter == "Manage closely"
    assert rows[0].squares[3].href == "/stakeholders/?f.influence=5&f.interest=4"


def test_what_is_due_is_counted_with_what_is_late(
    stakeholder: MakeStakeholder, backbone: Initiative, system: Actor, stranger: Actor
) -> None:
    one = stakeholder()
    planned(one, system)
    planned(one, system, next_on=day(0))
    planned(one, system, next_on=day(9))
    found = selectors.contacts_due(backbone.scope, actor=system, on=day(0))
    assert (found.total, found.late, [each.next_on for each in found.shown]) == (3, 1, [day(-3), day(0), day(9)])
    concern(backbone, system, received_on=day(-10))
    concern(backbone, system)
    waiting = selectors.concerns_open(backbone.scope, actor=system, on=day(0))
    assert (waiting.total, waiting.late) == (2, 1)
    assert selectors.contacts_due(None, actor=stranger, on=day(0)).total == 0
    assert selectors.concerns_open(None, actor=stranger, on=day(0)).total == 0
    assert selectors.stakeholders_at(None, actor=stranger) == []


def stated(name: str, actor: Actor) -> list[tuple[str, str, str]]:
    evaluate(checks[name], actor=actor)
    rows = Finding.objects.filter(check_name=name, closed_at__isnull=True).select_related("owner")
    return sorted((row.label.split()[0], str(row.text), row.owner.name if row.owner else "") for row in rows)


@pytest.fixture
def led(backbone: Initiative, lead: Any) -> Initiative:
    lead("Pia Manager", "PM", backbone, signs_in=True)
    return backbone


def test_checks(stakeholder: MakeStakeholder, led: Initiative, person: Any, system: Actor, stranger: Actor) -> None:
    una = person("Una Owner", signs_in=True)
    one = stakeholder()
    assert stated("stakeholder-without-contact", system) == [
        ("STK-0001", "Influence 5, interest 4, and no contact is planned.", "Pia Manager")
    ]
    planned(one, system, owner=una)
    assert stated("stakeholder-without-contact", system) == []
    assert stated("contact-overdue", system) == [
        ("COM-0001", "Port of Hull was to be contacted on 13 Mar 2026.", "Una Owner")
    ]
    concern(led, system, received_on=day(-7))
    old = concern(led, system, received_on=day(-21))
    services.concern_acknowledge(record=old, actor=system)
    assert stated("concern-late", system) == [
        ("CON-0001", "Received on 9 Mar 2026 and not acknowledged; that was due on 11 Mar 2026.", "Pia Manager"),
        ("CON-0002", "Received on 23 Feb 2026 and no redress offered; that was due on 9 Mar 2026.", "Pia Manager"),
    ]
    assert not open_findings(stranger).exists()


def test_nothing_is_found_where_the_initiative_has_ended(
    stakeholder: MakeStakeholder, make: Any, spine: Initiative, system: Actor
) -> None:
    over = make("Over", parent=spine, state="cancelled")
    planned(stakeholder(initiative=over), system)
    stakeholder("City", initiative=over)
    concern(over, system, received_on=day(-21))
    for name in ("contact-overdue", "concern-late", "stakeholder-without-contact"):
        assert stated(name, system) == []


def test_concerns_and_contacts_stand_on_the_page_without_stakeholders(
    backbone: Initiative, spine: Initiative, given: Any, system: Actor
) -> None:
    address = f"{backbone.url}stakeholders/"
    reader = signed_in(given(spine.scope, {"*": ["view"]}).user)
    empty = reader.get(address).content.decode()
    assert "No stakeholders yet" in empty
    assert "No concern is open." in empty
    concern(backbone, system)
    page = reader.get(address).content.decode()
    assert "No stakeholders yet" in page
    assert "Noise" in page
    assert "/concerns/CON-0001/" in page


def test_the_page_tells_and_offers_only_what_one_may(
    stakeholder: MakeStakeholder, backbone: Initiative, given: Any, system: Actor
) -> None:
    planned(stakeholder(), system)
    address = f"{backbone.url}stakeholders/"
    narrow = {"engagement.stakeholder": ["view", "add"], "portfolio.initiative": ["view"]}
    page = signed_in(given(backbone.scope, narrow).user).get(address).content.decode()
    assert "Port of Hull" in page
    assert "Contacts planned" not in page
    assert "Concerns open" not in page
    assert "New stakeholder" in page
    assert "New concern" not in page
    other = {"engagement.*": ["view"], "engagement.concern": ["add"], "portfolio.initiative": ["view"]}
    page = signed_in(given(backbone.scope, other).user).get(address).content.decode()
    assert "Contacts planned" in page
    assert "New stakeholder" not in page
    assert "New concern" in page


def test_the_page_and_the_card(
    stakeholder: MakeStakeholder, backbone: Initiative, spine: Initiative, given: Any, stranger: Actor
) -> None:
    planned(stakeholder(), Actor.system(now=NOW))
    reader = signed_in(given(spine.scope, {"*": ["view"]}).user)
    for address in (f"{backbone.url}stakeholders/", f"{spine.url}stakeholders/", "/stakeholders/map/"):
        assert "Port of Hull" in reader.get(address).content.decode()
    home = reader.get(spine.url).content.decode()
    assert "Port of Hull" in home
    outside = signed_in(stranger.user)
    for address in (f"{backbone.url}stakeholders/", "/stakeholders/map/"):
        assert outside.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    below = signed_in(given(backbone.scope, {"*": ["view"]}).user)
    assert below.get(f"{spine.url}stakeholders/").status_code == 404
