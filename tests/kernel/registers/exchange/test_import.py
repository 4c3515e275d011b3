"""Imports: what is new, changed, unchanged and refused; all or nothing; once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import Currency, ExchangeRate, OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.registers import all_registers
from quarterdeck.kernel.registers.exchange import export, importing, writing
from quarterdeck.kernel.registers.exchange.drafts import Draft, Plan
from quarterdeck.kernel.registers.exchange.references import offered
from quarterdeck.kernel.registers.exchange.table import FileRefused
from quarterdeck.kernel.registers.exchange.targets import targets_for
from quarterdeck.kernel.registers.exchange.values import CellError
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.models import ImportFile, ImportRun
from quarterdeck.kernel.registers.params import Params
from tests.kernel.registers.exchange.conftest import NOW, MakeActor, csv_of, sheet_of, the

State = ImportRun.State


def bring(slug: str, actor: Actor, content: bytes | str, name: str = "file.csv", **more: Any) -> ImportRun:
    data = content.encode() if isinstance(content, str) else content
    return importing.import_file(register=the(slug), actor=actor, name=name, content=data, **more)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    found = run.report["counts"]
    return found["new"], found["changed"], found["unchanged"], found["refused"]


# -- round trips -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["units", "currencies", "exchange-rates"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_of_the_export_changes_nothing(
    slug: str, kind: str, head: Actor, units: dict[str, Any], rates: dict[str, Any]
) -> None:
    odd = OrganisationUnit.objects.get(code="OPS")
    odd.name, odd.purpose, odd.starts_on = "=Ops; 'a' \"b\"", "'=x\r\n- one\r\n+ two ", dt.date(2020, 2, 29)
    records.save(odd, actor=head)
    every = ",".join(the(slug).fields)
    if kind == "csv":
        content = csv_of(the(slug), head, cols=every)
    else:
        with export.write_xlsx(Listing(the(slug), head, Params.parse({"cols": every}))) as file:
            content = file.read()
    before = Change.objects.count()
    run = bring(slug, head, content, f"file.{kind}")
    assert counts(run)[:2] == (0, 0)
    assert counts(run)[3] == 0
    assert counts(run)[2] >= 2
    assert Change.objects.count() == before


def test_an_export_without_its_key_changes_nothing_either(head: Actor, units: dict[str, Any]) -> None:
    run = bring("units", head, csv_of(the("units"), head, cols="name,kind,parent"))
    assert counts(run) == (0, 0, 4, 0)
    assert OrganisationUnit.objects.count() == 4


# -- new, changed, unchanged -------------------------------------------------------------------------------------------


def test_update_by_key_shows_before_and_after_and_one_undo_takes_all_back(head: Actor, units: dict[str, Any]) -> None:
    text = (
        "code,NAME,Kind,part of\nOPS,Field operations,division,GRP\nNET,Networks,Division,GRP\nIT,IT,DIVISION,Group\n"
    )
    run = bring("units", head, text, write_it=False)
    assert counts(run) == (1, 1, 1, 0)
    assert run.report["changed"] == [
        {"row": 2, "label": "Field operations", "changes": [["Name", "Operations", "Field operations"]]}
    ]
    assert run.report["added"][0]["changes"] == [
        ["Code", "", "IT"],
        ["Name", "", "IT"],
        ["Kind", "", "Division"],
        ["Part of", "", "Group"],
    ]
    assert OrganisationUnit.objects.count() == 4
    done = importing.commit(run=run, actor=head)
    assert done.state == State.DONE
    assert not ImportFile.objects.exists()
    assert OrganisationUnit.objects.get(code="IT").parent == units["GRP"]
    changes = Change.objects.filter(batch=run.batch, record_type="organisation.organisationunit")
    assert {(c.via, c.action) for c in changes} == {("import", "create"), ("import", "change")}
    records.undo(run.batch, actor=head)
    assert OrganisationUnit.objects.get(code="OPS").name == "Operations"
    assert not OrganisationUnit.objects.filter(code="IT").exists()


def test_the_same_file_twice_changes_nothing(head: Actor, units: dict[str, Any], rates: dict[str, Any]) -> None:
    files = {
        "units": "Code,Name,Kind,Part of\nHR,People,Division,GRP\nHR-1,Pay,Department,HR\n",
        "exchange-rates": "From,To,Rate,Valid from\nUSD,GBP,0.79,2026-03-01\n",
    }
    for slug, text in files.items():
        first, second = bring(slug, head, text), bring(slug, head, text)
        assert first.state == State.DONE
        assert counts(first)[0] >= 1
        assert counts(second)[:2] == (0, 0)
        assert counts(second)[3] == 0
    assert ExchangeRate.objects.filter(rate=Decimal("0.79")).count() == 1


def test_people_without_a_code_are_numbered_and_not_added_twice(head: Actor, units: dict[str, Any]) -> None:
    text = "Name,Unit,Telephone\nAnn Lee,NET,+44 20 7946\nBo Chan,Operations,\n"
    assert counts(bring("people", head, text)) == (2, 0, 0, 0)
    assert sorted(Person.objects.values_list("name", "phone")) == [("Ann Lee", "+44 20 7946"), ("Bo Chan", "")]
    assert all(Person.objects.values_list("code", flat=True))
    assert counts(bring("people", head, text)) == (0, 0, 2, 0)


def test_empty_cells_leave_the_field_or_clear_it(head: Actor, units: dict[str, Any]) -> None:
    unit = OrganisationUnit.objects.get(code="OPS")
    unit.starts_on, unit.purpose = dt.date(2024, 1, 1), "Runs the grid."
    records.save(unit, actor=head)
    text = "Code,Name,Purpose,Active from\nOPS,,,\n"
    assert counts(bring("units", head, text)) == (0, 0, 1, 0)
    run = bring("units", head, text, clears=True, write_it=False)
    assert run.report["errors"] == [
        [2, "Name", "This cannot be empty. Fill the cell, or do not let empty cells clear."]
    ]
    assert counts(bring("units", head, "Code,Purpose,Active from\nOPS,,\n", clears=True)) == (0, 1, 0, 0)
    stored = OrganisationUnit.objects.values_list("purpose", "starts_on").get(code="OPS")
    assert stored == ("", None)


def test_a_tree_in_any_order_of_rows(head: Actor, units: dict[str, Any]) -> None:
    text = "Code,Name,Kind,Part of\nT-1,Team one,Team,D-1\nD-1,Dept one,Department,V-1\nV-1,Div one,Division,GRP\n"
    run = bring("units", head, text)
    assert (run.state, counts(run)) == (State.DONE, (3, 0, 0, 0))
    team = OrganisationUnit.objects.get(code="T-1")
    above = OrganisationUnit.objects.get(code="D-1")
    assert team.parent == above
    assert above.parent == OrganisationUnit.objects.get(code="V-1", parent=units["GRP"])
    assert team.scope.path.startswith(above.scope.path)


def test_circles_and_rows_below_refused_ones_are_named(head: Actor, units: dict[str, Any]) -> None:
    text = "Code,Name,Kind,Part of\nA,A,Team,B\nB,B,Team,A\nC,C,Team,NOPE\nD,D,Team,C\n"
    errors = {row: said for row, _column, said in bring("units", head, text).report["errors"]}
    assert errors[2] == errors[3] == "Rows 2, 3 refer to each other in a circle. Take one of the references out."
    assert errors[4] == "There is no unit “NOPE” that you may choose. Add it first, or correct the text."
    assert errors[5] == "Row 4, which this refers to, is refused. Mend that one first."
    assert OrganisationUnit.objects.count() == 4


def test_excel_cells_and_foreign_spellings(head: Actor, rates: dict[str, Any]) -> None:
    rows: list[list[Any]] = [
        ["from", "Buys", "RATE", "Valid_From"],
        ["EUR", "USD", 1.08, dt.date(2026, 3, 1)],
        ["USD", "EUR", "0,92", 46082],
    ]
    run = bring("exchange-rates", head, sheet_of(rows), "rates.xlsx")
    assert run.options["columns"] == {"0": "from_currency", "2": "rate", "3": "valid_on"}
    assert run.report["problems"] == [
        "2 rows would add records, which need “To”. Match a column to it, or take those rows out."
    ]
    importing.set_columns(run=run, actor=head, columns={0: "from_currency", 1: "to_currency", 2: "rate", 3: "valid_on"})
    importing.check(run=run, actor=head)
    assert importing.commit(run=run, actor=head).state == State.DONE
    found = ExchangeRate.objects.filter(valid_on=dt.date(2026, 3, 1)).values_list("from_currency__code", "rate")
    assert sorted(found) == [("EUR", Decimal("1.08")), ("USD", Decimal("0.92"))]
    # The same headers are matched the same way the next time.
    again = importing.upload(register=the("exchange-rates"), actor=head, name="b.xlsx", content=sheet_of(rows))
    assert again.options["columns"] == {"0": "from_currency", "1": "to_currency", "2": "rate", "3": "valid_on"}


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_every_refused_row_says_what_to_do_and_nothing_is_written(head: Actor, rates: dict[str, Any]) -> None:
    text = (
        "From,To,Rate,Valid from\nEUR,USD,1.08,2026-03-01\nEUR,EUR,1,2026-03-01\n"
        "XXX,USD,1,2026-03-01\nEUR,USD,-1,2026-03-02\n"
        "EUR,USD,abc,2026-03-03\nEUR,USD,1,soon\nUSD,EUR,,2026-03-04\nUSD,GBP,1,2026-03-05\nUSD,GBP,2,2026-03-05\n"
    )
    run = bring("exchange-rates", head, text)
    assert (run.state, counts(run)) == (State.CHECKED, (1, 0, 0, 8))
    errors = [(row, column, said) for row, column, said in run.report["errors"]]
    assert errors == [
        (3, "", "A rate is between two different currencies."),
        (4, "From", "There is no currency “XXX” that you may choose. Add it first, or correct the text."),
        (5, "", "A rate is above zero."),
        (6, "Rate", "“abc” is not a number; write it as 1234.56."),
        (7, "Valid from", "“soon” is not a date; write it as 2026-03-31."),
        (8, "Rate", "Fill this in: a new record needs it."),
        (9, "From, To, Valid from", "Row 10 has the same. Keep one of them, or tell them apart."),
        (10, "From, To, Valid from", "Row 9 has the same. Keep one of them, or tell them apart."),
    ]
    assert ExchangeRate.objects.count() == 2
    with pytest.raises(ValidationError):
        importing.set_columns(run=run, actor=head, columns={0: "rate", 1: "rate"})
    assert importing.commit(run=run, actor=head).state == State.CHECKED
    assert ExchangeRate.objects.count() == 2


def test_the_registers_own_rules_refuse_by_row(head: Actor, units: dict[str, Any]) -> None:
    run = bring("units", head, "Code,Name,Kind,Part of\nX,X,Division,NET-B\nGRP,Group,Enterprise,\n")
    assert counts(run) == (0, 0, 1, 1)
    assert run.report["errors"] == [[2, "Part of", "A division is not part of a department."]]


def test_a_record_changed_after_the_check_is_looked_at_again(head: Actor, units: dict[str, Any]) -> None:
    run = bring("units", head, "Code,Name\nOPS,Field\n", write_it=False)
    unit = OrganisationUnit.objects.get(code="OPS")
    unit.name = "Other"
    records.save(unit, actor=head)
    run = importing.commit(run=run, actor=head)
    assert run.state == State.CHECKED
    assert run.report["moved"] is True
    assert run.report["changed"][0]["changes"] == [["Name", "Other", "Field"]]
    assert importing.commit(run=run, actor=head).state == State.DONE


def test_a_run_is_written_once_however_often_it_is_asked_for(head: Actor, units: dict[str, Any]) -> None:
    run = bring("currencies", head, "Code,Name\nSEK,Krona\n", write_it=False)
    stale = ImportRun.objects.get(pk=run.pk)
    importing.commit(run=run, actor=head)
    importing.commit(run=stale, actor=head)
    assert Change.objects.filter(batch=run.batch).count() == 1
    with pytest.raises(ValidationError, match="done"):
        importing.check(run=stale, actor=head)


# -- rights ------------------------------------------------------------------------------------------------------------


def test_rows_out_of_reach_are_refused_without_telling(units: dict[str, Any], actor_at: MakeActor) -> None:
    rights = {"organisation.organisationunit": ["view", "add", "change"]}
    ops = actor_at("ops@example.org", rights, scope=units["OPS"].scope)
    run = bring(
        "units",
        ops,
        "Code,Name,Kind,Part of\nOPS,Field,,\nNET,Mine,,\nOPS-1,One,Department,OPS\nNET-9,Nine,Department,NET-B\n",
    )
    errors = {row: (column, said) for row, column, said in run.report["errors"]}
    assert errors[3] == ("Code", "“NET” is taken. Choose another.")
    assert errors[5][0] == "Part of"
    assert "There is no" in errors[5][1]
    assert "Network Build" not in errors[5][1]
    assert set(errors) == {3, 5}
    assert counts(run) == (1, 1, 0, 2)


def test_who_may_only_see_may_pass_unchanged_rows_but_not_change(units: dict[str, Any], actor_at: MakeActor) -> None:
    mixed = actor_at("mixed@example.org", {"organisation.organisationunit": ["view"]})
    with pytest.raises(AccessDenied):
        bring("units", mixed, "Code,Name\nOPS,Operations\n")
    rights = {"organisation.organisationunit": ["view", "change"]}
    role_actor = actor_at("ops@example.org", rights, scope=units["OPS"].scope)
    run = bring("units", role_actor, "Code,Name\nOPS,Operations\nNEW,New\n")
    assert counts(run) == (0, 0, 1, 1)
    assert [(row, said[:31]) for row, _column, said in run.report["errors"]] == [(3, "Your roles do not let you add t")]


def test_another_persons_import_is_out_of_reach(head: Actor, units: dict[str, Any], actor_at: MakeActor) -> None:
    run = bring("units", head, "Code,Name\nOPS,Field\n", write_it=False)
    other = actor_at("other@example.org", {"*": ["*"]})
    assert not importing.runs_of(the("units"), other).exists()
    with pytest.raises(AccessDenied):
        importing.commit(run=run, actor=other)


# -- custom fields -----------------------------------------------------------------------------------------------------


@pytest.fixture
def customs(system: Actor, units: dict[str, Any]) -> None:
    kind = "organisation.organisationunit"
    for key, label, what, more in (
        ("budget_line", "Budget line", "text", {}),
        ("heads", "Heads", "number", {}),
        ("reviewed", "Reviewed", "date", {}),
        ("tier", "Tier", "choice", {"choices": ["Gold", "Silver"]}),
        ("open_plan", "Open plan", "yes_no", {}),
        ("depot", "Depot", "text", {"scope": units["NET"].scope}),
    ):
        records.save(CustomField(record_type=kind, key=key, label=label, kind=what, **more), actor=system)


def test_custom_fields_come_in_and_go_out(head: Actor, customs: None) -> None:
    text = 'Code,Budget line,Heads,reviewed,TIER,Open plan\nOPS,=B1,"1,200",31.12.2025,gold,yes\n'
    assert counts(bring("units", head, text)) == (0, 1, 0, 0)
    stored = OrganisationUnit.objects.get(code="OPS").custom
    assert stored == {"budget_line": "=B1", "heads": 1200, "reviewed": "2025-12-31", "tier": "Gold", "open_plan": True}
    columns = "code,custom.budget_line,custom.heads,custom.reviewed,custom.tier,custom.open_plan"
    for content, name in ((csv_of(the("units"), head, cols=columns), "a.csv"), (_sheet(head, columns), "a.xlsx")):
        run = bring("units", head, content, name)
        assert counts(run) == (0, 0, 4, 0), run.report
    refused = bring("units", head, "Code,Tier,Heads\nNET,Bronze,many\n").report["errors"]
    assert [(row, column) for row, column, _said in refused] == [(2, "Tier"), (2, "Heads")]


def _sheet(actor: Actor, columns: str) -> bytes:
    with export.write_xlsx(Listing(the("units"), actor, Params.parse({"cols": columns}))) as file:
        return file.read()


def test_a_custom_field_of_another_node_is_refused(head: Actor, customs: None) -> None:
    run = bring("units", head, "Code,Depot\nNET-B,Leeds\nOPS,Hull\n")
    assert run.report["errors"] == [[3, "Depot", "This record does not have this field. Leave the cell empty."]]


# -- references --------------------------------------------------------------------------------------------------------


def test_a_title_that_two_share_is_refused_and_a_key_decides(head: Actor, units: dict[str, Any]) -> None:
    for _n in range(2):
        person_save(Person(name="Ann Lee", unit=units["NET"]), actor=head)
    first = Person.objects.order_by("pk").first()
    assert first is not None
    run = bring("people", head, f"Name,Unit,Manager\nBo,NET,Ann Lee\nCy,NET,{first.code}\n")
    assert run.report["errors"] == [[2, "Manager", "2 are called “Ann Lee”. Write the code instead."]]


def test_files_without_rows_or_matching_columns(head: Actor) -> None:
    with pytest.raises(FileRefused, match="headers but no rows"):
        bring("currencies", head, "Code,Name\n")
    with pytest.raises(ValidationError, match="Match at least one column"):
        bring("currencies", head, "Foo,Bar\n1,2\n")


def test_queries_do_not_grow_with_rows(head: Actor, rates: dict[str, Any], django_assert_max_num_queries: Any) -> None:
    lines = [f"EUR,USD,1.{n:04d},{dt.date(2000, 1, 1) + dt.timedelta(days=n)}" for n in range(400)]
    content = "From,To,Rate,Valid from\n" + "\n".join(lines) + "\n"
    with django_assert_max_num_queries(60):
        run = bring("exchange-rates", head, content, write_it=False)
    assert counts(run) == (400, 0, 0, 0)


def test_currency_constraints_hold(head: Actor, rates: dict[str, Any]) -> None:
    run = bring("currencies", head, "Code,Name,Decimals\nGBP,Pound,9\neur,Euro,2\n")
    assert counts(run)[3] == 2
    assert Currency.objects.count() == 3


def test_every_register_takes_its_own_export_and_stays_as_it_is(
    head: Actor, units: dict[str, Any], rates: dict[str, Any], customs: None
) -> None:
    for name in ("Ann Lee", "Bo Chan"):
        person_save(Person(name=name, unit=units["NET"], phone="+44 20"), actor=head)
    before = Change.objects.count()
    tried = 0
    for register in all_registers():
        content = csv_of(register, head, cols=",".join(register.fields))
        if content.count(b"\n") < 2 or not importing.may_import(register, head):
            continue
        run = importing.import_file(register=register, actor=head, name="a.csv", content=content)
        said = (register.slug, run.report.get("problems"), run.report.get("errors"), run.report.get("changed"))
        assert counts(run)[:2] == (0, 0), said
        assert counts(run)[3] == 0, said
        tried += 1
    assert tried >= 5
    assert Change.objects.count() == before


def test_names_are_found_whatever_their_capitals_and_nodes_by_the_code_of_their_unit(
    head: Actor, units: dict[str, Any]
) -> None:
    run = bring("units", head, "Code,Name,Kind,Part of\nNET-C,Cables,Department,NETWORKS\n")
    assert counts(run) == (1, 0, 0, 0), run.report
    register = the("role-assignments")
    scopes_ = offered(register, "scope", head, ["NET-B", "net-b", "NET-X"])
    assert [scopes_.find(text) for text in ("NET-B", "net-b")] == [units["NET-B"].scope] * 2
    with pytest.raises(CellError, match="There is no node “NET-X” that you may choose"):
        scopes_.find("NET-X")


def test_the_page_says_what_each_column_holds(head: Actor) -> None:
    forms = {target.label: target.form for target in targets_for(the("units"), head).values()}
    assert forms["Part of"] == "Unit, by code or name."
    assert forms["Active from"] == "A date, such as 2026-03-17."
    assert forms["Name"] == ""
    assert forms["Kind"].startswith("One of: Enterprise, ")


def test_what_a_writer_finds_empty_reads_as_something_to_fill_in() -> None:
    draft = Draft(2)
    register, who = the("units"), Actor.system(now=NOW)
    empty = ValidationError({"parent": ValidationError("This field cannot be null.", code="null")})
    writing._note(Plan(register, who, {}, [draft]), draft, empty)
    assert draft.errors == [("Part of", "Fill this in: a record needs it.")]
