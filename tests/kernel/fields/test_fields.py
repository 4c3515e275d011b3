from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.models import AccessRole, Group
from quarterdeck.kernel.fields.conditions import OPERATORS, number, order_by, q, text
from quarterdeck.kernel.fields.definitions import fields_for, holds_at
from quarterdeck.kernel.fields.forms import form_fields, form_name, from_form, initial
from quarterdeck.kernel.fields.models import CustomField, Kind
from quarterdeck.kernel.fields.values import clean_values, display, export, labels_for, parse, python_value
from quarterdeck.kernel.money import Money
from tests.kernel import pointed

pytestmark = pytest.mark.django_db

GROUP = "access.group"


def field(key: str, kind: Kind = Kind.TEXT, **options: Any) -> CustomField:
    made = CustomField(record_type=GROUP, key=key, label=key.title(), kind=kind, **options)
    records.save(made, actor=pointed.system())
    return made


def group(name: str, **custom: Any) -> Group:
    made = Group(name=name, custom=custom)
    records.save(made, actor=pointed.system())
    return made


def faults(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


# ---- definitions


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"key": "Bad Key"}, "key"),
        ({"key": "1st"}, "key"),
        ({"record_type": "no.thing"}, "record_type"),
        ({"kind": Kind.CHOICE}, "choices"),
        ({"kind": Kind.CHOICE, "choices": ["A", "a "]}, "choices"),
        ({"choices": ["A"]}, "choices"),
        ({"kind": Kind.RECORD}, "target"),
        ({"kind": Kind.RECORD, "target": "auth.user"}, "target"),
        ({"target": GROUP}, "target"),
    ],
)
def test_definitions_that_cannot_work_are_refused(options: dict[str, Any], fault: str) -> None:
    made = CustomField(**{"record_type": GROUP, "key": "k", "label": "K", "kind": Kind.TEXT, **options})
    with pytest.raises(ValidationError) as error:
        records.save(made, actor=pointed.system())
    assert fault in faults(error)


def test_key_and_kind_stay_and_keys_are_unique() -> None:
    made = field("budget", Kind.NUMBER)
    made.kind = Kind.TEXT
    with pytest.raises(ValidationError) as error:
        records.save(made, actor=pointed.system())
    assert faults(error) == {"kind"}
    with pytest.raises(ValidationError):
        field("budget")


def test_fields_hold_at_their_node_and_below() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    below = pointed.node("Below", north)
    everywhere, at_north = field("everywhere", position=2), field("north", scope=north, position=1)
    field("retired", active=False)
    assert fields_for(GROUP) == (at_north, everywhere)
    assert fields_for(GROUP, scope_path=below.path) == (at_north, everywhere)
    assert fields_for(GROUP, scope_path=south.path) == (everywhere,)
    assert fields_for(GROUP, scope_path=scopes.root().path) == (everywhere,)
    assert fields_for(GROUP, actor=pointed.member(south)) == (everywhere,)
    assert fields_for(GROUP, actor=pointed.member(below, "Bob")) == (at_north, everywhere)
    assert len(fields_for(GROUP, retired=True)) == 3
    assert fields_for("access.scope") == ()
    assert (holds_at(at_north, below.path), holds_at(at_north, south.path), holds_at(at_north, None)) == (
        True,
        False,
        False,
    )
    with CaptureQueriesContext(connection) as queries:
        assert fields_for(GROUP, actor=pointed.system(), scope_path=below.path)[0].scope == north
    assert len(queries) == 1


