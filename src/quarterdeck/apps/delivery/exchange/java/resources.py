"""Resources as MPXJ has them, with rates and availability, made into those of a document."""

from collections.abc import Iterator
from typing import Any, Final

from quarterdeck.apps.delivery.exchange.amounts import decimal_text
from quarterdeck.apps.delivery.exchange.document import DocumentRate, DocumentResource, ResourceKind
from quarterdeck.apps.delivery.exchange.java.fields import Fields
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import moment, money, number, text, unit, whole

KINDS: Final = {
    "WORK": ResourceKind.WORK,
    "NON_LABOR": ResourceKind.WORK,
    "MATERIAL": ResourceKind.MATERIAL,
    "COST": ResourceKind.COST,
}
#: The last moment that stands for "for good".
FOR_GOOD: Final = "2049-12-31"
#: The first moment that stands for "since ever".
SINCE_EVER: Final = "1984-01-01"


def resource(held: Any, known: Fields, properties: Any) -> DocumentResource:
    """Return one resource."""
    calendar, periods = held.getCalendar(), tuple(availability(held))
    units = number(held.getMaxUnits())
    if periods:  # else what the file says would be that of today
        units = periods[0][2] * 100
    kind = text(held.getType())
    label = held.getUnitOfMeasure()
    return DocumentResource(
        id=int(held.getUniqueID()),
        name=text(held.getName()),
        kind=KINDS.get(kind, ResourceKind.WORK),
        code=text(held.getCode()) or text(held.getResourceID()),
        email=text(held.getEmailAddress()),
        group=text(held.getGroup()),
        calendar=None if calendar is None else int(calendar.getUniqueID()),
        max_units=1.0 if units is None else units / 100,
        unit=text(held.getMaterialLabel()) if label is None else str(label.getAbbreviation() or label.getName()),
        availability=periods,
        rates=tuple(rates(held, properties)),
        notes=text(held.getNotes()),
        active=bool(held.getActive()),
        row=whole(held.getID()),
        custom=known.custom("RESOURCE", held),
        extra=known.others("RESOURCE", held) | ({"TYPE": kind} if kind == "NON_LABOR" else {}),
    )


def first(value: Any) -> str:
    """Return when something begins; empty: since ever."""
    found = moment(value)
    return "" if found == SINCE_EVER else found


def last(value: Any) -> str:
    """Return until when something lasts; empty: for good."""
    found = moment(value, "T23:59")
    return "" if found.startswith(FOR_GOOD) else found


def availability(held: Any) -> Iterator[tuple[str, str, float]]:
    """Yield how many units there are from when to when."""
    table = held.getAvailability()
    if table is None or table.hasDefaultDateRange():
        return
    for each in table:
        span = each.getRange()
        yield first(span.getStart()), last(span.getEnd()), (number(each.getUnits()) or 0.0) / 100


def rates(held: Any, properties: Any) -> Iterator[DocumentRate]:
    """Yield the dated rates of the five tables; a table of nothing but zero is none."""
    for table in range(5):
        found = held.getCostRateTable(table)
        lines = [rate(properties, table, each) for each in found or []]
        if any((each.standard, each.overtime, each.per_use) != ("0", "0", "0") for each in lines):
            yield from lines


def rate(properties: Any, table: int, entry: Any) -> DocumentRate:
    """Return one line of a table."""
    standard, overtime = entry.getStandardRate(), entry.getOvertimeRate()
    return DocumentRate(
        table=table,
        first=first(entry.getStartDate()),
        last=last(entry.getEndDate()),
        standard=amount(properties, standard),
        overtime=amount(properties, overtime),
        per_use=money(entry.getCostPerUse()),
        standard_unit="h" if standard is None else unit(standard.getUnits()),
        overtime_unit="h" if overtime is None else unit(overtime.getUnits()),
    )


def amount(properties: Any, rate_: Any) -> str:
    """Return what a rate is for one hour."""
    return (
        "0"
        if rate_ is None
        else decimal_text(round(float(java("common.RateHelper").convertToHours(properties, rate_)), 10))
    )
