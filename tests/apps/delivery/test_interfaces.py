"""Interfaces: dates from both plans, who speaks for which side, what is late, the card, the map, and strangers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Interface, Task
from quarterdeck.apps.delivery.pages.dependency_drawing import drawing
from quarterdeck.apps.delivery.selectors import dependencies
from quarterdeck.apps.delivery.selectors.interfaces import days_late
from quarterdeck.apps.delivery.watch import interface_late
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.services import initiative_save
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.records import undo
from quarterdeck.kernel.watch import evaluate
from quarterdeck.kernel.watch.checks import checks
from tests.apps.delivery.conftest import Shed, document
from tests.cast import ADMINISTRATOR, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db


@dataclass
class Two:
    """Shed gives the duct to House; someone holds rights at each alone."""

    shed: Shed
    giver: Initiative
    receiver: Initiative
    duct: Interface
    system: Actor

    def only_at(self, record: Initiative, name: str) -> Actor:
        """Someone who may do everything at one project and nothing elsewhere."""
        user = User.objects.create_user(f"{name}@example.org", name=name.title())
        role = AccessRole(name=name, permissions={"*": ["view", "add", "change", "delete"]}, sees=[])
        records.save(role, actor=self.system)
        records.save(Grant(user=user, role=role, scope=record.scope), actor=self.system)
        return Actor(user=user, now=clock.now())


@pytest.fixture(autouse=True)
def january(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this happens on the Monday on which the plan of the shed begins."""
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: at(5))


@pytest.fixture
def two(shed: Shed) -> Two:
    system = Actor.system(now=clock.now())
    receiver = Initiative(name="House", kind="project", parent=shed.plan.initiative.parent, unit=_elsewhere(shed))
    initiative_save(receiver, actor=system)
    duct = Interface(
        name="Duct handed over",
        giver=shed.plan.initiative,
        receiver=receiver,
        giver_task=shed.task("Done"),
        needed_on=dt.date(2026, 1, 12),
    )
    services.interface_save(duct, actor=system)
    return Two(shed, shed.plan.initiative, receiver, duct, system)


def _elsewhere(shed: Shed) -> Any:
    """A unit other than the giver's, so that no right comes along with it."""
    return shed.cast.south.place.homes[0]


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 1, day, 12, 0, tzinfo=dt.UTC)


def fact(two: Two, on: int = 5) -> list[tuple[Any, Any, Any]]:
    found = interface_late(now=at(on), ids=None)
    return [(one.due_on, one.values["given"], one.values["days"]) for one in found]


def test_working_days_late_are_counted_from_the_day_after_it_is_needed() -> None:
    monday, early = dt.date(2026, 1, 12), dt.date(2026, 1, 5)
    told = [days_late(monday + dt.timedelta(days=n), monday, early) for n in (-1, 0, 1, 4, 5, 6, 7)]
    assert told == [0, 0, 1, 4, 4, 4, 5]
    assert days_late(None, monday, early) is None
    assert days_late(None, None, early) is None
    # What was to be given and was not is given today at the earliest.
    assert days_late(early, monday, dt.date(2026, 1, 14)) == 2
    assert days_late(None, monday, dt.date(2026, 1, 14)) == 2


def test_what_is_needed_and_not_delivered_is_late_whatever_was_forecast(two: Two) -> None:
    Interface.objects.update(giver_task=None, gives_on=dt.date(2026, 1, 7), needed_on=dt.date(2026, 1, 8))
    assert fact(two, 8) == []
    assert fact(two, 9) == [(dt.date(2026, 1, 8), dt.date(2026, 1, 7), 1)]
    (found,) = interface_late(now=at(9), ids=None)
    assert str(found.message).startswith("Not delivered")


def test_the_forecast_of_the_givers_plan_makes_it_late(two: Two) -> None:
    # Done stands at Wednesday 14 January; needed on Monday 12.
    assert fact(two) == [(dt.date(2026, 1, 12), dt.date(2026, 1, 14), 2)]
    two.duct.needed_on = dt.date(2026, 1, 14)
    services.interface_save(two.duct, actor=two.system)
    assert fact(two) == []
    two.shed.set("Cure", "duration", "2d")
    assert fact(two) == [(dt.date(2026, 1, 14), dt.date(2026, 1, 15), 1)]


