"""The list of all exceptions: what each reader finds there, in which part, at which cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock, watch
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.needs import exceptions
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.stages import Stages
from tests.kernel.pointed import GRANT, NOW, member, node, record_at, stranger, system, user

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[watch.Fact]]:
    """Two checks over grants, one high and one low, whose facts each test states."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    facts: list[watch.Fact] = []

    @watch.check(
        name="list-high",
        title=_("Grant at fault"),
        function="governance.roles",
        severity="high",
        reads=(GRANT,),
        remedy=_("Mend it"),
    )
    def high(*, now: dt.datetime, ids: set[int] | None) -> list[watch.Fact]:
        return facts[:1]

    @watch.check(
        name="list-low", title=_("Grant odd"), function="x", severity="low", reads=(GRANT,), needs=("add", GRANT)
    )
    def low(*, now: dt.datetime, ids: set[int] | None) -> list[watch.Fact]:
        return facts[1:]

    yield facts
    for name in ("list-high", "list-low"):
        checks.pop(name)


def state(found: list[watch.Fact], *facts: watch.Fact, at: Actor | None = None) -> None:
    found[:] = facts
    for name in ("list-high", "list-low"):
        watch.evaluate(checks[name], actor=at or system())


def fact(place: Scope, owner: User | None = None, **more: Any) -> watch.Fact:
    return watch.Fact(record_at(place), message=_("No sponsor"), owner_user=owner, url="/somewhere/", **more)


def counts(actor: Actor, **more: Any) -> dict[str, int]:
    rows = exceptions.exceptions(actor, **more)
    found = exceptions.tabs(rows, actor, Stages(TODAY, more.get("moment")))
    return {tab.key: tab.count for tab in found}


def test_each_part_counts_what_it_lists(found: list[watch.Fact]) -> None:
    north = node("North")
    ada = member(north, "Ada")
    state(
        found,
        fact(north, ada.user, due_on=TODAY - dt.timedelta(days=1)),
        fact(north, None, due_on=TODAY),
        fact(north, user("Ben")),
    )
    assert counts(ada) == {"open": 3, "mine": 1, "unowned": 1, "in-hand": 0, "overdue": 1, "accepted": 0}
    watch.accept(
        finding=Finding.objects.get(owner=ada.user), until=TODAY + dt.timedelta(days=7), reason="Board", actor=ada
    )
    assert counts(ada) == {"open": 2, "mine": 0, "unowned": 1, "in-hand": 0, "overdue": 0, "accepted": 1}
    assert counts(ada, severity="high") == {
        "open": 0,
        "mine": 0,
        "unowned": 0,
        "in-hand": 0,
        "overdue": 0,
        "accepted": 1,
    }
    rows = exceptions.exceptions(ada)
    on = Stages(TODAY)
    for tab in exceptions.tabs(rows, ada, on):
        assert exceptions.part(rows, tab.key, ada, on).count() == tab.count, tab.key


def test_nobody_finds_what_lies_elsewhere(found: list[watch.Fact]) -> None:
    north, south = node("North"), node("South")
    state(found, fact(north), fact(south))
    both = Actor(user=user("Both"), now=NOW, _given=(*member(north, "A").rights, *member(south, "B").rights))
    assert counts(both)["open"] == 2
    assert counts(both, scope=south)["open"] == 1
    assert counts(member(north, "Cai"))["open"] == 1
    lost = stranger()
    assert counts(lost)["open"] == 0
    assert (exceptions.may_see(both), exceptions.may_see(lost)) == (True, False)


def test_a_line_says_who_owns_it_how_old_it_is_and_what_comes_next(found: list[watch.Fact]) -> None:
    north = node("North")
    ada = member(north, "Ada")
    long_ago = system().at(NOW - dt.timedelta(days=12))
    state(found, fact(north, ada.user, due_on=TODAY - dt.timedelta(days=2)), fact(north), at=long_ago)
    first, second = exceptions.lines(
        list(exceptions.part(exceptions.exceptions(ada), "open", ada, Stages(TODAY))), ada, Stages(TODAY)
    )
    assert (first.mark, first.serves, first.owner, first.age) == ("red", "Secretariat", "you", 12)
    assert (first.due, first.late) == ("overdue 2 d", True)
    assert (str(first.remedy.label), first.remedy.url, first.remedy.mends) == ("Mend it", "/somewhere/", True)
    # Ada may change grants but not add any, which this check asks for: she can only look.
    assert (second.mark, second.owner, second.due, second.late) == ("", "", "", False)
    assert (str(second.remedy.label), second.remedy.url) == ("Open", second.finding.address)


def test_on_a_past_date_stands_what_was_open_then(found: list[watch.Fact]) -> None:
    north = node("North")
    ada = member(north, "Ada")
    early, late = (system().at(NOW - dt.timedelta(days=days)) for days in (9, 3))
    state(found, fact(north), fact(north), at=early)
    state(found, found[0], at=late)
    assert counts(ada)["open"] == 1
    assert counts(ada, moment=NOW - dt.timedelta(days=5))["open"] == 2
    assert counts(ada, moment=NOW - dt.timedelta(days=10))["open"] == 0


def test_the_page_lists_them_at_a_cost_that_does_not_grow(
    found: list[watch.Fact], django_assert_max_num_queries: Any
) -> None:
    north = node("North")
    owner = user("Owner")
    role = AccessRole.objects.create(name="All", permissions={"*": ["view", "change"]})
    Grant.objects.create(user=owner, role=role, scope=north)
    client = Client()
    client.force_login(owner)
    page = ""
    for count in (2, 9):
        state(found, *(fact(north, owner) for _each in range(count)))
        client.get("/exceptions/")
        with django_assert_max_num_queries(12):
            page = client.get("/exceptions/").content.decode()
        assert page.count("No sponsor") == 2 * count, "its text, and again on hover"
        assert f"<b>1–{count}</b> of {count}" in page
    assert "Mend it" in page
    assert "None of these" in client.get("/exceptions/?show=accepted").content.decode()
    lost = Client()
    lost.force_login(user("Lost"))
    answer = lost.get("/exceptions/").content.decode()
    assert "No sponsor" not in answer
    assert "No exceptions" in answer
