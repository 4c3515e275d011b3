from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit, WorkCalendar
from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.apps.people.models import CostRate, Person, Role, RoleAssignment
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Grant, Scope
from quarterdeck.kernel.access.policy import AccessDenied, visible
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson

D = dt.date


def test_codes_and_names_to_sort_by_are_given(person: MakePerson, system: Actor) -> None:
    helen, cher = person("Helen Mary Ashdown"), person("Cher")
    assert (helen.code, helen.sort_name) == ("P-0001", "Ashdown, Helen Mary")
    assert (cher.code, cher.sort_name) == ("P-0002", "Cher")
    person("Old Hand", code="P-0040")
    assert person("Next One").code == "P-0041"
    helen.name = "Helen Mary Pike"
    services.person_save(helen, actor=system)
    assert helen.sort_name == "Pike, Helen Mary"
    helen.sort_name, helen.name = "Pike-Ashdown", "Helen Pike-Ashdown"
    services.person_save(helen, actor=system)
    assert helen.sort_name == "Pike-Ashdown"


def test_a_line_of_managers_does_not_close(person: MakePerson, system: Actor) -> None:
    boss = person("Ada Boss")
    lead = person("Ben Lead", manager=boss)
    boss.manager = lead
    with pytest.raises(ValidationError, match="Ben Lead reports to Ada Boss"):
        services.person_save(boss, actor=system)
    lead.manager = lead
    with pytest.raises(ValidationError, match="Nobody is one’s own manager"):
        services.person_save(lead, actor=system)


def test_many_are_kept_by_the_rules_of_one(person: MakePerson, system: Actor) -> None:
    helen, ada = person("Helen Ashdown"), person("Ada Boss")
    helen.name, ada.sort_name = "Helen Pike", "Boss-Lead"
    unit = helen.unit
    rows = [helen, ada, *(Person(name=f"New {n}", unit=unit) for n in "AB"), Person(name="C", code="P-0040", unit=unit)]
    changes = services.persons_save(rows, actor=system)
    told = [(row.code, row.sort_name) for row in rows]
    assert told == [
        ("P-0001", "Pike, Helen"), ("P-0002", "Boss-Lead"), ("P-0041", "A, New"), ("P-0042", "B, New"), ("P-0040", "C")
    ]  # fmt: skip
    assert [(row.code, row.sort_name) for row in Person.objects.order_by("pk")] == told
    assert [(change.label, change.version) for change in changes] == [
        ("New A", 1), ("New B", 1), ("C", 1), ("Helen Pike", 2), ("Ada Boss", 2)
    ]  # fmt: skip
    assert len({change.batch for change in changes}) == 1


def test_many_are_refused_by_position_and_nothing_is_written(person: MakePerson, system: Actor) -> None:
    boss = person("Ada Boss")
    lead = person("Ben Lead", manager=boss)
    boss.manager = lead
    rows = [Person(name="Zed", unit=boss.unit), boss, Person(name="Cy", unit=boss.unit, kind=PersonKind.CLIENT)]
    with pytest.raises(records.BulkRefused) as refused:
        services.persons_save(rows, actor=system)
    assert {place: list(error.message_dict) for place, error in refused.value.errors.items()} == {
        1: ["manager"],
        2: ["employer"],
    }
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": PersonKind.CLIENT}, "State the employer"),
        ({"starts_on": D(2026, 5, 1), "ends_on": D(2026, 4, 30)}, "leaves on or after the day of joining"),
        ({"email": "ADA@example.org"}, "Another person has this e-mail address"),
    ],
)
def test_persons_that_cannot_be_are_refused(person: MakePerson, fields: dict[str, object], told: str) -> None:
    person("Ada Boss", email="ada@example.org")
    with pytest.raises(ValidationError, match=told):
        person("Zed Other", **fields)
    assert Person.objects.count() == 1


def test_one_sees_the_own_branch_and_oneself(
    person: MakePerson, group: OrganisationUnit, networks: OrganisationUnit, given: MakeActor, stranger: Actor
) -> None:
    person("Ann Networks")
    chief = person("Carl Chief", unit=group, signs_in=True)
    reader = given(networks.scope, {"people.person": ["view"]})
    assert [row.name for row in visible(Person.objects.all(), reader)] == ["Ann Networks"]
    assert chief.user is not None
    assert [row.name for row in visible(Person.objects.all(), Actor(user=chief.user, now=NOW))] == ["Carl Chief"]
    assert not visible(Person.objects.all(), stranger).exists()
    with pytest.raises(AccessDenied):
        services.person_save(Person(name="Sly", unit=networks), actor=stranger)


