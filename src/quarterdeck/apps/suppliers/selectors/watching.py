"""What of suppliers asks for somebody: renewals, obligations, breaches, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers.choices import (
    EXPIRING,
    BreachState,
    ContractState,
    ObligationState,
    SupplierState,
)
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Contract,
    Obligation,
    ServiceLevel,
    ServiceRecord,
    Supplier,
    SupplierContact,
)
from quarterdeck.apps.suppliers.selectors.feeding import tasks_of
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.records import Record

R = TypeVar("R", bound=Record)


def levels_in_use(ids: Collection[int] | None = None) -> list[ServiceLevel]:
    """Return the service levels that are judged: in use, of contracts in force or ended."""
    rows = ServiceLevel.objects.filter(is_active=True).exclude(contract__state=ContractState.DRAFT)
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    return list(rows.select_related("contract__supplier__owner", "contract__owner", "contract__currency", "calendar"))


def _of(rows: QuerySet[R], ids: Iterable[int] | None) -> QuerySet[R]:
    return rows if ids is None else rows.filter(pk__in=set(ids))


def contracts_to_decide(until: dt.date, on: dt.date, ids: Iterable[int] | None = None) -> list[Contract]:
    """Return the contracts in force whose day of notice, or end, lies between two days."""
    near = Q(notice_on__gte=on, notice_on__lte=until) | Q(ends_on__gte=on, ends_on__lte=until)
    rows = _of(Contract.objects.filter(near, state=ContractState.IN_FORCE), ids)
    return list(rows.select_related("supplier__owner__user", "owner__user"))


@dataclass(frozen=True)
class WorkWithout:
    """A contract that has ended while tasks of its supplier go on."""

    contract: Contract
    tasks: int


def ended_with_work(on: dt.date, ids: Iterable[int] | None = None) -> list[WorkWithout]:
    """Return contracts past their end, of suppliers that no other contract covers, with tasks of theirs under way.

    A contract covers the days of its term once it is in force; one that is renewed unless notice is given goes on.
    """
    over = Q(state=ContractState.ENDED) | Q(state=ContractState.IN_FORCE, ends_on__lt=on, renews=False)
    others = Contract.objects.filter(supplier=OuterRef("supplier"), starts_on__lte=on)
    covered = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on) | Q(renews=True), state=ContractState.IN_FORCE)
    later = others.filter(ends_on__gt=OuterRef("ends_on")).exclude(state=ContractState.DRAFT)
    rows = _of(Contract.objects.filter(over, ~Exists(covered), ~Exists(later), ends_on__lt=on), ids)
    found = list(rows.select_related("supplier__owner__user", "owner__user"))
    if not found:
        return []
    open_ = tasks_of([row.supplier_id for row in found]).filter(
        task__actual_finish__isnull=True, task__done__lt=100, plan__initiative__state="active"
    )
    counts = dict(
        open_.order_by()
        .values_list("resource__person__supplier_roles__supplier")
        .annotate(Count("task", distinct=True))
        .values_list("resource__person__supplier_roles__supplier", "task__count")
    )
    return [WorkWithout(row, counts[row.supplier_id]) for row in found if counts.get(row.supplier_id)]


def obligations_overdue(on: dt.date, ids: Iterable[int] | None = None) -> list[Obligation]:
    """Return the obligations that are owed past their day."""
    rows = _of(Obligation.objects.filter(state=ObligationState.OPEN, due_on__lt=on), ids)
    return list(rows.select_related("supplier__owner__user"))


def obligations_expiring(on: dt.date, until: dt.date, ids: Iterable[int] | None = None) -> list[Obligation]:
    """Return the insurances and licences that have to be shown anew between two days."""
    rows = Obligation.objects.filter(state=ObligationState.OPEN, kind__in=EXPIRING, due_on__gte=on, due_on__lte=until)
    return list(_of(rows, ids).select_related("supplier__owner__user"))


def breaches_unnoticed(ids: Iterable[int] | None = None) -> list[BreachCase]:
    """Return the breach cases of which the supplier was not told."""
    rows = _of(BreachCase.objects.filter(state=BreachState.OPEN), ids)
    return list(rows.select_related("owner__user", "level__contract__supplier"))


def cures_ending(until: dt.date, ids: Iterable[int] | None = None) -> list[BreachCase]:
    """Return the cases told of, whose cure period ends by a day, or has ended, without a follow-up."""
    rows = BreachCase.objects.filter(state__in=(BreachState.NOTICED, BreachState.REMEDY), cure_until__lte=until)
    return list(_of(rows, ids).select_related("owner__user", "level__contract__supplier"))


def contacts_overdue(on: dt.date, ids: Iterable[int] | None = None) -> list[SupplierContact]:
    """Return the contacts planned for a day that has passed, and not logged, of suppliers that are in use."""
    rows = SupplierContact.objects.filter(held_on__isnull=True, planned_on__lt=on)
    rows = rows.exclude(supplier__state=SupplierState.ENDED)
    return list(_of(rows, ids).select_related("supplier__owner__user", "owner__user", "initiative"))


def owners_gone(on: dt.date, ids: Iterable[int] | None = None) -> list[Supplier]:
    """Return the suppliers in use whose relationship manager has left."""
    rows = Supplier.objects.exclude(state=SupplierState.ENDED).filter(owner__ends_on__lt=on)
    return list(_of(rows, ids).select_related("owner__manager__user"))


def user_of(*people: Person | None) -> User | None:
    """Return the user of the first of some people who signs in."""
    return next((one.user for one in people if one is not None and one.user_id is not None), None)


def levels_of(record_ids: Iterable[int]) -> list[int]:
    """Return the levels to which service records belong, each once."""
    rows = ServiceRecord.objects.filter(pk__in=list(record_ids)).order_by("level")
    return list(rows.values_list("level", flat=True).distinct())
