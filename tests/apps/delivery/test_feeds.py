"""Calendar feeds: what they show, to whom, and that whatever is wrong with a link looks the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import PlanFeed, PlanResource
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Grant, User
from quarterdeck.kernel.access.policy import AccessDenied
from tests.apps.delivery.conftest import Shed
from tests.cast import ANONYMOUS, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def fed(shed: Shed, who: str = READER, *, own: bool = False) -> str:
    actor = shed.cast.actor(who)
    _feed, secret = services.feed_make(actor=actor, initiative=None if own else shed.plan.initiative)
    return f"/calendars/{secret}.ics"


def told(content: bytes) -> dict[str, tuple[str, str, str]]:
    events: list[Any] = Calendar.from_ical(content).walk("VEVENT")
    return {
        str(each["summary"]): (
            each["dtstart"].dt.isoformat(),
            each["dtend"].dt.isoformat() if "dtend" in each else "",
            str(each["uid"]),
        )
        for each in events
    }


def test_the_feed_of_a_plan_has_its_dates(shed: Shed) -> None:
    answer = Client().get(fed(shed))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    entries = told(answer.content)
    assert set(entries) == {"Dig", "Pour", "Cure", "Paint", "Done"}
    assert entries["Pour"][:2] == ("2026-01-08T08:00:00", "2026-01-12T17:00:00")
    assert entries["Done"][:2] == ("2026-01-14T17:00:00", "")
    assert b"Cold." not in answer.content
    assert PlanFeed.objects.get().last_used_at is not None


def test_it_follows_the_plan(shed: Shed) -> None:
    url = fed(shed)
    shed.set("Pour", "duration", "4d")
    assert told(Client().get(url).content)["Pour"][1] == "2026-01-13T17:00:00"


def test_ones_own_tasks_of_all_plans(shed: Shed) -> None:
    person = shed.cast.north.make(Person)
    Person.objects.filter(pk=person.pk).update(user=shed.cast.users[READER])
    PlanResource.objects.filter(plan=shed.plan, name="Ann").update(person=person)
    services.plan_copy(plan=shed.plan, name="Faster", actor=shed.cast.actor(EDITOR))
    entries = told(Client().get(fed(shed, own=True)).content)
    assert list(entries) == [f"Dig · {shed.plan.initiative.name}"]
    # The same task has the same id in both feeds, so that a calendar does not show it twice.
    assert next(iter(entries.values()))[2] == told(Client().get(fed(shed)).content)["Dig"][2]


def test_whatever_is_wrong_looks_the_same(shed: Shed) -> None:
    url = fed(shed)
    feed = PlanFeed.objects.get()
    wrong = [
        "/calendars/nothing.ics",
        "/calendars/-.ics",
        f"/calendars/{feed.prefix}-.ics",
        f"/calendars/{feed.prefix}-wrong.ics",
        url.replace(".ics", "x.ics"),
    ]
    bodies = {(answer.status_code, answer.content) for answer in map(Client().get, wrong)}
    assert {status for status, _body in bodies} == {404}
    services.feed_revoke(feed=feed, actor=shed.cast.actor(READER))
    assert Client().get(url).status_code == 404


def test_who_left_or_lost_the_right_gets_nothing(shed: Shed) -> None:
    url = fed(shed)
    user = shed.cast.users[READER]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(url).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert Client().get(url).status_code == 200
    Grant.objects.filter(user=user).delete()
    assert Client().get(url).status_code == 404
    own = fed(shed, STRANGER, own=True)
    assert Client().get(own).status_code == 404


def test_too_many_fetches_of_one_address_are_refused(shed: Shed) -> None:
    url, client = fed(shed), Client()
    assert [client.get("/calendars/no.ics").status_code for _time in range(60)] == [404] * 60
    refused = client.get(url)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_the_link_is_shown_once_and_its_secret_not_kept(shed: Shed) -> None:
    client, code = shed.cast.client(READER), shed.plan.initiative.code
    asked = client.get(f"/my-tasks/feeds/?project={code}").content.decode()
    assert "Make a feed of this plan" in asked
    made = client.post("/my-tasks/feeds/", {"project": code}).content.decode()
    feed = PlanFeed.objects.get()
    assert f"/calendars/{feed.prefix}-" in made
    later = client.get("/my-tasks/feeds/").content.decode()
    assert f"/calendars/{feed.prefix}" not in later
    assert feed.digest not in made
    client.post(f"/my-tasks/feeds/{feed.pk}/revoke/")
    feed.refresh_from_db()
    assert feed.revoked_at is not None


def test_feeds_are_ones_own(shed: Shed) -> None:
    fed(shed)
    feed = PlanFeed.objects.get()
    assert shed.cast.client(EDITOR).post(f"/my-tasks/feeds/{feed.pk}/revoke/").status_code == 404
    assert feed.prefix not in shed.cast.client(EDITOR).get("/my-tasks/feeds/").content.decode()
    code = shed.plan.initiative.code
    for who, status in ((STRANGER, 404), (ANONYMOUS, 302)):
        assert shed.cast.client(who).get("/my-tasks/feeds/").status_code == status
        assert shed.cast.client(who).post("/my-tasks/feeds/", {"project": code}).status_code == status
    assert PlanFeed.objects.filter(revoked_at__isnull=True).count() == 1


def test_nobody_makes_a_feed_for_another(shed: Shed) -> None:
    behind = Actor(user=shed.cast.users[READER], now=clock.now(), behind=shed.cast.users[EDITOR])
    with pytest.raises(AccessDenied):
        services.feed_make(actor=behind)
    feed, _secret = services.feed_make(actor=shed.cast.actor(READER))
    with pytest.raises(AccessDenied):
        services.feed_revoke(feed=feed, actor=shed.cast.actor(EDITOR))


def test_a_twenty_first_feed_is_refused_in_words(shed: Shed) -> None:
    for _time in range(20):
        fed(shed)
    answer = shed.cast.client(READER).post("/my-tasks/feeds/", {})
    assert answer.status_code == 422
    assert "You have 20 feeds. Revoke one first." in answer.content.decode()


def test_it_takes_as_many_queries_for_more_tasks(shed: Shed) -> None:
    url = fed(shed)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(url).status_code == 200
        return len(caught)

    Client().get(url)
    before = queries()
    for number in range(5):
        shed.edit({"do": "add", "name": f"More {number}", "after": shed.id("Done")})
    assert queries() == before <= 8


def test_use_is_noted_once_a_minute(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    url, start = fed(shed), clock.now()
    Client().get(url)
    first = PlanFeed.objects.get().last_used_at
    Client().get(url)
    assert PlanFeed.objects.get().last_used_at == first
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(minutes=5))
    Client().get(url)
    assert PlanFeed.objects.get().last_used_at == start + dt.timedelta(minutes=5)