def test_linking_a_user_asks_for_the_right_to_grant(
    person: MakePerson, networks: OrganisationUnit, given: MakeActor
) -> None:
    ann = person("Ann Networks")
    editor = given(networks.scope, {"people.*": ["view", "add", "change"]})
    ann.user = editor.user
    with pytest.raises(ValidationError, match="Only those who look after access"):
        services.person_save(ann, actor=editor)


@pytest.fixture
def rated(person: MakePerson, currencies: dict[str, Currency], system: Actor) -> Person:
    ann = person("Ann Networks")
    for day, rate in ((D(2026, 1, 1), "60"), (D(2026, 4, 1), "64.50")):
        row = CostRate(person=ann, starts_on=day, rate=Decimal(rate), currency=currencies["GBP"])
        records.save(row, actor=system)
    return ann


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (D(2025, 12, 31), None),
        (D(2026, 1, 1), Decimal("60")),
        (D(2026, 3, 31), Decimal("60")),
        (D(2026, 4, 1), Decimal("64.50")),
    ],
)
def test_a_rate_holds_until_the_next(rated: Person, day: dt.date, rate: Decimal | None) -> None:
    found = selectors.rate_on(rated, day)
    assert (found.rate if found else None) == rate


def test_two_rates_of_one_day_are_refused(rated: Person, currencies: dict[str, Currency], system: Actor) -> None:
    row = CostRate(person=rated, starts_on=D(2026, 4, 1), rate=Decimal(70), currency=currencies["EUR"])
    with pytest.raises(ValidationError, match="Another rate of this person starts on the same day"):
        records.save(row, actor=system)
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        records.save(
            CostRate(person=rated, starts_on=D(2026, 5, 1), rate=Decimal(-1), currency=currencies["EUR"]), actor=system
        )


def test_money_and_telephone_are_for_those_with_the_right(
    rated: Person, networks: OrganisationUnit, given: MakeActor
) -> None:
    path = (networks.scope.path,)
    reader = given(networks.scope, {"people.*": ["view"]})
    finance = given(networks.scope, {"people.*": ["view"]}, ["money"])
    assert CostRate.field_classes == {"rate": "money"}
    assert Person.field_classes == {"phone": "personal"}
    assert not reader.sees("money", "people.costrate", path)
    assert finance.sees("money", "people.costrate", path)
    assert not finance.sees("personal", "people.person", path)
    assert "60" not in str(CostRate.objects.first())


def test_the_calendar_is_own_or_of_the_unit(
    person: MakePerson, office_hours: WorkCalendar, networks: OrganisationUnit, system: Actor
) -> None:
    night = WorkCalendar.objects.create(name="Night")
    ann, bob = person("Ann Day"), person("Bob Night", calendar=night)
    assert selectors.calendar_ids([ann.pk, bob.pk]) == {ann.pk: office_hours.pk, bob.pk: night.pk}


def test_leaving_ends_roles_and_rights(
    person: MakePerson, catalogue: dict[str, Role], project: Scope, system: Actor
) -> None:
    ann = person("Ann Leaver", signs_in=True)
    give = services.role_assign
    running = give(person=ann, role=catalogue["PM"], scope=project, starts_on=D(2026, 1, 1), actor=system)
    give(person=ann, role=catalogue["RISK"], scope=project, starts_on=D(2026, 6, 1), actor=system)
    services.person_leave(record=ann, last_day=D(2026, 4, 30), actor=system)
    assert [(row.pk, row.ends_on) for row in RoleAssignment.objects.all()] == [(running.pk, D(2026, 4, 30))]
    assert [grant.ends_on for grant in Grant.objects.all()] == [D(2026, 4, 30)]
    assert ann.has_left(D(2026, 5, 1))
    assert not ann.has_left(D(2026, 4, 30))


def test_leaving_is_all_or_nothing(
    person: MakePerson, catalogue: dict[str, Role], project: Scope, given: MakeActor, system: Actor
) -> None:
    ann = person("Ann Leaver")
    networks = ann.unit
    services.role_assign(person=ann, role=catalogue["PM"], scope=project, starts_on=D(2026, 1, 1), actor=system)
    editor = given(networks.scope, {"people.*": ["view", "add", "change"]})
    with pytest.raises(AccessDenied):
        services.person_leave(record=ann, last_day=D(2026, 4, 30), actor=editor)
    assert Person.objects.get().ends_on is None
    assert RoleAssignment.objects.get().ends_on is None


def test_a_user_belongs_to_one_person(person: MakePerson, system: Actor) -> None:
    first = person("Ann One", signs_in=True)
    second = person("Ann Two")
    second.user = first.user
    with pytest.raises(ValidationError, match="already exists"):
        services.person_save(second, actor=system)
