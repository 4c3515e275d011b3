"""Resources of a document as MPXJ has them."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

import jpype

from quarterdeck.apps.delivery.exchange.document import DocumentRate, DocumentResource
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import TYPED, local

#: When rates and availability begin and end that have no date.
SINCE_EVER: Final = "1984-01-01T00:00"
FOR_GOOD: Final = "2049-12-31T23:59"


def write_resource(project: Any, held: DocumentResource, place: int, calendars: Mapping[int, Any]) -> Any:
    """Write one resource; its calendar is written already."""
    double, integer = jpype.JClass("java.lang.Double").valueOf, jpype.JClass("java.lang.Integer").valueOf
    made = project.addResource()
    made.setUniqueID(integer(held.id))
    made.setID(integer(place if held.row is None else held.row))
    made.setName(held.name)
    made.setType(java("ResourceType").valueOf(held.kind.name))
    made.setCode(held.code or None)
    made.setEmailAddress(held.email or None)
    made.setGroup(held.group or None)
    made.setNotes(held.notes or None)
    made.setActive(held.active)
    if held.unit:
        made.setUnitOfMeasure(unit_of_measure(project, held.unit))
    if held.calendar is not None and held.calendar in calendars:
        made.setCalendar(calendars[held.calendar])
    table = made.getAvailability()
    table.clear()
    for first, last, units in held.availability or (("", "", held.max_units),):
        begins, ends = local(first or SINCE_EVER), local(last or FOR_GOOD, "23:59")
        table.add(java("Availability")(begins, ends, double(units * 100)))
    for number, lines in groupby(held.rates, lambda each: each.table):
        rates = java("CostRateTable")()
        for line in lines:
            rates.add(entry(project.getProjectProperties(), line))
        if number == 0 and len(rates) == 1 and held.rates[-1].table:
            # A first table of one line is left out of the file, and lost, where others follow; an empty line keeps it.
            rates.add(entry(project.getProjectProperties(), DocumentRate(first=SINCE_EVER, last=SINCE_EVER)))
        made.setCostRateTable(number, rates)
    return made


def unit_of_measure(project: Any, name: str) -> Any:
    """Return the unit of a material; each is made once."""
    units = project.getUnitsOfMeasure()
    for each in units:
        if str(each.getAbbreviation()) == name:
            return each
    number = jpype.JClass("java.lang.Integer").valueOf(len(units) + 1)
    made = java("UnitOfMeasure$Builder")(project).uniqueID(number).sequenceNumber(number).abbreviation(name).name(name)
    units.add(made.build())
    return units[len(units) - 1]


def entry(properties: Any, held: DocumentRate) -> Any:
    """Return one line of a table of rates."""
    convert, units = java("common.RateHelper").convertFromHours, java("TimeUnit")
    amounts = [
        convert(properties, jpype.JDouble(float(amount)), units.valueOf(TYPED[typed]))
        for amount, typed in ((held.standard, held.standard_unit), (held.overtime, held.overtime_unit))
    ]
    first, last = local(held.first or SINCE_EVER), local(held.last or FOR_GOOD, "23:59")
    use = jpype.JClass("java.lang.Double").valueOf(float(held.per_use))
    return java("CostRateTableEntry")(first, last, use, jpype.JArray(java("Rate"))(amounts))
