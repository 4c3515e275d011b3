"""A supplier of the cast's North with a contract in force and a level of two working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import Contract, CreditTier, ServiceLevel, ServiceRecord, Supplier
from quarterdeck.kernel.access.actor import Actor
from tests.apps.suppliers.stock_yard import Yard, yard_of
from tests.cast import EDITOR, Cast, assemble

#: A Monday; whatever is judged is judged on the Wednesday of the week after the end of that month.
MONDAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 4, 8, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@dataclass
class Deal:
    """A supplier, its contract and one level, and whoever looks after them, at a moment."""

    cast: Cast
    supplier: Supplier
    contract: Contract
    level: ServiceLevel
    now: dt.datetime = NOW
    numbers: list[int] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        return Actor(user=self.cast.users[EDITOR], now=self.now)

    def case(self, day: dt.date, days: int | None, hour: int = 9, **more: object) -> ServiceRecord:
        """A case asked for on a day in the morning, and done so many calendar days later, or not."""
        self.numbers.append(1)
        asked = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
        record = ServiceRecord(
            level=self.level,
            reference=f"C{len(self.numbers)}",
            subject="Marigold case",
            started_at=asked,
            ended_at=None if days is None else asked + dt.timedelta(days=days),
            **more,
        )
        services.record_save(record, actor=self.actor)
        return record

    def month(self, met: int, missed: int) -> None:
        """Cases of March: so many kept, so many missed."""
        for number in range(met + missed):
            self.case(MONDAY + dt.timedelta(days=7 * (number % 3)), 1 if number < met else 6)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    calendar = cast.north.make(WorkCalendar)
    supplier = cast.north.make(Supplier)
    contract = cast.north.make(
        Contract,
        supplier=supplier,
        starts_on=dt.date(2026, 1, 1),
        monthly_charge=Decimal(10_000),
        credit_cap=Decimal(15),
    )
    actor = Actor(user=cast.users[EDITOR], now=NOW)
    services.supplier_approve(record=supplier, actor=actor)
    services.contract_activate(record=contract, actor=actor)
    level = cast.north.make(
        ServiceLevel,
        contract=contract,
        name="Marigold reinstatement",
        allowance=2,
        unit="days",
        calendar=calendar,
        target=Decimal(95),
        window="month",
        cure_days=10,
        starts_on=dt.date(2026, 1, 1),
    )
    for below, credit in ((95, 2), (80, 5)):
        cast.north.make(CreditTier, level=level, below=Decimal(below), credit=Decimal(credit))
    return Deal(cast, supplier, contract, level)


@pytest.fixture
def yard(cast: Cast) -> Yard:
    return yard_of(cast)
