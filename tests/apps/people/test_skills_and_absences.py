from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.choices import DayPart, QualificationKind
from quarterdeck.apps.people.models import Absence, Person, PersonSkill, Qualification, QualificationType, Skill
from quarterdeck.apps.people.services.skills import months_later
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, visible
from tests.apps.people.conftest import MakePerson

D = dt.date


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2026, 11, 15), 3, D(2027, 2, 15)),
        (D(2026, 12, 1), 12, D(2027, 12, 1)),
    ],
)
def test_months_later(day: dt.date, months: int, expected: dt.date) -> None:
    assert months_later(day, months) == expected


@pytest.fixture
def card(system: Actor) -> QualificationType:
    row = QualificationType(code="SW", name="Street works card", kind=QualificationKind.LICENCE, valid_months=60)
    records.save(row, actor=system)
    return row


def qualify(who: Person, kind: QualificationType, issued: D, expires: D | None, actor: Actor) -> Qualification:
    row = Qualification(person=who, type=kind, issued_on=issued, expires_on=expires)
    services.qualification_save(row, actor=actor)
    return row


def test_a_qualification_expires_as_its_type_says(person: MakePerson, card: QualificationType, system: Actor) -> None:
    row = qualify(person("Ann"), card, D(2021, 3, 17), None, system)
    assert row.expires_on == D(2026, 3, 16)
    assert row.is_current(D(2026, 3, 16))
    assert not row.is_current(D(2026, 3, 17))
    assert not row.is_current(D(2021, 3, 16))
    with pytest.raises(ValidationError, match="expires on or after the day of issue"):
        qualify(row.person, card, D(2026, 5, 1), D(2026, 4, 1), system)


def test_what_is_lacking_and_from_when(person: MakePerson, card: QualificationType, system: Actor) -> None:
    degree = QualificationType(code="BSC", name="Degree")
    records.save(degree, actor=system)
    ann = person("Ann")
    qualify(ann, card, D(2024, 1, 1), D(2026, 3, 31), system)
    qualify(ann, card, D(2026, 3, 1), D(2026, 9, 30), system)
    both = [card.pk, degree.pk]
    assert selectors.lacking(ann.pk, both, D(2026, 3, 1), D(2026, 9, 30)) == {degree.pk: D(2026, 3, 1)}
    assert selectors.lacking(ann.pk, [card.pk], D(2026, 9, 1), D(2026, 12, 1)) == {card.pk: D(2026, 10, 1)}
    qualify(ann, degree, D(2020, 1, 1), None, system)
    assert selectors.lacking(ann.pk, both, D(2026, 3, 1), D(2026, 9, 30)) == {}
    assert selectors.current_qualifications([ann.pk], D(2026, 10, 1)) == {ann.pk: {degree.pk}}
    latest = {row.type_id: row.expires_on for row in selectors.latest_qualifications([ann.pk])}
    assert latest == {card.pk: D(2026, 9, 30), degree.pk: None}


def test_skills_stand_in_families(person: MakePerson, system: Actor, stranger: Actor) -> None:
    field = Skill(name="Field engineering")
    services.skill_save(field, actor=system)
    splicing = Skill(name="Fibre splicing", parent=field)
    services.skill_save(splicing, actor=system)
    field.parent = splicing
    with pytest.raises(ValidationError, match="“Field engineering” cannot be its own family"):
        services.skill_save(field, actor=system)
    ann = person("Ann")
    records.save(PersonSkill(person=ann, skill=splicing, level=4), actor=system)
    with pytest.raises(ValidationError, match="This skill of the person is recorded already"):
        records.save(PersonSkill(person=ann, skill=splicing, level=2), actor=system)
    with pytest.raises(ValidationError, match="not a valid choice"):
        records.save(PersonSkill(person=ann, skill=field, level=6), actor=system)
    assert PersonSkill.objects.get().get_level_display() == "4 Leads others"
    with pytest.raises(AccessDenied):
        services.skill_save(Skill(name="Juggling"), actor=stranger)
    assert not visible(PersonSkill.objects.all(), stranger).exists()


def away(who: Person, first: D, last: D, actor: Actor, part: str = DayPart.WHOLE, *, approved: bool = True) -> Absence:
    row = Absence(person=who, starts_on=first, ends_on=last, part=part, approved=approved)
    services.absence_save(row, actor=actor)
    return row


def test_absences_do_not_overlap(person: MakePerson, system: Actor, stranger: Actor) -> None:
    ann, bob = person("Ann"), person("Bob")
    first = away(ann, D(2026, 4, 6), D(2026, 4, 10), system)
    with pytest.raises(ValidationError, match="Ann is away from 6 Apr 2026 to 10 Apr 2026 already"):
        away(ann, D(2026, 4, 10), D(2026, 4, 12), system)
    away(bob, D(2026, 4, 10), D(2026, 4, 12), system)
    away(ann, D(2026, 4, 13), D(2026, 4, 13), system, DayPart.MORNING)
    away(ann, D(2026, 4, 13), D(2026, 4, 13), system, DayPart.AFTERNOON)
    with pytest.raises(ValidationError, match="is away"):
        away(ann, D(2026, 4, 13), D(2026, 4, 13), system, DayPart.MORNING)
    with pytest.raises(ValidationError, match="Half a day is on one day"):
        away(ann, D(2026, 5, 4), D(2026, 5, 5), system, DayPart.MORNING)
    first.ends_on = D(2026, 4, 9)
    services.absence_save(first, actor=system)
    away(bob, D(2026, 4, 1), D(2026, 4, 2), system, approved=False)
    found = selectors.absences_between([ann.pk, bob.pk], D(2026, 4, 1), D(2026, 4, 10))
    assert {pk: [row.starts_on for row in rows] for pk, rows in found.items()} == {
        ann.pk: [D(2026, 4, 6)],
        bob.pk: [D(2026, 4, 10)],
    }
    assert Absence.field_classes == {"kind": "personal", "reason": "personal"}
    assert not visible(Absence.objects.all(), stranger).exists()
    with pytest.raises(AccessDenied):
        away(ann, D(2026, 7, 1), D(2026, 7, 1), stranger)
