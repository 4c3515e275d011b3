"""Exports: exactly what is seen, safe to open, readable again."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.exchange import export
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from tests.kernel.registers.exchange.conftest import MakeActor, csv_of, the


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def workbook_of(listing: Listing) -> CalamineWorkbook:
    with export.write_xlsx(listing) as file:
        return CalamineWorkbook.from_filelike(io.BytesIO(file.read()))


def test_csv_has_the_columns_filters_order_and_group_that_are_seen(head: Actor, units: dict[str, Any]) -> None:
    query = {"cols": "code,parent,kind", "f__kind": "!enterprise", "sort": "-code", "group": "kind"}
    assert rows_of(csv_of(the("units"), head, **query)) == [
        ["Code", "Part of", "Kind"],
        ["NET-B", "NET", "Department"],
        ["OPS", "GRP", "Division"],
        ["NET", "GRP", "Division"],
    ]


def test_grouping_column_that_is_not_shown_comes_first(head: Actor, units: dict[str, Any]) -> None:
    heads = rows_of(csv_of(the("units"), head, cols="code,name", group="kind"))[0]
    assert heads == ["Kind", "Code", "Name"]


def test_what_looks_like_a_formula_is_guarded_and_numbers_are_not(head: Actor, rates: dict[str, Any]) -> None:
    evil = Currency(code="XTS", name='=HYPERLINK("http://x","y")')
    records.save(evil, actor=head)
    content = csv_of(the("currencies"), head, cols="code,name,minor_units", f__code="XTS")
    assert rows_of(content)[1] == ["XTS", '\'=HYPERLINK("http://x","y")', "2"]
    assert export.csv_cell(-5) == "-5"
    listing = Listing(the("currencies"), head, Params.parse({"cols": "name", "f.code": "XTS"}))
    assert workbook_of(listing).get_sheet_by_index(0).to_python()[1] == ['=HYPERLINK("http://x","y")']


def test_workbook_is_typed_and_says_what_it_is(head: Actor, rates: dict[str, Any]) -> None:
    params = Params.parse({"cols": "from_currency,rate,valid_on", "f.valid_on": "2026-02-01..", "sort": "valid_on"})
    listing = Listing(the("exchange-rates"), head, params)
    book = workbook_of(listing)
    assert book.sheet_names == ["Exchange rates", "About"]
    assert book.get_sheet_by_index(0).to_python() == [
        ["From", "Rate", "Valid from"],
        ["EUR", 0.8712, dt.date(2026, 2, 1)],
    ]
    about = {line[0]: line[1] for line in book.get_sheet_by_name("About").to_python()}
    assert about["Register"] == "Exchange rates"
    assert about["Rows"] == "1"
    assert about["Valid from"] == "2026-02-01 or more"
    assert about["As of"] == "2026-03-16"
    assert about["By"] == "Head"
    assert about["Exported"] == "2026-03-16 09:00 UTC"


def test_a_past_date_is_exported_as_it_was(head: Actor, units: dict[str, Any]) -> None:
    later = head.at(head.now + dt.timedelta(days=10))
    unit = OrganisationUnit.objects.get(code="OPS")
    unit.name = "Operations and Field"
    records.save(unit, actor=later)
    past = Listing(the("units"), later, Params.parse({"cols": "name", "f.code": "OPS"}), as_of=dt.date(2026, 3, 20))
    now = Listing(the("units"), later, Params.parse({"cols": "name", "f.code": "OPS"}))
    assert [list(export.csv_lines(listing))[1].strip() for listing in (past, now)] == [
        "Operations",
        "Operations and Field",
    ]


@pytest.fixture
def person(head: Actor, units: dict[str, OrganisationUnit], rates: dict[str, Currency]) -> Person:
    made = Person(name="Ann Lee", unit=units["NET"])
    person_save(made, actor=head)
    rate = CostRate(person=made, starts_on=dt.date(2026, 1, 1), rate="85.50", currency=rates["GBP"])
    records.save(rate, actor=head)
    return made


def test_money_is_left_out_for_those_without_the_right(head: Actor, person: Person, actor_at: MakeActor) -> None:
    plain = actor_at("plain@example.org", {"*": ["view"]})
    query = {"cols": "person,rate,currency"}
    assert rows_of(csv_of(the("cost-rates"), head, **query))[1] == [person.code, "85.50", "GBP"]
    assert rows_of(csv_of(the("cost-rates"), plain, **query)) == [["Person", "Currency"], [person.code, "GBP"]]


def test_rows_out_of_reach_are_not_exported(units: dict[str, OrganisationUnit], actor_at: MakeActor) -> None:
    ops = actor_at("ops@example.org", {"organisation.*": ["view"]}, scope=units["OPS"].scope)
    assert [row[0] for row in rows_of(csv_of(the("units"), ops, cols="code"))] == ["Code", "OPS"]


def test_what_a_cell_cannot_hold_exactly_is_text(head: Actor, units: dict[str, Any]) -> None:
    listing = Listing(the("units"), head, Params.parse({"cols": "code,starts_on,purpose"}))
    unit = OrganisationUnit.objects.get(code="GRP")
    unit.starts_on, unit.purpose = dt.date(1899, 12, 31), "x" * 40_000
    records.save(unit, actor=head)
    book = workbook_of(listing)
    row = next(r for r in book.get_sheet_by_index(0).to_python() if r[0] == "GRP")
    assert row == ["GRP", "1899-12-31", ""]
    assert ["Left out", "1 texts are longer than a cell holds and were left out. The CSV export has them."] in (
        book.get_sheet_by_name("About").to_python()
    )