def test_what_is_needed_follows_the_receivers_plan(two: Two) -> None:
    plan = services.plan_new(initiative=two.receiver, actor=two.system, start=dt.date(2026, 1, 19))
    services.plan_edit(plan_id=plan.pk, commands=[{"do": "add", "name": "Pull cable"}], revision=1, actor=two.system)
    two.duct.receiver_task = Task.objects.get(plan=plan)
    services.interface_save(two.duct, actor=two.system)
    assert fact(two) == []
    page = two.shed.cast.client(EDITOR).get("/interfaces/", {"f.is_late": "no"}).content.decode()
    assert "2026-01-19" in page


def test_a_weekend_alone_makes_nothing_late(two: Two) -> None:
    Interface.objects.update(giver_task=None, gives_on=dt.date(2026, 1, 10), needed_on=dt.date(2026, 1, 9))
    assert fact(two) == []


def test_the_finding_is_the_giving_managers_and_goes_when_it_is_delivered(two: Two, monkeypatch: Any) -> None:
    check = checks["interface-late"]
    assert evaluate(check, actor=two.system).opened == 1
    assert evaluate(check, actor=two.system).opened == 0
    services.interface_agree(record=two.duct, actor=two.system)
    services.interface_deliver(record=two.duct, actor=two.system)
    assert evaluate(check, actor=two.system).closed == 1


def test_it_is_proposed_agreed_delivered_returned_and_accepted(two: Two) -> None:
    giver, receiver = two.only_at(two.giver, "gil"), two.only_at(two.receiver, "rea")
    assert (two.duct.code, two.duct.state, two.duct.asked_by) == ("IF-0001", "proposed", "receiver")
    with pytest.raises(PermissionDenied, match="giving side"):
        services.interface_agree(record=two.duct, actor=receiver)
    services.interface_agree(record=two.duct, actor=giver)
    with pytest.raises(PermissionDenied, match="giving side"):
        services.interface_deliver(record=two.duct, actor=receiver)
    services.interface_deliver(record=two.duct, actor=giver)
    with pytest.raises(PermissionDenied, match="receiving side"):
        services.interface_accept(record=two.duct, actor=giver)
    services.interface_return(record=two.duct, actor=receiver, reason="One is crushed.")
    assert (two.duct.state, two.duct.delivered_on, two.duct.reason) == ("agreed", None, "One is crushed.")
    services.interface_deliver(record=two.duct, actor=giver)
    services.interface_accept(record=two.duct, actor=receiver)
    two.duct.refresh_from_db()
    assert (two.duct.state, two.duct.reason, two.duct.accepted_on) == ("accepted", "", receiver.today)
    with pytest.raises(ValidationError, match="IF-0001 is accepted; that cannot be done now"):
        services.interface_deliver(record=two.duct, actor=giver)


def test_nothing_is_agreed_without_both_dates(two: Two) -> None:
    two.duct.needed_on = None
    services.interface_save(two.duct, actor=two.system)
    with pytest.raises(ValidationError, match="by when it is needed"):
        services.interface_agree(record=two.duct, actor=two.system)


def test_each_side_says_its_own(two: Two) -> None:
    giver, receiver = two.only_at(two.giver, "gil"), two.only_at(two.receiver, "rea")
    two.duct.needed_on = dt.date(2026, 2, 1)
    with pytest.raises(ValidationError, match="receiving side"):
        services.interface_save(two.duct, actor=giver)
    services.interface_save(two.duct, actor=receiver)
    two.duct.giver_task, two.duct.gives_on = None, dt.date(2026, 1, 20)
    with pytest.raises(ValidationError, match="giving side"):
        services.interface_save(two.duct, actor=receiver)
    services.interface_save(two.duct, actor=giver)
    stored = Interface.objects.get()
    assert (stored.needed_on, stored.gives_on) == (dt.date(2026, 2, 1), dt.date(2026, 1, 20))


def test_once_agreed_it_takes_both_sides_to_remove_it(two: Two) -> None:
    receiver = two.only_at(two.receiver, "rea")
    services.interface_agree(record=two.duct, actor=two.system)
    with pytest.raises(PermissionDenied):
        services.interface_remove(two.duct, actor=receiver)
    change = services.interface_remove(two.duct, actor=two.system)
    assert not Interface.objects.exists()
    undo(change.batch, actor=two.system)
    assert Interface.objects.get().state == "agreed"


