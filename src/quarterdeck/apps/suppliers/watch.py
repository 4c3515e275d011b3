"""What can go wrong with suppliers, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.suppliers.selectors import stock, watching
from quarterdeck.apps.suppliers.selectors.watching import user_of
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check

#: The accountabilities that the checks serve.
RESPONSIBILITY: Final = "supplier-responsibility"
ENGAGEMENT: Final = "supplier-engagement"
STOCK: Final = "suppliers.stock"
ORDERS: Final = "suppliers.orders"
#: Days ahead in which what comes is told.
RENEWAL: Final = dt.timedelta(days=60)
EXPIRY: Final = dt.timedelta(days=30)
CURE: Final = dt.timedelta(days=5)
#: How long before the last day to order a shortage is told.
SHORT_AHEAD: Final = dt.timedelta(days=30)


@check(
    name="contract-to-decide",
    title=_("Contract to be decided"),
    function=RESPONSIBILITY,
    severity="medium",
    reads=("suppliers.contract", "suppliers.supplier"),
    remedy=_("Decide"),
)
def contract_to_decide(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find contracts whose notice has to be given, or which end, within 60 days."""
    today = clock.local_date(now)
    for row in watching.contracts_to_decide(today + RENEWAL, today, ids):
        owner = user_of(row.owner, row.supplier.owner)
        if row.notice_on is not None and today <= row.notice_on <= today + RENEWAL:
            yield Fact(
                row,
                key="notice",
                message=_("Notice to %(supplier)s is due by %(day)s, or the contract is renewed.")
                if row.renews
                else _("Notice to %(supplier)s is due by %(day)s."),
                values={"supplier": row.supplier.name, "day": row.notice_on},
                owner_user=owner,
                due_on=row.notice_on,
            )
        if row.ends_on is not None and today <= row.ends_on <= today + RENEWAL and not row.renews:
            yield Fact(
                row,
                key="end",
                message=_("The contract with %(supplier)s ends on %(day)s."),
                values={"supplier": row.supplier.name, "day": row.ends_on},
                owner_user=owner,
                due_on=row.ends_on,
            )


