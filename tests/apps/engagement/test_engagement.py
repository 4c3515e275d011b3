"""Contacts by their rhythm, concerns by their clocks, the map, and the checks that find what was missed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from quarterdeck.apps.engagement import selectors, services
from quarterdeck.apps.engagement.models import Communication, Concern, Contact, Stakeholder
from quarterdeck.apps.engagement.pages.stakeholders import chip, grid
from quarterdeck.apps.organisation.models import CalendarException, OrganisationUnit, WorkCalendar
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
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
