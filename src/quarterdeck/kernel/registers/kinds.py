"""Kinds of value: how each is filtered, shown, exported and described."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from typing_extensions import override

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.conditions import Condition, FilterError, date_range
from quarterdeck.kernel.registers.naming import NOTHING, Openable
from quarterdeck.kernel.ui import components

#: The tones that choices classes name, as badges know them.
_TONES = {"red": "red", "amber": "amber", "green": "green", "blue": "accent"}
EMPTY = mark_safe('<span class="none" role="img" aria-label="none">–</span>')


def closed() -> SafeString:
    """Return what stands in place of a value that the reader may not see: not the same as none."""
    return format_html(
        '<span class="faint" role="img" aria-label="{0}" title="{0}">{1}</span>', _("closed to you"), components.CLOSED
    )


@dataclass(frozen=True)
class Context:
    """What parsing and showing a value may need besides the value.

    `places` are the decimal places to which columns of numbers are shown, so that their points stand in line. `opens`
    are the named records that the reader may open; the others are no links.
    """

    actor: Actor
    today: dt.date
    places: Mapping[str, int] = field(default_factory=dict)
    opens: Openable = NOTHING


class Kind:
    """Text on one line; the base of the others."""

    name = "text"
    align = "start"
    sums = False
    presets: Sequence[str] = ()

    def parse(self, text: str, context: Context) -> Condition:
        """Return the condition that a filter's text means. Raises FilterError."""
        if text in ("none", "any"):
            return Condition(text, ("text",))
        return Condition("contains", tuple(text.split()))

    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        """Return the cell's content for a value that is not empty."""
        return format_html("{}", value)

    def plain(self, value: Any) -> Any:
        """Return the value as exports write it: text, number, date or None."""
        return None if value in (None, "") else value

    def text(self, value: Any) -> str:
        """Return the value in words, for history, conflict pages and previews."""
        return str(value)


class LongText(Kind):
    """Text of several lines; the cell shows its beginning."""

    name = "long text"

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        return format_html('<span class="clip">{}</span>', str(value)[:200])


class Code(Kind):
    """A human code, such as PRJ-0042."""

    name = "code"

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        return components.code(value)


class Link(Kind):
    """A web or mail address."""

    name = "link"

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        href = f"mailto:{value}" if "@" in str(value) and "://" not in str(value) else str(value)
        if not href.startswith(("mailto:", "https://", "http://")):
            return format_html("{}", value)
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', href, value)


class Choice(Kind):
    """One of a fixed set of values, shown as a badge in its state's tone."""

    name = "choice"

    def __init__(self, choices: Mapping[str, str] | None = None, tones: Mapping[str, str] | None = None) -> None:
        self.choices = dict(choices or {})
        self.tones = dict(tones or {})

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text in ("none", "any"):
            return Condition(text, ("text",))
        refused = text.startswith("!")
        values = tuple(part for part in text.removeprefix("!").split(",") if part)
        unknown = [value for value in values if value not in self.choices]
        if unknown or not values:
            raise FilterError(
                _("“%(value)s” is not one of: %(choices)s.")
                % {"value": ", ".join(unknown) or text, "choices": ", ".join(self.choices)}
            )
        return Condition("not_in" if refused else "in", values)

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        if not self.tones:
            return format_html("{}", self.text(value))
        return components.badge(self.text(value), self.tone(value))

    def tone(self, value: Any) -> str:
        """Return the badge tone of a value; empty for none."""
        return _TONES.get(self.tones.get(str(value), ""), "")

    @override
    def plain(self, value: Any) -> Any:
        return self.text(value) if value not in (None, "") else None

    @override
    def text(self, value: Any) -> str:
        return str(self.choices.get(str(value), value))


