"""What those who lead initiatives find on Needs you; the stranger finds nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import Currency, ExchangeRate, OrganisationUnit
from quarterdeck.apps.people.models import Person, Role
from quarterdeck.apps.people.services import role_assign
from quarterdeck.apps.portfolio import needs, services
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.scopes import root
from quarterdeck.kernel.needs.selectors import board, waiting
from tests.apps.organisation.conftest import (  # noqa: F401
    NOW,
    build,
    currencies,
    given,
    group,
    networks,
    stranger,
    system,
    unit,
)
from tests.apps.people.conftest import MakePerson, catalogue, person  # noqa: F401

TODAY = NOW.date()


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def top(system: Actor, networks: OrganisationUnit) -> Initiative:  # noqa: F811
    record = Initiative(name="Network build", kind="portfolio", unit=networks)
    services.initiative_save(record, actor=system)
    return record


def make(system: Actor, top: Initiative, name: str, **fields: Any) -> Initiative:  # noqa: F811
    record = Initiative(name=name, parent=top, unit=top.unit, **fields)
    services.initiative_save(record, actor=system)
    return record


def lead(system: Actor, who: Person, record: Initiative, role: Role) -> None:  # noqa: F811
    role_assign(person=who, role=role, scope=record.scope, starts_on=day(-30), actor=system)


def shown(actor: Actor) -> list[tuple[str, str, str, str]]:
    return [
        (item.need.title, str(item.need.kind), item.need.reason, item.due)
        for part in board(actor).groups
        for item in part.items
    ]


def test_starts_and_holds_come_before_those_who_lead(
    system: Actor,  # noqa: F811
    top: Initiative,
    person: MakePerson,  # noqa: F811
    catalogue: dict[str, Role],  # noqa: F811
    stranger: Actor,  # noqa: F811
) -> None:
    pia, sam = person("Pia Manager", signs_in=True), person("Sam Sponsor", signs_in=True)
    due = make(system, top, "Ring 4", planned_start=day(-2), planned_finish=day(90))
    far = make(system, top, "Ring 5", planned_start=day(8), planned_finish=day(90))
    held = make(system, top, "Ring 6", planned_start=day(60), planned_finish=day(90))
    others = make(system, top, "Ring 7", planned_start=day(-2), planned_finish=day(90))
    for record in (due, far, held):
        lead(system, pia, record, catalogue["PM"])
    lead(system, sam, held, catalogue["SPONSOR"])
    services.initiative_hold(record=held, reason="Permits are late.", review_on=day(3), actor=system)
    pias, sams = (Actor(user=one.user, now=NOW) for one in (pia, sam))
    assert shown(pias) == [
        ("Ring 4", "Start", "Planned to start 14 Mar; still in the pipeline.", "overdue 2 d"),
        ("Ring 6", "Hold", "Permits are late.", "due 19 Mar"),
    ]
    assert shown(sams) == [("Ring 6", "Hold", "Permits are late.", "due 19 Mar")]
    assert shown(stranger) == []
    assert [waiting(actor) for actor in (pias, sams, stranger)] == [2, 1, 0]
    assert others.state == "pipeline"


def test_figures_count_what_the_actor_may_see(
    system: Actor,  # noqa: F811
    top: Initiative,
    given: Any,  # noqa: F811
    currencies: dict[str, Currency],  # noqa: F811
    stranger: Actor,  # noqa: F811
) -> None:
    money = {"currency": currencies["GBP"], "budget": Decimal(1_500_000)}
    make(system, top, "Ring 4", **money)
    make(system, top, "Ring 5", currency=currencies["EUR"], budget=Decimal(300_000))
    active = make(system, top, "Ring 6", budget=Decimal(500_000))
    Initiative.objects.filter(pk=active.pk).update(state="active", planned_finish=day(-1))
    reads = {"portfolio.*": ["view"]}
    blind, seeing = given(root(), reads), given(root(), reads, ["money"])

    def figures(actor: Actor, path: str = "") -> list[tuple[str, str, str]]:
        return [(str(f.label), f.value, f.note) for f in needs.projects(actor, path)]

    counted = [
        ("Active projects", "1 of 3", "2 in the pipeline"),
        ("On hold", "0", ""),
        ("Past planned finish", "1", ""),
    ]
    assert figures(blind) == counted
    assert figures(seeing) == [*counted, ("Budget, open projects", "£2.00m + €300k", "")], "no rate: side by side"
    euro = ExchangeRate(
        from_currency=currencies["EUR"], to_currency=currencies["GBP"], rate=Decimal("0.8"), valid_on=day(-9)
    )
    records.save(euro, actor=system)
    assert figures(seeing)[-1] == ("Budget, open projects", "£2.24m", "with €300k at today’s rates")
    assert figures(blind, active.scope.path)[0] == ("Active projects", "1 of 1", "0 in the pipeline")
    assert figures(stranger) == []


def test_my_roles_say_what_and_where(
    system: Actor,  # noqa: F811
    top: Initiative,
    person: MakePerson,  # noqa: F811
    catalogue: dict[str, Role],  # noqa: F811
    stranger: Actor,  # noqa: F811
) -> None:
    pia = person("Pia Manager", signs_in=True)
    record = make(system, top, "Ring 4")
    lead(system, pia, record, catalogue["PM"])
    html = needs.my_roles(pia.user, Actor(user=pia.user, now=NOW))
    assert html is not None
    assert f'href="/projects/{record.code}/">Ring 4</a><small>Project manager</small>' in html
    assert needs.my_roles(stranger.user, stranger) is None