# ---- values


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (Kind.TEXT, "  words ", "words"),
        (Kind.TEXT, "", None),
        (Kind.NUMBER, "12.50", 12.5),
        (Kind.NUMBER, "1,200", 1200),
        (Kind.NUMBER, "\u2212 1,200.5", -1200.5),
        (Kind.NUMBER, 7, 7),
        (Kind.NUMBER, Decimal("0.1"), 0.1),
        (Kind.MONEY, "1200.50 EUR", {"amount": 1200.5, "currency": "EUR"}),
        (Kind.MONEY, "usd 1,200", {"amount": 1200, "currency": "USD"}),
        (Kind.MONEY, {"amount": "5", "currency": "jpy"}, {"amount": 5, "currency": "JPY"}),
        (Kind.MONEY, Money(Decimal("9.99"), "EUR"), {"amount": 9.99, "currency": "EUR"}),
        (Kind.DATE, "2026-03-17", "2026-03-17"),
        (Kind.DATE, "17/03/2026", "2026-03-17"),
        (Kind.DATE, dt.date(2026, 3, 17), "2026-03-17"),
        (Kind.DATE, dt.datetime(2026, 3, 17, 8, tzinfo=dt.UTC), "2026-03-17"),
        (Kind.CHOICE, "HIGH", "High"),
        (Kind.YES_NO, "yes", True),
        (Kind.YES_NO, False, False),
        (Kind.YES_NO, "0", False),
        (Kind.RECORD, "12", 12),
        (Kind.URL, "https://e.org/a?b", "https://e.org/a?b"),
    ],
)
def test_values_as_they_are_kept(kind: Kind, given: Any, kept: Any) -> None:
    value = parse(CustomField(kind=kind, choices=["Low", "High"]), given)
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Kind.TEXT, "x" * 501),
        (Kind.TEXT, 5),
        (Kind.NUMBER, "many"),
        (Kind.NUMBER, "1,20"),
        (Kind.NUMBER, "1,200,00"),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, "1e400"),
        (Kind.NUMBER, "1234567890.1234567"),
        (Kind.NUMBER, [1]),
        (Kind.MONEY, "12"),
        (Kind.MONEY, "12.345 EUR"),
        (Kind.MONEY, {"amount": 1}),
        (Kind.MONEY, {"amount": None, "currency": "EUR"}),
        (Kind.DATE, "2026-02-30"),
        (Kind.DATE, 20260317),
        (Kind.CHOICE, "Middling"),
        (Kind.YES_NO, "perhaps"),
        (Kind.RECORD, "Ada"),
        (Kind.RECORD, -1),
        (Kind.RECORD, 2**63),
        (Kind.RECORD, True),
        (Kind.URL, "javascript:alert(1)"),
        (Kind.URL, "ftp://e.org"),
    ],
)
def test_values_that_do_not_fit_are_refused(kind: Kind, given: Any) -> None:
    with pytest.raises(ValidationError):
        parse(CustomField(kind=kind, choices=["Low", "High"]), given)


def test_all_faults_are_told_by_key() -> None:
    field("need", required=True)
    field("size", Kind.NUMBER)
    with pytest.raises(ValidationError) as error:
        clean_values(GROUP, {"size": "big", "unknown": 1})
    assert faults(error) == {"need", "size", "unknown"}
    with pytest.raises(ValidationError) as error:
        clean_values(GROUP, {"need": " "}, partial=True)
    assert faults(error) == {"need"}


def test_what_is_kept_elsewhere_and_what_is_unchanged_stays() -> None:
    field("size", Kind.NUMBER)
    field("grade", Kind.CHOICE, choices=["A", "B"])
    stored = {"size": 3, "grade": "Withdrawn", "from_another_node": "x"}
    assert clean_values(GROUP, {"size": "4"}, partial=True, stored=stored) == {**stored, "size": 4}
    assert clean_values(GROUP, {"size": "", "grade": "Withdrawn"}, stored=stored) == {
        "grade": "Withdrawn",
        "from_another_node": "x",
    }
    assert clean_values(GROUP, {"size": 4}, stored=stored) == {"size": 4, "from_another_node": "x"}


def test_a_link_leads_only_to_what_the_actor_sees() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    field("origin", Kind.RECORD, target=pointed.GRANT)
    seen, hidden = pointed.record_at(north, "Seen"), pointed.record_at(south, "Hidden")
    ada = pointed.member(north)
    assert clean_values(GROUP, {"origin": seen.pk}, actor=ada) == {"origin": seen.pk}
    with pytest.raises(ValidationError) as error:
        clean_values(GROUP, {"origin": hidden.pk}, actor=ada)
    assert faults(error) == {"origin"}
    # Someone who may not see it can still save the rest of the record.
    assert clean_values(GROUP, {"origin": hidden.pk}, actor=ada, stored={"origin": hidden.pk}) == {"origin": hidden.pk}


@pytest.mark.parametrize(
    ("kind", "kept", "shown"),
    [
        (Kind.TEXT, "words", "words"),
        (Kind.NUMBER, 1234.5, "1,234.5"),
        (Kind.NUMBER, -3, "\u22123"),
        (Kind.MONEY, {"amount": 1200.5, "currency": "EUR"}, "1,200.50 EUR"),
        (Kind.MONEY, {"amount": -1200, "currency": "JPY"}, "\u22121,200 JPY"),
        (Kind.DATE, "2026-03-17", "17 Mar 2026"),
        (Kind.YES_NO, False, "No"),
        (Kind.YES_NO, None, ""),
        (Kind.RECORD, 12, "\u2013"),
        (Kind.DATE, "rubbish", ""),
        (Kind.MONEY, "rubbish", ""),
    ],
)
def test_values_in_words(kind: Kind, kept: Any, shown: str) -> None:
    assert display(CustomField(kind=kind, target=GROUP), kept) == shown


