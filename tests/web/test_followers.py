"""Whoever follows a record hears of what others do to it, as far as the own rights go."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.notifications.following import follow
from quarterdeck.kernel.notifications.models import Follow, Notification
from quarterdeck.kernel.tags.models import Tag

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SYSTEM = Actor.system(now=NOW)

pytestmark = pytest.mark.django_db(transaction=True)


def reader(name: str, actions: tuple[str, ...] = ("view",)) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
    role = AccessRole(name=f"Role of {name}", permissions={"tags.tag": list(actions)})
    records.save(role, actor=SYSTEM)
    records.save(Grant(user=user, role=role, scope=scopes.root()), actor=SYSTEM)
    return user


@pytest.fixture
def tag() -> Tag:
    made = Tag(name="Harbour")
    records.save(made, actor=SYSTEM)
    return made


def test_a_change_is_told_to_those_who_follow_and_may_still_see(tag: Tag) -> None:
    """The one who did it is not told; nor is one whose right has gone since."""
    ann, ben, eve = reader("Ann", ("view", "change")), reader("Ben"), reader("Eve")
    for user in (ann, ben, eve):
        follow(record=tag, actor=Actor(user=user, now=NOW), label="Harbour")
    Grant.objects.filter(user=eve).delete()
    tag.name = "Harbour line"
    records.save(tag, actor=Actor(user=ann, now=NOW))
    told = Notification.objects.get()
    assert (told.user, told.url) == (ben, f"/tags/{tag.pk}/")
    assert told.text == "Ann on Harbour line: Name Harbour to Harbour line"


def test_a_second_change_renews_what_was_not_read(tag: Tag) -> None:
    ann, ben = reader("Ann", ("view", "change")), reader("Ben")
    follow(record=tag, actor=Actor(user=ben, now=NOW), label="Harbour")
    for name in ("One", "Two"):
        tag.name = name
        records.save(tag, actor=Actor(user=ann, now=NOW))
    assert Notification.objects.get().text == "Ann on Two: Name One to Two"


def test_a_comment_is_told_to_followers_once(tag: Tag) -> None:
    """Whom it mentions hears of the mention, not of the comment as well."""
    ann, ben, cai = reader("Ann"), reader("Ben"), reader("Cai")
    for user in (ann, ben, cai):
        follow(record=tag, actor=Actor(user=user, now=NOW), label="Harbour")
    comment_add(record=tag, body=f"Look, @[Ben](user:{ben.pk})", actor=Actor(user=ann, now=NOW))
    told = {(n.user.name, n.kind) for n in Notification.objects.select_related("user")}
    assert told == {("Ben", "comments.mention"), ("Cai", "comments.followed")}
    assert Notification.objects.get(user=cai).text == "Ann comments on Harbour: Look, @Ben"


def test_the_button_on_the_page_follows_and_gives_up(tag: Tag) -> None:
    ben = reader("Ben")
    client = Client()
    client.force_login(ben)
    address = f"/tags/{tag.pk}/"
    assert "Be told of what changes here" in client.get(address).content.decode()
    assert client.post(f"{address}with/follow/", {"on": "1"}).status_code == 302
    kept = Follow.objects.get()
    assert (kept.user, kept.label, kept.url) == (ben, "Harbour", address)
    assert "Following" in client.get(address).content.decode()
    client.post(f"{address}with/follow/", {"on": ""})
    assert not Follow.objects.exists()


def test_a_stranger_follows_nothing(tag: Tag) -> None:
    client = Client()
    client.force_login(User.objects.create_user("sam@example.org", name="Sam"))
    assert client.post(f"/tags/{tag.pk}/with/follow/", {"on": "1"}).status_code == 404
    assert not Follow.objects.exists()
