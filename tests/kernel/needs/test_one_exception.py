"""The page of one exception, what is said of one and of many from there and from the list, and the list as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
import python_calamine
from django.test import Client
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock, watch
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding, Handling
from tests.kernel.pointed import GRANT, NOW, node, record_at, system, user

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
Facts = list[watch.Fact]


@pytest.fixture(autouse=True)
def facts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Facts]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found: Facts = []

    @watch.check(name="one-test", title=_("Grant at fault"), function="x", severity="medium", reads=(GRANT,))
    def at_fault(*, now: dt.datetime, ids: set[int] | None) -> Facts:
        return found

    yield found
    checks.pop("one-test")


def look(days: int = 0) -> None:
    watch.evaluate(checks["one-test"], actor=system().at(NOW + dt.timedelta(days=days)))


@pytest.fixture
def north() -> Scope:
    return node("North")


@pytest.fixture
def ada(north: Scope) -> User:
    found = user("Ada")
    role = AccessRole.objects.create(name="All", permissions={"*": ["view", "change"]})
    Grant.objects.create(user=found, role=role, scope=north)
    return found


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def stages() -> list[str]:
    rows = Finding.objects.order_by("pk").values_list("handling__stage", flat=True)
    return [stage or "found" for stage in rows]


@pytest.fixture
def three(facts: Facts, north: Scope, ada: User) -> list[Finding]:
    for number in range(3):
        due = TODAY + dt.timedelta(days=number)
        facts.append(watch.Fact(record_at(north, f"R{number}"), message=_("No sponsor"), due_on=due, owner_user=ada))
    look(-3)
    return list(Finding.objects.order_by("pk"))


def test_the_page_tells_what_was_found_and_what_happened(three: list[Finding], ada: User) -> None:
    one, client = three[0], signed_in(ada)
    page = client.get(one.page).content.decode()
    for text in ("Grant at fault", "No sponsor", one.label, f'href="{one.address}"', "14 Mar", "nobody answers for it"):
        assert text in page, text
    answer = client.post(
        "/exceptions/say/acknowledge/", {"pk": one.pk, "stage": "apply", "next": one.page}, follow=True
    )
    page = answer.content.decode()
    assert "1 exception acknowledged." in page
    assert "<b>Ada</b> acknowledged it" in page
    batch = Change.objects.filter(record_type="watch.handling", actor=ada).latest("id").batch
    assert f"/undo/{batch}/" in page
    client.post(f"/undo/{batch}/")
    page = client.get(one.page).content.decode()
    assert "took back what was said; found" in page
    assert stages() == ["found"] * 3


def test_a_stranger_finds_nothing(three: list[Finding]) -> None:
    lost = signed_in(user("Lost"))
    assert lost.get(three[0].page).status_code == 404
    assert lost.get("/exceptions/999999/").status_code == 404
    for verb in ("acknowledge", "take", "accept", "back"):
        lost.post(f"/exceptions/say/{verb}/", {"pk": three[0].pk, "stage": "apply"})
    assert not Handling.objects.exists()
    for kind in ("csv", "xlsx"):
        answer = lost.get(f"/exceptions/export.{kind}")
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
        assert three[0].label.encode() not in content
    assert Client().get(three[0].page).status_code == 302


def test_whoever_may_only_look_is_offered_nothing(three: list[Finding], north: Scope) -> None:
    rae = user("Rae")
    role = AccessRole.objects.create(name="Reads", permissions={"*": ["view"]})
    Grant.objects.create(user=rae, role=role, scope=north)
    client = signed_in(rae)
    assert "/exceptions/say/" not in client.get(three[0].page).content.decode()
    answer = client.post("/exceptions/say/acknowledge/", {"pk": [row.pk for row in three]})
    assert "3 exceptions refuse this" in answer.content.decode()
    client.post("/exceptions/say/acknowledge/", {"pk": three[0].pk, "stage": "apply"})
    assert not Handling.objects.exists()


def test_many_are_previewed_then_taken_in_hand(three: list[Finding], ada: User) -> None:
    client, pks = signed_in(ada), [row.pk for row in three]
    address = "/exceptions/say/take/"
    page = client.post(address, {"pk": pks}).content.decode()
    assert "Take 3 exceptions in hand" in page
    assert stages() == ["found"] * 3
    filled = {"pk": pks, "by": ada.pk, "until": "2026-03-24"}
    page = client.post(address, {**filled, "stage": "preview"}).content.decode()
    assert page.count("In hand, Ada, by 24 Mar") == 3
    assert stages() == ["found"] * 3
    assert client.post(address, {**filled, "until": "", "stage": "preview"}).status_code == 422
    page = client.post(address, {**filled, "until": "2030-01-01", "stage": "apply"}).content.decode()
    assert "3 exceptions refuse this" in page
    assert stages() == ["found"] * 3
    answer = client.post(address, {**filled, "stage": "apply"}, follow=True)
    assert "3 exceptions in hand." in answer.content.decode()
    assert stages() == ["in_hand"] * 3
    assert client.get("/exceptions/?show=in-hand").content.decode().count("by 24 Mar, Ada") == 6, "and on hover"


def test_those_that_refuse_are_left_out(three: list[Finding], ada: User) -> None:
    client, pks = signed_in(ada), [row.pk for row in three]
    watch.acknowledge(finding=three[1], actor=Actor(user=ada, now=NOW))
    page = client.post("/exceptions/say/acknowledge/", {"pk": pks}).content.decode()
    assert "1 exception refuses this" in page
    assert 'value="apply"' not in page
    page = client.post("/exceptions/say/acknowledge/", {"pk": pks, "stage": "without"}).content.decode()
    assert "Acknowledge 2 exceptions" in page
    assert f'name="pk" value="{three[1].pk}"' not in page
    client.post("/exceptions/say/acknowledge/", {"every": "show=open&state=found", "stage": "apply"})
    assert stages() == ["acknowledged"] * 3


def test_the_list_is_narrowed_sorted_and_sent_as_a_file(three: list[Finding], ada: User) -> None:
    client, speaker = signed_in(ada), Actor(user=ada, now=NOW)
    watch.accept(finding=three[0], until=dt.date(2026, 4, 1), reason="=Known", actor=speaker)
    watch.acknowledge(finding=three[1], actor=speaker)

    def listed(query: str) -> list[str]:
        content = b"".join(client.get(f"/exceptions/export.csv?{query}").streaming_content)  # type: ignore[attr-defined]
        return [row[2][:2] for row in list(csv.reader(io.StringIO(content.decode())))[1:]]

    assert listed("") == ["R1", "R2"]
    assert listed("sort=-due") == ["R2", "R1"]
    assert listed("sort=record&show=accepted") == ["R0"]
    assert listed("state=acknowledged") == ["R1"]
    assert listed("q=R2") == ["R2"]
    assert listed("severity=high") == []
    assert listed("show=nonsense&sort=nonsense&state=x") == ["R1", "R2"]
    answer = client.get("/exceptions/export.xlsx?show=accepted")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    told: dict[Any, Any] = dict(zip(rows[0], rows[1], strict=True))
    assert (told["State"], told["Accepted until"], told["Reason"]) == ("Accepted", dt.date(2026, 4, 1), "=Known")
    assert (told["Age, days"], told["Open since"], told["In hand with"]) == (3, dt.date(2026, 3, 14), "")
    page = client.get("/exceptions/?sort=-due").content.decode()
    assert 'aria-sort="descending"' in page


def test_a_past_day_shows_and_closes_nothing(three: list[Finding], ada: User, facts: Facts) -> None:
    client = signed_in(ada)
    watch.accept(finding=three[0], until=dt.date(2026, 4, 1), reason="Known", actor=Actor(user=ada, now=NOW))
    facts.pop()
    look()
    past = "as_of=2026-03-15"
    page = client.get(f"{three[0].page}?{past}").content.decode()
    assert "Known" not in page
    assert "/exceptions/say/" not in page
    assert client.get(f"{three[2].page}?{past}").status_code == 200
    assert "closed it" not in client.get(f"{three[2].page}?{past}").content.decode()
    assert client.post("/exceptions/say/acknowledge/", {"pk": three[1].pk, "stage": "apply"}).status_code == 404
    assert client.get(f"{three[0].page}?as_of=2026-03-12").status_code == 404
    client.get("/exceptions/?as_of=today")
    assert "closed it: the fact is gone" in client.get(three[2].page).content.decode()
    page = client.get("/exceptions/?show=closed").content.decode()
    assert page.count("No sponsor") == 2, "the one that closed, and on hover"
    page = client.get(three[0].page).content.decode()
    assert ("Accepted until" in page, "Known" in page) == (True, True)
