"""Following: who asked for it is known by record, once, and only for oneself."""

from __future__ import annotations

import dataclasses

import pytest

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.notifications.following import follow, followed_by, followers_of, follows, unfollow
from quarterdeck.kernel.notifications.models import Follow
from tests.kernel.pointed import NOW, node, record_at, user

pytestmark = pytest.mark.django_db


def test_one_follows_once_and_gives_it_up() -> None:
    record, ann, ben = record_at(node("North")), Actor(user=user("Ann"), now=NOW), Actor(user=user("Ben"), now=NOW)
    assert follow(record=record, actor=ann, label="North record", url="/x/1/") is True
    assert follow(record=record, actor=ann, label="Other words", url="/y/") is False
    assert (follows(ann, record), follows(ben, record)) == (True, False)
    kept = followed_by(ann).get()
    assert (kept.label, kept.url, kept.since) == ("North record", "/x/1/", NOW)
    assert not followed_by(ben).exists()
    kind = record._meta.label_lower
    assert unfollow(record_type=kind, record_id=record.pk, actor=ben) is False
    assert unfollow(record_type=kind, record_id=record.pk, actor=ann) is True
    assert not Follow.objects.exists()


def test_followers_are_found_for_many_records_at_once_and_the_inactive_are_left_out() -> None:
    here = node("North")
    one, two, three = (record_at(here) for _place in range(3))
    ann, ben, eve = user("Ann"), user("Ben"), user("Eve")
    for who, record in ((ann, one), (ben, one), (ben, two), (eve, two)):
        follow(record=record, actor=Actor(user=who, now=NOW), label="x")
    eve.is_active = False
    eve.save(update_fields=["is_active"])
    found = followers_of(one._meta.label_lower, [one.pk, two.pk, three.pk])
    assert found == {one.pk: [ann, ben], two.pk: [ben]}


def test_whoever_only_looks_and_whoever_is_nobody_follow_nothing() -> None:
    record = record_at(node("North"))
    for actor in (dataclasses.replace(Actor(user=user("Ann"), now=NOW), read_only=True), Actor.system(now=NOW)):
        assert follow(record=record, actor=actor, label="x") is False
        assert unfollow(record_type=record._meta.label_lower, record_id=record.pk, actor=actor) is False
        assert follows(actor, record) is False
    assert not Follow.objects.exists()