def test_linked_names_are_read_once_and_only_if_seen() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    origin = field("origin", Kind.RECORD, target=pointed.GRANT)
    seen, hidden = pointed.record_at(north, "Seen"), pointed.record_at(south, "Hidden")
    customs = [{"origin": seen.pk}, {"origin": hidden.pk}, {}]
    labels = labels_for([origin], customs, pointed.member(north))
    assert labels == {(pointed.GRANT, seen.pk): str(seen)}
    assert [display(origin, custom.get("origin"), labels) for custom in customs] == [str(seen), "\u2013", ""]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (Kind.NUMBER, 0.1),
        (Kind.NUMBER, 123456789012345),
        (Kind.MONEY, {"amount": 1200.55, "currency": "EUR"}),
        (Kind.DATE, "2026-03-17"),
        (Kind.YES_NO, True),
        (Kind.TEXT, "words"),
    ],
)
def test_what_is_exported_reads_back_the_same(kind: Kind, kept: Any) -> None:
    definition = CustomField(kind=kind)
    assert parse(definition, export(definition, kept)) == kept


def test_python_values_are_exact() -> None:
    assert python_value(CustomField(kind=Kind.MONEY), {"amount": 0.1, "currency": "EUR"}) == Money(
        Decimal("0.1"), "EUR"
    )
    assert python_value(CustomField(kind=Kind.NUMBER), 0.3) == Decimal("0.3")


# ---- conditions


@pytest.mark.parametrize(
    ("key", "op", "value", "found"),
    [
        ("note", "contains", "CRANE", "a"),
        ("note", "eq", "Tower crane", "a"),
        ("note", "ne", "Tower crane", "bcd"),
        ("note", "in", ["Tower crane", "Pump"], "ab"),
        ("note", "empty", True, "cd"),
        ("note", "empty", False, "ab"),
        ("size", "eq", "5", "a"),
        ("size", "eq", "-2.50", "c"),
        ("size", "ne", 5, "bcd"),
        ("size", "lt", 10, "ac"),
        ("size", "lte", 10, "abc"),
        ("size", "gt", "5.5", "b"),
        ("size", "gte", 5, "ab"),
        ("size", "in", [5, 10], "ab"),
        ("due", "lt", "2026-10-01", "a"),
        ("due", "gte", dt.date(2026, 10, 1), "b"),
        ("due", "eq", "2026-09-30", "a"),
        ("cost", "gt", "100 EUR", "a"),
        ("cost", "lte", "100 EUR", "c"),
        ("cost", "gt", "100 USD", "b"),
        ("grade", "eq", "high", "a"),
        ("grade", "in", ["High", "Low"], "ab"),
        ("open", "eq", True, "a"),
        ("open", "eq", "no", "b"),
        ("open", "empty", "true", "cd"),
        ("link", "eq", 7, "a"),
        ("link", "ne", 7, "bcd"),
    ],
)
def test_conditions(key: str, op: str, value: Any, found: str) -> None:
    definitions = {
        "note": field("note"),
        "size": field("size", Kind.NUMBER),
        "due": field("due", Kind.DATE),
        "cost": field("cost", Kind.MONEY),
        "grade": field("grade", Kind.CHOICE, choices=["High", "Low"]),
        "open": field("open", Kind.YES_NO),
        "link": field("link", Kind.RECORD, target=GROUP),
    }
    group(
        "a",
        note="Tower crane",
        size=5,
        due="2026-09-30",
        grade="High",
        open=True,
        link=7,
        cost={"amount": 100.5, "currency": "EUR"},
    )
    group(
        "b",
        note="Pump",
        size=10,
        due="2026-10-01",
        grade="Low",
        open=False,
        link=8,
        cost={"amount": 900, "currency": "USD"},
    )
    group("c", size=-2.5, cost={"amount": 99, "currency": "EUR"})
    group("d")
    rows = Group.objects.filter(q(definitions[key], op, value)).order_by("name")
    assert "".join(row.name for row in rows) == found


def test_operators_that_make_no_sense_and_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError):
        q(CustomField(key="k", label="K", kind=Kind.YES_NO), "gt", True)
    with pytest.raises(ValidationError):
        q(CustomField(key="k", label="K", kind=Kind.NUMBER), "gt", "many")
    with pytest.raises(ValidationError):
        q(CustomField(key="k", label="K", kind=Kind.NUMBER), "eq", "")
    assert set(OPERATORS) == set(Kind)


