"""The write path, one record at a time: validate, access, persist, Change, event; nothing on any error."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.models import Group, User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.records import Changed, StaleRecord
from quarterdeck.kernel.tags.models import Tag
from tests.kernel.records.conftest import DAY, NOW, MakeActor


def changes(record: Any) -> list[Change]:
    return list(records.history_of(record))


def test_a_new_record_is_stamped_and_its_change_holds_the_whole_state(someone: MakeActor) -> None:
    actor = someone(at="")
    tag = Tag(name="Fibre", colour="series1")
    change = records.save(tag, actor=actor, note="First of its kind")
    tag.refresh_from_db()
    assert (tag.version, tag.created_at, tag.created_by, tag.updated_by) == (1, NOW, actor.user, actor.user)
    assert change is not None
    assert (change.action, change.version, change.via, change.note) == (Action.CREATE, 1, "form", "First of its kind")
    assert (change.actor_label, change.label, change.record_type) == ("Amara", "Fibre", "tags.tag")
    assert change.state == {"id": tag.pk, "custom": {}, "name": "Fibre", "colour": "series1"}
    assert (change.before, change.after) == ({}, change.state)


def test_a_change_holds_only_what_differs_before_and_after(system: Any) -> None:
    tag = Tag(name="Fibre")
    records.save(tag, actor=system)
    tag.name = "Copper"
    later = system.at(NOW + DAY)
    change = records.save(tag, actor=later)
    assert change is not None
    assert (change.before, change.after) == ({"name": "Fibre"}, {"name": "Copper"})
    assert change.state is not None
    assert change.state["name"] == "Copper"
    tag.refresh_from_db()
    assert (tag.version, tag.created_at, tag.updated_at) == (2, NOW, NOW + DAY)


def test_what_does_not_differ_writes_nothing(person: Person, pound: Currency, system: Any) -> None:
    rate = CostRate(person=person, starts_on=dt.date(2026, 1, 1), rate=Decimal("10.5"), currency=pound)
    records.save(rate, actor=system)
    rate.rate = Decimal("10.50")
    assert records.save(rate, actor=system) is None
    rate.refresh_from_db()
    assert rate.version == 1
    assert len(changes(rate)) == 1


def test_many_to_many_is_part_of_the_state(system: Any) -> None:
    ann, ben = (User.objects.create_user(f"{n}@example.org", name=n) for n in ("ann", "ben"))
    group = Group(name="Approvers")
    records.save(group, actor=system, many={"members": [ben.pk, ann.pk]})
    change = records.save(group, actor=system, many={"members": [ann.pk]})
    assert change is not None
    assert (change.before, change.after) == ({"members": [ann.pk, ben.pk]}, {"members": [ann.pk]})
    assert records.save(group, actor=system, many={"members": [ann.pk]}) is None
    records.undo(change.batch, actor=system)
    assert sorted(group.members.values_list("pk", flat=True)) == [ann.pk, ben.pk]


def test_a_stale_version_is_refused_and_carries_the_stored_record(system: Any) -> None:
    tag = Tag(name="Fibre")
    records.save(tag, actor=system)
    mine, theirs = Tag.objects.get(pk=tag.pk), Tag.objects.get(pk=tag.pk)
    theirs.name = "Copper"
    records.save(theirs, actor=system)
    mine.name = "Glass"
    with pytest.raises(StaleRecord) as refused:
        records.save(mine, actor=system)
    assert str(refused.value) == "Copper was changed by someone else meanwhile."
    assert isinstance(refused.value.stored, Tag)
    assert (refused.value.stored.name, refused.value.stored.version) == ("Copper", 2)
    assert len(changes(tag)) == 2


def test_an_invalid_record_writes_nothing(system: Any) -> None:
    records.save(Tag(name="Fibre"), actor=system)
    with pytest.raises(ValidationError) as refused:
        records.save(Tag(name="FIBRE"), actor=system)
    assert refused.value.messages == ["There is a tag of this name already."]
    assert Tag.objects.count() == Change.objects.count() == 1


def test_what_the_database_refuses_is_said_in_words_and_leaves_the_record_as_it_was(system: Any) -> None:
    records.save(Tag(name="Fibre"), actor=system)
    other = Tag(name="Copper")
    records.save(other, actor=system)
    other.name = "fibre"
    with transaction.atomic():
        with pytest.raises(ValidationError, match="There is a tag of this name already"):
            records.save(other, actor=system)
        other.name = "Glass"
        change = records.save(other, actor=system)  # the transaction goes on, and so does the record
    assert change is not None
    assert (other.version, change.version, Tag.objects.get(pk=other.pk).name) == (2, 2, "Glass")


def test_all_that_is_wrong_is_told_at_once(system: Any) -> None:
    """Also what only the database would refuse, beside what is wrong with a field."""
    records.save(Tag(name="Fibre"), actor=system)
    with pytest.raises(ValidationError) as refused:
        records.save(Tag(name="fibre", colour="plaid"), actor=system)
    assert set(refused.value.message_dict) == {"colour", "__all__"}


@pytest.mark.parametrize("how", ["number", "unsaved", "removed"])
def test_a_reference_leads_somewhere(person: Person, pound: Currency, system: Any, how: str) -> None:
    rate = CostRate(person=person, starts_on=dt.date(2026, 1, 1), rate=Decimal(10), currency=pound)
    match how:
        case "number":
            rate.currency_id = pound.pk + 1
        case "unsaved":
            rate.currency = Currency(pk=pound.pk + 1, code="XXX", name="None")
        case _:
            Currency.objects.filter(pk=pound.pk).delete()
            rate.currency_id = pound.pk
            rate.currency = Currency.objects.create(code="EUR", name="Euro")
            rate.currency_id = pound.pk
    with pytest.raises(ValidationError) as refused:
        records.save(rate, actor=system)
    assert list(refused.value.message_dict) == ["currency"]
    assert not CostRate.objects.exists()


def test_a_reference_at_hand_or_kept_is_not_asked_for_again(
    person: Person, pound: Currency, system: Any, django_assert_num_queries: Any
) -> None:
    rate = CostRate(person=person, starts_on=dt.date(2026, 1, 1), rate=Decimal(10), currency=pound)
    with django_assert_num_queries(4):  # savepoint, row, change, savepoint
        records.save(rate, actor=system)
    kept = CostRate.objects.get()
    kept.rate = Decimal(11)
    with django_assert_num_queries(6):  # as above, the stored row, and the person for the label
        records.save(kept, actor=system)


@pytest.mark.parametrize(("at", "allowed"), [("NET", True), ("OPS", False), ("GRP", True)])
def test_a_record_is_changed_where_the_actor_may(person: Person, someone: MakeActor, at: str, allowed: bool) -> None:
    person.name = "Helen Ash"
    if allowed:
        assert records.save(person, actor=someone(at=at)) is not None
        return
    with pytest.raises(AccessDenied) as refused:
        records.save(person, actor=someone(at=at))
    assert str(refused.value) == "Your roles do not let you change this person here."
    assert Person.objects.get().name == "Helen Ashdown"
    assert len(changes(person)) == 1


def test_a_record_is_not_moved_to_where_the_actor_may_nothing(
    person: Person, units: dict[str, OrganisationUnit], someone: MakeActor
) -> None:
    person.unit = units["OPS"]
    with pytest.raises((AccessDenied, ValidationError)):
        records.save(person, actor=someone(at="NET"))
    assert Person.objects.get().unit == units["NET"]
    person.refresh_from_db()
    assert person.version == 1


def test_reference_data_is_written_by_whoever_may_at_the_root(someone: MakeActor) -> None:
    with pytest.raises(AccessDenied):
        records.save(Tag(name="Fibre"), actor=someone("Ben", at="NET"))
    assert not Tag.objects.exists()
    assert not Change.objects.filter(record_type="tags.tag").exists()


def test_a_reference_to_what_one_may_not_see_is_refused_without_naming_it(
    person: Person, units: dict[str, OrganisationUnit], someone: MakeActor, system: Any
) -> None:
    boss = Person(name="Olu Secret", unit=units["OPS"], sort_name="Secret, Olu", code="P-9")
    records.save(boss, actor=system)
    person.manager = boss
    with pytest.raises(ValidationError) as refused:
        records.save(person, actor=someone(at="NET"))
    assert refused.value.message_dict == {"manager": ["Choose one of those listed."]}
    assert Person.objects.get(pk=person.pk).manager is None


def test_a_reference_that_stays_need_not_be_seen(
    person: Person, units: dict[str, OrganisationUnit], someone: MakeActor, system: Any
) -> None:
    boss = Person(name="Olu Secret", unit=units["OPS"], sort_name="Secret, Olu", code="P-9")
    records.save(boss, actor=system)
    person.manager = boss
    records.save(person, actor=system)
    person.job_title = "Engineer"
    assert records.save(person, actor=someone(at="NET")) is not None


def test_reading_is_all_that_a_read_only_actor_may(person: Person, someone: MakeActor) -> None:
    from dataclasses import replace

    actor = replace(someone(at="GRP"), read_only=True)
    person.name = "Other"
    with pytest.raises(AccessDenied):
        records.save(person, actor=actor)


@pytest.mark.django_db(transaction=True)
def test_events_are_told_after_the_commit_and_never_of_what_was_rolled_back(system: Any) -> None:
    told: list[Changed] = []
    events.subscribe(Changed, told.append)
    try:
        with transaction.atomic():
            tag = Tag(name="Fibre")
            records.save(tag, actor=system.by("import"))
            assert told == []
        assert told == [
            Changed("tags.tag", (tag.pk,), "create", frozenset({"id", "custom", "name", "colour"}), "import")
        ]
        told.clear()
        with transaction.atomic():
            tag.name = "Copper"
            records.save(tag, actor=system)
            transaction.set_rollback(True)
        assert told == []
        assert Tag.objects.get().name == "Fibre"
        assert Change.objects.filter(record_type="tags.tag").count() == 1
    finally:
        events.unsubscribe(Changed, told.append)
