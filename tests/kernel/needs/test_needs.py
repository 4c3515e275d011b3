"""What waits for whom, in which order, and what can be done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import approvals, watch
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.approvals.models import Approval, Step
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.needs import registry, selectors
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.services import take_back
from tests.kernel.pointed import GRANT, NOW, member, node, record_at, stranger, system, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def found() -> Iterator[list[watch.Fact]]:
    """A check over grants whose facts each test states."""
    facts: list[watch.Fact] = []

    @watch.check(name="needs-test", title=_("Grant at fault"), function="test", severity="high", reads=(GRANT,))
    def at_fault(*, now: dt.datetime, ids: set[int] | None) -> list[watch.Fact]:
        return facts

    yield facts
    checks.pop("needs-test")


def evaluate() -> None:
    watch.evaluate(checks["needs-test"], actor=system())


def fact(record: Grant, owner: User | None, **more: Any) -> watch.Fact:
    return watch.Fact(record, message=_("No sponsor"), owner_user=owner, url="/somewhere/", **more)


def titles(actor: Actor, **more: Any) -> list[str]:
    return [item.need.title for group in selectors.board(actor, **more).groups for item in group.items]


def ask(who: User, place: Scope, due: dt.date | None = None, title: str = "CR-7") -> Approval:
    asker = Actor(user=user(f"Asker{User.objects.count()}"), now=NOW - dt.timedelta(days=10), _given=())
    return approvals.request_approval(
        kind="test.change", subject=record_at(place), title=title, approvers=[who], actor=asker, scope=place, due_on=due
    )


def test_an_exception_waits_for_its_owner_alone(found: list[watch.Fact]) -> None:
    north = node("North")
    owner, other, lost = member(north, "Ada"), member(north, "Bob"), stranger()
    found.append(fact(record_at(north, "Ring"), owner.user))
    evaluate()
    assert len(titles(owner)) == 1
    assert titles(owner)[0].startswith("Ring")
    assert titles(owner)[0].endswith(": grant at fault")
    assert titles(other) == []
    assert titles(lost) == []
    assert [selectors.waiting(actor) for actor in (owner, other, lost)] == [1, 0, 0]


def test_an_exception_without_owner_waits_for_whoever_may_change_the_record(found: list[watch.Fact]) -> None:
    north, south = node("North"), node("South")
    found.append(fact(record_at(north), None))
    evaluate()
    expected = {"editor": 1, "reader": 0, "elsewhere": 0, "stranger": 0}
    actors = {
        "editor": member(north, "Ada"),
        "reader": member(north, "Rea", ("view",)),
        "elsewhere": member(south, "Els"),
        "stranger": stranger(),
    }
    assert {name: len(titles(actor)) for name, actor in actors.items()} == expected
    assert {name: selectors.waiting(actor) for name, actor in actors.items()} == expected


def test_order_groups_and_counts(found: list[watch.Fact]) -> None:
    north = node("North")
    ada = member(north)
    assert ada.user is not None
    ask(ada.user, north, NOW.date() - dt.timedelta(days=2), "Overdue")
    ask(ada.user, north, NOW.date() + dt.timedelta(days=5), "Soon")
    ask(ada.user, north, None, "Some day")
    found.append(fact(record_at(north, "Rule"), ada.user))
    evaluate()
    board = selectors.board(ada)
    first_words = [(group.key, [item.need.title[:4] for item in group.items]) for group in board.groups]
    assert first_words == [("today", ["Over"]), ("week", ["Soon"]), ("later", ["Rule", "Some"])]
    # 27 overdue + 4 held up + 1 week; 14 + 4 + 1; 20 for the rule; 4 + 1.
    assert [item.weight.points for group in board.groups for item in group.items] == [32, 19, 20, 5]
    assert (board.total, board.today, board.overdue) == (4, 1, 1)


def test_money_closed_to_the_reader_neither_shows_nor_weighs(found: list[watch.Fact]) -> None:
    north = node("North")
    blind = member(north)
    found.append(fact(record_at(north), blind.user, cost_of_waiting=Decimal("2000")))
    evaluate()
    (item,) = selectors.board(blind).groups[0].items
    assert (item.cost, item.weight.points) == ("", 20)
    seeing = Actor(
        user=blind.user,
        now=NOW,
        _given=tuple(right.__class__(right.path, right.permissions, frozenset({"money"})) for right in blind.rights),
    )
    (item,) = selectors.board(seeing).groups[0].items
    assert item.weight.points == 20 + 18
    assert item.cost.endswith("14.0k / wk")


def test_a_node_narrows_and_a_kind_narrows(found: list[watch.Fact]) -> None:
    north = node("North")
    south = node("South")
    ada = member(north)
    assert ada.user is not None
    ask(ada.user, north, title="North")
    ask(ada.user, south, title="South")
    assert titles(ada, path=south.path) == ["South"]
    assert sorted(titles(ada, only="approvals")) == ["North", "South"]
    assert titles(ada, only="mentions") == []


def test_a_mention_waits_until_done(django_capture_on_commit_callbacks: Any) -> None:
    north = node("North")
    record = record_at(north, "Ring")
    writer, bob = member(north, "Wes"), user("Bob")
    role = AccessRole.objects.create(name="All", permissions={"*": ["view"]})
    Grant.objects.create(user=bob, role=role, scope=north)
    with django_capture_on_commit_callbacks(execute=True):
        comment_add(record=record, body="@bob@example.org look at the duct", actor=writer)
    reader = Actor(user=bob, now=NOW)
    (item,) = selectors.board(reader).groups[0].items
    assert item.need.reason == "Wes: “@bob@example.org look at the duct”"
    assert item.need.title.startswith("Ring")
    assert titles(stranger()) == []
    grants = list(Grant.objects.filter(user=bob).values("role_id", "scope_id"))
    Grant.objects.filter(user=bob).delete()
    (shut,) = selectors.board(Actor(user=bob, now=NOW)).groups[0].items
    assert shut.need.title == "Something about a record that is gone, or that you may not see any more."
    assert (shut.need.reason, shut.need.url) == ("", "")
    Grant.objects.bulk_create(Grant(user=bob, **grant) for grant in grants)
    item.verbs[0].run(row=Notification.objects.get(pk=item.pk), actor=reader)
    assert titles(reader) == []


def test_what_one_asked_for_is_waited_for() -> None:
    north = node("North")
    approval = ask(user("Judge"), north, title="Funding")
    assert approval.requested_by is not None
    asker = Actor(user=approval.requested_by, now=NOW, _given=())
    (wait,) = registry.waited_for(asker)
    assert (wait.title, wait.who, wait.since) == ("Funding", "Judge", NOW.date() - dt.timedelta(days=10))
    assert registry.waited_for(stranger()) == []


# -- pages -------------------------------------------------------------------------------------------------------------


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_anonymous_is_sent_to_sign_in_and_a_stranger_sees_nothing_of_others() -> None:
    judge = user("Judge")
    ask(judge, node("North"), title="Secret gate")
    assert Client().get("/").status_code == 302
    page = signed_in(user("Lost")).get("/")
    assert page.status_code == 200
    assert b"Secret gate" not in page.content
    assert b"Nothing waits for you" in page.content


def test_the_approver_approves_from_the_page_and_nobody_else_can() -> None:
    judge, lost = user("Judge"), user("Lost")
    approval = ask(judge, node("North"), title="Gate 3")
    step = Step.objects.get(approval=approval)
    url = f"/needs/approvals/{step.pk}/approve/"
    assert b"Gate 3" in signed_in(judge).get("/").content
    assert signed_in(lost).post(url).status_code == 404
    approval.refresh_from_db()
    assert approval.state == "waiting"
    assert signed_in(judge).get(url).status_code == 404
    answer = signed_in(judge).post(url)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    approval.refresh_from_db()
    assert approval.state == "approved"
    assert signed_in(judge).post(url).status_code == 404


def test_declining_asks_for_the_reason() -> None:
    judge = user("Judge")
    approval = ask(judge, node("North"))
    client, url = signed_in(judge), f"/needs/approvals/{Step.objects.get(approval=approval).pk}/decline/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "Too dear"}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == "declined"


def test_delegating_to_nobody_says_so() -> None:
    judge, deputy = user("Judge"), user("Deputy")
    approval = ask(judge, node("North"))
    step = Step.objects.get(approval=approval)
    client, url = signed_in(judge), f"/needs/approvals/{step.pk}/delegate/"
    answer = client.post(url, {"email": "nobody@example.org"})
    assert answer.status_code == 422
    assert b"Nobody signs in with this address." in answer.content
    assert client.post(url, {"email": "deputy@example.org"}).status_code == 302
    step.refresh_from_db()
    assert step.approver == deputy


def test_an_exception_is_acknowledged_taken_in_hand_and_accepted(found: list[watch.Fact]) -> None:
    owner = user("Olga")
    found.append(fact(record_at(node("North")), owner))
    evaluate()
    finding = Finding.objects.get()
    client = signed_in(owner)
    assert client.post(f"/needs/findings/{finding.pk}/seen/").status_code == 302
    finding.refresh_from_db()
    assert finding.handling is not None
    assert finding.handling.acknowledged_by == owner
    day = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=9)
    assert client.post(f"/needs/findings/{finding.pk}/take/", {"until": day}).status_code == 302
    page = client.get("/").content.decode()
    assert "In hand with Olga until" in page
    assert "/needs/findings/" not in page, "what is in hand is changed on its own page"
    take_back(finding=finding, actor=Actor(user=owner, now=dt.datetime.now(tz=dt.UTC)))
    assert (
        client.post(f"/needs/findings/{finding.pk}/accept/", {"until": "2001-01-01", "reason": "x"}).status_code == 422
    )
    assert client.post(f"/needs/findings/{finding.pk}/accept/", {"until": day, "reason": "Waits"}).status_code == 302
    assert b"Nothing waits for you" in client.get("/").content


def test_queries_do_not_grow_with_the_data(found: list[watch.Fact], django_assert_max_num_queries: Any) -> None:
    judge = user("Judge")
    north = node("North")

    def fill(count: int) -> None:
        for number in range(count):
            ask(judge, north, title=f"Gate {number}")
            found.append(fact(record_at(north), judge, key=str(len(found))))
        evaluate()

    client = signed_in(judge)
    client.get("/")
    counts = []
    for _round in range(2):
        fill(3)
        with django_assert_max_num_queries(20) as seen:
            assert client.get("/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_administrator_without_rights_is_shown_the_way_to_them(client: Client) -> None:
    ada, root = user("Ada"), User.objects.create_user("root@example.org", name="Root", is_administrator=True)
    for who, shown in ((ada, False), (root, True)):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = client.get("/").content.decode()
        assert "Nothing waits for you" in page
        assert ('class="button button-primary" href="/settings/administer/"' in page) is shown
