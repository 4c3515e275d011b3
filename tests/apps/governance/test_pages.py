"""The page of risks and what follows from them: the map, themes, what has moved, what is open, and for whom."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Issue
from quarterdeck.apps.governance.pages import heat as drawing
from quarterdeck.apps.governance.pages import raid as page_of
from quarterdeck.apps.governance.registers import RiskRegister
from quarterdeck.apps.governance.selectors import heat, raid
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant
from quarterdeck.kernel.registers.columns import columns_for
from tests.apps.governance.conftest import ALL, MakeRisk
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Make, day, signed_in

pytestmark = pytest.mark.django_db


def later(actor: Actor, days: int) -> Actor:
    return actor.at(NOW + dt.timedelta(days=days))


def test_the_map_counts_by_cell_and_tells_what_moved(risk: MakeRisk, system: Actor, backbone: Initiative) -> None:
    first, second = risk(), risk("Frames", probability=2, impact=2)
    third = risk("Gone")
    risk("Cheaper", kind="opportunity", probability=3, impact=3)
    after = later(system, 40)
    first.probability_now = 2
    services.risk_save(first, actor=after)
    services.risk_close(record=third, reason="Over.", actor=after)
    now = heat.spots(actor=after, scope=backbone.scope)
    then = heat.spots(actor=after, scope=backbone.scope, moment=clock.end_of(day(10)))
    assert (len(now), len(then)) == (3, 4)
    rows = drawing.grid(now, then, by="now", kind="threat", scope=backbone.scope, links=True)
    found = {(row.level, place + 1): one for row in rows for place, one in enumerate(row.squares)}
    assert [row.level for row in rows] == [5, 4, 3, 2, 1]
    told = {cell: (one.count, one.change) for cell, one in found.items() if one.count or one.change}
    assert told == {(2, 5): (1, "+1"), (2, 2): (1, ""), (4, 5): (0, "−2")}
    scope = backbone.scope_id
    assert found[2, 5].href == (
        f"/risks/?scope={scope}&f.state=open,responding,escalated&f.kind=threat&f.likely=2&f.hurt=5"
    )
    assert "score 10, Amber" in found[2, 5].label
    before = drawing.grid(now, None, by="before", kind="threat", scope=None, links=False)
    assert sum(one.count for row in before for one in row.squares) == 2
    assert before[1].squares[4].count == 1
    moved = [(one.pk, one.was, one.now, one.by) for one in heat.movement(now, then)]
    assert moved == [(third.pk, (4, 5), None, -20), (first.pk, (4, 5), (2, 5), -10)]
    assert second.pk not in {one[0] for one in moved}


def test_themes_sum_what_is_seen(risk: MakeRisk, make: Make, spine: Initiative, system: Actor) -> None:
    risk(category="ground")
    risk("Wall", category="ground", initiative=make("Other", parent=spine), probability=1, impact=1)
    risk("Steel", category="money", probability=3, impact=3)
    now = heat.spots(actor=system, scope=spine.scope)
    told = [
        (one.category, one.count, len(one.initiatives), dict(one.by_colour), dict(one.money))
        for one in heat.themes(now, heat.codes_of(now))
    ]
    assert told == [
        ("ground", 2, 2, {"red": 1, "green": 1}, {"GBP": Decimal(60_000), "": Decimal(5_000)}),
        ("money", 1, 1, {"amber": 1}, {"GBP": Decimal(40_000)}),
    ]


def test_what_is_open_comes_in_order_with_counts(risk: MakeRisk, backbone: Initiative, system: Actor) -> None:
    for number in range(7):
        risk(f"Risk {number}", probability=number % 5 + 1, impact=1, review_on=day(-1 if number < 2 else 5))
    services.issue_save(Issue(title="Burst", initiative=backbone, due_on=day(-3)), actor=system)
    parts = {part.kind.key: part for part in raid.open_at(backbone.scope, actor=system, on=day(0))}
    assert [one.title for one in parts["risks"].shown] == ["Risk 4", "Risk 3", "Risk 2", "Risk 1", "Risk 6"]
    assert (parts["risks"].total, parts["risks"].late) == (7, 2)
    assert (parts["issues"].total, parts["issues"].late, parts["actions"].total) == (1, 1, 0)
    past = raid.open_at(backbone.scope, actor=system, on=day(-1), moment=clock.end_of(day(-1)))
    assert [(part.total, part.late) for part in past] == [(0, 0)] * 5
    same = raid.open_at(backbone.scope, actor=system, on=day(0), moment=clock.end_of(day(0)))
    assert [(p.kind.key, p.total, p.late, [r.title for r in p.shown]) for p in same] == [
        (p.kind.key, p.total, p.late, [r.title for r in p.shown]) for p in parts.values()
    ]


def test_the_page_and_the_card(
    risk: MakeRisk, backbone: Initiative, spine: Initiative, given: Any, stranger: Actor
) -> None:
    record = risk()
    reader = signed_in(given(spine.scope, {"*": ["view"]}, ["money"]).user)
    closed = signed_in(given(backbone.scope, {"*": ["view"]}).user)
    for address in (f"{backbone.url}raid/", f"{spine.url}raid/", "/risks/heat-map/"):
        page = reader.get(address).content.decode()
        assert record.title in page
        assert "£60.0k" in page
    page = closed.get(f"{backbone.url}raid/").content.decode()
    assert record.title in page
    assert "£" not in page
    assert "•••" in page
    assert record.title in reader.get(spine.url).content.decode(), "rolled up"
    outside = signed_in(stranger.user)
    for address in (f"{backbone.url}raid/", "/risks/heat-map/", f"{spine.url}raid/"):
        assert outside.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert closed.get(f"{spine.url}raid/").status_code == 404


def test_no_sum_holds_the_money_of_a_risk_seen_only_as_ones_own(
    risk: MakeRisk, make: Make, backbone: Initiative, spine: Initiative, person: Any
) -> None:
    una = person("Una Owner", signs_in=True)
    role = AccessRole.objects.create(name="Reads", permissions={"*": ["view"]}, sees=["money"])
    Grant.objects.create(user=una.user, role=role, scope=backbone.scope)
    risk(category="ground")
    client = signed_in(una.user)
    whole = client.get("/risks/heat-map/").content.decode()
    assert "£60.0k" in whole
    assert "•••" not in whole
    assert '<span title="£60,000">Expected ' in client.get("/risks/?v=").content.decode()
    elsewhere = make("Other", parent=spine, unit=spine.unit.parent, currency=backbone.currency)
    risk("Elsewhere", initiative=elsewhere, owner=una, category="money", cost=7_000_000)
    actor = Actor(user=una.user, now=NOW)
    assert [(one.category, one.closed, one.money) for one in heat.spots(actor=actor, scope=None)] == [
        ("ground", False, Decimal(60_000)),
        ("money", True, None),
    ]
    page = client.get("/risks/heat-map/").content.decode()
    assert "Elsewhere" in page
    assert "•••" in page
    assert "£4." not in page
    assert page.count("£60.0k") == 1, "the theme whose risks are open keeps its sum, the headline has none"
    listed = client.get("/risks/?v=").content.decode()
    assert "Elsewhere" in listed
    assert "£60,000" in listed
    assert "£60.0k" not in listed, "no sum"
    assert 'title="£60,000"' not in listed
    assert "£4" not in listed
    assert "£7" not in listed
    assert "£4." not in client.get("/risks/?v=&sort=-exposure").content.decode()
    columns = columns_for(RiskRegister(), actor)
    assert [(columns[name].whole, columns[name].sortable) for name in ("cost", "exposure")] == [(False, False)] * 2
    assert "£60.0k" in client.get(f"{backbone.url}raid/").content.decode()


def test_whose_a_risk_was_sees_no_money_of_it_on_a_past_date(
    risk: MakeRisk, make: Make, backbone: Initiative, person: Any, system: Actor
) -> None:
    una = person("Una Owner", signs_in=True)
    role = AccessRole.objects.create(name="Reads", permissions={"*": ["view"]}, sees=["money"])
    Grant.objects.create(user=una.user, role=role, scope=backbone.scope)
    risk(category="ground")
    elsewhere = make("Other", parent=backbone.parent, unit=backbone.unit.parent, currency=backbone.currency)
    record = risk("Elsewhere", initiative=elsewhere, owner=una, cost=7_000_000)
    record.owner = None
    services.risk_save(record, actor=later(system, 3))
    client = signed_in(una.user)
    then = f"as_of={day(1).isoformat()}"
    assert client.get(f"/risks/{record.code}/").status_code == 404
    assert "Elsewhere" not in client.get("/risks/?v=").content.decode()
    pages = (
        "/risks/?v=&cols=title,cost&",
        f"/risks/{record.code}/?",
        "/api/v1/risks?",
        f"/api/v1/risks/{record.code}?",
    )
    for page in pages:
        answer = client.get(f"{page}{then}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "Elsewhere" in text
        assert re.search(r"7,?000,?000|£7\.", text) is None, page
    assert "£100,000" in client.get(f"{pages[0]}{then}").content.decode(), "that of the other is open"


def test_a_day_at_the_beginning_of_time_is_no_error(risk: MakeRisk, backbone: Initiative, given: Any) -> None:
    risk()
    reader = signed_in(given(backbone.scope, {"*": ["view"]}).user)
    for query in ("?as_of=0001-01-10", "?since=0001-01-01", "?as_of=0001-01-01&since=0001-01-01"):
        assert reader.get(f"/risks/heat-map/{query}").status_code == 200, query


def test_a_risk_that_was_moved_away_is_told_so(
    risk: MakeRisk, make: Make, backbone: Initiative, spine: Initiative, system: Actor
) -> None:
    record = risk(cost=None)
    gone = risk("Gone")
    record.initiative = make("Other", parent=spine)
    services.risk_save(record, actor=later(system, 40))
    services.risk_close(record=gone, reason="Over.", actor=later(system, 40))
    moves = heat.movement(
        heat.spots(actor=system, scope=backbone.scope),
        heat.spots(actor=system, scope=backbone.scope, moment=clock.end_of(day(10))),
    )
    named = heat.named([one.pk for one in moves], actor=system)
    assert {page_of._move(one, named[one.pk]).word for one in moves} == {"moved elsewhere", "closed"}


def test_what_is_new_is_offered_to_whoever_may_add_it(risk: MakeRisk, backbone: Initiative, given: Any) -> None:
    risk()
    address = f"{backbone.url}raid/"
    kinds = ("risk", "issue", "action")
    for kind in kinds:
        rights = {"*": ["view"], f"governance.{kind}": ["add"]}
        page = signed_in(given(backbone.scope, rights).user).get(address).content.decode()
        assert [f"New {one}" in page for one in kinds] == [one == kind for one in kinds]
        assert [f'href="/{one}s/new/?initiative=' in page for one in kinds if one != "risk"] == [
            one == kind for one in kinds if one != "risk"
        ]


def test_what_was_asked_from_below_stands_on_the_page_above(
    risk: MakeRisk, backbone: Initiative, spine: Initiative, given: Any
) -> None:
    record = risk()
    services.escalate(record=record, question="May we pay?", actor=given(backbone.scope, ALL))
    above = signed_in(given(spine.scope, ALL).user)
    page = above.get(f"{spine.url}raid/").content.decode()
    assert "Leeds Backbone asks: May we pay?" in page
    assert "asks: May we pay?" not in above.get(f"{backbone.url}raid/").content.decode()
    shown = above.get(f"/risks/{record.code}/").content.decode()
    assert "What it weighs" in shown
    assert "/do/answer/" in shown
    below = signed_in(given(backbone.scope, ALL).user)
    assert "/do/answer/" not in below.get(f"/risks/{record.code}/").content.decode()


def test_queries_do_not_grow(
    risk: MakeRisk, backbone: Initiative, given: Any, django_assert_max_num_queries: Any
) -> None:
    reader = signed_in(given(backbone.scope, {"*": ["view"]}, ["money"]).user)
    for round_ in range(2):
        for number in range(6):
            risk(f"Risk {round_}.{number}", response_kind="reduce")
        with django_assert_max_num_queries(30):
            reader.get(f"{backbone.url}raid/")