@check(
    name="contract-ended-with-work",
    title=_("Work without contract"),
    function=RESPONSIBILITY,
    severity="high",
    reads=("suppliers.contract",),
    remedy=_("Renew or stop"),
)
def contract_ended_with_work(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find contracts that have ended while tasks given to the supplier go on, and no other contract covers them."""
    for found in watching.ended_with_work(clock.local_date(now), ids):
        row = found.contract
        yield Fact(
            row,
            message=_("Ended on %(day)s; %(tasks)s tasks given to %(supplier)s go on."),
            values={"day": row.ends_on, "tasks": found.tasks, "supplier": row.supplier.name},
            owner_user=user_of(row.owner, row.supplier.owner),
            due_on=row.ends_on,
        )


@check(
    name="obligation-overdue",
    title=_("Obligation overdue"),
    function=RESPONSIBILITY,
    severity="high",
    reads=("suppliers.obligation", "suppliers.supplier"),
    remedy=_("Note it met"),
)
def obligation_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find what suppliers owe past its day."""
    for row in watching.obligations_overdue(clock.local_date(now), ids):
        yield Fact(
            row,
            message=_("%(supplier)s owes it since %(day)s."),
            values={"supplier": row.supplier.name, "day": row.due_on},
            owner_user=user_of(row.supplier.owner),
            due_on=row.due_on,
            url=f"/obligations/{row.code}/do/meet/",
        )


@check(
    name="obligation-expiring",
    title=_("Insurance or licence expiring"),
    function=RESPONSIBILITY,
    severity="medium",
    reads=("suppliers.obligation", "suppliers.supplier"),
    remedy=_("Note it met"),
)
def obligation_expiring(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find insurances and licences that have to be shown anew within 30 days."""
    today = clock.local_date(now)
    for row in watching.obligations_expiring(today, today + EXPIRY, ids):
        yield Fact(
            row,
            message=_("%(supplier)s has to show it anew by %(day)s."),
            values={"supplier": row.supplier.name, "day": row.due_on},
            owner_user=user_of(row.supplier.owner),
            due_on=row.due_on,
            url=f"/obligations/{row.code}/do/meet/",
        )


@check(
    name="breach-without-notice",
    title=_("Breach without notice"),
    function=RESPONSIBILITY,
    severity="high",
    reads=("suppliers.breachcase",),
    remedy=_("Send notice"),
)
def breach_without_notice(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find breach cases of which the supplier was not told."""
    for row in watching.breaches_unnoticed(ids):
        yield Fact(
            row,
            message=_("%(supplier)s kept %(level)s at %(achieved)s %%, target %(target)s %%; no notice was sent."),
            values={
                "supplier": row.level.contract.supplier.name,
                "level": row.level.name,
                "achieved": row.achieved.normalize(),
                "target": row.target.normalize(),
            },
            owner_user=user_of(row.owner),
            due_on=row.opened_on,
            url=f"/breaches/{row.code}/",
        )


@check(
    name="cure-running-out",
    title=_("Cure period running out"),
    function=RESPONSIBILITY,
    severity="high",
    reads=("suppliers.breachcase",),
    remedy=_("Follow up"),
)
def cure_running_out(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find cases whose cure period ends within five days, or has ended, and that were not followed up."""
    today = clock.local_date(now)
    for row in watching.cures_ending(today + CURE, ids):
        over = row.cure_until is not None and row.cure_until < today
        yield Fact(
            row,
            message=_("%(supplier)s had until %(day)s to cure it.") if over else _("%(supplier)s has until %(day)s."),
            values={"supplier": row.level.contract.supplier.name, "day": row.cure_until},
            owner_user=user_of(row.owner),
            due_on=row.cure_until,
            url=f"/breaches/{row.code}/",
        )


@check(
    name="supplier-contact-overdue",
    title=_("Contact with supplier overdue"),
    function=ENGAGEMENT,
    severity="medium",
    reads=("suppliers.suppliercontact", "suppliers.supplier"),
    remedy=_("Log it"),
)
def supplier_contact_overdue(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find contacts whose planned day has passed and that were not logged."""
    for row in watching.contacts_overdue(clock.local_date(now), ids):
        yield Fact(
            row,
            message=_("Planned with %(supplier)s for %(day)s, and not logged."),
            values={"supplier": row.supplier.name, "day": row.planned_on},
            owner_user=user_of(row.owner, row.supplier.owner),
            due_on=row.planned_on,
            url=f"/supplier-contacts/{row.pk}/do/log/",
        )


@check(
    name="supplier-owner-left",
    title=_("Supplier without relationship manager"),
    function=ENGAGEMENT,
    severity="high",
    reads=("suppliers.supplier", "people.person"),
    remedy=_("Name one"),
)
def supplier_owner_left(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find suppliers in use whose relationship manager has left; who managed that one names another."""
    for row in watching.owners_gone(clock.local_date(now), ids):
        yield Fact(
            row,
            message=_("%(person)s left on %(day)s."),
            values={"person": row.owner.name, "day": row.owner.ends_on},
            owner_user=user_of(row.owner.manager),
            due_on=row.owner.ends_on,
            url=f"/suppliers/{row.code}/edit/",
        )


@check(
    name="stock-shortage",
    title=_("Stock runs short"),
    function=STOCK,
    severity="high",
    reads=(
        "suppliers.stocklevel",
        "suppliers.stockmovement",
        "suppliers.materialrequirement",
        "suppliers.stockitem",
        "delivery.task",
    ),
    remedy=_("Order or transfer"),
    whole=True,
)
def stock_shortage(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find items that will be short at a location for tasks, thirty days before they have to be ordered or sooner."""
    today = clock.local_date(now)
    for row in stock.shortages(on=today, ahead=SHORT_AHEAD, ids=ids):
        message = _("%(missing)s %(measure)s short on %(day)s, to be ordered by %(by)s, for %(tasks)s.")
        if row.order_by < today:
            message = _("%(missing)s %(measure)s short on %(day)s, %(late)s days too late to order, for %(tasks)s.")
        yield Fact(
            row.level,
            message,
            values={
                "missing": stock.told(row.missing),
                "measure": row.level.item.get_measure_display(),
                "day": row.day,
                "by": row.order_by,
                "late": (today - row.order_by).days,
                "tasks": row.tasks,
            },
            owner_user=user_of(row.level.location.keeper),
            due_on=row.order_by,
            url=row.level.url,
        )


@check(
    name="stock-to-order",
    title=_("Stock to be ordered"),
    function=ORDERS,
    severity="medium",
    reads=("suppliers.stockitem", "suppliers.stockmovement", "suppliers.stocklevel"),
    remedy=_("Order"),
    whole=True,
)
def stock_to_order(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find items in use of which all that is on hand has fallen to the reorder point."""
    for row in stock.to_order(ids):
        yield Fact(
            row,
            _("All that is on hand has fallen to the reorder point of %(point)s %(measure)s."),
            values={"point": stock.told(row.reorder_point), "measure": row.get_measure_display()},
            due_on=clock.local_date(now),
            url=row.url,
        )
