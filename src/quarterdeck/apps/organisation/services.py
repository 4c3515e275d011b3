"""The verbs of the organisation. Each is one transaction, keyword-only but for the record that a form hands over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.choices import UNIT_SCOPE, UnitKind
from quarterdeck.apps.organisation.fiscal import FiscalRule, periods_of
from quarterdeck.apps.organisation.hours import DAY, in_order, parse_hours, span_of
from quarterdeck.apps.organisation.models import (
    CalendarException,
    CalendarShift,
    Currency,
    FiscalCalendar,
    FiscalYear,
    Office,
    OrganisationUnit,
    Period,
    WorkCalendar,
)
from quarterdeck.apps.organisation.selectors import Closure
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import require
from quarterdeck.kernel.audit.models import Change

_RANK = {UnitKind.ENTERPRISE: 0, UnitKind.DIVISION: 1, UnitKind.DEPARTMENT: 2, UnitKind.TEAM: 3}
#: Fields of a fiscal calendar that its generated years depend on.
_RULE = ("start_month", "scheme", "week_start", "year_end", "prefix", "named_after")


@transaction.atomic
def unit_save(record: OrganisationUnit, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a unit, and with it the access node that it owns; moving the unit moves the node."""
    parent = record.parent
    if parent is not None:
        if _RANK[UnitKind(record.kind)] < _RANK[UnitKind(parent.kind)]:
            raise ValidationError(
                {
                    "parent": _("A %(kind)s is not part of a %(above)s.")
                    % {"kind": record.get_kind_display().lower(), "above": parent.get_kind_display().lower()}
                }
            )
        if not record._state.adding and parent.scope.path.startswith(record.scope.path):
            raise ValidationError({"parent": _("“%(unit)s” cannot be part of itself.") % {"unit": record.name}})
    if record._state.adding:
        above = parent.scope if parent else scopes.root()
        if not record.scope_id:
            record.scope = scopes.scope_add(parent=above, kind=UNIT_SCOPE, label=record.name)
        else:
            # It comes back, to the node that it had.
            scopes.scope_restore(scope=record.scope, parent=above, kind=UNIT_SCOPE, label=record.name)
        return records.save(record, actor=actor, note=note)
    change = records.save(record, actor=actor, note=note)
    _unit_scope_align(record)
    # The node may have moved to where the actor has no right; that is refused as well.
    require(actor, "change", [record])
    return change


@transaction.atomic
def unit_remove(record: OrganisationUnit, *, actor: Actor, note: str = "") -> Change:
    """Remove a unit that nothing refers to; its access node is offered no more."""
    change = records.delete(record, actor=actor, note=note)
    scopes.scope_remove(scope=record.scope)
    return change


@transaction.atomic
def unit_scopes_align(*, unit_ids: Iterable[int]) -> None:
    """Bring the access nodes of units in line with their names and parents, after an Undo or a bulk write."""
    for unit in OrganisationUnit.objects.filter(pk__in=unit_ids).select_related("scope", "parent__scope"):
        _unit_scope_align(unit)


def _unit_scope_align(unit: OrganisationUnit) -> None:
    above = unit.parent.scope if unit.parent else scopes.root()
    scopes.scope_change(scope=unit.scope, parent=above, kind=UNIT_SCOPE, label=unit.name)


