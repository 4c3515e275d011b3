"""Error pages: what happened and what to do, with the navigation around it for whoever is signed in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import Http404
from django.template import loader
from django.test import Client, RequestFactory

from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.ui import errors

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    user = User.objects.create_user("ann@example.org", name="Ann")
    role = AccessRole(name="Reader", permissions={"tags.tag": ["view", "add"]})
    records.save(role, actor=Actor.system(now=NOW))
    records.save(Grant(user=user, role=role, scope=scopes.root()), actor=Actor.system(now=NOW))
    client.force_login(user)
    return client


def test_a_reader_keeps_the_navigation_and_may_search(reader: Client) -> None:
    answer = reader.get("/nothing/here/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'class="nav"' in page
    assert "No page has this address, or it is not shared with you." in page
    assert 'action="/search/"' in page


def test_whoever_is_not_signed_in_gets_the_plain_page(rf: RequestFactory) -> None:
    answer = errors.not_found(rf.get("/nothing/here/"))
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'class="nav"' not in page
    assert "No page has this address" in page


def test_a_past_date_is_named_as_the_reason_and_left_by_one_click(reader: Client) -> None:
    answer = reader.get("/tags/new/", {"as_of": "2020-01-31"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "A past date is read-only. Go back to today to change things." in page
    assert "as_of=today" in page
    assert "Go back to today, or choose a later date." in page


def test_words_of_other_refusals_are_not_shown(rf: RequestFactory) -> None:
    """What a plain 404 says is for developers, and may tell what is hidden."""
    page = errors.not_found(rf.get("/x/"), Http404("No Person matches the query.")).content.decode()
    assert "matches" not in page
    assert "Said to you." in errors.not_found(rf.get("/x/"), errors.NotHere("Said to you.")).content.decode()


def test_the_page_comes_though_the_frame_fails(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = loader.render_to_string

    def failing(name: str, *args: Any, **kwargs: Any) -> str:
        if name == "ui/errors/framed.html":
            raise RuntimeError("the navigation is broken")
        return drawn(name, *args, **kwargs)

    monkeypatch.setattr(loader, "render_to_string", failing)
    answer = reader.get("/nothing/here/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
