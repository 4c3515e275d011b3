"""The page of accountabilities: what it shows to whom, as of when, in how many queries; taking over, handing over."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo import services
from quarterdeck.apps.pmo.models import Accountability, Kpi
from quarterdeck.apps.pmo.selectors.board import board
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.watch.services import accept, acknowledge
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.pmo.conftest import Found, MakeAnswer
from tests.apps.portfolio.conftest import Make, day, signed_in

TODAY = NOW.date()
PAGE = "/pmo/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: NOW)


@pytest.fixture
def reader(given: MakeActor, root: Scope) -> Actor:
    return given(root, {"*": ["view"]})


@pytest.fixture
def head(given: MakeActor, root: Scope) -> Actor:
    return given(root, {"*": ["view", "add", "change", "delete"]})


def _words(html: str) -> str:
    inner = re.search(r"<main.*</main>", html, re.DOTALL)
    assert inner is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inner[0]))


def test_each_stands_by_its_own_records(
    *,
    answers: MakeAnswer,
    found: Found,
    owner: Person,
    deputy: Person,
    reader: Actor,
    system: Actor,
    make: Make,
    top: Initiative,
) -> None:
    row = answers(owner=owner, deputy=deputy)
    for measure, target in (("projects_on_time", 85), ("exceptions_in_time", 90), ("service_met", 95)):
        records.save(Kpi(accountability=row, measure=measure, target=Decimal(target)), actor=system)
    make("Late", parent=top, state="active", planned_finish=day(-3))
    make("Early", parent=top, state="active", planned_finish=day(3))
    make("Unplanned", parent=top, state="active")
    found(30, due_on=day(-1))
    found(2)
    found(20, closed_at=NOW - dt.timedelta(days=15))
    found(80, closed_at=NOW - dt.timedelta(days=20))
    found(5, check="initiative-without-sponsor")
    whole = board(actor=reader, on=TODAY)
    (line,) = whole.lines
    assert (line.tally.open, line.tally.high, line.tally.overdue, line.age) == (2, 2, 1, 30)
    assert line.tally.weeks == [0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 2]
    readings = [(one.kpi.measure, one.reading.met, one.reading.whole) for one in line.measured]
    assert readings == [("projects_on_time", 1, 2), ("exceptions_in_time", 1, 3), ("service_met", 0, 0)]
    assert line.state == "red"
    assert whole.mean_days == pytest.approx((5 + 60) / 2)


def test_what_is_answered_for_nearer_does_not_count_above(
    answers: MakeAnswer, found: Found, owner: Person, reader: Actor, spine: Initiative
) -> None:
    whole, part = answers(owner=owner), answers("Of the spine", scope=spine.scope, owner=owner)
    found(1)
    found(1, record=spine)
    found(2, record=spine)
    lines = {line.record: line.tally.open for line in board(actor=reader, on=TODAY).lines}
    assert lines == {whole: 1, part: 2}


def test_the_number_of_a_row_opens_as_many_lines(
    *, answers: MakeAnswer, found: Found, owner: Person, reader: Actor, spine: Initiative
) -> None:
    """What is answered for nearer is in another row, what is accepted is in neither: the number is that of the list."""
    whole, part = answers(owner=owner), answers("Of the spine", scope=spine.scope, owner=owner)
    for days in range(1, 9):
        found(days)
    rests = found(20, owner=owner.user)
    speaker = Actor(user=owner.user, now=NOW)
    accept(finding=rests, until=TODAY + dt.timedelta(days=3), reason="Known", actor=speaker)
    found(3, record=spine)
    client = signed_in(reader.user)
    page = client.get(f"{PAGE}?show={part.pk}").content.decode()
    numbers = dict(re.findall(r'href="(/pmo/\?show=\d+&amp;all=1#picked)">(\d+)</a>', page))
    assert sorted(numbers.values()) == ["1", "8"]
    for address, number in numbers.items():
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert listed.count('class="why-cell"') == int(number)
    few = client.get(f"{PAGE}?show={whole.pk}").content.decode()
    assert few.count('class="why-cell"') == 6
    assert re.search(rf'href="/pmo/\?show={whole.pk}&amp;all=1#picked">All 8</a>', few)


def test_what_has_no_node_is_with_the_topmost_of_all_in_force(
    *, answers: MakeAnswer, found: Found, owner: Person, reader: Actor, spine: Initiative, given: MakeActor
) -> None:
    whole, part = answers(owner=owner), answers("Of the spine", scope=spine.scope, owner=owner)
    part_reader = given(spine.scope, {"*": ["view"]})
    found(4, scope=None, owner=part_reader.user)
    found(4, scope=None, owner=reader.user)
    below = board(actor=reader, on=TODAY, scope=spine.scope)
    assert [(line.record, line.tally.open) for line in below.lines] == [(part, 0)]
    assert below.whole.open == 0
    seen = board(actor=part_reader, on=TODAY)
    assert [(line.record, line.tally.open) for line in seen.lines] == [(part, 0)]
    page = signed_in(part_reader.user).get(f"{PAGE}?show={part.pk}").content.decode()
    assert 'class="why-cell"' not in page
    top = {line.record: line.tally.open for line in board(actor=reader, on=TODAY).lines}
    assert top == {whole: 1, part: 0}


def test_the_mean_time_is_of_what_the_page_shows(
    answers: MakeAnswer, found: Found, owner: Person, reader: Actor, spine: Initiative
) -> None:
    answers(owner=owner), answers("Of the spine", scope=spine.scope, owner=owner)
    found(20, closed_at=NOW - dt.timedelta(days=10))
    found(6, record=spine, closed_at=NOW - dt.timedelta(days=2))
    assert board(actor=reader, on=TODAY).mean_days == pytest.approx(7)
    assert board(actor=reader, on=TODAY, scope=spine.scope).mean_days == pytest.approx(4)


def test_a_figure_counts_where_it_is_answered_for(
    *, answers: MakeAnswer, owner: Person, reader: Actor, system: Actor, spine: Initiative, make: Make, top: Initiative
) -> None:
    for row in (answers(owner=owner), answers("Of the spine", scope=spine.scope, owner=owner)):
        records.save(Kpi(accountability=row, measure="projects_on_time", target=Decimal(85)), actor=system)
    make("Near", parent=spine, state="active", planned_finish=day(-3))
    make("Far", parent=top, state="active", planned_finish=day(3))
    lines = board(actor=reader, on=TODAY).lines
    read = {line.record.name: (line.measured[0].reading.met, line.measured[0].reading.whole) for line in lines}
    assert read == {"Project timeframes": (1, 1), "Of the spine": (0, 1)}


def test_a_past_day_tells_nothing_that_came_later(
    *, answers: MakeAnswer, found: Found, owner: Person, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = answers(owner=owner)
    later = NOW + dt.timedelta(days=3)
    finding = found(30, owner=owner.user)
    speaker = Actor(user=owner.user, now=later - dt.timedelta(days=1))
    acknowledge(finding=finding, actor=speaker)
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: later)
    client = signed_in(reader.user)

    def stands(as_of: str) -> list[str]:
        page = client.get(f"{PAGE}?show={row.pk}&as_of={as_of}").content.decode()
        return re.findall(r'data-phone="line" title="([^"]+)"', page)

    assert (stands(TODAY.isoformat()), stands("today")) == (["Found"], ["Acknowledged, by Olga Owner"])
    accept(finding=finding, until=later.date() + dt.timedelta(days=2), reason="Known", actor=speaker)
    assert (stands(TODAY.isoformat()), stands("today")) == (["Found"], [])
    page = client.get(f"{PAGE}?show={row.pk}&as_of=today").content.decode()
    assert "1 exception accepted" in page
    assert "1 accepted" in page


def test_it_stands_as_it_stood(
    *, answers: MakeAnswer, found: Found, owner: Person, deputy: Person, reader: Actor, system: Actor
) -> None:
    row = answers(owner=owner)
    found(30)
    found(40, closed_at=NOW - dt.timedelta(days=10))
    found(1)
    later = system.at(NOW + dt.timedelta(days=20))
    row.owner = deputy
    records.save(row, actor=later)
    (line,) = board(actor=reader.at(later.now), on=TODAY, moment=NOW).lines
    assert line.record.owner == owner
    assert (line.tally.open, line.age) == (2, 30)
    earlier = NOW - dt.timedelta(days=20)
    assert board(actor=reader, on=earlier.date(), moment=earlier).lines == []


def test_the_page_tells_it_and_picks_the_worst(
    *, answers: MakeAnswer, found: Found, owner: Person, deputy: Person, reader: Actor, system: Actor
) -> None:
    answers("Risk", function="risk", owner=owner, deputy=deputy)
    answers(owner=owner, deputy=deputy)
    found(20)
    services.escalate(actor=system)
    response = signed_in(reader.user).get(PAGE)
    assert response.status_code == 200
    words = _words(response.content.decode())
    assert "0 without owner, 0 without deputy" in words
    assert "1 → sponsor" in words
    assert "up to the sponsor since 16 Mar, nobody told" in words
    assert "Projects finish in time." in words
    assert "Start from template" not in words
    assert "Hand over" not in words


def test_the_list_of_exceptions_says_what_each_serves_and_how_far_it_has_gone(
    answers: MakeAnswer, found: Found, owner: Person, reader: Actor, system: Actor
) -> None:
    answers(owner=owner)
    found(8)
    found(8, check="initiative-without-sponsor", label="Elsewhere")
    services.escalate(actor=system)
    words = _words(signed_in(reader.user).get("/exceptions/?serves=timeframes").content.decode())
    assert "Project timeframes" in words
    assert "up to the head since 16 Mar, nobody told" in words
    assert "Elsewhere" not in words


def test_the_number_of_queries_does_not_grow(
    *, answers: MakeAnswer, found: Found, owner: Person, reader: Actor, system: Actor, office: Office, root: Scope
) -> None:
    services.install(name="all", office=office, scope=root, actor=system, owner=owner)
    client = signed_in(reader.user)
    client.get(PAGE)
    found(5)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert client.get(PAGE).status_code == 200
    for number in range(12):
        found(number)
    with CaptureQueriesContext(connection) as many:
        assert client.get(PAGE).status_code == 200
    assert len(many) == len(few) <= 30


def test_a_stranger_finds_nothing(answers: MakeAnswer, found: Found, owner: Person, stranger: Actor) -> None:
    row = answers(owner=owner)
    found(5)
    client = signed_in(stranger.user)
    for address in (PAGE, "/pmo/start/", "/pmo/hand-over/", f"/accountabilities/{row.pk}/", f"{PAGE}?show={row.pk}"):
        assert client.get(address).status_code == 404
    assert client.post("/pmo/start/", {"name": "table"}).status_code == 404
    assert client.post("/pmo/hand-over/", {"giver": owner.pk}).status_code == 404
    assert board(actor=stranger, on=TODAY).lines == []


def test_a_reader_of_another_node_sees_no_number(
    answers: MakeAnswer, found: Found, owner: Person, given: MakeActor, networks: Any
) -> None:
    answers(owner=owner)
    found(5)
    elsewhere = given(networks.scope, {"*": ["view"]})
    whole = board(actor=elsewhere, on=TODAY)
    assert (whole.lines, whole.whole.open, whole.mean_days) == ([], 0, None)


def test_the_head_takes_over_what_ships_and_undoes_it(office: Office, root: Scope, head: Actor, owner: Person) -> None:
    client = signed_in(head.user)
    assert "Nothing in force here" in client.get(PAGE).content.decode()
    asked = {"name": "table", "office": office.pk, "scope": root.pk, "owner": owner.pk}
    response = client.post("/pmo/start/", asked, follow=True)
    assert "8 accountabilities added." in response.content.decode()
    assert Accountability.objects.filter(owner=owner).count() == 8
    again = client.post("/pmo/start/", asked, follow=True)
    assert "0 accountabilities added, 8 there already." in again.content.decode()
    address = re.search(r"/undo/[0-9a-f-]{36}/", response.content.decode())
    assert address is not None
    client.post(address[0])
    assert Accountability.objects.count() == 0


def test_the_head_hands_over(answers: MakeAnswer, owner: Person, deputy: Person, head: Actor) -> None:
    row = answers(owner=owner)
    client = signed_in(head.user)
    asked = {"giver": owner.pk, "taker": owner.pk, "note": "Leaves."}
    refused = client.post("/pmo/hand-over/", asked)
    assert refused.status_code == 422
    assert "Choose somebody else." in refused.content.decode()
    page = client.get(f"/pmo/hand-over/?giver={owner.pk}").content.decode()
    assert "Olga Owner holds 1" in page
    done = client.post("/pmo/hand-over/", {**asked, "taker": deputy.pk}, follow=True).content.decode()
    assert "Handed over to Dev Deputy: 1 as owner, 0 as deputy." in done
    row.refresh_from_db()
    assert row.owner == deputy
