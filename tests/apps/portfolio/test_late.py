"""How late something is: working days past the planned finish, judged by the tolerance agreed for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import OrganisationUnit, WorkCalendar
from quarterdeck.apps.organisation.services import calendar_save, week_set
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.pages import home
from quarterdeck.apps.portfolio.pages.words import finish_note
from quarterdeck.apps.portfolio.selectors.late import Late, lateness
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from tests.apps.organisation.conftest import MakeActor
from tests.apps.portfolio.conftest import Make, signed_in

D = dt.date
#: Thursday before Easter: Good Friday and Easter Monday follow, 3 and 6 April.
FINISH = D(2026, 4, 2)


@pytest.fixture
def late(make: Make, spine: Initiative) -> Initiative:
    return make("Ring", parent=spine, state="active", planned_finish=FINISH, time_tolerance=2)


@pytest.mark.parametrize(
    ("on", "days", "state"),
    [
        (D(2026, 4, 3), 0, "amber"),  # Good Friday: past the date, and not a day of work lost
        (D(2026, 4, 7), 1, "amber"),
        (D(2026, 4, 8), 2, "amber"),
        (D(2026, 4, 9), 3, "red"),
    ],
)
def test_lateness_is_counted_on_the_units_calendar(
    late: Initiative, office_hours: WorkCalendar, on: dt.date, days: int, state: str
) -> None:
    found = lateness([late], on=on)[late.pk]
    assert (found.days, found.tolerance, found.state) == (days, 2, state)


@pytest.mark.usefixtures("office_hours")
def test_the_units_own_calendar_goes_before_the_organisations(
    late: Initiative, networks: OrganisationUnit, system: Actor
) -> None:
    """Somewhere without Easter the two days count."""
    other = WorkCalendar(name="Elsewhere", time_zone="Europe/London")
    calendar_save(other, actor=system)
    week_set(calendar=other, hours=dict.fromkeys(range(5), "08:00-16:00"), actor=system)
    networks.calendar = other
    records.save(networks, actor=system)
    assert lateness([late], on=D(2026, 4, 7))[late.pk].days == 3


def test_without_any_calendar_monday_to_friday_counts(late: Initiative) -> None:
    assert lateness([late], on=D(2026, 4, 7))[late.pk].days == 3


def test_what_is_in_time_or_over_is_not_late(
    make: Make, spine: Initiative, late: Initiative, django_assert_num_queries: Any
) -> None:
    done = make("Done", parent=spine, state="completed", planned_finish=FINISH)
    with django_assert_num_queries(0):
        assert lateness([late, done, spine], on=FINISH) == {}
    assert set(lateness([late, done], on=D(2026, 4, 10))) == {late.pk}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Late(1, 15), "1 working day late, tolerance 15"),
        (Late(16, 15), "16 working days late, tolerance 15"),
        (Late(3, None), "3 working days late, no tolerance agreed"),
    ],
)
def test_it_is_said_beside_the_tolerance(late: Initiative, found: Late, words: str) -> None:
    assert finish_note(late, D(2026, 4, 9), found) == words
    assert Late(1, None).state == "red", "no tolerance is none"


@pytest.mark.usefixtures("late")
def test_a_long_list_of_parts_is_listed_by_its_first_level_and_says_so(
    make: Make, top: Initiative, spine: Initiative, given: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut in silence: the rest is one click away, and the figures hold it."""
    for name in ("One", "Two"):
        make(name, parent=spine)
    client = signed_in(given(scopes.root(), {"portfolio.*": ["*"]}).user)
    monkeypatch.setattr(home, "PARTS", 3)
    page = client.get(top.url).content.decode()
    rows = page.split('class="list list-stack parts"')[1].split("</table>")[0]
    assert "Northern Spine" in rows
    assert "Ring" not in rows
    assert "The first level, 1 of 4 parts; the figures hold all below." in page
    assert f'href="/initiatives/?scope={top.scope_id}&amp;view=all"' in page
    monkeypatch.setattr(home, "PARTS", 4)
    assert ">Ring<" in client.get(top.url).content.decode()
