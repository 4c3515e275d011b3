"""The money page: figures, who sees them, what may be done there, and at what cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import Actual, CostCategory, EacChoice
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from tests.apps.finance.test_earned_value import FRIDAY, agreed, brought, post, reported
from tests.cast import ADMINISTRATOR, EDITOR, READER, STRANGER, Cast

#: Queries of a page, whatever its size.
BAR = 30


@pytest.fixture
def told(cast: Cast, project: Initiative) -> Initiative:
    """A project with a budget of 550 of which 500 are planned, 300 earned and 375 spent."""
    reported(brought(cast, project, agreed()), cast)
    post(cast, project, "375", FRIDAY)
    project.budget = Decimal(550)
    records.save(project, actor=cast.north.actor)
    return project


def url(record: Initiative) -> str:
    return f"{record.url}money/"


def test_the_page_shows_where_the_money_stands(cast: Cast, told: Initiative) -> None:
    page = cast.client(EDITOR).get(url(told))
    assert page.status_code == 200
    cells = {cell.label: cell.value for cell in page.context["cells"]}
    assert cells["Budget"].endswith("550")
    assert cells["Actual to date"].endswith("375")
    assert cells["Forecast at completion"].endswith("625")
    assert cells["CPI / SPI"] == "0.80 / 0.75"
    chosen = [one.key for one in page.context["variants"] if one.chosen]
    assert (len(page.context["variants"]), chosen) == (8, ["CPI"])
    assert "AC + (BAC − EV) / CPI" in page.content.decode()
    assert "<svg" in page.content.decode()


@pytest.mark.parametrize("by", ["packages", "categories", "periods", "nonsense"])
def test_each_way_to_tell_it_apart_opens(cast: Cast, told: Initiative, by: str) -> None:
    page = cast.client(EDITOR).get(url(told), {"by": by})
    assert page.status_code == 200
    assert page.context["by"] == ("packages" if by == "nonsense" else by)
    assert page.context["lines"]


def test_whoever_may_not_see_money_sees_no_amount(cast: Cast, told: Initiative) -> None:
    page = cast.client(READER).get(url(told))
    assert page.status_code == 200
    assert "375" not in page.content.decode()
    assert "Amounts are closed to you" in page.content.decode()
    parent = told.parent
    assert parent is not None
    above = cast.client(READER).get(url(parent)).content.decode()
    assert "375" not in above
    assert "•••" in above


def test_a_stranger_gets_404_as_for_what_does_not_exist(cast: Cast, told: Initiative) -> None:
    client = cast.client(STRANGER)
    assert client.get(url(told)).status_code == 404
    assert client.get("/projects/PRJ-9999/money/").status_code == 404
    assert cast.client(EDITOR).get("/projects/PRJ-9999/money/").status_code == 404
    assert client.post(f"{url(told)}forecast/", {"forecast": "PLAN", "reason": "x"}).status_code == 404
    assert not EacChoice.objects.exists()


def test_another_forecast_is_chosen_with_a_reason(cast: Cast, told: Initiative) -> None:
    client = cast.client(EDITOR)
    client.post(f"{url(told)}forecast/", {"forecast": "PLAN", "reason": " "})
    client.post(f"{url(told)}forecast/", {"forecast": "ODD", "reason": "Because"})
    assert not EacChoice.objects.exists()
    client.post(f"{url(told)}forecast/", {"forecast": "PLAN", "reason": "The extra was paid once."})
    page = client.get(url(told))
    assert [one.key for one in page.context["variants"] if one.chosen] == ["PLAN"]
    assert "The extra was paid once." in page.content.decode()
    assert {cell.label: cell.value for cell in page.context["cells"]}["Forecast at completion"].endswith("575")
    assert cast.client(READER).post(f"{url(told)}forecast/", {"forecast": "CPI", "reason": "No"}).status_code == 404


def test_a_past_date_shows_what_was_known_then(cast: Cast, project: Initiative) -> None:
    """Places are built yesterday; what is posted today with an earlier date was not known then."""
    yesterday = clock.local_date(clock.now()) - dt.timedelta(days=1)
    category = cast.north.make(CostCategory)

    def shown(**params: str) -> str:
        page = cast.client(ADMINISTRATOR).get(url(project), params)
        assert page.status_code == 200
        found: str = {cell.label: cell.value for cell in page.context["cells"]}["Actual to date"]
        return found

    def posted(amount: int, actor: Actor) -> None:
        row = Actual(initiative=project, category=category, posted_on=FRIDAY, amount=Decimal(amount))
        services.actual_post(row, actor=actor)

    posted(375, cast.north.actor)
    assert shown(as_of=yesterday.isoformat()).endswith("375")
    posted(25, cast.actor(EDITOR))
    assert shown(as_of=yesterday.isoformat()).endswith("375")
    assert shown().endswith("400")


def queries(client: Any, address: str, **params: str) -> int:
    client.get(address, params)
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert client.get(address, params).status_code == 200
    return len(told)


@pytest.mark.parametrize("by", ["parts", "categories", "periods"])
def test_queries_do_not_grow_with_the_projects(cast: Cast, told: Initiative, by: str) -> None:
    parent = told.parent
    assert parent is not None
    client = cast.client(EDITOR)

    def another() -> None:
        other = cast.north.make(Initiative)
        reported(brought(cast, other, agreed()), cast)
        post(cast, other, "10", FRIDAY)

    another()  # without a budget of its own
    few = queries(client, url(parent), by=by)
    for _more in range(3):
        another()
    assert queries(client, url(parent), by=by) <= few <= BAR
    day = clock.local_date(clock.now()).isoformat()
    assert queries(client, url(parent), by=by, as_of=day) <= BAR
    assert queries(client, url(told), by=by) <= BAR
