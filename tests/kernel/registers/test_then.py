"""The list of a past date is the list that was there on that date, however it is narrowed, ordered and grouped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.organisation.services import currency_save
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.pages.base import get_past
from quarterdeck.kernel.registers.params import Params
from tests.kernel.registers.conftest import NOW, Join, at, names, the

pytestmark = pytest.mark.django_db
DAY = NOW.date()
LATER = NOW + dt.timedelta(days=1)
Told = tuple[int, list[Any], dict[str, Any], dict[Any, Any]]


def told(found: Listing) -> Told:
    """Return what a list tells: how many, the rows with depth and heads of groups, the sums, the groups."""
    rows = [
        (row.record.pk, row.depth, [column.plain(row.record, found.actor) for column in found.columns])
        for row in found.rows
    ]
    groups = {key: (group.count, group.sums) for key, group in found.groups.items()}
    return found.total, rows, found.sums, groups


def then(slug: str, actor: Actor, query: str, **given: Any) -> Listing:
    return Listing(the(slug), actor, _params(query), as_of=DAY, **given)


def _params(query: str) -> Params:
    return Params.parse(dict(pair.split("=", 1) for pair in query.split("&") if pair))


PEOPLE = [
    *("", "sort=-unit,name", "sort=manager", "sort=job_title", "sort=-ends_on", "sort=-updated_at,code"),
    *("group=unit&sort=name", "group=kind", "group=manager&sort=-name", "group=custom.desk", "q=engineer"),
    *("q=ENGINEER ben", "f.unit=none", "f.manager=any", "f.manager=none", "f.kind=!staff", "f.job_title=none"),
    *("f.ends_on=overdue", "f.ends_on=next:30d&sort=ends_on", "f.custom.desk=any", "f.custom.desk=4&sort=custom.desk"),
    *("sort=-custom.desk", "f.kind=martian", "cols=name,unit,manager,created_by,updated_by", "size=50&page=9"),
]
RATES = [
    *("", "sort=-rate", "sort=person,rate", "f.rate=70..100", "group=person", "group=currency", "q=dee"),
    *("f.currency=none", "f.starts_on=2026-01-01", "cols=rate&sort=starts_on"),
]


@pytest.fixture
def kept(people: dict[str, Person], rates: dict[str, CostRate], system: Actor) -> None:
    """Two currencies, and a custom field with values."""
    people["Cai"].job_title = "Engineer of lines"
    records.save(CustomField(record_type="people.person", key="desk", label="Desk", kind="text"), actor=system)
    for name, desk in (("Ada", "4.12"), ("Cai", "11")):
        people[name].custom = {"desk": desk}
        records.save(people[name], actor=system)
    euro = type(rates["Ada"].currency)(code="EUR", name="Euro")
    currency_save(euro, actor=system)
    records.save(
        CostRate(person=people["Cai"], starts_on=dt.date(2026, 1, 1), rate=Decimal("75.10"), currency=euro),
        actor=system,
    )


@pytest.mark.parametrize(("slug", "query"), [*product(["people"], PEOPLE), *product(["cost-rates"], RATES)])
def test_a_day_later_it_is_the_list_of_that_day(kept: None, head: User, slug: str, query: str) -> None:
    today = told(Listing(the(slug), at(head), _params(query)))
    assert told(then(slug, at(head).at(LATER), query)) == today


@pytest.mark.parametrize("query", ["", "sort=-name", "group=kind", "f.parent=any", "size=50"])
def test_a_tree_of_a_past_date_is_the_tree_of_that_day(
    head: User, people: dict[str, Person], units: dict[str, OrganisationUnit], query: str
) -> None:
    today = told(Listing(the("units"), at(head), _params(query)))
    past = then("units", at(head).at(LATER), query)
    assert told(past) == today
    assert [row.record for row in past.rows] == [*past.every()]


def test_whoever_sees_a_part_sees_that_part_of_the_past(
    kept: None, people: dict[str, Person], units: dict[str, OrganisationUnit], join: Join, system: Actor
) -> None:
    user = join(unit=units["NET"])
    today = told(Listing(the("people"), at(user), _params("group=unit&sort=name")))
    assert today[0] == 3
    people["Cai"].unit = units["OPS"]
    records.save(people["Cai"], actor=system.at(LATER))
    assert told(then("people", at(user).at(LATER), "group=unit&sort=name")) == today
    assert names(then("people", at(user).at(LATER), "", scope=units["NET-B"].scope)) == ["Cai"]
    assert names(Listing(the("people"), at(user).at(LATER), Params())) == ["Ada", "Ben"]


def test_sums_of_a_past_date_keep_currencies_apart_and_are_exact(kept: None, head: User) -> None:
    found = then("cost-rates", at(head).at(LATER), "cols=person,rate")
    assert found.register.sums == () or found.sums
    by = then("cost-rates", at(head).at(LATER), "sort=-rate&cols=person,rate")
    assert [row.record.rate for row in by.rows] == [Decimal("120.5"), Decimal("80.25"), Decimal("75.1"), Decimal(60)]


def test_a_deep_page_reads_its_rows_alone(
    kept: None, head: User, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = then("people", at(head).at(LATER), "sort=name&cols=name,unit,manager")
    with django_assert_max_num_queries(4) as queries:  # rights, custom fields, glimpse, page with what it names
        assert [row.name for row in found.part(1, 3)] == ["Ben", "Cai"]
    assert '"state" AS "state"' in queries.captured_queries[-1]["sql"]
    with django_assert_max_num_queries(0):
        assert found.total == 4


def test_a_record_is_found_by_the_name_that_it_had(
    head: User, units: dict[str, OrganisationUnit], people: dict[str, Person], system: Actor
) -> None:
    ops, dee = units["OPS"], people["Dee"]
    ops.code = "OPX"
    records.save(ops, actor=system.at(LATER))
    records.delete(dee, actor=system.at(LATER))
    actor = at(head).at(LATER + dt.timedelta(days=1))

    def then_at(moment: dt.datetime, slug: str, ref: str) -> Any:
        return get_past(the(slug), actor, ref, moment)

    assert then_at(NOW, "units", "OPS").pk == then_at(LATER, "units", "OPX").pk == ops.pk
    assert then_at(NOW, "units", "OPX") is then_at(LATER, "units", "OPS") is None
    assert then_at(NOW, "people", dee.code).name == "Dee"
    assert then_at(LATER, "people", dee.code) is None
    rate = CustomField.objects.create(record_type="people.person", key="k", label="K", kind="text")
    assert then_at(NOW, "custom-fields", str(rate.pk)) is then_at(NOW, "custom-fields", "x") is None
