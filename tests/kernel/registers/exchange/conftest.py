"""An organisation with a few units and people, and the means to make files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import xlsxwriter

from quarterdeck.apps.organisation import services
from quarterdeck.apps.organisation.models import Currency, ExchangeRate, OrganisationUnit
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.registers import find
from quarterdeck.kernel.registers.exchange import export
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register

NOW = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)
MakeActor = Callable[..., Actor]


def the(slug: str) -> Register[Any]:
    """Return the register at an address."""
    register = find(slug)
    assert register is not None
    return register


def csv_of(register: Register[Any], actor: Actor, **query: str) -> bytes:
    """Return the CSV export of a list."""
    listing = Listing(register, actor, Params.parse({key.replace("__", "."): value for key, value in query.items()}))
    return "".join(export.csv_lines(listing)).encode()


def sheet_of(rows: Sequence[Sequence[Any]], more: Mapping[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """Return a workbook with these cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, lines in {"Data": rows, **(more or {})}.items():
        sheet = book.add_worksheet(name)
        for i, line in enumerate(lines):
            for j, value in enumerate(line):
                if isinstance(value, dt.date):
                    sheet.write_datetime(i, j, value, day)
                else:
                    sheet.write(i, j, value)
    book.close()
    return buffer.getvalue()


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system(now=NOW)


@pytest.fixture
def actor_at(system: Actor) -> MakeActor:
    """Make a user with rights at a node; the whole organisation by default."""

    def make(
        email: str, permissions: dict[str, list[str]], *, sees: Sequence[str] = (), scope: Scope | None = None
    ) -> Actor:
        user = User.objects.create_user(email, name=email.partition("@")[0].title())
        role = AccessRole(name=email, permissions=permissions, sees=list(sees))
        records.save(role, actor=system)
        records.save(Grant(user=user, role=role, scope=scope or scopes.root()), actor=system)
        return Actor(user=user, now=NOW)

    return make


@pytest.fixture
def head(actor_at: MakeActor) -> Actor:
    """Someone who may do everything everywhere, money included."""
    return actor_at("head@example.org", {"*": ["*"]}, sees=["money", "personal"])


@pytest.fixture
def units(system: Actor) -> dict[str, OrganisationUnit]:
    made: dict[str, OrganisationUnit] = {}
    for code, name, kind, parent in (
        ("GRP", "Group", "enterprise", None),
        ("NET", "Networks", "division", "GRP"),
        ("OPS", "Operations", "division", "GRP"),
        ("NET-B", "Network Build", "department", "NET"),
    ):
        unit = OrganisationUnit(code=code, name=name, kind=kind, parent=made[parent] if parent else None)
        services.unit_save(unit, actor=system)
        made[code] = unit
    return made


@pytest.fixture
def rates(system: Actor) -> dict[str, Currency]:
    made = {}
    for code, name in (("GBP", "Pound sterling"), ("EUR", "Euro"), ("USD", "US dollar")):
        made[code] = Currency(code=code, name=name)
        services.currency_save(made[code], actor=system)
    for day, rate in ((dt.date(2026, 1, 1), "0.86500000"), (dt.date(2026, 2, 1), "0.87120000")):
        rate_ = ExchangeRate(from_currency=made["EUR"], to_currency=made["GBP"], rate=rate, valid_on=day)
        records.save(rate_, actor=system)
    return made
