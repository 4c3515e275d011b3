"""The pages of notifications: the list, the bell, reading, preferences; always one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import notifications
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.notifications import kinds
from quarterdeck.kernel.notifications.models import Digest, Notification, Preference
from tests.kernel.pointed import system, user

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
