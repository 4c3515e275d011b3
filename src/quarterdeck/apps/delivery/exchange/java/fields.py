"""Fields of MPXJ that the document has no place of its own for: custom fields by their names, the rest as `extra`."""

import re
from collections.abc import Iterator
from typing import Any, Final

from quarterdeck.apps.delivery.exchange.amounts import decimal_text
from quarterdeck.apps.delivery.exchange.document import DocumentField
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import plain_field, text

CUSTOM: Final = re.compile(
    r"(ENTERPRISE_)?(TEXT|NUMBER|FLAG|DATE|START|FINISH|DURATION|COST|OUTLINE_CODE|CUSTOM_FIELD)\d+"
    r"|ENTERPRISE_PROJECT_\w+\d+"
)
BASELINE: Final = re.compile(r"BASELINE\d*_(START|FINISH|DURATION|WORK|COST)")
TYPES: Final = {
    "STRING": "text",
    "NUMERIC": "number",
    "INTEGER": "number",
    "CURRENCY": "cost",
    "BOOLEAN": "flag",
    "DATE": "date",
    "DURATION": "duration",
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Fields that stand in the document, or follow from what does.
HELD: Final = {
    "TASK": _names("""
        UNIQUE_ID ID NAME PARENT_TASK_UNIQUE_ID WBS ACTIVITY_ID DURATION DURATION_UNITS ESTIMATED TASK_MODE ACTIVE
        CALENDAR_UNIQUE_ID IGNORE_RESOURCE_CALENDAR CONSTRAINT_TYPE CONSTRAINT_DATE SECONDARY_CONSTRAINT_TYPE
        SECONDARY_CONSTRAINT_DATE DEADLINE PRIORITY LEVELING_DELAY LEVELING_DELAY_UNITS PERCENT_COMPLETE
        PERCENT_WORK_COMPLETE PHYSICAL_PERCENT_COMPLETE ACTUAL_START ACTUAL_FINISH ACTUAL_DURATION
        ACTUAL_DURATION_UNITS REMAINING_DURATION SUSPEND_DATE RESUME EFFORT_DRIVEN WORK ACTUAL_WORK FIXED_COST COST
        ACTUAL_COST NOTES HYPERLINK_ADDRESS EXTERNAL_TASK START FINISH TOTAL_SLACK FREE_SLACK CRITICAL EARLY_START
        EARLY_FINISH LATE_START LATE_FINISH NULL SUMMARY OUTLINE_LEVEL OUTLINE_NUMBER PREDECESSORS SUCCESSORS
        TASK_CALENDAR_GUID TYPE
    """),
    "RESOURCE": _names("""
        UNIQUE_ID ID NAME TYPE CODE RESOURCE_ID EMAIL_ADDRESS GROUP CALENDAR_UNIQUE_ID CALENDAR_GUID MAX_UNITS
        UNIT_OF_MEASURE_UNIQUE_ID AVAILABLE_FROM AVAILABLE_TO NOTES ACTIVE STANDARD_RATE OVERTIME_RATE
        STANDARD_RATE_UNITS OVERTIME_RATE_UNITS COST_PER_USE
    """),
    "ASSIGNMENT": _names("""
        UNIQUE_ID TASK_UNIQUE_ID RESOURCE_UNIQUE_ID ASSIGNMENT_UNITS WORK ACTUAL_WORK REMAINING_WORK START FINISH
        ASSIGNMENT_DELAY COST ACTUAL_COST COST_RATE_TABLE NOTES ASSIGNMENT_TASK_GUID ASSIGNMENT_RESOURCE_GUID
    """),
    "PROJECT": _names("""
        PROJECT_TITLE AUTHOR CURRENCY_CODE START_DATE FINISH_DATE SCHEDULE_FROM MUST_FINISH_BY STATUS_DATE
        DEFAULT_CALENDAR_UNIQUE_ID MINUTES_PER_DAY MINUTES_PER_WEEK DAYS_PER_MONTH PLANNED_START FILE_TYPE
        FULL_APPLICATION_NAME CRITICAL_SLACK_LIMIT CRITICAL_ACTIVITY_TYPE HONOR_CONSTRAINTS MULTIPLE_CRITICAL_PATHS
        RELATIONSHIP_LAG_CALENDAR TOTAL_SLACK_CALCULATION_TYPE SCHEDULING_PROGRESSED_ACTIVITIES
        MAKE_OPEN_ENDED_ACTIVITIES_CRITICAL COMPUTE_START_TO_START_LAG_FROM_EARLY_START
    """),
}


#: The custom field that keeps Primavera's ids of activities in files of Microsoft Project.
ACTIVITY_ID: Final = "Activity ID"
#: Fields that only say in which unit another one is shown, and amounts that are as nobody touched them.
SHOWN: Final = frozenset({"TIME_UNITS", "RATE_UNITS", "WORK_UNITS"})
#: Fields whose zero says something: total float is the smaller of the two.
SLACKS: Final = ("START_SLACK", "FINISH_SLACK")
NOTHING: Final = (0.0, [0.0, "h"], [0.0, "d"], [0.0, "m"])


class Fields:
    """The fields that a project fills."""

    def __init__(self, project: Any) -> None:
        self.aliases = project.getCustomFields()
        self.properties = project.getProjectProperties()
        self.hours, self.minutes = java("TimeUnit").HOURS, java("TimeUnit").MINUTES
        self.udf = java("UserDefinedField")
        filled = {
            "TASK": project.getTasks().getPopulatedFields(),
            "RESOURCE": project.getResources().getPopulatedFields(),
            "ASSIGNMENT": project.getResourceAssignments().getPopulatedFields(),
            "PROJECT": project.getProjectProperties().getPopulatedFields(),
        }
        self.extras = {of: [each for each in sorted(found, key=text) if self._is_extra(of, each)]
                       for of, found in filled.items()}  # fmt: skip
        self.customs = {of: self._named(of, found) for of, found in filled.items() if of != "PROJECT"}
        self.codes: dict[str, None] = {}
        self.constants: dict[str, Any] = {}

    def _is_custom(self, field: Any) -> bool:
        return isinstance(field, self.udf) or CUSTOM.fullmatch(text(field)) is not None

    def _is_extra(self, of: str, field: Any) -> bool:
        name = text(field)
        kept = name in HELD[of] or name in ("ACTIVITY_CODE_VALUES",) or (of == "TASK" and BASELINE.fullmatch(name))
        return not kept and not (of != "PROJECT" and self._is_custom(field))

    def _named(self, of: str, found: Any) -> list[tuple[str, str, Any]]:
        """Return key, kind and field of each custom field that is filled."""
        named: dict[str, tuple[str, str, Any]] = {}
        for field in sorted(filter(self._is_custom, found), key=text):
            held = self.aliases.get(field)
            alias = "" if held is None else text(held.getAlias())
            name = text(field.getName()) if isinstance(field, self.udf) else readable(text(field))
            key = alias or name
            key = f"{key} ({name})" if key in named else key
            named[key] = (key, text(field.getDataType()), field)
        return list(named.values())

    def value(self, held: Any, name: str) -> Any:
        """Return what a file itself says in a field of a task."""
        if name not in self.constants:
            self.constants[name] = getattr(java("TaskField"), name)
        return held.getCachedValue(self.constants[name])

    def custom(self, of: str, held: Any) -> dict[str, Any]:
        """Return the custom fields of a task, resource or assignment; what is as nobody touched it is left out."""
        found: dict[str, Any] = {}
        for key, kind, field in self.customs[of]:
            value = plain_field(kind, held.getCachedValue(field))
            if value is None or value is False or (isinstance(value, float) and not value):
                continue
            if isinstance(value, list) and len(value) == 2 and isinstance(value[0], float):
                if not value[0]:
                    continue
                value = f"{decimal_text(value[0])}{value[1]}"
            found[key] = value
        if of == "TASK":
            for entry in held.getActivityCodeValues().entrySet():
                name = str(entry.getKey().getName())
                self.codes[name] = None
                found[name] = str(entry.getValue().getName())
        return found

    def others(self, of: str, held: Any) -> dict[str, Any]:
        """Return what else the file says, by the names of the fields."""
        found = {}
        for field in self.extras[of]:
            kind, value = text(field.getDataType()), held.getCachedValue(field)
            if kind in SHOWN and of != "PROJECT":
                continue
            name = text(field)
            if value is not None and (kind == "WORK" or name in SLACKS):
                value = value.convertUnits(self.minutes if name in SLACKS else self.hours, self.properties)
            value = plain_field(kind, value)
            if value is not None and (value not in NOTHING or name in SLACKS):
                found[name] = value
        return found

    def definitions(self) -> tuple[DocumentField, ...]:
        """Return what the keys of `custom` are. Call it last."""
        return tuple(self._definitions())

    def _definitions(self) -> Iterator[DocumentField]:
        for of, named in self.customs.items():
            for key, kind, field in named:
                if key == ACTIVITY_ID:
                    continue
                yield DocumentField(of=of.lower(), name=key, field=text(field), type=TYPES.get(kind, "text"))
        for name in self.codes:
            yield DocumentField(of="task", name=name, field="", type="text")


def readable(name: str) -> str:
    """Return the name of a field as people know it.

    >>> readable("OUTLINE_CODE3"), readable("TEXT1"), readable("ENTERPRISE_FLAG2")
    ('Outline Code3', 'Text1', 'Enterprise Flag2')
    """
    return name.replace("_", " ").title()
