"""The frame's choices: node, date, theme; what may be picked, what is remembered, what counts as today."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory

from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor, Right
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.ui import slots, toasts
from quarterdeck.kernel.ui.frame import Frame, frame_of

NOW = dt.datetime(2025, 11, 21, 9, tzinfo=dt.UTC)


def asked(
    path: str, session: dict[str, Any], paths: tuple[str, ...] = ("",), cookies: dict[str, str] | None = None
) -> Frame:
    request = request_of(path, session, paths)
    request.COOKIES.update(cookies or {})
    return frame_of(request)


def request_of(path: str, session: dict[str, Any], paths: tuple[str, ...] = ("",)) -> HttpRequest:
    request = RequestFactory().get(path)
    request.session = session  # type: ignore[assignment]  # a dict does for what the frame asks of it
    rights = tuple(Right(path, {"*": ["view"]}, frozenset()) for path in paths)
    user = User(name="Priya Nair", email="priya@example.org", theme="dark")
    request.user = user
    request.actor = Actor(user=user, now=NOW, _given=rights)  # type: ignore[attr-defined]  # as the middleware does
    return request


def test_a_past_date_is_remembered_and_today_forgets_it() -> None:
    session: dict[str, Any] = {}
    frame = asked("/?as_of=2025-06-30", session)
    assert (frame.as_of, frame.read_only, frame.date) == (dt.date(2025, 6, 30), True, dt.date(2025, 6, 30))
    assert frame.moment is not None
    assert frame.moment.isoformat() == "2025-06-30T23:59:59.999999+00:00"
    assert asked("/", session).as_of == dt.date(2025, 6, 30)
    assert asked("/?as_of=today", session).as_of is None
    assert session == {}


@pytest.mark.parametrize("text", ["2025-11-21", "2099-01-01", "nonsense", "", "2025-02-30"])
def test_today_the_future_and_nonsense_are_today(text: str) -> None:
    frame = asked(f"/?as_of={text}", {})
    assert (frame.as_of, frame.moment, frame.date) == (None, None, dt.date(2025, 11, 21))


@pytest.mark.django_db
def test_a_node_at_above_or_below_a_grant_may_be_picked_and_no_other() -> None:
    root = scopes.root()
    mine = scopes.scope_add(parent=root, kind="portfolio", label="Network Build")
    below = scopes.scope_add(parent=mine, kind="project", label="Leeds")
    other = scopes.scope_add(parent=root, kind="portfolio", label="Estates")
    session: dict[str, Any] = {}
    for node, picked in ((mine, mine), (below, below), (root, root), (other, None)):
        assert asked(f"/?scope={node.pk}", session, (mine.path,)).scope == picked
    assert asked(f"/?scope={below.pk}", session, (mine.path,)).scope == below
    assert asked("/", session, (mine.path,)).scope == below
    assert asked("/", session, (other.path,)).scope is None, "a right lost is a scope lost"
    assert asked("/?scope=", session, (mine.path,)).scope is None
    assert asked("/", session, (mine.path,)).scope is None
    assert asked("/?scope=99999999999999999999", session, (mine.path,)).scope is None


def test_the_cookie_wins_over_the_users_theme() -> None:
    assert asked("/", {}).theme == "dark"
    assert asked("/", {}, cookies={"theme": "light"}).theme == "light"
    assert asked("/", {}, cookies={"theme": "purple"}).theme == "dark"
    assert asked("/", {}, cookies={"nav": "rail"}).rail is True


def test_params_change_one_and_keep_the_rest() -> None:
    request = request_of("/?q=a&page=3&tag=x&tag=y", {})
    html = Template("{% load ui %}{% param page=4 q='' %}").render(Context({"request": request}))
    assert html == "?page=4&amp;tag=x&amp;tag=y"


def test_slots_keep_order_and_leave_out_what_has_nothing() -> None:
    slots.clear("test.home")
    slots.fill("test.home", render=lambda record, actor: f"<p>{record}</p>", order=20, key="b")
    slots.fill("test.home", render=lambda record, actor: None, order=1, key="none")
    slots.fill("test.home", render=lambda record, actor: "<i>first</i>", order=10, key="a")
    actor = Actor.system(now=NOW)
    assert slots.render("test.home", 7, actor) == "<i>first</i><p>7</p>"
    slots.fill("test.home", render=lambda record, actor: "<b>new</b>", order=20, key="b")
    assert slots.render("test.home", 7, actor) == "<i>first</i><b>new</b>"
    slots.clear("test.home")
    assert slots.render("test.home", 7, actor) == ""


def test_toasts_carry_their_undo() -> None:
    from django.contrib.messages.storage.cookie import CookieStorage

    request = request_of("/", {})
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as the middleware does
    toasts.add(request, "3 risks moved", undo_url="/undo/7/")
    toasts.add(request, "Not filed", tone="amber")
    assert toasts.take(request) == [
        toasts.Toast("3 risks moved", "green", "/undo/7/"),
        toasts.Toast("Not filed", "amber", ""),
    ]
