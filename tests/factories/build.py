"""The factory: from a model's fields to a valid record."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import NOT_PROVIDED

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.spec import Register
from tests.factories.hints import ABSENT, EACH, FINISH, FULL

M = TypeVar("M", bound=models.Model)
#: The first day of what factories make.
DAY = dt.date(2026, 1, 5)
#: Days between the start and the end of what has both.
SPAN = 200
#: Beginnings of the names of dates at which something ends.
ENDS = ("end", "finish", "expire", "due", "to_", "until", "close", "valid_to")


@dataclass(frozen=True)
class Place:
    """Where records are made: the records there that own a node, the unit first, and the word in every text made
    there.
    """

    homes: tuple[Any, ...]
    word: str

    @property
    def scope(self) -> Scope:
        """The unit's node."""
        scope: Scope = self.homes[0].scope
        return scope

    def home(self, model: type[models.Model]) -> Any:
        """Return what owns a node here, of one model; None when there is no such record."""
        return next((home for home in self.homes if isinstance(home, model)), None)


@dataclass
class Factory:
    """Makes records for one actor at one place; every text bears the place's word, so that a leak can be found."""

    actor: Actor
    place: Place
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def make(self, model: type[M], *, full: bool = False, **given: Any) -> M:
        """Return a stored record, written by its register's writer, with what it refers to."""
        if model is User:
            return self._user()  # type: ignore[return-value]  # M is User here
        draft = self.draft(model, full=full, **given)
        register = for_model(model)
        if register is not None:
            register.write(draft, actor=self.actor)
        elif isinstance(draft, Record):
            records.save(draft, actor=self.actor)
        else:
            draft.save()
        return draft

    def draft(self, model: type[M], *, full: bool = False, **given: Any) -> M:
        """Return a valid record that is not stored; with `full`, every field that is typed in has a value."""
        n = next(self.numbers)
        values = dict(given)
        for found in model._meta.concrete_fields:
            if found.name not in values and (value := self._value(model, found, n, full=full)) is not ABSENT:
                values[found.name] = value
        record = model(**values)
        if (finish := FINISH.get(model._meta.label_lower)) is not None:
            finish(record)
        return record

    def _user(self) -> User:
        n = next(self.numbers)
        return User.objects.create_user(f"user{n}@example.org", name=f"{self.place.word} User {n}")

    def _value(self, model: type[models.Model], found: models.Field[Any, Any], n: int, *, full: bool) -> Any:
        label = model._meta.label_lower
        hint = EACH.get(label, {}).get(found.name) or (FULL.get(label, {}).get(found.name) if full else None)
        if hint is not None:
            value = hint(self, n)
            return value if value is ABSENT else found.to_python(value) if isinstance(value, str) else value
        if found.primary_key or not found.editable:
            return ABSENT
        optional = found.null or found.blank or found.default is not NOT_PROVIDED
        if isinstance(found, models.ForeignKey):
            return self._related(found) if full or not optional else ABSENT
        if found.choices:
            return ABSENT if optional else found.flatchoices[0][0]
        if optional and not (full and found.default is NOT_PROVIDED):
            return ABSENT
        return self._plain(found, n)

    def _related(self, found: Any) -> Any:
        target = found.related_model
        if target is Scope:
            return self.place.scope
        return self.place.home(target) or self.make(target)

    def _plain(self, found: models.Field[Any, Any], n: int) -> Any:
        if isinstance(found, models.DateField | models.TimeField):
            day, hour = self._day(found, n), dt.time(9 + found.name.startswith(ENDS) * 8, 0)
            if isinstance(found, models.DateTimeField):
                return dt.datetime.combine(day, hour, tzinfo=dt.UTC)
            return hour if isinstance(found, models.TimeField) else day
        if isinstance(found, models.BooleanField):
            return False
        if isinstance(found, models.DecimalField | models.IntegerField | models.FloatField):
            return self._number(found)
        if isinstance(found, models.JSONField):
            return {}
        if isinstance(found, models.EmailField):
            return f"{self.place.word.lower()}{n}@example.org"
        if isinstance(found, models.URLField):
            return f"https://example.org/{n}"
        return self._text(found, n)

    def _day(self, found: models.Field[Any, Any], n: int) -> dt.date:
        return DAY + dt.timedelta(days=n + (SPAN if found.name.startswith(ENDS) else 0))

    def _number(self, found: models.Field[Any, Any]) -> Any:
        low = [v.limit_value for v in found.validators if isinstance(v, MinValueValidator)]
        high = [v.limit_value for v in found.validators if isinstance(v, MaxValueValidator)]
        value = max([1, *low])
        value = min([value, *high])
        return Decimal(str(value)) if isinstance(found, models.DecimalField) else int(value)

    def _text(self, found: models.Field[Any, Any], n: int) -> str:
        """Return a text with the place's word; a key is short and has no space."""
        text = f"{self.place.word[:3].upper()}{n}" if found.unique and found.name in ("code", "key") else ""
        text = text or f"{self.place.word} {found.verbose_name} {n}"
        most = getattr(found, "max_length", None) or len(text)
        return text if len(text) <= most else f"{self.place.word} {n}"[-most:]


def _typed(register: Register[Any], record: Any) -> dict[str, Any]:
    """Return the values of the fields that are typed in and can be given by this record, references by their key."""
    found = {}
    for name in register.editable:
        model_field = register.field(name)
        if not isinstance(model_field, models.ManyToManyField):
            found[name] = model_field.value_from_object(record)
    return found


def form_data(register: Register[Any], record: Any) -> dict[str, str]:
    """Return what a browser posts for a record: texts only, nothing for what is empty or not ticked."""
    data = {}
    for name, value in _typed(register, record).items():
        if value is None or value is False:
            continue
        if isinstance(register.field(name), models.JSONField):
            data[name] = json.dumps(value)
        else:
            data[name] = "on" if value is True else str(value)
    if record.pk is not None:
        data["version"] = str(record.version)
    return data


def payload(register: Register[Any], record: Any) -> dict[str, Any]:
    """Return what a program sends for a record: JSON values."""
    body = {}
    for name, value in _typed(register, record).items():
        if value is None or value == "":
            continue
        plain = isinstance(value, bool | int | float | str | list | dict)
        body[name] = value if plain else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return body
