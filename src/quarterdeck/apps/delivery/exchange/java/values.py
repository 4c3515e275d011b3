"""Values of MPXJ as plain ones and back: text, numbers, true and false, ISO dates, `[amount, unit]`."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import jpype

from quarterdeck.apps.delivery.exchange.amounts import decimal_text
from quarterdeck.apps.delivery.exchange.java.machine import java

EPOCH: Final = dt.date(1970, 1, 1)
#: Kinds of values that are the raw form of what MPXJ has read, or live elsewhere in the document.
SKIPPED: Final = frozenset({"BINARY", "RELATION_LIST", "SUBPROJECT", "CUSTOM"})
#: The class of every enumerated kind of value.
ENUMERATIONS: Final = {
    "ACCRUE": "AccrueType",
    "CONSTRAINT": "ConstraintType",
    "TASK_TYPE": "TaskType",
    "RESOURCE_TYPE": "ResourceType",
    "WORKGROUP": "WorkGroup",
    "RATE_UNITS": "TimeUnit",
    "WORK_UNITS": "TimeUnit",
    "TIME_UNITS": "TimeUnit",
    "EARNED_VALUE_METHOD": "EarnedValueMethod",
    "RESOURCE_REQUEST_TYPE": "ResourceRequestType",
    "CURRENCY_SYMBOL_POSITION": "CurrencySymbolPosition",
    "DATE_ORDER": "DateOrder",
    "PROJECT_TIME_FORMAT": "ProjectTimeFormat",
    "PROJECT_DATE_FORMAT": "ProjectDateFormat",
    "SCHEDULE_FROM": "ScheduleFrom",
    "DAY": "java.time.DayOfWeek",
    "MPX_FILE_VERSION": "FileVersion",
    "MPX_CODE_PAGE": "CodePage",
    "BOOKING_TYPE": "BookingType",
    "PERCENT_COMPLETE_TYPE": "PercentCompleteType",
    "ACTIVITY_STATUS": "ActivityStatus",
    "ACTIVITY_TYPE": "ActivityType",
    "CRITICAL_ACTIVITY_TYPE": "CriticalActivityType",
    "RATE_SOURCE": "RateSource",
    "TASK_MODE": "TaskMode",
    "TOTAL_SLACK_TYPE": "TotalSlackCalculationType",
    "RELATIONSHIP_LAG_CALENDAR": "RelationshipLagCalendar",
    "SCHEDULING_PROGRESSED_ACTIVITIES": "SchedulingProgressedActivities",
}
#: Units of time as they are typed.
UNITS: Final = {
    "MINUTES": "m",
    "HOURS": "h",
    "DAYS": "d",
    "WEEKS": "w",
    "MONTHS": "mo",
    "YEARS": "y",
    "ELAPSED_MINUTES": "em",
    "ELAPSED_HOURS": "eh",
    "ELAPSED_DAYS": "ed",
    "ELAPSED_WEEKS": "ew",
    "ELAPSED_MONTHS": "emo",
    "ELAPSED_YEARS": "ey",
    "PERCENT": "%",
    "ELAPSED_PERCENT": "e%",
}
TYPED: Final = {typed: name for name, typed in UNITS.items()}


def when(value: Any) -> int | None:
    """Return a LocalDateTime as minutes since 1970."""
    if value is None:
        return None
    return (day(value) - EPOCH).days * 1440 + int(value.getHour()) * 60 + int(value.getMinute())


def day(value: Any) -> dt.date:
    """Return the date of a LocalDate or LocalDateTime, held within the engine's horizon."""
    return dt.date(max(1900, min(2199, int(value.getYear()))), int(value.getMonthValue()), int(value.getDayOfMonth()))


def text(value: Any) -> str:
    """Return the name of an enumerated value, or a text; empty for none."""
    if value is None:
        return ""
    return str(value.name()) if hasattr(value, "name") else str(value)


def number(value: Any) -> float | None:
    """Return a number of whatever kind; None where it is none, as files write it whose sums went wrong."""
    if value is None:
        return None
    found = float(value.doubleValue() if hasattr(value, "doubleValue") else value)
    return found if math.isfinite(found) else None


def rounded(value: Any) -> float | None:
    """Return a number with four decimals."""
    found = number(value)
    return None if found is None else round(found, 4)


def _span(amount: Any, units: Any) -> list[Any] | None:
    found = rounded(amount)
    return None if found is None else [found, unit(units)]


def whole(value: Any) -> int | None:
    """Return a whole number."""
    return None if value is None else int(value)


def money(value: Any) -> str:
    """Return an amount as decimal text; "0" for none."""
    return decimal_text(round(number(value) or 0.0, 4))


def unit(value: Any) -> str:
    """Return a TimeUnit as it is typed."""
    return "d" if value is None else UNITS[str(value.name())]


def moment(value: Any, edge: str = "T00:00") -> str:
    """Return a LocalDateTime as ISO text, the date alone where the time is the given one."""
    if value is None:
        return ""
    found = str(value)[:16]
    return found.removesuffix(edge)


def _timephased(value: Any) -> list[list[Any]]:
    return [
        [str(each.getStart()), str(each.getFinish()), plain(each.getTotalAmount()), plain(each.getAmountPerHour())]
        for each in value
    ]


def _mapping(value: Any) -> dict[str, Any]:
    return {str(entry.getKey()): plain(entry.getValue()) for entry in value.entrySet()}


def _code(value: Any) -> dict[str, str]:
    return {str(entry.getKey()): str(entry.getValue().getName()) for entry in value.entrySet()}


