"""Who answers for an exception, its steps up, and exceptions through the API."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo import services
from quarterdeck.apps.pmo.pages.answers import answer
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.watch.services import accept
from tests.apps.organisation.conftest import NOW
from tests.apps.pmo.conftest import Found, MakeAnswer

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: NOW)


def signed_in(who: User | None) -> Client:
    client = Client()
    assert who is not None
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def boss(given: Any, top: Any) -> Actor:
    found: Actor = given(top.scope, {"*": ["view", "change"]})
    return found


def test_the_page_names_who_answers_and_the_steps(
    *, answers: MakeAnswer, found: Found, owner: Person, deputy: Person, boss: Actor, system: Actor
) -> None:
    row = answers(owner=owner, deputy=deputy)
    one = found(4)
    services.escalate(actor=system)
    told = answer(one, boss, None)
    assert told is not None
    assert (told.label, told.owner, told.deputy, told.office) == (row.name, "Olga Owner", "Dev Deputy", "Group PMO")
    steps = [(step.label, step.on, step.taken) for step in told.steps]
    assert steps == [
        ("Deputy", TODAY, True),
        ("Designated owner", TODAY, True),
        ("Head of the office", day(3), False),
        ("Sponsor", day(10), False),
    ]
    page = signed_in(boss.user).get(one.page).content.decode()
    for text in ("Olga Owner", "Dev Deputy", "nobody told", "to come"):
        assert text in page, text


def test_what_is_accepted_climbs_no_earlier_than_it_is_open_again(
    *, answers: MakeAnswer, found: Found, owner: Person, boss: Actor
) -> None:
    answers(owner=owner)
    one = found(2)
    accept(finding=one, until=day(20), reason="Known", actor=boss)
    one.refresh_from_db()
    told = answer(one, boss, None)
    assert told is not None
    assert [step.on for step in told.steps] == [day(20)] * 4
    one.closed_at = NOW
    told = answer(one, boss, None)
    assert told is not None
    assert told.steps == []


def test_nobody_answers_where_nothing_is_in_force(found: Found, boss: Actor) -> None:
    assert answer(found(2), boss, None) is None
    assert answer(found(2, check="gone"), boss, None) is None


def test_the_api_lists_reads_and_says(*, found: Found, boss: Actor, given: Any, top: Any) -> None:
    old, young = found(9, due_on=day(-1)), found(2)
    client = signed_in(boss.user)
    listed = client.get("/api/v1/exceptions?sort=-age&limit=1").json()
    assert (listed["count"], [row["id"] for row in listed["items"]]) == (2, [old.pk])
    assert [row["id"] for row in client.get("/api/v1/exceptions?show=overdue").json()["items"]] == [old.pk]

    def post(**body: Any) -> Any:
        return client.post("/api/v1/exceptions/say", json.dumps(body), content_type="application/json")

    answered = post(ids=[old.pk, young.pk], verb="take", until=str(day(5)))
    assert answered.status_code == 200
    assert {(row["state"], row["in_hand_with"], row["put_right_by"]) for row in answered.json()} == {
        ("in_hand", str(boss.user), str(day(5)))
    }
    assert post(ids=[old.pk], verb="accept", until=str(day(91)), reason="Known").status_code == 422
    assert post(ids=[old.pk], verb="wave").status_code == 422
    assert post(ids=[old.pk], verb="take", until=str(day(1)), by="nobody@example.org").status_code == 422
    assert post(ids=[old.pk], verb="take", until=str(day(1)), by="\x00").status_code == 422
    assert post(ids=[2**70], verb="back").status_code == 404
    assert client.get(f"/api/v1/exceptions/{2**70}").status_code == 404
    assert client.get("/api/v1/exceptions?as_of=0001-01-01&show=closed").json()["count"] == 0
    assert post(ids=[old.pk, 10**9], verb="back").status_code == 404
    assert post(ids=[old.pk], verb="accept", until=str(day(90)), reason="\x00Known").json()[0]["reason"] == "Known"
    read = client.get(f"/api/v1/exceptions/{old.pk}").json()
    assert (read["state"], read["accepted_until"], read["age"]) == ("accepted", str(day(90)), 9)
    past = client.get(f"/api/v1/exceptions?as_of={day(-1)}").json()
    assert {row["state"] for row in past["items"]} == {"found"}
    assert client.get(f"/api/v1/exceptions?as_of={day(1)}").status_code == 422
    lost = signed_in(given(top.scope, {}).user)
    assert lost.get("/api/v1/exceptions").status_code == 404
    assert lost.get(f"/api/v1/exceptions/{old.pk}").status_code == 404
    body = json.dumps({"ids": [old.pk], "verb": "back"})
    assert lost.post("/api/v1/exceptions/say", body, content_type="application/json").status_code == 404
