"""The map and the page of templates over HTTP."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import Currency, ExchangeRate
from quarterdeck.apps.people.models import Role
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate, TemplateRole
from quarterdeck.apps.portfolio.pages import map as page
from quarterdeck.apps.portfolio.selectors.map import BUDGET, COUNT, weights
from quarterdeck.apps.portfolio.selectors.tree import tree
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson
from tests.apps.portfolio.conftest import TODAY, Make, day, signed_in

MAP, NEW = "/portfolio/map/", "/initiatives/from-template/"
RIGHTS = {"*": ["*"]}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock stands at the day of the tests."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def office(given: MakeActor) -> Client:
    return signed_in(given(scopes.root(), RIGHTS, ["money"]).user)


@pytest.fixture
def projects(make: Make, spine: Initiative, backbone: Initiative, currencies: dict[str, Currency]) -> None:
    gbp, eur = currencies["GBP"], currencies["EUR"]
    make("Ring", parent=spine, state="active", currency=gbp, budget=Decimal(500_000))
    make("Loop", parent=spine.parent, currency=eur, budget=Decimal(1_000_000))
    make("Poor", parent=spine)
    make("Done", parent=spine, state="completed", currency=gbp, budget=Decimal(100_000))
    make("Gone", parent=spine, state="cancelled", currency=gbp, budget=Decimal(100_000))


def tiles(page: str) -> list[str]:
    """Return what the tiles of the wide map say, in the order drawn."""
    if 'class="tiles only-wide"' not in page:
        return []
    drawing = page.split('class="tiles only-wide"')[1].split('class="tiles only-phone"', maxsplit=1)[0]
    return re.findall(r'<a class="tile tile-\w+" href="[^"]+" aria-label="([^"]+)"', drawing)


@pytest.mark.usefixtures("projects")
def test_weights_in_one_currency(currencies: dict[str, Currency], system: Actor, stranger: Actor) -> None:
    nodes = tree(actor=system)
    found = weights(nodes, by=BUDGET, ended=False, on=TODAY)
    assert (found.currency, found.unrated, found.unpriced) == ("GBP", ["EUR"], 1)
    assert sorted(found.of.values()) == [Decimal(500_000), Decimal(2_000_000)]
    rate = ExchangeRate(
        from_currency=currencies["EUR"], to_currency=currencies["GBP"], rate=Decimal("0.8"), valid_on=TODAY
    )
    records.save(rate, actor=system)
    found = weights(nodes, by=BUDGET, ended=True, on=TODAY)
    assert sorted(found.of.values()) == [Decimal(n) for n in (100_000, 500_000, 800_000, 2_000_000)]
    assert found.total(nodes[0]) == Decimal(3_400_000)
    assert (found.unrated, found.unpriced) == ([], 1)
    assert set(weights(nodes, by=COUNT, ended=False, on=TODAY).of.values()) == {Decimal(1)}
    assert weights(tree(actor=stranger), by=COUNT, ended=True, on=TODAY).of == {}


@pytest.mark.usefixtures("projects")
def test_the_map_draws_open_projects_by_budget(office: Client, django_assert_max_num_queries: Any) -> None:
    office.get(MAP)
    with django_assert_max_num_queries(16):
        page = office.get(MAP).content.decode()
    assert tiles(page) == [
        "Leeds Backbone, £2.00m, 6 d late",
        "Ring, £500k, active",
    ]
    assert "1 project without a budget is not drawn." in page
    assert "No exchange rate in force for EUR." in page
    assert " style=" not in page
    counted = tiles(office.get(f"{MAP}?by=count&ended=1").content.decode())
    assert sorted(one.split(",")[0] for one in counted) == ["Done", "Gone", "Leeds Backbone", "Loop", "Poor", "Ring"]


@pytest.mark.usefixtures("projects")
def test_drilling_down_and_the_table(office: Client, spine: Initiative) -> None:
    page = office.get(f"{MAP}?node={spine.code}&show=table").content.decode()
    assert "<h1>Northern Spine</h1>" in page
    assert not tiles(page)
    rows = re.findall(r'<a class="name" href="([^"]+)">', page)
    assert rows == ["/projects/PRJ-0001/", "/projects/PRJ-0002/", "/projects/PRJ-0004/"]
    assert "£2.50m" in page
    assert "80%" in page
    assert office.get(f"{MAP}?node=PG-9999").status_code == 404


@pytest.mark.usefixtures("projects")
def test_without_money_the_map_counts(given: MakeActor, stranger: Actor) -> None:
    reader = signed_in(given(scopes.root(), {"portfolio.initiative": ["view"]}).user)
    page = reader.get(MAP).content.decode()
    assert "£" not in page
    assert "By budget" not in page
    assert sorted(tiles(page)) == ["Leeds Backbone, 6 d late", "Loop, pipeline", "Poor, pipeline", "Ring, active"]
    assert signed_in(stranger.user).get(MAP).status_code == 404
    assert Client().get(MAP).status_code == 302


def test_the_map_of_a_past_date(office: Client, backbone: Initiative, system: Actor) -> None:
    Change.objects.update(at=NOW - dt.timedelta(days=20))
    backbone.budget = Decimal(9_000_000)
    records.save(backbone, actor=system)
    assert tiles(office.get(f"{MAP}?as_of={day(-5)}").content.decode()) == ["Leeds Backbone, £2.00m, 3 d late"]


@pytest.fixture
def template(catalogue: dict[str, Role], system: Actor) -> InitiativeTemplate:
    made = InitiativeTemplate(name="Small works", kind="project", method="predictive", length_days=60)
    records.save(made, actor=system)
    records.save(TemplateRole(template=made, role=catalogue["PM"], required=True), actor=system)
    records.save(TemplateRole(template=made, role=catalogue["SPONSOR"]), actor=system)
    return made


@pytest.mark.usefixtures("backbone")
def test_a_new_project_from_a_template(
    office: Client, template: InitiativeTemplate, spine: Initiative, person: MakePerson, catalogue: dict[str, Role]
) -> None:
    assert f'href="?template={template.pk}"' in office.get(NEW).content.decode()
    address = f"{NEW}?template={template.pk}&parent={spine.pk}"
    page = office.get(address).content.decode()
    assert f'<option value="{spine.pk}" selected>' in page
    assert "PRJ-0001" not in page.split('name="parent"')[1].split("</select>")[0]
    given = {"name": "East", "parent": spine.pk, "unit": spine.unit_id, "starts_on": "2026-04-01"}
    refused = office.post(address, given).content.decode()
    assert "This field is required." in refused
    assert not Initiative.objects.filter(name="East").exists()
    pia = person("Pia Manager")
    answer = office.post(address, {**given, f"role-{catalogue['PM'].pk}": pia.pk})
    made = Initiative.objects.get(name="East")
    assert answer["Location"] == made.url == "/projects/PRJ-0002/"
    assert (made.parent, made.method, made.planned_finish) == (spine, "predictive", dt.date(2026, 5, 31))
    page = office.get(made.url).content.decode()
    assert "Pia Manager" in page
    assert "No Executive sponsor" in page


def test_only_who_may_add_makes_one(
    template: InitiativeTemplate, spine: Initiative, given: MakeActor, stranger: Actor
) -> None:
    reader = given(scopes.root(), {"portfolio.*": ["view"]})
    for actor in (reader, stranger):
        client = signed_in(actor.user)
        assert client.get(NEW).status_code == 404
        assert client.post(f"{NEW}?template={template.pk}", {"name": "East"}).status_code == 404
    below = given(spine.scope, {"portfolio.*": ["view"], "portfolio.initiative": ["view", "add"]})
    page = signed_in(below.user).get(f"{NEW}?template={template.pk}").content.decode()
    assert f'value="{spine.pk}"' in page
    assert f'value="{spine.parent_id}"' not in page.split('name="parent"')[1].split("</select>")[0]


@pytest.mark.usefixtures("projects")
def test_of_many_projects_their_parts_are_drawn(office: Client, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make("Beside", "portfolio")
    one_by_one = office.get(MAP + "?by=count").content.decode()
    monkeypatch.setattr(page, "MANY", 2)
    told = office.get(MAP + "?by=count").content.decode()
    assert "Ring" in "".join(tiles(one_by_one))
    assert "Ring" not in "".join(tiles(told))
    assert tiles(told) == ["Northern Spine, 3 projects, 1 late", "Loop, pipeline"]
    assert "Too many projects to draw one by one" in told
    assert "Too many projects to draw one by one" not in one_by_one