def test_tasks_are_of_their_own_side_and_projects_are_two(two: Two) -> None:
    two.duct.receiver_task = two.shed.task("Dig")
    with pytest.raises(ValidationError, match="no task of the project"):
        services.interface_save(two.duct, actor=two.system)
    with pytest.raises(ValidationError, match="nothing over to itself"):
        services.interface_save(Interface(name="X", giver=two.giver, receiver=two.giver), actor=two.system)


def test_an_adopted_copy_takes_over_the_task_of_the_same_number(two: Two) -> None:
    copy = services.plan_copy(plan=two.shed.plan, actor=two.system)
    services.plan_adopt(plan=copy, actor=two.system)
    two.duct.refresh_from_db()
    assert two.duct.giver_task == Task.objects.get(plan=copy, name="Done")


def test_a_plan_that_is_no_copy_takes_over_tasks_of_number_and_name_alone(two: Two) -> None:
    given = document()
    done = services.plan_import(document=given, initiative=two.giver, actor=two.system, name="Other").plan
    other = Task.objects.get(plan=done, name="Done")
    other.name = "Handed over"
    records.save(other, actor=two.system)
    task = two.duct.giver_task
    services.plan_adopt(plan=done, actor=two.system)
    two.duct.refresh_from_db()
    assert two.duct.giver_task == task
    services.plan_adopt(plan=two.shed.plan, actor=two.system)
    other.name = "Done "
    other.version = Task.objects.get(pk=other.pk).version
    records.save(other, actor=two.system)
    services.plan_adopt(plan=done, actor=two.system)
    two.duct.refresh_from_db()
    assert two.duct.giver_task == other


def test_whoever_adopts_a_plan_needs_no_right_to_its_interfaces(two: Two) -> None:
    user = User.objects.create_user("pia@example.org", name="Pia")
    role = AccessRole(name="planner", permissions={"delivery.plan": ["view", "add", "change"]}, sees=[])
    records.save(role, actor=two.system)
    records.save(Grant(user=user, role=role, scope=two.giver.scope), actor=two.system)
    copy = services.plan_copy(plan=two.shed.plan, actor=two.system)
    services.plan_adopt(plan=copy, actor=Actor(user=user, now=clock.now()))
    two.duct.refresh_from_db()
    assert two.duct.giver_task == Task.objects.get(plan=copy, name="Done")


def test_it_keeps_its_code(two: Two) -> None:
    two.duct.code = ""
    with pytest.raises(ValidationError, match="It keeps its code"):
        services.interface_save(two.duct, actor=two.system)
    assert Interface.objects.get().code == "IF-0001"


def test_of_too_many_the_late_ones_are_kept_and_the_others_counted(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "MOST", 2)
    early, late = dt.date(2026, 3, 1), dt.date(2026, 3, 20)
    for number in range(5):
        made = Interface(name=f"Part {number}", giver=two.giver, receiver=two.receiver, needed_on=dt.date(2026, 3, 10))
        made.gives_on = late if number == 4 else early
        services.interface_save(made, actor=two.system)
    found, more = dependencies.promises(two.giver, actor=two.system, moment=None)
    assert ([one.record.name for one in found], more) == (["Duct handed over", "Part 4"], 4)
    page = two.shed.cast.client(ADMINISTRATOR).get(f"{two.giver.url}dependencies/").content.decode()
    assert "4 more are not shown" in page
    assert f"{two.giver.name} to House: 2 interfaces, 2 late" in page
    past, more = dependencies.promises(two.giver, actor=two.system, moment=clock.now())
    assert (len(past), more) == (2, 4)


def test_a_side_sees_the_others_name_and_no_more(two: Two) -> None:
    client, user = Client(), two.only_at(two.giver, "gil").user
    assert user is not None
    client.force_login(user)
    for address in (two.giver.url, f"{two.giver.url}dependencies/", "/interfaces/", "/interfaces/IF-0001/"):
        page = client.get(address).content.decode()
        assert "House" in page, address
        assert two.receiver.code not in page, address
        assert two.receiver.url not in page, address
    assert client.get(two.receiver.url).status_code == 404
    assert client.get(f"{two.receiver.url}dependencies/").status_code == 404


