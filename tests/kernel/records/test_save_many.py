"""Many records of one model in a few statements: all or nothing, one Change each, one event for each kind of act."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records import BulkRefused
from quarterdeck.kernel.tags.models import Tag
from tests.kernel.records.conftest import MakeActor

pytestmark = pytest.mark.django_db


def stored(count: int, actor: Any) -> list[Tag]:
    tags = [Tag(name=f"Tag {n:03}") for n in range(count)]
    records.save_many(tags, actor=actor)
    return tags


def test_new_and_changed_records_are_one_batch_with_a_change_each(system: Any) -> None:
    first, second = stored(2, system)
    first.name = "Renamed"
    fresh = Tag(name="Fresh")
    done = records.save_many([first, second, fresh], actor=system, note="Together")
    assert {(c.action, c.label, c.version) for c in done} == {("change", "Renamed", 2), ("create", "Fresh", 1)}
    assert len({c.batch for c in done}) == 1
    assert {c.note for c in done} == {"Together"}
    assert [c.state for c in done if c.action == "create"] == [
        {"id": fresh.pk, "custom": {}, "name": "Fresh", "colour": "series5"}
    ]
    second.refresh_from_db()
    assert second.version == 1, "what did not differ was not written"


def test_one_refused_record_refuses_the_call_and_says_which(system: Any) -> None:
    first, second, third = stored(3, system)
    first.name, second.name, third.colour = "Other", "", "no such colour"
    with pytest.raises(BulkRefused) as refused:
        records.save_many([first, second, third], actor=system)
    assert sorted(refused.value.errors) == [1, 2]
    assert refused.value.errors[1].message_dict == {"name": ["This field cannot be blank."]}
    assert list(Tag.objects.values_list("name", flat=True)) == ["Tag 000", "Tag 001", "Tag 002"]
    assert Change.objects.count() == 3


def test_a_stale_record_refuses_the_call(system: Any) -> None:
    first, second = stored(2, system)
    again = Tag.objects.get(pk=second.pk)
    again.name = "Theirs"
    records.save(again, actor=system)
    first.name, second.name = "A", "B"
    with pytest.raises(BulkRefused) as refused:
        records.save_many([first, second], actor=system)
    assert refused.value.errors[1].messages == ["B was changed by someone else meanwhile."]
    assert Tag.objects.get(pk=first.pk).name == "Tag 000"


def test_a_clash_of_what_is_unique_refuses_the_call(system: Any) -> None:
    with pytest.raises(BulkRefused):
        records.save_many([Tag(name="Same"), Tag(name="same")], actor=system)
    assert not Tag.objects.exists()
    assert not Change.objects.exists()


def test_one_record_out_of_reach_refuses_all(
    units: dict[str, OrganisationUnit], someone: MakeActor, system: Any
) -> None:
    people = [
        Person(name=f"Person {code}", unit=units[code], code=f"P-{code}", sort_name=code) for code in ("NET", "OPS")
    ]
    records.save_many(people, actor=system)
    for row in people:
        row.job_title = "Engineer"
    with pytest.raises(AccessDenied):
        records.save_many(people, actor=someone(at="NET"))
    assert set(Person.objects.values_list("job_title", flat=True)) == {""}


def test_a_reference_out_of_sight_refuses_all(
    units: dict[str, OrganisationUnit], someone: MakeActor, system: Any
) -> None:
    boss = Person(name="Boss", unit=units["OPS"], code="P-B", sort_name="Boss")
    records.save(boss, actor=system)
    fresh = [Person(name="New", unit=units["NET"], code="P-N", sort_name="New", manager=boss)]
    with pytest.raises(ValidationError) as refused:
        records.save_many(fresh, actor=someone(at="NET"))
    assert refused.value.message_dict == {"manager": ["Choose one of those listed."]}
    assert Person.objects.count() == 1


def test_the_statements_do_not_grow_with_the_records(system: Any) -> None:
    counts = []
    for size in (2, 60):
        tags = [Tag(name=f"S{size} {n}") for n in range(size)]
        with CaptureQueriesContext(connection) as context:
            records.save_many(tags, actor=system)
        counts.append(len(context))
    assert counts[0] == counts[1] <= 6


def test_nothing_to_save_is_nothing_done(system: Any) -> None:
    assert records.save_many([], actor=system) == []
