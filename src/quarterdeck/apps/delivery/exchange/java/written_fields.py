"""Custom fields of a document in MPXJ: where they came from where they can be, else in fields that are free."""

import re
from collections.abc import Mapping
from typing import Any, Final

import jpype
import msgspec

from quarterdeck.apps.delivery.exchange.document import DocumentField, PlanDocument
from quarterdeck.apps.delivery.exchange.java.fields import ACTIVITY_ID, readable
from quarterdeck.apps.delivery.exchange.java.machine import java
from quarterdeck.apps.delivery.exchange.java.values import field_value

CLASSES: Final = {"task": "TaskField", "resource": "ResourceField", "assignment": "AssignmentField"}
#: Families of fields by the sort of their values, with how many there are.
FAMILIES: Final = {
    "text": ("TEXT", 30),
    "number": ("NUMBER", 20),
    "cost": ("COST", 10),
    "flag": ("FLAG", 20),
    "date": ("DATE", 10),
    "duration": ("DURATION", 10),
}
#: Sorts of values that need no reading.
PLAIN: Final = ("flag", "number")
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?")
SPAN: Final = re.compile(r"(-?[\d.]+)([a-z]+)")


class CustomFields:
    """Which field holds which key of `custom`."""

    def __init__(self, project: Any, document: PlanDocument) -> None:
        self.fields: dict[tuple[str, str], Any] = {}
        self.taken = {(each.of, each.field) for each in document.fields}
        known = {(each.of, each.name) for each in document.fields}
        given = list(document.fields)
        sorts: dict[tuple[str, str], set[str]] = {}
        for of, held in (
            ("task", document.tasks),
            ("resource", document.resources),
            ("assignment", document.assignments),
        ):
            for entity in held:
                for name, value in entity.custom.items():
                    sorts.setdefault((of, name), set()).add(_sort(value))
        for (of, name), found in sorts.items():
            if (of, name) not in known:
                sort = next(iter(found)) if len(found) == 1 else "text"  # what is mixed, only text holds
                given.append(DocumentField(of=of, name=name, field="", type=sort if sort in PLAIN else "text"))
        if any(each.code for each in document.tasks):
            given.append(DocumentField(of="task", name=ACTIVITY_ID, field="", type="text"))
        self.values: set[tuple[str, str]] = set()
        self.aliases = project.getCustomFields()
        #: The names of those for which no field was free.
        self.left_out: list[str] = []
        for each in (_fitting(each, sorts) for each in given):
            field = self._own(each) or self._free(each)
            if field is not None:
                self.fields[each.of, each.name] = field
                if readable(str(field.name())) != each.name:
                    self.aliases.getOrCreate(field).setAlias(each.name)
            else:
                self.left_out.append(each.name)

    @staticmethod
    def _own(held: DocumentField) -> Any:
        fields = java(CLASSES[held.of])
        plain = held.field and held.field.isupper() and not held.field.startswith("ENTERPRISE_PROJECT")
        found = getattr(fields, held.field, None) if plain else None
        return found if isinstance(found, fields) else None

    def _free(self, held: DocumentField) -> Any:
        """Return a field that is free: one for values of the sort, else one for text."""
        for name, count in (FAMILIES.get(held.type, FAMILIES["text"]), FAMILIES["text"]):
            for place in range(1, count + 1):
                if (held.of, f"{name}{place}") not in self.taken:
                    self.taken.add((held.of, f"{name}{place}"))
                    return getattr(java(CLASSES[held.of]), f"{name}{place}")
        return None

    def write(self, of: str, entity: Any, custom: Mapping[str, Any]) -> None:
        """Write the custom fields of a task, resource or assignment; what a field cannot hold is written as text."""
        for name, value in custom.items():
            field = self.fields.get((of, name))
            if field is None:
                continue
            kind = str(field.getDataType().name())
            if str(field.name()).startswith("OUTLINE_CODE"):
                self.listed(field, str(value))
            found: Any = value
            if kind == "DURATION":
                match = SPAN.fullmatch(str(value))
                if match is None:
                    continue
                found = [float(match[1]), match[2]]
            elif kind == "STRING":
                found = str(value)
            elif kind == "DATE":
                found = value if "T" in value else f"{value}T00:00"
            entity.set(field, field_value(kind, found))

    def listed(self, field: Any, value: str) -> None:
        """Put a value into the list of an outline code: only what is there can be chosen."""
        table = self.aliases.getOrCreate(field).getLookupTable()
        if (str(field.name()), value) in self.values:
            return
        self.values.add((str(field.name()), value))
        number = len(self.values)
        item = java("mpp.CustomFieldValueItem")(jpype.JClass("java.lang.Integer").valueOf(number))
        item.setValue(jpype.JString(value))
        item.setGUID(jpype.JClass("java.util.UUID").nameUUIDFromBytes(f"{field.name()} {value}".encode()))
        table.add(item)
        if table.getGUID() is None:
            table.setGUID(jpype.JClass("java.util.UUID").nameUUIDFromBytes(str(field.name()).encode()))


def _fitting(held: DocumentField, sorts: Mapping[tuple[str, str], set[str]]) -> DocumentField:
    """Return a field as it is written: as text where one of its values is of another sort than it says."""
    fit = "number" if held.type == "cost" else held.type
    if fit not in (*PLAIN, "date", "duration") or sorts.get((held.of, held.name), set()) <= {fit}:
        return held
    return msgspec.structs.replace(held, field="", type="text")


def _sort(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    text = str(value)
    return "date" if MOMENT.fullmatch(text) else "duration" if SPAN.fullmatch(text) else "text"
