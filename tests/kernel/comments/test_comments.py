from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase

from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.models import AccessRole, Grant
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.comments.events import Mentioned
from quarterdeck.kernel.comments.selectors import comment_counts, comment_visible, comments_of, mentionable
from quarterdeck.kernel.comments.services import comment_add, comment_delete, comment_edit
from tests.kernel import pointed

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[Mentioned]]:
    heard: list[Mentioned] = []
    events.subscribe(Mentioned, heard.append)
    yield heard
    events.unsubscribe(Mentioned, heard.append)


def test_a_comment_is_kept_with_its_author_and_history() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope, actions=("view",))
    comment = comment_add(record=record, body="  Late again\r\n", actor=ada)
    assert (comment.body, comment.author, comment.author_label, comment.created_at) == (
        "Late again",
        ada.user,
        "Ada",
        pointed.NOW,
    )
    assert list(comments_of(record)) == [comment]
    assert comment_counts([record]) == {record.pk: 1}
    change = Change.objects.get(record_type="comments.comment")
    assert (change.record_id, change.after, change.actor) == (comment.pk, {"body": "Late again"}, ada.user)


@pytest.mark.parametrize("body", ["", " \n ", "x" * 20_001])
def test_empty_and_endless_comments_are_refused(body: str) -> None:
    record = pointed.record_at(pointed.node("North"))
    with pytest.raises(ValidationError):
        comment_add(record=record, body=body, actor=pointed.member(record.scope))
    assert not comments_of(record).exists()


def test_who_does_not_see_the_record_neither_reads_nor_writes() -> None:
    record = pointed.record_at(pointed.node("North"))
    comment = comment_add(record=record, body="Seen by few", actor=pointed.member(record.scope))
    elsewhere = pointed.member(pointed.node("South"), "Eve")
    assert not comment_visible(elsewhere, comment)
    assert not comment_visible(pointed.stranger(), comment)
    assert comment_visible(pointed.member(record.scope, "Bob"), comment)
    with pytest.raises(AccessDenied):
        comment_add(record=record, body="Me too", actor=elsewhere)


def test_reading_only_writes_nothing() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope)
    with pytest.raises(AccessDenied):
        comment_add(record=record, body="x", actor=dataclasses.replace(ada, read_only=True))
    with pytest.raises(AccessDenied):
        comment_add(record=record, body="x", actor=dataclasses.replace(ada, limits={"*": ["view"]}))
    assert comment_add(record=record, body="x", actor=dataclasses.replace(ada, limits={"*": ["view", "comment"]})).pk


def test_only_its_author_edits_and_removes_a_comment() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada, bob = pointed.member(record.scope), pointed.member(record.scope, "Bob")
    comment = comment_add(record=record, body="First", actor=ada)
    with pytest.raises(AccessDenied):
        comment_edit(comment=comment, body="Mine", actor=bob)
    with pytest.raises(AccessDenied):
        comment_delete(comment=comment, actor=bob)
    later = ada.at(pointed.NOW + timedelta(hours=1))
    edited = comment_edit(comment=comment, body="Second", actor=later)
    assert (edited.body, edited.edited_at, edited.version) == ("Second", later.now, 2)
    with pytest.raises(ValidationError):
        comment_edit(comment=comment, body="Stale", actor=ada)
    removed = comment_delete(comment=edited, actor=later)
    assert (removed.body, removed.deleted_at) == ("", later.now)
    assert comment_counts([record]) == {}
    said = Change.objects.filter(record_type="comments.comment").order_by("id").values_list("action", "before", "after")
    assert list(said) == [
        ("create", {}, {"body": "First"}),
        ("change", {"body": "First"}, {"body": "Second"}),
        ("delete", {"body": "Second"}, {}),
    ]
    with pytest.raises(AccessDenied):
        comment_edit(comment=removed, body="Back", actor=ada)


def test_mentions_reach_those_who_may_see_the_record_once(told: list[Mentioned]) -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope)
    seer, blind = pointed.user("Seer"), pointed.user("Blind")
    role = AccessRole.objects.create(name="Sees", permissions={"*": ["view"]})
    records.save(Grant(user=seer, role=role, scope=record.scope), actor=pointed.system())
    body = f"@[Seer](user:{seer.pk}) @blind@example.org @ada@example.org @[No one](user:999999)"
    with TestCase.captureOnCommitCallbacks(execute=True):
        comment = comment_add(record=record, body=body, actor=ada)
    assert [event.user_ids for event in told] == [(seer.pk,)]
    assert (told[0].record_id, told[0].author_label, told[0].excerpt[:5]) == (record.pk, "Ada", "@Seer")
    with TestCase.captureOnCommitCallbacks(execute=True):
        comment_edit(comment=comment, body=f"{body} again", actor=ada)
    assert len(told) == 1
    assert blind.pk not in {pk for event in told for pk in event.user_ids}


def test_only_those_who_see_the_record_are_offered_for_a_mention() -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope, actions=("view",))
    bob, bobby = pointed.user("Bob"), pointed.user("Bobby")
    role = AccessRole.objects.create(name="Sees", permissions={"*": ["view"]})
    for user, scope in ((bob, record.scope), (bobby, pointed.node("South"))):
        records.save(Grant(user=user, role=role, scope=scope), actor=pointed.system())
    assert mentionable(record, "bo", actor=ada) == [bob]
    assert mentionable(record, "bob@exa", actor=ada) == [bob]
    assert mentionable(record, "nobody", actor=ada) == []