#: By the simple name of a class, how its values are made plain.
_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "String": str,
    "Notes": str,
    "RtfNotes": str,
    "HtmlNotes": str,
    "StructuredNotes": str,
    "Boolean": bool,
    "Integer": int,
    "Long": int,
    "Short": int,
    "Double": rounded,
    "Float": rounded,
    "BigDecimal": rounded,
    "BigInteger": int,
    "LocalDateTime": str,
    "LocalDate": str,
    "LocalTime": str,
    "UUID": str,
    "Character": str,
    "Duration": lambda value: _span(value.getDuration(), value.getUnits()),
    "Rate": lambda value: (
        None if number(value.getAmount()) is None else [number(value.getAmount()), unit(value.getUnits())]
    ),
    "Priority": lambda value: int(value.getValue()),
    "WorkContour": lambda value: str(value.getName()),
}


def plain(value: Any) -> Any:
    """Return a value as plain JSON can hold it; what has no plain form as its text."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, jpype.JClass("java.lang.Enum")):
        return str(value.name())
    found = _PLAIN.get(type(value).__name__.rpartition(".")[2])
    return str(value) if found is None else found(value)


def plain_field(kind: str, value: Any) -> Any:
    """Return the value of a field of a kind (MPXJ's DataType) as plain JSON can hold it; None to leave it out."""
    if value is None or kind in SKIPPED:
        return None
    if kind in ("TIMEPHASED_WORK_LIST", "TIMEPHASED_COST_LIST"):
        return _timephased(value) or None
    if kind == "MAP":
        return _mapping(value)
    if kind in ("ACTIVITY_CODE_VALUES", "CODE_VALUES"):
        return _code(value) or None
    found = plain(value)
    return found if found not in ("", [], {}) else None


# -- back


@cache
def _parsers() -> dict[str, Callable[[Any], Any]]:
    def box(name: str, kind: Any) -> Callable[[Any], Any]:
        found = jpype.JClass(f"java.lang.{name}")
        return lambda value: found.valueOf(kind(value))

    def parsed(name: str) -> Callable[[Any], Any]:
        found = jpype.JClass(f"java.time.{name}")
        return lambda value: found.parse(value)  # noqa: PLW0108  found.parse is overloaded

    double, integer = box("Double", jpype.JDouble), box("Integer", jpype.JInt)
    number_like = dict.fromkeys(("CURRENCY", "NUMERIC", "UNITS", "PERCENTAGE"), double)
    integer_like = dict.fromkeys(("INTEGER", "SHORT"), integer)
    return {
        **number_like,
        **integer_like,
        **dict.fromkeys(("DURATION", "WORK", "DELAY"), duration),
        "STRING": jpype.JString,
        "NOTES": java("Notes"),
        "BOOLEAN": box("Boolean", jpype.JBoolean),
        "DATE": parsed("LocalDateTime"),
        "TIME": parsed("LocalTime"),
        "RATE": lambda value: rate(*value),
        "PRIORITY": lambda value: java("Priority").getInstance(int(value)),
        "GUID": lambda value: jpype.JClass("java.util.UUID").fromString(value),
        "CHAR": lambda value: jpype.JClass("java.lang.Character").valueOf(jpype.JChar(value[0])),
    }


def duration(value: tuple[float, str] | list[Any]) -> Any:
    """Return `[amount, unit]` as a Duration."""
    amount, typed = value
    return java("Duration").getInstance(jpype.JDouble(amount), java("TimeUnit").valueOf(TYPED[typed]))


def rate(amount: float, typed: str) -> Any:
    """Return an amount for a unit of time as a Rate."""
    return java("Rate").valueOf(
        jpype.JClass("java.lang.Double").valueOf(amount), java("TimeUnit").valueOf(TYPED[typed])
    )


def instant(minutes: int | None) -> Any:
    """Return minutes since 1970 as a LocalDateTime."""
    if minutes is None:
        return None
    days, minute = divmod(minutes, 1440)
    of = jpype.JClass("java.time.LocalDateTime").of
    found = EPOCH + dt.timedelta(days=days)
    return of(found.year, found.month, found.day, minute // 60, minute % 60)


def local(iso: str, edge: str = "00:00") -> Any:
    """Return an ISO date or date and time as a LocalDateTime; at `edge` where it has no time."""
    return jpype.JClass("java.time.LocalDateTime").parse(iso if "T" in iso else f"{iso}T{edge}") if iso else None


def _timephased_back(kind: str, value: list[list[Any]]) -> Any:
    work = kind == "TIMEPHASED_WORK_LIST"
    found = jpype.JClass("java.util.ArrayList")()
    double, parse = jpype.JClass("java.lang.Double").valueOf, jpype.JClass("java.time.LocalDateTime").parse
    for first, last, total, hourly in value:
        each = java("TimephasedWork" if work else "TimephasedCost")()
        each.setStart(parse(first))
        each.setFinish(parse(last))
        if total is not None:
            each.setTotalAmount(duration(total) if work else double(total))
        if hourly is not None:
            each.setAmountPerHour(duration(hourly) if work else double(hourly))
        found.add(each)
    return found


def field_value(kind: str, value: Any) -> Any:
    """Return a plain value as MPXJ has it in a field of a kind; None where that kind cannot be written."""
    if kind in ("TIMEPHASED_WORK_LIST", "TIMEPHASED_COST_LIST"):
        return _timephased_back(kind, value)
    if kind == "WORK_CONTOUR":
        return getattr(java("WorkContour"), value.upper().replace(" ", "_"), None)
    if kind in ENUMERATIONS:
        return java(ENUMERATIONS[kind]).valueOf(value)
    found = _parsers().get(kind)
    return None if found is None else found(value)
