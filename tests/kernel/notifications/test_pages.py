"""The pages of notifications: the list, the bell, reading, preferences; always one's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock, notifications, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.approvals.services import request_approval
from quarterdeck.kernel.notifications import kinds
from quarterdeck.kernel.notifications.following import follow, followed_by
from quarterdeck.kernel.notifications.models import Digest, Notification, Preference
from quarterdeck.kernel.ui.components import date_text
from tests.kernel.pointed import NOW, node, record_at, system, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    notifications.kind("test.due", title=_("Things due"), message=_("%(record)s is due"))
    yield
    del kinds.kinds["test.due"]


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def given(who: User, at: Scope) -> Grant:
    """Let one view every kind of record at a node."""
    role, _made = AccessRole.objects.get_or_create(name="Viewer", permissions={"*": ["view"]})
    grant = Grant(user=who, role=role, scope=at)
    records.save(grant, actor=system())
    return grant


def tell(who: User, what: str, url: str = "") -> Notification:
    notifications.notify([who], kind="test.due", values={"record": what}, url=url, actor=system())
    return Notification.objects.latest("pk")


def reads(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_the_bell_and_reading(django_assert_max_num_queries: Any) -> None:
    ben = user("Ben")
    client = signed_in(ben)
    assert "No notifications" in reads(client, "/notifications/")
    first, second = tell(ben, "PRJ-1 <b>", "/projects/PRJ-1/"), tell(ben, "PRJ-2")
    with django_assert_max_num_queries(12):
        page = reads(client, "/notifications/")
    assert "PRJ-1 &lt;b&gt; is due" in page
    assert f'href="/notifications/{first.pk}/"' in page
    bell = reads(client, "/notifications/bell")
    assert "2 unread" in bell
    assert "<html" not in bell
    assert client.get(f"/notifications/{first.pk}/").headers["Location"] == "/projects/PRJ-1/"
    assert notifications.unread_count(ben) == 1
    assert "PRJ-1" not in reads(client, "/notifications/?unread")
    client.post(f"/notifications/{second.pk}/read", {"next": "/notifications/?unread"})
    assert "Nothing unread" in reads(client, "/notifications/?unread")
    tell(ben, "PRJ-3")
    assert client.post("/notifications/read").headers["Location"] == "/notifications/"
    assert notifications.unread_count(ben) == 0
    assert "0 unread" in reads(client, "/notifications/bell")


def test_others_get_404_and_learn_nothing() -> None:
    told = tell(user("Ben"), "PRJ-1")
    stranger = signed_in(user("Stranger"))
    assert stranger.get(f"/notifications/{told.pk}/").status_code == 404
    assert stranger.post(f"/notifications/{told.pk}/read").status_code == 404
    stranger.post("/notifications/read")
    assert "PRJ-1" not in reads(stranger, "/notifications/") + reads(stranger, "/notifications/bell")
    told.refresh_from_db()
    assert told.read_at is None
    for path in ("", "bell", "preferences", f"{told.pk}/"):
        assert Client().get(f"/notifications/{path}").status_code == 302


def test_preferences_are_kept() -> None:
    ben = user("Ben")
    client = signed_in(ben)
    page = reads(client, "/notifications/preferences")
    assert "Things due" in page
    assert '<option value="in_app" selected>' in page
    answer = client.post("/notifications/preferences", {"kind.test.due": "none", "kind.x": "none", "every": "hourly"})
    assert answer.status_code == 302
    assert [(p.kind, p.channel) for p in Preference.objects.filter(user=ben)] == [("test.due", "none")]
    assert Digest.objects.get(user=ben).every == "hourly"
    assert '<option value="hourly" selected>' in reads(client, "/notifications/preferences")
    assert client.post("/notifications/preferences", {"every": "always"}).status_code == 400


def test_what_is_told_stands_by_day() -> None:
    ben = user("Ben")
    client = signed_in(ben)
    for what, ago in (("PRJ-1", 0), ("PRJ-2", 1), ("PRJ-3", 1), ("PRJ-4", 9)):
        told = tell(ben, what)
        Notification.objects.filter(pk=told.pk).update(created_at=clock.now() - dt.timedelta(days=ago))
    page = reads(client, "/notifications/")
    long_ago = date_text(clock.local_date(clock.now()) - dt.timedelta(days=9), clock.local_date(clock.now()))
    assert re.findall(r'<h2>([^<]+)</h2><span class="count">(\d+)</span>', page) == [
        ("Today", "1"),
        ("Yesterday", "2"),
        (long_ago, "1"),
    ]


def test_what_one_follows_is_listed_and_given_up_there() -> None:
    ben, ann = user("Ben"), user("Ann")
    client = signed_in(ben)
    assert "You follow nothing" in reads(client, "/notifications/following")
    record = record_at(north := node("North"))
    given(ben, north)
    for who in (ben, ann):
        follow(record=record, actor=Actor(user=who, now=NOW), label="North record", url="/x/1/")
    page = reads(client, "/notifications/following")
    assert '<a class="name" href="/x/1/">North record</a>' in page
    theirs = followed_by(Actor(user=ann, now=NOW)).get()
    assert client.post(f"/notifications/following/{theirs.pk}/end").status_code == 404
    mine = followed_by(Actor(user=ben, now=NOW)).get()
    assert client.post(f"/notifications/following/{mine.pk}/end").status_code == 302
    assert list(followed_by(Actor(user=ann, now=NOW))) == [theirs]
    assert not followed_by(Actor(user=ben, now=NOW)).exists()


def test_what_was_told_of_a_record_is_closed_with_it() -> None:
    ben = user("Ben")
    record = record_at(north := node("North"), "Zanzibar")
    grant = given(ben, north)
    notifications.notify([ben], kind="test.due", record=record, url="/zanzibar/1/", actor=system())
    told = Notification.objects.latest("pk")
    follow(record=record, actor=Actor(user=ben, now=NOW), label="Zanzibar record", url="/zanzibar/1/")
    client = signed_in(ben)
    pages = ("/notifications/", "/notifications/?unread", "/notifications/bell", "/notifications/following")
    for path in pages:
        assert "Zanzibar" in reads(client, path), path
    assert client.get(f"/notifications/{told.pk}/").headers["Location"] == "/zanzibar/1/"
    Notification.objects.update(read_at=None)
    records.delete(grant, actor=system())
    for path in pages:
        page = reads(client, path)
        assert "Zanzibar" not in page, path
        assert "zanzibar" not in page, path
        assert "that is gone, or that you may not see any more" in page, path
    assert client.get(f"/notifications/{told.pk}/").headers["Location"] == "/notifications/"
    given(ben, north)
    assert "Zanzibar" in reads(client, "/notifications/"), "closed, not forgotten"


def test_an_approver_goes_on_reading_what_is_asked() -> None:
    ann, ben = user("Ann"), user("Ben")
    record = record_at(node("North"))
    request_approval(
        kind="test",
        subject=record,
        title="Close North",
        approvers=[ben],
        actor=Actor(user=ann, now=NOW, unlimited=True),
    )
    assert "Close North" in reads(signed_in(ben), "/notifications/")


def test_marking_all_as_read_from_the_bell_comes_back_to_the_page() -> None:
    ben = user("Ben")
    tell(ben, "PRJ-1")
    client = signed_in(ben)
    bell = client.get("/notifications/bell", headers={"HX-Current-URL": "https://pmo.example.org/people/?view=here"})
    assert 'name="next" value="/people/?view=here"' in bell.content.decode()
    assert client.post("/notifications/read", {"next": "/people/?view=here"})["Location"] == "/people/?view=here"