class YesNo(Kind):
    """True or false."""

    name = "yes-no"

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text not in ("yes", "no"):
            raise FilterError(_("Write yes or no."))
        return Condition("in", (text == "yes",))

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        # Down a column of yes and no the eye looks for the yes.
        return format_html("{}" if value else '<span class="faint">{}</span>', self.text(value))

    @override
    def plain(self, value: Any) -> Any:
        return None if value is None else self.text(value)

    @override
    def text(self, value: Any) -> str:
        return _("yes") if value else _("no")


class Number(Kind):
    """A number; aligned, with thousands separated."""

    name = "number"
    align = "end"
    sums = True
    presets = ("none",)

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text in ("none", "any"):
            return Condition(text)
        low, dots, high = text.partition("..")
        bounds = (self._number(low), self._number(high)) if dots else (self._number(text), self._number(text))
        return Condition("between", bounds)

    def _number(self, text: str) -> decimal.Decimal | None:
        if not text:
            return None
        try:
            number = decimal.Decimal(text.replace(",", ""))
        except decimal.InvalidOperation as error:
            raise FilterError(_("“%(text)s” is not a number; write 10..20, 10.. or ..20.") % {"text": text}) from error
        if not number.is_finite() or abs(number) >= decimal.Decimal(10) ** 18:
            raise FilterError(_("“%(text)s” is out of range.") % {"text": text[:30]})
        return number

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        return format_html("{}", self.text(value))

    @override
    def text(self, value: Any) -> str:
        if isinstance(value, float):
            value = round(decimal.Decimal(str(value)), 2)
        # Without its noughts a hundred is 1E+2, which only "f" writes out.
        text = f"{value.normalize():,f}" if isinstance(value, decimal.Decimal) else f"{value:,}"
        return text.replace("-", "\u2212")

    def places(self, value: Any) -> int:
        """Return how many decimal places a value needs."""
        exact = decimal.Decimal(str(value)).normalize().as_tuple().exponent
        return max(0, -exact) if isinstance(exact, int) else 0


class Money(Number):
    """An amount in the record's currency."""

    name = "money"

    @override
    def text(self, value: Any) -> str:
        amount = decimal.Decimal(value)
        whole = amount == amount.to_integral_value()
        return (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace("-", "\u2212")


class Percent(Number):
    """A percentage."""

    name = "percent"

    @override
    def text(self, value: Any) -> str:
        return f"{super().text(value)}\u202f%"


class Date(Kind):
    """A calendar date; the year is shown when it is not this one."""

    name = "date"
    presets: Sequence[str] = (
        "overdue",
        "today",
        "this_week",
        "this_month",
        "next:30d",
        "last:30d",
        "this_quarter",
        "this_year",
        "none",
    )

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text in ("none", "any"):
            return Condition(text)
        refused = text.startswith("!")
        return Condition("outside" if refused else "between", date_range(text.removeprefix("!"), context.today))

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        return components.date_(value, context.today)

    @override
    def text(self, value: Any) -> str:
        return components.date_text(value) if isinstance(value, dt.date) else str(value)


class Moment(Date):
    """A date with its time of day."""

    name = "moment"
    presets: Sequence[str] = ("today", "this_week", "last:7d", "last:30d", "this_month")

    @override
    def parse(self, text: str, context: Context) -> Condition:
        condition = super().parse(text, context)
        if condition.op not in ("between", "outside"):
            return condition
        low, high = condition.values
        start = timezone.make_aware(dt.datetime.combine(low, dt.time.min)) if low else None
        return Condition(condition.op, (start, clock.end_of(high) if high else None))

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        local = timezone.localtime(value)
        return format_html(
            '<time datetime="{}">{} {}</time>',
            value.isoformat(),
            components.date_(local.date(), context.today),
            f"{local:%H:%M}",
        )

    @override
    def plain(self, value: Any) -> Any:
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0) if value else None


