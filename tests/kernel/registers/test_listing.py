"""Lists: filters, order, groups, sums, outline, pages, and what stays hidden."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from tests.kernel.registers.conftest import Join, at, listing, names, the

pytestmark = pytest.mark.django_db
People = dict[str, Person]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("overdue", ["Ben"]),
        ("next:30d", ["Cai"]),
        ("next:29d", []),
        ("last:1d", ["Ben"]),
        ("this_week", ["Ben"]),
        ("this_month", ["Ben"]),
        ("next_month", ["Cai"]),
        ("this_quarter", ["Ben", "Cai"]),
        ("next_quarter", ["Dee"]),
        ("this_year", ["Ben", "Cai", "Dee"]),
        ("before:2026-09-18", ["Ben"]),
        ("after:2026-09-18", ["Dee"]),
        ("2026-08-18..2026-09-18", ["Ben", "Cai"]),
        ("..2026-09-18", ["Ben", "Cai"]),
        ("2026-12-31", ["Dee"]),
        ("none", ["Ada"]),
        ("any", ["Ben", "Cai", "Dee"]),
    ],
)
def test_dates_are_filtered_relative_to_the_day(people: People, head: User, text: str, expected: list[str]) -> None:
    assert names(listing("people", at(head), f_ends_on=text)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"f_kind": "staff"}, ["Ada", "Ben", "Cai", "Dee"]),
        ({"f_kind": "!staff"}, []),
        ({"f_job_title": "engineer"}, ["Ben", "Cai"]),
        ({"f_job_title": "lines engineer"}, ["Cai"]),
        ({"f_job_title": "none"}, ["Dee"]),
        ({"f_manager": "none"}, ["Ada"]),
        ({"f_manager": "any"}, ["Ben", "Cai", "Dee"]),
        ({"q": "ada"}, ["Ada"]),
        ({"q": "engineer ben"}, ["Ben"]),
        ({"f_job_title": "engineer", "f_ends_on": "overdue"}, ["Ben"]),
    ],
)
def test_filters_narrow_together(people: People, head: User, query: dict[str, str], expected: list[str]) -> None:
    assert names(listing("people", at(head), **query)) == expected


def test_me_is_the_person_of_the_user(people: People, head: User, system: Any) -> None:
    assert names(listing("people", at(head), f_manager="me")) == []
    people["Ada"].user = head
    records.save(people["Ada"], actor=system)
    assert names(listing("people", at(head), f_manager="me")) == ["Ben", "Cai", "Dee"]
    chosen = f"{people['Ada'].pk}"
    assert names(listing("people", at(head), f_manager=f"!{chosen}")) == ["Ada"]
    assert names(listing("people", at(head), f_user=str(head.pk))) == ["Ada"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"f_ends_on": "someday"}, "“someday” is not a date; write it as 2026-03-31."),
        ({"f_ends_on": "next:30q"}, "“30q” is not a span of time; write 30d, 4w, 6m or 1y."),
        ({"f_kind": "martian"}, "“martian” is not one of: staff, contractor, supplier, client."),
        ({"f_manager": "x"}, "Choose one of those listed."),
        ({"f_manager": "9" * 30}, "Choose one of those listed."),
    ],
)
def test_what_is_not_understood_matches_nothing_and_says_so(
    people: People, head: User, query: dict[str, str], error: str
) -> None:
    found = listing("people", at(head), **query)
    assert [item.error for item in found.filters] == [error]
    assert names(found) == []


def test_order_puts_the_empty_last_both_ways(people: People, head: User) -> None:
    assert names(listing("people", at(head), sort="ends_on")) == ["Ben", "Cai", "Dee", "Ada"]
    assert names(listing("people", at(head), sort="-ends_on")) == ["Dee", "Cai", "Ben", "Ada"]
    assert names(listing("people", at(head), sort="unit,-name")) == ["Ben", "Ada", "Cai", "Dee"]
    assert names(listing("people", at(head), sort="no_such")) == ["Ada", "Ben", "Cai", "Dee"]


def test_groups_count_the_whole_list_not_the_page(people: People, head: User) -> None:
    found = listing("people", at(head), group="unit")
    opened = [(str(row.opens.value), row.opens.count, str(row.record)) for row in found.rows if row.opens]
    assert opened == [("NET", 2, "Ada"), ("NET-B", 1, "Cai"), ("OPS", 1, "Dee")]


def test_what_is_named_by_others_is_read_with_them_whatever_the_columns(
    head: User, rates: dict[str, CostRate], django_assert_num_queries: Any
) -> None:
    found = listing("cost-rates", at(head), cols="starts_on")
    assert len(found.rows) == 3
    with django_assert_num_queries(0):
        assert names(found) == [f"{name} from 2026-01-01" for name in ("Ada", "Ben", "Dee")]


def test_a_column_that_counts_does_not_multiply_totals(people: People, head: User, units: Any) -> None:
    found = listing("units", at(head), cols="name,kind", group="kind")
    assert found.total == 4
    offices = Listing(the("people"), at(head), Params(columns=("name", "roles_ever", "first_expiry"), size=50))
    assert offices.total == len(offices.rows) == 4
    fresh = Listing(the("people"), at(head), Params(columns=("name", "roles_ever"), filters={"roles_ever": "0"}))
    assert fresh.total == 4


def test_rows_of_a_tree_stand_below_their_parents(head: User, units: dict[str, OrganisationUnit]) -> None:
    found = listing("units", at(head))
    assert [(str(row.record), row.depth) for row in found.rows] == [("GRP", 0), ("NET", 1), ("NET-B", 2), ("OPS", 1)]
    assert [str(record) for record in found.every()] == ["GRP", "NET", "NET-B", "OPS"]
    flat = listing("units", at(head), sort="-name")
    assert [(str(row.record), row.depth) for row in flat.rows] == [("OPS", 0), ("NET-B", 0), ("NET", 0), ("GRP", 0)]


def test_a_tree_of_what_one_sees_begins_where_one_may_look(join: Join, units: dict[str, OrganisationUnit]) -> None:
    user = join(unit=units["NET"])
    assert [(str(row.record), row.depth) for row in listing("units", at(user)).rows] == [("NET", 0), ("NET-B", 1)]


def test_a_node_narrows_to_itself_and_below(head: User, people: People, units: dict[str, OrganisationUnit]) -> None:
    found = Listing(the("people"), at(head), Params(), scope=units["NET"].scope)
    assert names(found) == ["Ada", "Ben", "Cai"]


def test_pages_hold_the_rest(head: User, people: People) -> None:
    for page, expected in ((1, ["Ada", "Ben"]), (2, ["Cai", "Dee"]), (9, ["Cai", "Dee"])):
        found = Listing(the("people"), at(head), Params(page=page, size=2))
        assert (names(found), found.pages, found.total) == (expected, 2, 4)
    found = Listing(the("people"), at(head), Params(page=2, size=3))
    assert (names(found), found.first, found.last) == (["Dee"], 4, 4)


@pytest.mark.parametrize("sort", ["name", "-ends_on", "unit,-name", "job_title"])
def test_a_page_is_the_same_counted_from_either_end(head: User, people: dict[str, Person], sort: str) -> None:
    whole = [record.pk for record in listing("people", at(head), sort=sort).every()]
    for size in (1, 3):
        for page in range(1, 5):
            found = Listing(the("people"), at(head), Params(sort=tuple(sort.split(",")), page=page, size=size))
            start = (found.page - 1) * size
            assert [row.record.pk for row in found.rows] == whole[start : start + size]


# -- closed fields -----------------------------------------------------------------------------------------------------


def test_money_is_not_there_without_the_right(
    join: Join, rates: dict[str, CostRate], units: dict[str, OrganisationUnit]
) -> None:
    user = join(unit=units["GRP"])
    found = listing("cost-rates", at(user), f_rate="100..", sort="rate", group="rate", cols="person,rate")
    assert [column.name for column in found.columns] == ["person"]
    assert (found.filters, found.sort, found.group) == ([], [], None)
    assert "rate" not in found.available
    assert found.total == 3, "the filter was refused, it did not narrow"


def test_money_open_at_one_node_is_shown_there_and_never_compared(
    join: Join, rates: dict[str, CostRate], units: dict[str, OrganisationUnit]
) -> None:
    join(unit=units["GRP"], actions=("view",))
    user = join(unit=units["NET"], actions=("view",), sees=("money",))
    found = listing("cost-rates", at(user), f_rate="100..", sort="-rate", group="rate", cols="person,rate")
    assert (found.filters, found.sort, found.group, found.total) == ([], [], None, 3)
    column = found.available["rate"]
    assert not column.whole
    shown = {str(row.record.person): column.plain(row.record, found.actor) for row in found.rows}
    assert shown == {"Ada": Decimal("120.50"), "Ben": Decimal("80.25"), "Dee": None}
    html = {str(row.record.person): str(column.html(row.record, found.context)) for row in found.rows}
    assert "60" not in html["Dee"]
    assert "closed to you" in html["Dee"]
    assert "120.50" in html["Ada"]


def test_money_filters_and_sorts_with_the_right_everywhere(head: User, rates: dict[str, CostRate]) -> None:
    found = listing("cost-rates", at(head), f_rate="80..200", sort="-rate")
    assert [row.record.person.name for row in found.rows] == ["Ada", "Ben"]
    assert listing("cost-rates", at(head), f_rate="..60").total == 1


# -- the past ----------------------------------------------------------------------------------------------------------


def test_the_list_of_a_past_date_filters_orders_and_groups_as_today(
    head: User, people: People, units: dict[str, OrganisationUnit], system: Any
) -> None:
    import datetime as dt

    later = system.at(system.now + dt.timedelta(days=10))
    people["Ben"].job_title, people["Ben"].unit = "Manager", units["OPS"]
    records.save(people["Ben"], actor=later)
    records.delete(people["Dee"], actor=later)
    actor, day = at(head).at(later.now + dt.timedelta(days=1)), system.now.date()

    def then(**query: str) -> Listing:
        params = Params.parse({key.replace("f_", "f."): value for key, value in query.items()})
        return Listing(the("people"), actor, params, as_of=day)

    assert names(then()) == ["Ada", "Ben", "Cai", "Dee"]
    assert names(then(f_job_title="engineer")) == ["Ben", "Cai"]
    assert names(then(sort="-ends_on")) == ["Dee", "Cai", "Ben", "Ada"]
    assert names(then(q="dee")) == ["Dee"]
    assert names(then(f_ends_on="overdue")) == ["Ben"], "overdue is as seen from that day"
    grouped = then(group="unit")
    opened = [(str(row.opens.value), row.opens.count) for row in grouped.rows if row.opens]
    assert opened == [("NET", 2), ("NET-B", 1), ("OPS", 1)]
    assert names(listing("people", actor)) == ["Ada", "Ben", "Cai"]
    assert names(Listing(the("people"), actor, Params(), as_of=day, scope=units["OPS"].scope)) == ["Dee"]


def test_choices_of_users_are_those_one_meets(join: Join, people: People, units: dict[str, OrganisationUnit]) -> None:
    user = join(unit=units["NET"], on="people.*")
    other = join("Other")
    offered = set(the("people").choices("created_by", at(user)))
    assert offered == {user}
    looks = join("Looks", on="people.*")
    join("Looks", on="access.*", actions=("view",))
    assert {user, other, looks} <= set(the("people").choices("created_by", at(looks)))
