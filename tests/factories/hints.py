"""What the fields of a model do not tell: one line per field whose rules are in its writer.

A hint takes the factory and a running number and gives the field's value; `ABSENT` leaves the field alone. A hint of
`EACH` holds in every record; one of `FULL` only where every field is filled.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps

if TYPE_CHECKING:
    from tests.factories.build import Factory

Hint = Callable[["Factory", int], Any]
ABSENT: Final = object()


def _three_letters(_factory: Factory, n: int) -> str:
    letters = string.ascii_uppercase
    return letters[n // 676 % 26] + letters[n // 26 % 26] + letters[n % 26]


def _absent(_factory: Factory, _n: int) -> Any:
    return ABSENT


def _own_project(factory: Factory, _n: int) -> Any:
    """A project of its own for each: only one plan of a project is current, only one report is of a period."""
    return factory.make(apps.get_model("portfolio.initiative"))


def _contractor(factory: Factory, _n: int) -> Any:
    """Someone from outside, of whom suppliers’ people are."""
    return factory.make(apps.get_model("people.person"), kind="contractor")


def _year_start(_factory: Factory, n: int) -> dt.date:
    return dt.date(2001 + n % 70, 1, 1)


EACH: Mapping[str, Mapping[str, Hint]] = {
    "organisation.currency": {"code": _three_letters},
    "organisation.organisationunit": {"parent": lambda f, _n: f.place.homes[0], "kind": lambda _f, _n: "team"},
    "organisation.exchangerate": {"rate": lambda _f, n: f"1.{n % 90 + 10}"},
    "organisation.calendarshift": {
        "starts_at": lambda _f, n: dt.time(n % 20, 0),
        "ends_at": lambda _f, n: dt.time(n % 20 + 1, 30),
    },
    "organisation.fiscalyear": {"starts_on": _year_start, "ends_on": lambda _f, n: dt.date(2001 + n % 70, 12, 31)},
    "organisation.period": {
        "number": lambda _f, _n: 1,
        "quarter": lambda _f, _n: 1,
        "starts_on": _absent,
        "ends_on": _absent,
    },
    "portfolio.initiative": {
        "kind": lambda _f, _n: "project",
        "parent": lambda f, _n: f.place.homes[1],
        "unit": lambda f, _n: f.place.homes[0],
    },
    "delivery.plan": {"initiative": _own_project},
    "delivery.deliverable": {"initiative": _own_project},
    "delivery.interface": {"giver": _own_project, "receiver": _own_project, "code": lambda _f, n: f"IF-{n + 100:04}"},
    "finance.commitment": {"closed_on": _absent},
    "engagement.concern": {"received_on": lambda _f, n: dt.date(2025, 1, 6) + dt.timedelta(days=n % 300)},
    "governance.scalelevel": {"level": lambda _f, n: n % 5 + 1, "is_active": lambda _f, _n: False},
    "governance.action": {"initiative": lambda f, _n: f.place.homes[1]},
    "finance.technique": {"task": lambda f, _n: f.make(apps.get_model("delivery.task"))},
    "finance.techniquemilestone": {"weight": lambda _f, _n: "1"},
    "reporting.statusreport": {"initiative": _own_project},
    "reporting.healthrule": {
        "dimension": lambda _f, _n: "time",
        "input": lambda _f, _n: "days_late",
        "is_active": lambda _f, _n: False,
        "direction": lambda _f, _n: "at most",
        "amber": lambda _f, n: n,
        "red": lambda _f, n: n + 5,
    },
    "reporting.managercall": {"expires_on": lambda _f, n: dt.date.today() + dt.timedelta(days=n % 80 + 1)},  # noqa: DTZ011  within the quarter for which a call may stand
    "suppliers.supplierperson": {"person": _contractor},
    "suppliers.stockmovement": {"target": lambda f, _n: f.make(apps.get_model("suppliers.stocklocation"))},
    "suppliers.servicelevel": {"source": lambda _f, _n: "records", "allowance": lambda _f, n: n % 20 + 1},
    "suppliers.supplieruse": {"served_unit": lambda f, _n: f.place.homes[0]},
    "fields.customfield": {"key": lambda _f, n: f"field_{n}", "record_type": lambda _f, _n: "tags.tag"},
}

FULL: Mapping[str, Mapping[str, Hint]] = {
    "organisation.workcalendar": {"country": lambda _f, _n: "GB", "subdivision": lambda _f, _n: "SCT"},
    "organisation.calendarexception": {"hours": _absent},
    "fields.customfield": {"choices": _absent, "target": _absent},
    "people.roleassignment": {"share": lambda _f, _n: "50"},
    "governance.risk": {"response_kind": lambda _f, _n: "reduce"},
    "suppliers.stockmovement": {
        "kind": lambda _f, _n: "transfer",
        "origin": lambda f, _n: f.make(apps.get_model("suppliers.stocklocation"), may_be_negative=True),
        "unit_cost": _absent,
    },
}


def _period_dates(record: Any) -> None:
    record.starts_on = record.year.starts_on
    record.ends_on = record.year.starts_on + dt.timedelta(days=30)


def _own_work_package(record: Any) -> None:
    """What is for a work package is for the project of its plan."""
    if record.task is not None:
        record.initiative = record.task.plan.initiative


def _same_plan(record: Any) -> None:
    """A work package is in step with one of its own plan."""
    if record.base is not None:
        record.base.plan = record.task.plan
        record.base.save(update_fields=["plan"])


#: Last touches that need the record itself.
def _of_the_milestone(record: Any) -> None:
    """A deliverable is of the project whose plan holds its milestone."""
    if record.milestone is not None:
        record.initiative = record.milestone.plan.initiative


def _of_both_tasks(record: Any) -> None:
    """An interface is of the projects whose plans hold its tasks."""
    for side in ("giver", "receiver"):
        task = getattr(record, f"{side}_task")
        if task is not None:
            setattr(record, side, task.plan.initiative)


def _of_the_task(record: Any) -> None:
    """A risk would delay tasks of its own project."""
    record.risk.initiative = record.task.plan.initiative
    record.risk.save(update_fields=["initiative"])


def _same_supplier(record: Any) -> None:
    """What is owed under a contract is owed by its supplier."""
    if record.contract is not None:
        record.supplier = record.contract.supplier


def _same_item(record: Any) -> None:
    """What is moved for a requirement is of its item."""
    if record.requirement is not None:
        record.item = record.requirement.item


FINISH: Mapping[str, Callable[[Any], None]] = {
    "organisation.period": _period_dates,
    "finance.budgetline": _own_work_package,
    "finance.technique": _same_plan,
    "delivery.deliverable": _of_the_milestone,
    "delivery.interface": _of_both_tasks,
    "suppliers.obligation": _same_supplier,
    "suppliers.stockmovement": _same_item,
    "governance.risktask": _of_the_task,
}