def office_save(record: Office, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an office; a hub is not found among its own spokes."""
    above, seen = record.hub, {record.pk}
    while above is not None and not record._state.adding:
        if above.pk in seen:
            raise ValidationError({"hub": _("“%(office)s” cannot be its own hub.") % {"office": record.name}})
        seen.add(above.pk)
        above = above.hub
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def calendar_save(record: WorkCalendar, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a working calendar; making it the organisation's takes that from the former one."""
    if record.is_default:
        for former in WorkCalendar.objects.filter(is_default=True).exclude(pk=record.pk):
            former.is_default = False
            records.save(former, actor=actor, note=note)
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def currency_save(record: Currency, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a currency; making it the organisation's takes that from the former one."""
    if record.is_base:
        for former in Currency.objects.filter(is_base=True).exclude(pk=record.pk):
            former.is_base = False
            records.save(former, actor=actor, note=note)
    return records.save(record, actor=actor, note=note)


def calendar_adopt(*, record: WorkCalendar, actor: Actor) -> None:
    """Make a working calendar that of the organisation."""
    record.is_default = True
    calendar_save(record, actor=actor)


def currency_adopt(*, record: Currency, actor: Actor) -> None:
    """Make a currency that of the organisation."""
    record.is_base = True
    currency_save(record, actor=actor)


def fiscal_calendar_adopt(*, record: FiscalCalendar, actor: Actor) -> None:
    """Make a fiscal calendar that of the organisation."""
    record.is_default = True
    fiscal_calendar_save(record, actor=actor)


@transaction.atomic
def shift_save(record: CalendarShift, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a shift; refused when it overlaps another of the same weekday."""
    others = CalendarShift.objects.filter(calendar=record.calendar_id, weekday=record.weekday).exclude(pk=record.pk)
    record.clean_fields(exclude={"calendar"})
    in_order([span_of(item.starts_at, item.ends_at) for item in [record, *others]])
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def week_set(*, calendar: WorkCalendar, hours: Mapping[int, str], actor: Actor, note: str = "") -> None:
    """Replace the week pattern: weekday (0 Monday) to hours such as `08:00-12:00, 13:00-17:00`; the rest is off."""
    wanted = {(day, *span) for day, text in hours.items() for span in parse_hours(text)}
    for shift in calendar.shifts.all():
        key = (shift.weekday, *span_of(shift.starts_at, shift.ends_at))
        if key in wanted:
            wanted.discard(key)
        else:
            records.delete(shift, actor=actor, note=note)
    shifts = [
        CalendarShift(calendar=calendar, weekday=day, starts_at=_time(start), ends_at=_time(end))
        for day, start, end in sorted(wanted)
    ]
    records.save_many(shifts, actor=actor, note=note)


def _time(minutes: int) -> dt.time:
    return dt.time(minutes % DAY // 60, minutes % 60)


@transaction.atomic
def exception_save(record: CalendarException, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an exception; two of one year, or two yearly ones, must not cover the same day."""
    record.full_clean(exclude={"calendar"})
    if record.yearly and (record.ends_on - record.starts_on).days > 365:
        raise ValidationError({"ends_on": _("A yearly exception is shorter than a year.")})
    others = CalendarException.objects.filter(calendar=record.calendar_id, yearly=record.yearly).exclude(pk=record.pk)
    for other in others:
        if _overlap(record, other):
            raise ValidationError(
                _("“%(other)s” covers some of these days already.") % {"other": other.name}, code="overlap"
            )
    return records.save(record, actor=actor, note=note)


def _overlap(one: CalendarException, other: CalendarException) -> bool:
    if not one.yearly:
        return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
    late = max(one.starts_on, other.starts_on)
    early, later = (one, other) if one.starts_on <= other.starts_on else (other, one)
    rule = Closure(early.name, early.starts_on, early.ends_on, (), True)
    length = (later.ends_on - later.starts_on).days
    return any(rule.covers(late + dt.timedelta(days=step)) for step in range(length + 1))


@transaction.atomic
def fiscal_calendar_save(record: FiscalCalendar, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a fiscal calendar; its rule is fixed once years have been generated from it."""
    if not record._state.adding and record.years.exists():
        stored = FiscalCalendar.objects.get(pk=record.pk)
        if any(getattr(stored, name) != getattr(record, name) for name in _RULE):
            raise ValidationError(_("Years have been generated by this rule. Remove them, or add another calendar."))
    if record.is_default:
        for former in FiscalCalendar.objects.filter(is_default=True).exclude(pk=record.pk):
            former.is_default = False
            records.save(former, actor=actor, note=note)
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def fiscal_years_generate(*, record: FiscalCalendar, first: int, last: int, actor: Actor) -> list[FiscalYear]:
    """Generate the years named after `first` to `last` (2026 for FY26) with their twelve periods; those there are kept.

    Returns the years added. Raises ValidationError unless 1 to 30 years are asked for, in 1980 to 2079.
    """
    if not (1980 <= first <= last <= 2079 and last - first < 30):
        raise ValidationError(_("Generate 1 to 30 years between 1980 and 2079."))
    actor = actor.by(actor.via)
    rule = FiscalRule(**{name: getattr(record, name) for name in _RULE})
    there = set(record.years.values_list("name", flat=True))
    added: list[FiscalYear] = []
    for named in range(first, last + 1):
        opening = rule.first_year(named)
        if rule.name(opening) in there:
            continue
        parts = periods_of(rule, opening)
        year = FiscalYear(
            calendar=record, name=rule.name(opening), starts_on=parts[0].starts_on, ends_on=parts[-1].ends_on
        )
        records.save(year, actor=actor)
        periods = [
            Period(
                year=year,
                number=part.number,
                quarter=part.quarter,
                name=f"{year.name} P{part.number:02}",
                starts_on=part.starts_on,
                ends_on=part.ends_on,
            )
            for part in parts
        ]
        records.save_many(periods, actor=actor)
        added.append(year)
    return added


@transaction.atomic
def fiscal_year_save(record: FiscalYear, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a year by hand, where the rule does not give it; years of one calendar do not overlap."""
    record.clean_fields()
    others = FiscalYear.objects.filter(
        calendar=record.calendar_id, starts_on__lte=record.ends_on, ends_on__gte=record.starts_on
    )
    if other := others.exclude(pk=record.pk).first():
        raise ValidationError(_("%(year)s covers some of these days already.") % {"year": other}, code="overlap")
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def period_save(record: Period, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a period by hand; it lies in its year and overlaps no other."""
    record.clean_fields()
    if record.starts_on < record.year.starts_on or record.ends_on > record.year.ends_on:
        raise ValidationError(_("The period lies outside %(year)s.") % {"year": record.year})
    others = Period.objects.filter(year=record.year_id, starts_on__lte=record.ends_on, ends_on__gte=record.starts_on)
    if other := others.exclude(pk=record.pk).first():
        raise ValidationError(_("%(period)s covers some of these days already.") % {"period": other}, code="overlap")
    return records.save(record, actor=actor, note=note)
