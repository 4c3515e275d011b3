from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.kernel import records
from quarterdeck.kernel.access.models import Grant
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.tags.models import Tag
from quarterdeck.kernel.tags.selectors import suggest, tagged, tags_of
from quarterdeck.kernel.tags.services import change_tags, set_tags
from tests.kernel import pointed

pytestmark = pytest.mark.django_db


def names(record: Grant) -> list[str]:
    return [tag.name for tag in tags_of([record])[record.pk]]


def test_tags_are_set_made_and_noted_in_history() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope)
    set_tags(record, [" Safety ", "permit  to work", "SAFETY"], ada)
    assert sorted(names(record)) == ["SAFETY", "permit to work"]
    set_tags(record, ["safety"], ada)
    assert names(record) == ["SAFETY"]
    changes = list(records.history_of(record).order_by("id"))
    assert [change.action for change in changes] == ["create", "change", "change"]
    assert changes[1].before == {"tags": []}
    assert sorted(changes[1].after["tags"]) == ["SAFETY", "permit to work"]
    assert changes[2].after == {"tags": ["SAFETY"]}
    assert changes[2].version == record.version == 1


def test_the_record_can_still_be_read_as_of_a_date_after_a_tag_change() -> None:
    record = pointed.record_at(pointed.node("North"))
    set_tags(record, ["x"], pointed.member(record.scope))
    found = records.as_of(Grant, pointed.NOW, actor=pointed.system(), pks=[record.pk])
    assert [(row.pk, row.user_id, row.scope_id) for row in found] == [(record.pk, record.user_id, record.scope_id)]


def test_unchanged_tags_write_nothing() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope)
    set_tags(record, ["a", "b"], ada)
    before = Change.objects.count()
    set_tags(record, ["B", "A"], ada)
    assert Change.objects.count() == before


def test_bulk_adds_and_removes_all_or_nothing() -> None:
    north = pointed.node("North")
    one, two = pointed.record_at(north, "One"), pointed.record_at(north, "Two")
    ada = pointed.member(north)
    set_tags(one, ["old", "kept"], ada)
    after = change_tags([one, two], actor=ada, add=["new"], remove=["OLD"])
    assert {pk: [tag.name for tag in tags] for pk, tags in after.items()} == {one.pk: ["kept", "new"], two.pk: ["new"]}
    assert (names(one), names(two)) == (["kept", "new"], ["new"])
    hidden = pointed.record_at(pointed.node("South"), "Hidden")
    with pytest.raises(AccessDenied):
        change_tags([one, hidden], actor=ada, add=["more"])
    assert names(one) == ["kept", "new"]


def test_who_may_only_look_sets_no_tags() -> None:
    record = pointed.record_at(pointed.node("North"))
    with pytest.raises(AccessDenied):
        set_tags(record, ["x"], pointed.member(record.scope, actions=("view",)))
    assert not Tag.objects.exists()


@pytest.mark.parametrize("given", [["x" * 51], [f"t{n}" for n in range(31)]])
def test_names_too_long_or_too_many_are_refused(given: list[str]) -> None:
    record = pointed.record_at(pointed.node("North"))
    with pytest.raises(ValidationError):
        set_tags(record, given, pointed.member(record.scope))
    assert names(record) == []


def test_records_are_found_by_tag_and_read_in_one_query() -> None:
    north = pointed.node("North")
    one, two, three = (pointed.record_at(north, name) for name in ("One", "Two", "Three"))
    ada = pointed.member(north)
    set_tags(one, ["a", "b"], ada)
    set_tags(two, ["b"], ada)
    assert set(Grant.objects.filter(pk__in=tagged(pointed.GRANT, ["A", "b"]))) == {one, two}
    assert set(Grant.objects.filter(pk__in=tagged(pointed.GRANT, ["A", "b"], every=True))) == {one}
    assert list(Grant.objects.filter(pk__in=tagged(pointed.GRANT, ["none"]))) == []
    with CaptureQueriesContext(connection) as queries:
        found = tags_of([one, two, three])
    assert len(queries) == 1
    assert {pk: [tag.name for tag in tags] for pk, tags in found.items()} == {
        one.pk: ["a", "b"],
        two.pk: ["b"],
        three.pk: [],
    }
    assert [tag.name for tag in suggest()] == ["b", "a"]
    assert [tag.name for tag in suggest("A")] == ["a"]