def test_order_puts_rows_without_a_value_last() -> None:
    size, cost = field("size", Kind.NUMBER), field("cost", Kind.MONEY)
    group("ten", size=10, cost={"amount": 2, "currency": "EUR"})
    group("none")
    group("nine", size=9, cost={"amount": 11, "currency": "EUR"})

    def names(definition: CustomField, *, descending: bool) -> list[str]:
        return [row.name for row in Group.objects.order_by(order_by(definition, descending=descending))]

    assert names(size, descending=False) == ["nine", "ten", "none"]
    assert names(size, descending=True) == ["ten", "nine", "none"]
    assert names(cost, descending=False) == ["ten", "nine", "none"]


def test_numbers_and_money_add_up_in_the_database() -> None:
    size, cost = field("size", Kind.NUMBER), field("cost", Kind.MONEY)
    group("a", size=0.1, cost={"amount": 10.25, "currency": "EUR"})
    group("b", size=0.2, cost={"amount": 0.5, "currency": "EUR"})
    group("c", cost={"amount": 7, "currency": "USD"})
    sums = Group.objects.order_by().aggregate(sizes=Sum(number(size)))
    assert sums["sizes"] == Decimal("0.3")
    rows = Group.objects.order_by().annotate(currency=text(cost)).values("currency").annotate(sum=Sum(number(cost)))
    opened = field("open", Kind.YES_NO)
    group("d", open=True)
    group("e", open=False)
    rows_by = (
        Group.objects.order_by()
        .filter(q(opened, "empty", False))
        .annotate(key=text(opened))
        .values_list("key", flat=True)
    )
    assert sorted(rows_by) == ["false", "true"]
    assert {row["currency"]: row["sum"] for row in rows} == {
        "EUR": Decimal("10.75"),
        "USD": Decimal(7),
        None: None,
    }


# ---- forms


def test_a_form_round_trip_for_every_kind() -> None:
    role = AccessRole(name="Owner")
    records.save(role, actor=pointed.system())
    definitions = [
        field("text"),
        field("long", Kind.LONG_TEXT),
        field("size", Kind.NUMBER),
        field("cost", Kind.MONEY),
        field("due", Kind.DATE),
        field("grade", Kind.CHOICE, choices=["High", "Low"]),
        field("open", Kind.YES_NO),
        field("link", Kind.RECORD, target="access.accessrole"),
        field("page", Kind.URL),
    ]
    kept = {
        "text": "words",
        "long": "# Head",
        "size": 2.5,
        "cost": {"amount": 12.3, "currency": "EUR"},
        "due": "2026-03-17",
        "grade": "Low",
        "open": False,
        "link": role.pk,
        "page": "https://e.org",
    }
    made = form_fields(definitions, actor=pointed.system())
    shape = type("Shape", (forms.Form,), dict(made))
    first = shape(initial=initial(definitions, kept))
    data: dict[str, str] = {}
    for bound in first:
        value = bound.field.widget.format_value(bound.value()) if bound.name == form_name("due") else bound.value()
        if isinstance(value, Money):
            data |= {f"{bound.name}_amount": str(value.amount), f"{bound.name}_currency": value.currency}
        else:
            data[bound.name] = str(value)
    form = shape(data)
    assert form.is_valid(), form.errors
    assert clean_values(GROUP, from_form(definitions, form.cleaned_data), definitions=definitions) == kept
    empty = shape({})
    assert empty.is_valid(), empty.errors
    assert clean_values(GROUP, from_form(definitions, empty.cleaned_data), definitions=definitions) == {}


def test_a_form_asks_for_what_is_required_and_both_halves_of_money() -> None:
    definitions = [field("need", required=True), field("cost", Kind.MONEY)]
    shape = type("Shape", (forms.Form,), dict(form_fields(definitions, actor=pointed.system())))
    assert set(shape({"custom__cost_amount": "5"}).errors) == {"custom__need", "custom__cost"}
    assert set(shape({"custom__need": "x", "custom__cost_currency": "EUR"}).errors) == set()


def test_links_offer_only_what_the_actor_sees() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    seen = pointed.record_at(north, "Seen")
    pointed.record_at(south, "Hidden")
    made = form_fields([field("origin", Kind.RECORD, target=pointed.GRANT)], actor=pointed.member(north))
    choice = made[form_name("origin")]
    assert isinstance(choice, forms.ModelChoiceField)
    assert choice.queryset is not None
    assert list(choice.queryset) == [seen]
