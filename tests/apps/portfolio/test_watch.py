"""Each check finds what it should, when it should, and nobody sees it who may not."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.apps.people.services import person_save, role_end
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.home import findings_below
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.evaluation import evaluate
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Lead, Make, day

NAMES = (
    "initiative-without-sponsor",
    "initiative-without-manager",
    "initiative-without-dates",
    "initiative-past-finish",
    "initiative-outside-parent",
    "initiative-untouched",
    "initiative-below-ended",
    "initiative-hold-past-review",
)


def stated(name: str, actor: Actor) -> list[tuple[str, str]]:
    """Evaluate a check as a whole and return what is open: record and text."""
    evaluate(checks[name], actor=actor)
    rows = Finding.objects.filter(check_name=name, closed_at__isnull=True)
    return sorted((row.label, str(row.text)) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_names_its_accountability_and_is_set_based(
    name: str, make: Make, top: Initiative, system: Actor, django_assert_max_num_queries: Any
) -> None:
    assert checks[name].function
    assert checks[name].subject == "portfolio.initiative"
    for number in range(6):
        make(f"Bare {number}", parent=top, state="active")
    # One query for the rows, one for who answers for them.
    with django_assert_max_num_queries(2):
        list(checks[name].find(now=NOW, ids=None))


def test_active_without_sponsor_and_manager(
    make: Make, top: Initiative, lead: Lead, system: Actor, stranger: Actor
) -> None:
    gap, led, _idle = make("Gap", parent=top), make("Led", parent=top), make("Idle", parent=top)
    pia = lead("Pia Manager", "PM", led, signs_in=True)
    lead("Sue Sponsor", "SPONSOR", led)
    sam = lead("Sam Sponsor", "SPONSOR", gap, signs_in=True)
    lead("Wrong Kind", "PROGRAMME-MANAGER", gap)
    for record in (gap, led):
        record.state = "active"
        records.save(record, actor=system)
    assert stated("initiative-without-sponsor", system) == []
    assert stated("initiative-without-manager", system) == [("PRJ-0001 Gap", "Active, and nobody manages it.")]
    [finding] = Finding.objects.filter(closed_at__isnull=True)
    naming = f"/role-assignments/new/?scope={gap.scope_id}&role=PM&next=%2Fprojects%2FPRJ-0001%2F"
    assert (finding.owner, finding.url, finding.severity) == (sam.user, naming, "high")
    assert not open_findings(stranger).exists()
    # What ended yesterday leaves the gap open today; the manager now answers for it.
    sponsor = led.scope.role_assignments.get(role__code="SPONSOR")
    sponsor.ends_on = day(-1)
    records.save(sponsor, actor=system)
    assert stated("initiative-without-sponsor", system) == [("PRJ-0002 Led", "Active, and nobody sponsors it.")]
    assert Finding.objects.get(check_name="initiative-without-sponsor").owner == pia.user


def test_a_manager_who_has_left(make: Make, top: Initiative, lead: Lead, system: Actor) -> None:
    led, over = make("Led", parent=top), make("Over", parent=top, state="completed")
    pia = lead("Pia Manager", "PM", led, signs_in=True)
    sue = lead("Sue Sponsor", "SPONSOR", led, signs_in=True)
    una = lead("Una Gone", "PM", over)
    assert stated("role-held-by-leaver", system) == []
    for who in (pia, una):
        who.ends_on = day(-1)
        person_save(who, actor=system)
    texts = [text for _label, text in stated("role-held-by-leaver", system)]
    assert [text.partition(" left on ")[0] for text in texts] == ["Pia Manager", "Una Gone"]
    told = findings_below(led.scope, actor=system).shown
    assert [(one.check_name, one.due_on) for one in told] == [("role-held-by-leaver", day(-1))], "told once"
    held = led.scope.role_assignments.get(person=pia)
    role_end(record=held, ends_on=day(-1), actor=system)
    led.state = "active"
    records.save(led, actor=system)
    [(label, _text)] = stated("initiative-without-manager", system)
    assert label == "PRJ-0001 Led"
    assert Finding.objects.get(check_name="initiative-without-manager").owner == sue.user


def test_dates_that_are_missing_or_past(make: Make, top: Initiative, backbone: Initiative, system: Actor) -> None:
    make("None", parent=top, state="active")
    make("Half", parent=top, state="on_hold", planned_start=day(-1), review_on=day(5))
    make("Today", parent=top, state="active", planned_start=day(-9), planned_finish=day(0))
    make("Later", parent=top)
    assert stated("initiative-without-dates", system) == [
        ("PRJ-0002 None", "No planned start and no planned finish."),
        ("PRJ-0003 Half", "No planned finish."),
    ]
    assert stated("initiative-past-finish", system) == []
    backbone.state = "active"
    records.save(backbone, actor=system)
    [(label, text)] = stated("initiative-past-finish", system)
    assert (label, text[:32]) == ("PRJ-0001 Leeds Backbone", "Active past its planned finish, ")
    assert Finding.objects.get(check_name="initiative-past-finish").due_on == day(-10)


def test_dates_outside_those_of_the_parent(make: Make, top: Initiative, system: Actor) -> None:
    whole = make("Whole", "programme", top, planned_start=day(0), planned_finish=day(100))
    make("Inside", parent=whole, planned_start=day(0), planned_finish=day(100))
    make("Early", parent=whole, planned_start=day(-1), planned_finish=day(10))
    both = make("Both", parent=whole, planned_start=day(-1), planned_finish=day(101))
    make("Ended", parent=whole, planned_start=day(-1), planned_finish=day(10), state="cancelled")
    found = stated("initiative-outside-parent", system)
    assert [label for label, _text in found] == ["PRJ-0002 Early", "PRJ-0003 Both", "PRJ-0003 Both"]
    assert [", after Whole finishes on " in text for _label, text in found].count(True) == 1
    both.planned_start, both.planned_finish = day(0), day(100)
    records.save(both, actor=system)
    assert [label for label, _text in stated("initiative-outside-parent", system)] == ["PRJ-0002 Early"]


def test_untouched_for_thirty_days(make: Make, top: Initiative, system: Actor, settings: Any) -> None:
    idle = make("Idle", parent=top, state="active")
    make("Waiting", parent=top)
    assert settings.UNTOUCHED_DAYS == 30
    assert stated("initiative-untouched", system.at(NOW.replace(month=4, day=14))) == []
    [(label, text)] = stated("initiative-untouched", system.at(NOW.replace(month=4, day=15)))
    assert label == "PRJ-0001 Idle"
    assert text.startswith("Not changed since ")
    idle.purpose = "Seen to."
    records.save(idle, actor=system.at(NOW.replace(month=4, day=15)))
    assert stated("initiative-untouched", system.at(NOW.replace(month=4, day=15))) == []


def test_open_under_something_that_has_ended(
    make: Make, spine: Initiative, backbone: Initiative, system: Actor
) -> None:
    assert stated("initiative-below-ended", system) == []
    spine.state = "cancelled"
    records.save(spine, actor=system)
    assert stated("initiative-below-ended", system) == [
        (str(backbone), "Open, while Northern Spine has ended. Move it or end it.")
    ]


def test_a_hold_past_its_review(make: Make, top: Initiative, system: Actor) -> None:
    make("Due", parent=top, state="on_hold", review_on=day(0))
    make("Past", parent=top, state="on_hold", review_on=day(-1))
    found = stated("initiative-hold-past-review", system)
    assert [label for label, _text in found] == ["PRJ-0002 Past"]
    assert Finding.objects.get(check_name="initiative-hold-past-review").due_on == day(-1)