def test_card_and_map_show_what_is_late_to_both_sides(two: Two) -> None:
    client = two.shed.cast.client(ADMINISTRATOR)
    home = client.get(two.receiver.url).content.decode()
    assert "Duct handed over" in home
    assert "+2 d" in home
    page = client.get(f"{two.giver.url}dependencies/").content.decode()
    assert page.count('class="dep-arrow dep-late"') == 1
    assert f"{two.giver.name} to House: 1 interface, 1 late" in page
    assert "14 Jan" in page
    assert client.get(f"{two.giver.url}dependencies/", {"programme": "NONE-1"}).content.decode().count("dep-arrow") == 0
    Interface.objects.update(state="accepted", accepted_on=dt.date(2026, 1, 9))
    assert "dep-arrow" not in client.get(f"{two.giver.url}dependencies/").content.decode()
    assert "dep-arrow" in client.get(f"{two.giver.url}dependencies/", {"done": "1"}).content.decode()
    assert "interfaces-card" not in client.get(two.receiver.url).content.decode()


def test_a_past_date_shows_what_was_promised_then(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    system = two.system.at(clock.now() - dt.timedelta(days=20))
    old = Interface(
        name="Keys",
        giver=two.receiver,
        receiver=two.giver,
        gives_on=dt.date(2026, 1, 9),
        needed_on=dt.date(2026, 1, 7),
    )
    services.interface_save(old, actor=system)
    old.gives_on = dt.date(2026, 1, 6)
    services.interface_save(old, actor=two.system)
    day = (clock.now() - dt.timedelta(days=10)).date().isoformat()
    client = two.shed.cast.client(ADMINISTRATOR)
    now, then = (client.get("/interfaces/", {"as_of": each} if each else {}).content.decode() for each in ("", day))
    assert "Duct handed over" in now
    assert "Duct handed over" not in then
    assert "Keys" in then


def test_strangers_and_readers_elsewhere_find_nothing(two: Two) -> None:
    cast = two.shed.cast
    two_south = cast.south.make(Interface)
    stranger = cast.client(STRANGER)
    for address in (f"{two.giver.url}dependencies/", "/interfaces/IF-0001/", "/interfaces/"):
        assert stranger.get(address).status_code == 404
    reader = cast.client(READER)
    assert reader.get(f"{two_south.giver.url}dependencies/").status_code == 404
    assert two_south.name not in reader.get("/interfaces/").content.decode()


def test_two_hundred_interfaces_take_no_more_queries_than_two(two: Two) -> None:
    client = two.shed.cast.client(ADMINISTRATOR)
    above = two.giver.parent
    assert above is not None
    address = f"{above.url}dependencies/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    projects = []
    for number in range(24):
        made = Initiative(name=f"Lot {number}", kind="project", parent=above, unit=above.unit)
        initiative_save(made, actor=two.system)
        projects.append(made)
    rows = [
        Interface(
            code=f"IF-{number + 500}",
            name=f"Part {number}",
            giver=projects[number % 24],
            receiver=projects[(number * 7 + 1 + number // 24) % 24],
            gives_on=dt.date(2026, 3, 1 + number % 28),
            needed_on=dt.date(2026, 3, 14),
        )
        for number in range(200)
    ]
    Interface.objects.bulk_create([row for row in rows if row.giver_id != row.receiver_id])
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(many) == len(few) <= 30
    assert page.count('class="dep-row"') > 180
    assert page.count("dep-node") >= 26


def test_a_long_arrow_keeps_a_lane_free_and_one_that_runs_back_goes_below() -> None:
    made = drawing({1: "A", 2: "B", 3: "C"}, [(1, 2), (2, 3), (1, 3), (3, 1)])
    boxes = {box.key: box for box in made.boxes}
    assert [boxes[key].x for key in (1, 2, 3)] == [38, 334, 630]
    long, back = made.curves[2], made.curves[3]
    lane = int(re.findall(r"L546 (\d+)", long.path)[0])
    middle = boxes[2]
    assert lane < middle.y or lane > middle.y + middle.height
    floor = max(box.y + box.height for box in boxes.values())
    assert floor < max(int(y) for y in re.findall(r"L[\d-]+ (\d+)", back.path)) < made.height
    assert not drawing({}, []).boxes
