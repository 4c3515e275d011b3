"""Acts on many records taken back: in few statements, by the rules and with the words that hold for one."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery.models import Plan, Task, TaskLink
from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import clock, events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.audit.states import state_of
from quarterdeck.kernel.records import Changed, Record, UndoRefused, rules
from quarterdeck.kernel.tags.models import Tag
from tests.cast import assemble

pytestmark = pytest.mark.django_db


def tags(count: int, actor: Actor, start: int = 0) -> list[Tag]:
    rows = [Tag(name=f"Tag {number}") for number in range(start, start + count)]
    records.save_many(rows, actor=actor)
    return rows


def rates(person: Person, pound: Currency, actor: Actor, count: int = 3) -> list[CostRate]:
    rows = [
        CostRate(person=person, starts_on=dt.date(2020 + number, 1, 1), rate=Decimal(80), currency=pound)
        for number in range(count)
    ]
    records.save_many(rows, actor=actor.by("form", uuid.uuid4()))
    return rows


def batch_of(record: Tag | CostRate | Person) -> uuid.UUID:
    kind = record._meta.label_lower
    return Change.objects.filter(record_type=kind, record_id=record.pk).latest("pk").batch


def statements_to_undo(batch: uuid.UUID, actor: Actor) -> int:
    with CaptureQueriesContext(connection) as seen:
        records.undo(batch, actor=actor)
    return len(seen)


@pytest.mark.parametrize("act", ["add", "change", "remove"])
def test_many_take_no_more_statements_than_few(system: Actor, act: str) -> None:
    counts = []
    for start, count in ((0, 3), (100, 40)):
        rows = tags(count, system, start)
        if act == "change":
            for row in rows:
                row.colour = "series6"
            records.save_many(rows, actor=system)
        if act == "remove":
            for row in rows:
                row.refresh_from_db()
            records.delete_many(rows, actor=system)
        counts.append(statements_to_undo(batch_of(rows[0]), system))
    assert counts[0] == counts[1]


def test_what_was_changed_is_set_back_with_one_change_each_and_told_once(
    system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tags(3, system)
    for row in rows:
        row.colour = "series6"
    records.save_many(rows, actor=system)
    told: list[Changed] = []
    monkeypatch.setattr(events, "publish", told.append)
    done = records.undo(batch_of(rows[0]), actor=system)
    assert [(c.record_id, c.action, c.via, c.note, c.before, c.after, c.version) for c in done] == [
        (row.pk, "change", "undo", "Undo", {"colour": "series6"}, {"colour": "series5"}, 3) for row in reversed(rows)
    ]
    assert set(Tag.objects.values_list("colour", "version")) == {("series5", 3)}
    assert [(each.record_ids, each.action, each.fields) for each in told] == [
        (tuple(row.pk for row in reversed(rows)), "change", frozenset({"colour"}))
    ]


def test_what_was_added_and_changed_by_one_act_goes_and_comes_back(system: Actor) -> None:
    actor = system.by("form", uuid.uuid4())
    rows = tags(3, actor)
    for row in rows:
        row.name += "!"
    records.save_many(rows, actor=actor)
    done = records.undo(actor.batch or uuid.uuid4(), actor=system)
    assert not Tag.objects.exists()
    assert [c.action for c in done] == ["change"] * 3 + ["delete"] * 3
    records.undo(done[0].batch, actor=system)
    assert set(Tag.objects.values_list("pk", "name")) == {(row.pk, row.name) for row in rows}


def test_what_was_removed_comes_back_under_its_key_with_what_went_along(
    person: Person, pound: Currency, system: Actor
) -> None:
    made = rates(person, pound, system)
    before = [state_of(row) for row in CostRate.objects.order_by("pk")]
    change = records.delete(Person.objects.get(), actor=system)
    done = records.undo(change.batch, actor=system)
    assert [state_of(row) for row in CostRate.objects.order_by("pk")] == before
    assert {row.version for row in CostRate.objects.all()} == {made[0].version + 1}
    assert [c.record_type for c in done] == ["people.person", *["people.costrate"] * 3]


def test_one_changed_or_removed_meanwhile_keeps_all(system: Actor) -> None:
    rows = tags(3, system)
    batch = batch_of(rows[0])
    rows[1].name = "Mine"
    records.save(rows[1], actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(batch, actor=system)
    assert refused.value.messages == ["Tag 1 has been changed again meanwhile."]
    records.delete(rows[1], actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(batch, actor=system)
    assert refused.value.messages == ["Tag 1 has been removed meanwhile."]
    assert Tag.objects.count() == 2


def test_the_one_that_is_refused_is_named(person: Person, pound: Currency, system: Actor) -> None:
    rows = tags(3, system)
    for row in rows:
        row.refresh_from_db()
    records.delete_many(rows, actor=system)
    records.save(Tag(name="Tag 1"), actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(batch_of(rows[0]), actor=system)
    assert refused.value.messages == ["Tag 1 cannot come back: There is a tag of this name already."]
    gone = rates(person, pound, system)
    records.delete_many(gone, actor=system)
    records.delete(Person.objects.get(), actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(batch_of(gone[0]), actor=system)
    assert "cannot come back: person instance" in refused.value.messages[0]
    assert (Tag.objects.count(), CostRate.objects.count()) == (1, 0)


def test_who_added_them_takes_them_back_without_the_right_to_remove_but_nobodys_work_with_them() -> None:
    cast = assemble()
    plan, system = cast.north.make(Plan), cast.north.actor
    role = AccessRole(name="planner", permissions={"*": ["view", "add", "change"]}, sees=[])
    records.save(role, actor=system)
    user = User.objects.create_user("pia@example.org", name="Pia")
    grant = Grant(user=user, role=role, scope=plan.initiative.scope)
    records.save(grant, actor=system)
    batch = uuid.uuid4()
    rows = [Task(plan=plan, name=f"N{number}", uid=number) for number in (101, 102, 103)]
    records.save_many(rows, actor=Actor(user=user, now=clock.now()).by("form", batch))
    link = TaskLink(plan=plan, predecessor=rows[1], successor=rows[2])
    records.save(link, actor=system)
    with pytest.raises(UndoRefused) as refused:
        records.undo(batch, actor=Actor(user=user, now=clock.now()))
    assert refused.value.messages == ["N103 has been added to meanwhile."]
    records.delete(link, actor=system)
    records.delete(grant, actor=system)
    with pytest.raises(AccessDenied):
        records.undo(batch, actor=Actor(user=user, now=clock.now()))
    assert Task.objects.filter(plan=plan).count() == 3
    records.save(Grant(user=user, role=role, scope=plan.initiative.scope), actor=system)
    records.undo(batch, actor=Actor(user=user, now=clock.now()))
    assert not Task.objects.filter(plan=plan).exists()


def test_a_kind_with_a_writer_of_its_own_is_taken_back_by_it(
    units: dict[str, OrganisationUnit], system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [Person(name=f"N{n}", unit=units["NET"], code=f"P-{n}", sort_name="N") for n in range(3)]
    records.save_many(people, actor=system)
    for person in people:
        person.job_title = "Engineer"
    batch = records.save_many(people, actor=system)[0].batch
    written: list[str] = []

    def write(record: Person, *, actor: Actor, note: str = "") -> object:
        written.append(record.name)
        return records.save(record, actor=actor, note=note)

    known: dict[type[Record], rules.Rules] = {Person: rules.Rules(write, records.delete, plain=False)}
    monkeypatch.setattr(rules, "_known", known)
    records.undo(batch, actor=system)
    assert written == ["N2", "N1", "N0"]
