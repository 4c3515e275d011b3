"""Who is told what, once, in words put together when shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import notifications
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.notifications import kinds, messages
from quarterdeck.kernel.notifications.jobs import forget
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.notifications.services import prefer, preferences_of
from tests.kernel.pointed import NOW, node, record_at, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moved(monkeypatch: pytest.MonkeyPatch) -> kinds.Kind:
    monkeypatch.setattr(kinds, "kinds", kinds.kinds)
    monkeypatch.setitem(kinds.kinds, "test.moved", None)
    del kinds.kinds["test.moved"]
    return notifications.kind(
        "test.moved", title=_("Moves"), message=_("%(actor)s moved %(record)s to %(date)s"), channel="digest"
    )


def by(name: str = "Ann", **more: Any) -> Actor:
    return Actor(user=user(name), now=NOW, **more)


def test_the_sentence_is_put_together_when_shown() -> None:
    ben = user("Ben")
    values = {"record": "PRJ-0142", "date": dt.date(2026, 11, 17)}
    assert notifications.notify([ben], kind="test.moved", values=values, url="/x/", actor=by()) == 1
    told = Notification.objects.get()
    assert told.values == {"actor": "Ann", "record": "PRJ-0142", "date": {"on": "2026-11-17"}}
    assert told.text == "Ann moved PRJ-0142 to 17 Nov 2026"
    with translation.override("de"):
        assert told.text == "Ann moved PRJ-0142 to 17. November 2026"
    assert (told.by_mail, told.url, told.created_at, told.read_at) == (True, "/x/", NOW, None)
    assert notifications.unread_count(ben) == 1
    assert notifications.unread_count(None) == 0


def test_nobody_is_told_of_their_own_act() -> None:
    actor = by()
    ben, gone, admin = user("Ben"), user("Gone"), user("Admin")
    gone.is_active = False
    behind = Actor(user=actor.user, now=NOW, behind=admin)
    assert actor.user is not None
    assert notifications.notify([actor.user, ben, ben, gone, admin], kind="test.moved", actor=behind) == 1
    assert [n.user for n in Notification.objects.all()] == [ben]
    assert Notification.objects.get().values["actor"] == "Ann, by Admin"


def test_what_is_unread_about_a_record_is_renewed_not_repeated() -> None:
    ben, cat, actor = user("Ben"), user("Cat"), by()
    grant, other = record_at(node("North"), "First"), record_at(node("South"), "Second")
    notifications.notify([ben], kind="test.moved", record=grant, values={"date": 1}, actor=actor)
    later = actor.at(NOW + dt.timedelta(hours=1))
    told = notifications.notify([ben, cat], kind="test.moved", record=grant, values={"date": 2}, actor=later)
    assert told == 2
    assert sorted((n.user.name, n.values["date"]) for n in Notification.objects.all()) == [("Ben", 2), ("Cat", 2)]
    assert Notification.objects.get(user=ben).created_at == later.now
    assert Notification.objects.get(user=ben).values["record"] == str(grant)
    notifications.notify([ben], kind="test.moved", record=other, actor=later)
    assert notifications.unread_count(ben) == 2
    notifications.mark_all_read(actor=Actor(user=ben, now=later.now))
    notifications.notify([ben], kind="test.moved", record=grant, actor=later)
    assert (notifications.unread_count(ben), Notification.objects.filter(user=ben).count()) == (1, 3)


def test_what_is_not_about_a_record_is_told_each_time() -> None:
    ben, actor = user("Ben"), by()
    for _time in range(2):
        notifications.notify([ben], kind="test.moved", actor=actor)
    assert notifications.unread_count(ben) == 2


def test_preferences_decide_whether_and_how() -> None:
    ben, cat, actor = user("Ben"), user("Cat"), by()
    prefer(actor=Actor(user=ben, now=NOW), channels={"test.moved": "none", "test.gone": "digest"}, every="daily")
    prefer(actor=Actor(user=cat, now=NOW), channels={"test.moved": "none"}, every="daily")
    prefer(actor=Actor(user=cat, now=NOW), channels={"test.moved": "in_app"}, every="never")
    assert notifications.notify([ben, cat], kind="test.moved", actor=actor) == 1
    assert [(n.user, n.by_mail) for n in Notification.objects.all()] == [(cat, False)]
    assert preferences_of(ben)["test.moved"] == "none"
    assert preferences_of(user("New"))["test.moved"] == "digest"
    with pytest.raises(ValueError, match="loud"):
        prefer(actor=Actor(user=ben, now=NOW), channels={"test.moved": "loud"}, every="daily")


def test_reading_is_one_s_own() -> None:
    ben, cat = Actor(user=user("Ben"), now=NOW), Actor(user=user("Cat"), now=NOW)
    assert ben.user is not None
    assert cat.user is not None
    notifications.notify([ben.user, cat.user], kind="test.moved", actor=by())
    told = Notification.objects.get(user=ben.user)
    notifications.mark_read(told, actor=cat)
    notifications.mark_read(told, actor=Actor(user=ben.user, now=NOW, read_only=True))
    assert notifications.unread_count(ben.user) == 1
    notifications.mark_read(told, actor=ben)
    assert (notifications.unread_count(ben.user), notifications.unread_count(cat.user)) == (0, 1)
    assert notifications.latest(ben) == [told]
    assert notifications.latest(Actor(user=None, now=NOW)) == []


def test_old_read_ones_are_forgotten() -> None:
    ben = user("Ben")
    notifications.notify([ben], kind="test.moved", actor=by())
    notifications.notify([ben], kind="test.moved", actor=by("Cat"))
    Notification.objects.filter(actor__name="Ann").update(read_at=NOW - dt.timedelta(days=4000))
    forget(None)  # type: ignore[arg-type]  # says no progress
    assert [n.values["actor"] for n in Notification.objects.all()] == ["Cat"]


@pytest.mark.parametrize("url", ["https://elsewhere.example", "//elsewhere.example", "x"])
def test_only_paths_of_the_product(url: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        notifications.notify([user("Ben")], kind="test.moved", url=url, actor=by())


def test_an_undeclared_kind_is_refused_and_an_old_one_still_shows() -> None:
    ben = user("Ben")
    with pytest.raises(KeyError):
        notifications.notify([ben], kind="test.unknown", actor=by())
    assert Notification(kind="test.unknown", values={"record": "PRJ-1"}).text == "PRJ-1"
    with pytest.raises(ValueError, match="another kind"):
        notifications.kind("test.moved", title="x", message="other")


def test_values_are_packed_and_shown() -> None:
    moment = dt.datetime(2026, 3, 17, 9, 30, tzinfo=dt.UTC)
    packed = messages.pack({"n": Decimal("1234.5"), "at": moment, "none": None, "t": _("Waiting"), "i": 3})
    assert packed == {
        "n": {"number": "1234.5"},
        "at": {"at": moment.isoformat()},
        "none": None,
        "t": {"text": "Waiting"},
        "i": 3,
    }
    shown = messages.render("%(n)s|%(at)s|%(none)s|%(t)s|%(i)s|%(missing)s", packed)
    assert shown == "1,234.5|17 Mar 2026, 9:30 a.m.|–|Waiting|3|–"
    with translation.override("de"):
        assert messages.render("%(t)s", packed) == "Waiting"
        assert messages.render("%(n)s", packed) == "1.234,5"
        assert messages.source(_("Yes")) == "Yes"
        assert str(_("Yes")) == "Ja"
    with pytest.raises(TypeError, match="cannot be a value"):
        messages.pack({"x": object()})