class Time(Kind):
    """A time of day, to the minute."""

    name = "time"

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text in ("none", "any"):
            return Condition(text)
        low, dots, high = text.partition("..")
        bounds = (self._time(low), self._time(high)) if dots else (self._time(text), self._time(text))
        return Condition("between", bounds)

    def _time(self, text: str) -> dt.time | None:
        try:
            return dt.time.fromisoformat(text) if text else None
        except ValueError as error:
            raise FilterError(
                _("“%(text)s” is not a time of day; write 08:00..12:00.") % {"text": text[:20]}
            ) from error

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        return format_html("{}", self.text(value))

    @override
    def text(self, value: Any) -> str:
        return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value)


class Reference(Kind):
    """Another record; the cell leads to it where the reader may open it, and else only names it."""

    name = "reference"
    presets = ("none",)

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model

    @override
    def parse(self, text: str, context: Context) -> Condition:
        if text in ("none", "any"):
            return Condition(text)
        if text == "me":
            return Condition("in", self._mine(context))
        refused = text.startswith("!")
        parts = text.removeprefix("!").split(",")
        if not all(part.isdecimal() and len(part) < 19 for part in parts):
            raise FilterError(_("Choose one of those listed."))
        return Condition("not_in" if refused else "in", tuple(int(part) for part in parts))

    def _mine(self, context: Context) -> tuple[int, ...]:
        user = context.actor.user
        if user is None:
            return ()
        if isinstance(user, self.model):
            return (user.pk,)
        owners: tuple[str, ...] = getattr(self.model, "row_owner", ())
        found: set[int] = set()
        for name in owners:
            found.update(self.model._default_manager.filter(**{name: user.pk}).values_list("pk", flat=True))
        return tuple(found)

    @override
    def html(self, value: Any, record: Any, context: Context) -> SafeString:
        from quarterdeck.kernel.registers import spec

        register = spec.for_model(self.model)
        if register is None:
            return format_html("{}", value)
        return register.chip(value) if value in context.opens else register.named(value)

    @override
    def plain(self, value: Any) -> Any:
        from quarterdeck.kernel.registers import spec

        register = spec.for_model(self.model)
        return None if value is None else register.ref(value) if register and register.key else str(value)


def name_of(record: Any) -> str:
    """Return the name by which a row shows another record: without the code by which that one is known."""
    from quarterdeck.kernel.registers import spec

    register = spec.for_model(type(record))
    return register.title_of(record) if register else str(record)


#: The kinds that need nothing but their name.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (Kind(), LongText(), Code(), Link(), YesNo(), Number(), Money(), Percent(), Date(), Moment(), Time())
}


def kind_of(field: models.Field[Any, Any], field_class: str = "") -> Kind:
    """Return the kind of a model field; a decimal of the money class is an amount."""
    if isinstance(field, models.ForeignKey):
        return Reference(field.related_model)
    if field.choices:
        pairs = {str(value): str(label) for value, label in field.flatchoices}
        return Choice(pairs, _tones(field))
    for types, name in _BY_FIELD:
        if isinstance(field, types):
            return KINDS["money" if name == "number" and field_class == "money" else name]
    return KINDS["text"]


def _tones(field: models.Field[Any, Any]) -> Mapping[str, str]:
    """Return the badge tones that the field's choices class states.

    Django keeps only the pairs of a choices class, so the class is found again among those of the model's own app.
    """
    app = f"{field.model.__module__.partition('.models')[0]}."
    values = [value for value, _label in field.flatchoices]
    for source in models.TextChoices.__subclasses__():
        tones = getattr(source, "tones", None)
        if source.__module__.startswith(app) and callable(tones) and source.values == values:
            return {str(key): tone for key, tone in tones().items()}
    return {}


_BY_FIELD: tuple[tuple[tuple[type[Any], ...], str], ...] = (
    ((models.BooleanField,), "yes-no"),
    ((models.DateTimeField,), "moment"),
    ((models.DateField,), "date"),
    ((models.TimeField,), "time"),
    ((models.DecimalField, models.IntegerField, models.FloatField), "number"),
    ((models.EmailField, models.URLField), "link"),
    ((models.TextField, models.JSONField), "long text"),
)
