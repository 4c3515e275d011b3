"""Removing with what goes along, refusing what is in use, and taking an act back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.audit.states import state_of
from quarterdeck.kernel.records import InUse, StaleRecord, UndoRefused
from quarterdeck.kernel.tags.models import Tag
from tests.kernel.records.conftest import DAY, NOW, MakeActor

pytestmark = pytest.mark.django_db


@pytest.fixture
def rates(person: Person, pound: Currency, system: Any) -> list[CostRate]:
    rows = [
        CostRate(person=person, starts_on=dt.date(year, 1, 1), rate=Decimal(rate), currency=pound)
        for year, rate in ((2025, "80.00"), (2026, "84.50"))
    ]
    for row in rows:
        records.save(row, actor=system)
    return rows


def test_what_goes_along_has_its_own_change_in_the_same_batch(
    person: Person, rates: list[CostRate], system: Any
) -> None:
    change = records.delete(person, actor=system, note="Entered twice")
    assert not Person.objects.exists()
    assert not CostRate.objects.exists()
    removed = Change.objects.filter(batch=change.batch).order_by("id")
    assert [(c.record_type, c.record_id, c.action) for c in removed] == [
        *(("people.costrate", rate.pk, "delete") for rate in reversed(rates)),
        ("people.person", person.pk, "delete"),
    ]
    assert {c.note for c in removed} == {"Entered twice"}
    assert change.before["name"] == "Helen Ashdown"
    assert (change.after, change.state) == ({}, None)


def test_undo_brings_back_the_record_and_what_went_along(person: Person, rates: list[CostRate], system: Any) -> None:
    before = [state_of(row) for row in (Person.objects.get(), *CostRate.objects.order_by("pk"))]
    change = records.delete(person, actor=system)
    done = records.undo(change.batch, actor=system)
    assert [state_of(row) for row in (Person.objects.get(), *CostRate.objects.order_by("pk"))] == before
    assert [(c.record_type, c.action, c.note) for c in done] == [
        ("people.person", "create", "Undo"),
        ("people.costrate", "create", "Undo"),
        ("people.costrate", "create", "Undo"),
    ]
    assert Person.objects.get().version == 2, "later than what was removed, so that an old form is stale"


def test_what_is_in_use_stays_and_the_text_counts_by_what(
    units: dict[str, OrganisationUnit], person: Person, system: Any
) -> None:
    with pytest.raises(InUse) as refused:
        records.delete(units["NET"], actor=system)
    assert refused.value.messages == ["Net is still used by 1 person."]
    assert OrganisationUnit.objects.filter(code="NET").exists()
    assert Change.objects.filter(action=Action.DELETE).count() == 0


def test_removing_needs_its_own_right_and_the_stored_version(person: Person, someone: MakeActor, system: Any) -> None:
    with pytest.raises(AccessDenied):
        records.delete(person, actor=someone("Ben", actions=("view", "change")))
    stale = Person.objects.get()
    person.job_title = "Engineer"
    records.save(person, actor=system)
    with pytest.raises(StaleRecord):
        records.delete(stale, actor=someone())
    assert Person.objects.count() == 1


def test_undo_of_an_edit_restores_the_fields_and_is_a_change_itself(system: Any) -> None:
    tag = Tag(name="Fibre", colour="series1")
    records.save(tag, actor=system)
    tag.name, tag.colour = "Copper", "series2"
    change = records.save(tag, actor=system)
    assert change is not None
    (back,) = records.undo(change.batch, actor=system)
    tag.refresh_from_db()
    assert (tag.name, tag.colour, tag.version) == ("Fibre", "series1", 3)
    assert (back.via, back.note, back.after) == ("undo", "Undo", {"name": "Fibre", "colour": "series1"})
    records.undo(back.batch, actor=system)
    tag.refresh_from_db()
    assert tag.name == "Copper", "an undo can be undone"


def test_acts_on_one_record_are_taken_back_one_after_the_other(system: Any) -> None:
    tag = Tag(name="Fibre", colour="series1")
    added = records.save(tag, actor=system)
    batches = [added.batch] if added else []
    for name, colour in (("Copper", "series1"), ("Copper", "series2"), ("Glass", "series2")):
        tag.name, tag.colour = name, colour
        change = records.save(tag, actor=system)
        assert change is not None
        batches.append(change.batch)
    for batch, expected in zip(
        reversed(batches[1:]), ("Copper series2", "Copper series1", "Fibre series1"), strict=True
    ):
        records.undo(batch, actor=system)
        tag.refresh_from_db()
        assert f"{tag.name} {tag.colour}" == expected
    with pytest.raises(UndoRefused):
        records.undo(batches[-1], actor=system)
    records.undo(batches[0], actor=system)
    assert not Tag.objects.exists()


def test_undo_of_a_bulk_takes_all_back_or_nothing(system: Any) -> None:
    tags = [Tag(name=f"Tag {n}") for n in range(3)]
    records.save_many(tags, actor=system)
    for tag in tags:
        tag.colour = "series6"
    changes = records.save_many(tags, actor=system)
    tags[1].name = "Changed since"
    records.save(tags[1], actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(changes[0].batch, actor=system)
    assert refused.value.messages == ["Tag 1 has been changed again meanwhile."]
    assert set(Tag.objects.values_list("colour", flat=True)) == {"series6"}


def test_only_who_did_it_undoes_it(person: Person, someone: MakeActor) -> None:
    amara, ben = someone("Amara"), someone("Ben")
    person.job_title = "Engineer"
    change = records.save(person, actor=amara)
    assert change is not None
    with pytest.raises(UndoRefused) as refused:
        records.undo(change.batch, actor=ben)
    assert refused.value.messages == ["There is nothing here that you can undo."]
    with pytest.raises(UndoRefused) as unknown:
        records.undo(uuid.uuid4(), actor=ben)
    assert unknown.value.messages == refused.value.messages
    records.undo(change.batch, actor=amara)
    assert Person.objects.get().job_title == ""


def test_who_added_it_takes_it_back_without_the_right_to_remove(
    units: dict[str, OrganisationUnit], someone: MakeActor
) -> None:
    actor = someone(actions=("view", "add", "change"))
    row = Person(name="Mistake", unit=units["NET"], code="P-1", sort_name="Mistake")
    change = records.save(row, actor=actor)
    assert change is not None
    records.undo(change.batch, actor=actor)
    assert not Person.objects.exists()


def test_who_lost_the_right_takes_nothing_back(person: Person, someone: MakeActor) -> None:
    from dataclasses import replace

    amara = someone()
    person.job_title = "Engineer"
    change = records.save(person, actor=amara)
    assert change is not None
    with pytest.raises(AccessDenied):
        records.undo(change.batch, actor=replace(amara, _given=()))
    assert Person.objects.get().job_title == "Engineer"


def test_undo_of_a_removal_is_refused_where_its_place_is_taken(system: Any) -> None:
    tag = Tag(name="Fibre")
    records.save(tag, actor=system)
    change = records.delete(tag, actor=system)
    records.save(Tag(name="Fibre"), actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(change.batch, actor=system)
    assert refused.value.messages == ["Fibre cannot come back: There is a tag of this name already."]
    assert Tag.objects.count() == 1


def test_undo_of_a_removal_is_refused_where_what_it_refers_to_is_gone(
    person: Person, rates: list[CostRate], system: Any
) -> None:
    change = records.delete(rates[0], actor=system)
    records.delete(person, actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(change.batch, actor=system)
    assert refused.value.messages[0].startswith("Helen Ashdown from 2025-01-01 cannot come back: person instance")
    assert not CostRate.objects.exists()


# -- the past ----------------------------------------------------------------------------------------------------------


def test_any_moment_of_the_past_is_read_back(person: Person, system: Any) -> None:
    for days, title in ((1, "Engineer"), (2, "Manager")):
        person.job_title = title
        records.save(person, actor=system.at(NOW + days * DAY))
    records.delete(person, actor=system.at(NOW + 3 * DAY))
    titles = []
    for days in range(-1, 4):
        state = records.state_as_of(Person, person.pk, NOW + days * DAY + dt.timedelta(hours=1))
        titles.append(state["job_title"] if state else None)
    assert titles == [None, "", "Engineer", "Manager", None]
    found = records.as_of(Person, NOW + 2 * DAY, actor=system, related=("unit",))
    assert [(row.pk, row.name, row.job_title, row.version, row.unit.name) for row in found] == [
        (person.pk, "Helen Ashdown", "Manager", 3, "Net")
    ]
    assert records.as_of(Person, NOW + 4 * DAY, actor=system) == []


def test_the_past_is_shown_by_the_node_that_governed_then(
    person: Person, units: dict[str, OrganisationUnit], someone: MakeActor, system: Any
) -> None:
    person.unit = units["OPS"]
    records.save(person, actor=system.at(NOW + 2 * DAY))
    at_net, at_ops = someone("Ann", at="NET"), someone("Ben", at="OPS")
    before, after = NOW + DAY, NOW + 3 * DAY
    assert [row.pk for row in records.as_of(Person, before, actor=at_net)] == [person.pk]
    assert records.as_of(Person, after, actor=at_net) == []
    assert records.as_of(Person, before, actor=at_ops) == []
    assert [row.pk for row in records.as_of(Person, after, actor=at_ops)] == [person.pk]


def test_the_past_tells_a_stranger_nothing(person: Person, someone: MakeActor) -> None:
    from dataclasses import replace

    stranger = replace(someone(), _given=())
    assert records.as_of(Person, NOW + DAY, actor=stranger) == []
    assert records.as_of(Tag, NOW + DAY, actor=stranger) == []


def test_who_added_it_does_not_take_others_work_with_it(
    units: dict[str, OrganisationUnit], pound: Currency, someone: MakeActor, system: Any
) -> None:
    """Undo lends the right to remove one's own new record, not what others have added below it since."""
    adder = someone(actions=("view", "add", "change"))
    row = Person(name="Mistake", unit=units["NET"], code="P-1", sort_name="Mistake")
    change = records.save(row, actor=adder)
    assert change is not None
    records.save(CostRate(person=row, starts_on=dt.date(2026, 1, 1), rate=Decimal(80), currency=pound), actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(change.batch, actor=adder)
    assert refused.value.messages == ["Mistake has been added to meanwhile."]
    assert CostRate.objects.count() == 1


def test_a_backdated_change_counts_in_the_order_it_was_written(person: Person, system: Any) -> None:
    """Where the clock has gone back, the one record and the list of a past date still tell the same."""
    person.job_title = "Later"
    records.save(person, actor=system.at(NOW + 5 * DAY))
    person.job_title = "Backdated"
    records.save(person, actor=system.at(NOW + 3 * DAY))
    moment = NOW + 6 * DAY
    state = records.state_as_of(Person, person.pk, moment)
    assert state is not None
    assert state["job_title"] == "Backdated"
    assert [row.job_title for row in records.as_of(Person, moment, actor=system)] == ["Backdated"]
