"""What an update of a plan would change, in words and figures: by kind of change, task by task, and what stays."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.choices import SHORT_KINDS, Constraint, LinkKind
from quarterdeck.apps.delivery.exchange.texts import Units, duration_text, lag_text
from quarterdeck.apps.delivery.models import Plan, PlanResource, Task
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.services.staging import Beside, Staged
from quarterdeck.engine.calendar import instant
from quarterdeck.engine.cpm import NONE, Schedule, schedule
from quarterdeck.engine.progress import Comparison, compare
from quarterdeck.kernel.ui.components import money_text, number, signed

#: The groups in which changes are told, in order.
GROUPS: Final[dict[str, str | Promise]] = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "renamed": gettext_lazy("Renamed"),
    "moved": gettext_lazy("Moved in the outline"),
    "links": gettext_lazy("Links"),
    "dates": gettext_lazy("Dates"),
    "durations": gettext_lazy("Durations"),
    "constraints": gettext_lazy("Constraints and deadlines"),
    "progress": gettext_lazy("Progress"),
    "work": gettext_lazy("Work"),
    "cost": gettext_lazy("Cost"),
    "resources": gettext_lazy("Resources"),
    "calendars": gettext_lazy("Calendars"),
    "other": gettext_lazy("Other"),
}
#: Group and words of the fields of a task.
FIELDS: Final[dict[str, tuple[str, str | Promise]]] = {
    "name": ("renamed", gettext_lazy("name")),
    "duration": ("durations", gettext_lazy("duration")),
    "constraint": ("constraints", gettext_lazy("constraint")),
    "constraint_at": ("constraints", gettext_lazy("date of the constraint")),
    "deadline": ("constraints", gettext_lazy("deadline")),
    "delay": ("constraints", gettext_lazy("levelling delay")),
    "percent": ("progress", gettext_lazy("complete")),
    "actual_start": ("progress", gettext_lazy("actual start")),
    "actual_finish": ("progress", gettext_lazy("actual finish")),
    "remaining": ("progress", gettext_lazy("remaining")),
    "suspended": ("progress", gettext_lazy("suspended")),
    "resumed": ("progress", gettext_lazy("resumed")),
    "actual_work": ("work", gettext_lazy("actual work")),
    "work": ("work", gettext_lazy("work")),
    "fixed_cost": ("cost", gettext_lazy("fixed cost")),
    "cost": ("cost", gettext_lazy("cost")),
    "actual_cost": ("cost", gettext_lazy("actual cost")),
    "calendar_uid": ("calendars", gettext_lazy("calendar")),
    "wbs": ("other", gettext_lazy("WBS")),
    "code": ("other", gettext_lazy("activity id")),
    "notes": ("other", gettext_lazy("notes")),
    "kind": ("other", gettext_lazy("kind")),
    "priority": ("other", gettext_lazy("priority")),
    "manual": ("other", gettext_lazy("dates by hand")),
    "active": ("other", gettext_lazy("active")),
    "splits": ("durations", gettext_lazy("splits")),
    "more": ("other", gettext_lazy("custom fields")),
}
INSTANTS: Final = frozenset({"constraint_at", "deadline", "actual_start", "actual_finish", "suspended", "resumed"})
SPANS: Final = frozenset({"duration", "remaining", "delay"})
WORKS: Final = frozenset({"work", "actual_work"})
#: What summaries only add up.
SUMMED: Final = frozenset(
    {"duration", "percent", "actual_start", "actual_finish", "remaining", "work", "actual_work", "cost", "actual_cost"}
)
MONEY: Final = frozenset({"fixed_cost", "cost", "actual_cost"})


@dataclass(frozen=True)
class Line:
    """One change: of which task, link or resource, what of it, before and after in words, and by how much."""

    group: str
    name: str
    what: str
    before: str = ""
    after: str = ""
    by: str = ""
    task: int | None = None


@dataclass(frozen=True)
class Difference:
    """Everything that an update would change. `finish` is in working minutes, `work` in minutes."""

    lines: tuple[Line, ...]
    older_finish: int | None
    newer_finish: int | None
    finish: int | None
    tasks: int
    work: float
    cost: Decimal | None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether anything would change."""
        return bool(self.lines)


class _Words:
    """Values of fields as people say them."""

    def __init__(self, plan: Plan, calendars: Mapping[int, str], *, money: bool) -> None:
        self.units: Units = units_of(plan)
        self.currency, self.calendars, self.money = plan.currency, calendars, money

    def value(self, name: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return "–"
        if name in SPANS | WORKS | MONEY or name == "percent":
            return self._figure(name, value)
        if name in INSTANTS:
            return moment(value)
        if name == "constraint":
            return str(Constraint[value].label)
        if name == "calendar_uid":
            return self.calendars.get(value, str(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return _("as the file has it") if isinstance(value, dict | list) else str(value)[:200]

    def _figure(self, name: str, value: Any) -> str:
        if name in SPANS:
            return duration_text(int(value), "d", self.units)
        if name in WORKS:
            return f"{number(float(value) / 60, 1)} h"
        if name in MONEY:
            return money_text(Decimal(str(value)), self.currency) if self.money else "•••"
        return f"{number(float(value), 0)} %"

    def by(self, name: str, before: Any, after: Any) -> str:
        """Return by how much a figure differs; empty where that says nothing."""
        if name in MONEY and not self.money:
            return ""
        if name not in SPANS | WORKS | MONEY and name != "percent":
            return ""
        less = Decimal(str(after or 0)) - Decimal(str(before or 0))
        if name in SPANS:
            return self.days(int(less))
        if name in WORKS:
            return f"{signed(less / 60, 1)} h"
        return f"{signed(less, 0)} %" if name == "percent" else money_text(less, self.currency, sign=True)

    def days(self, minutes: int) -> str:
        """Return working time as days with its sign."""
        per_day = self.units.minutes_per_day
        return f"{signed(round(minutes / per_day, 1), 1 if minutes % per_day else 0)} d"


def moment(at: int) -> str:
    """Return an instant with its day, ISO, and its time."""
    return f"{instant(at):%Y-%m-%d %H:%M}"


def difference(laid: Staged, older: Schedule | None, *, money: bool) -> Difference:
    """Return what a staged update changes of a stored plan, which is scheduled as `older`; amounts only with `money`.

    Dates are those that follow: of both sides as the engine schedules them, in working time of the tasks' calendars.
    """
    plan = laid.plan
    known = {record.uid: record.name for record in (*laid.calendars.added, *laid.calendars.kept)}
    names = {each.id: each.name for each in laid.ready.document.calendars} | known
    said = _Words(plan, names, money=money)
    tasks = {record.pk: record for record in (*laid.by_uid.values(), *laid.tasks.removed) if record.pk}
    both = _compared(laid, older)
    lines = [
        *(Line("added", each.name, _("task"), "", _placed(each), task=each.uid) for each in laid.tasks.added),
        *(Line("removed", each.name, _("task"), _placed(each), task=each.uid) for each in laid.tasks.removed),
        *_fields(laid, said),
        *_links(laid, tasks, said),
        *_dates(both, tasks, laid, older, said),
        *_resources(laid),
        *_calendars(laid.calendars),
    ]
    order = {name: place for place, name in enumerate(GROUPS)}
    lines.sort(key=lambda each: order[each.group])
    work, cost = _sums(laid)
    newer = laid.schedule
    return Difference(
        tuple(lines),
        None if older is None else older.project_finish,
        None if newer is None else newer.project_finish,
        None if both is None else both.finish,
        len({each.task for each in lines if each.task is not None}),
        work,
        cost if money else None,
        {name: count for name in GROUPS if (count := Counter(each.group for each in lines)[name])},
    )


def _placed(task: Task) -> str:
    above = task.parent
    return _("below “%(name)s”") % {"name": above.name} if above is not None else _("at the top")


def _compared(laid: Staged, older: Schedule | None) -> Comparison | None:
    """Return both schedules compared, tasks by their keys; new ones by their numbers below nought."""
    if older is None or laid.schedule is None:
        return None
    columns = laid.schedule.plan.columns
    ids = tuple(_key(laid, int(str(each))) for each in columns.ids or ())
    return compare(older, schedule(columns.changed(ids=ids), laid.schedule.plan.options))


def _key(laid: Staged, uid: int) -> int:
    record = laid.by_uid.get(uid)
    return record.pk if record is not None and record.pk else -uid - 1


def _fields(laid: Staged, said: _Words) -> Iterator[Line]:
    """Yield what is said of tasks otherwise; a new place in the order alone is no change."""
    by_pk = {each.pk: each for each in (*laid.by_uid.values(), *laid.tasks.removed) if each.pk}
    above = {id(each.parent) for each in laid.by_uid.values() if each.parent is not None}
    for record, old, new in laid.tasks.changed:
        parent = record.parent
        if "parent_id" in new or (parent is not None and parent.pk is None):
            before = by_pk.get(old.get("parent_id", 0))
            yield Line(
                "moved",
                record.name,
                _("part of"),
                before.name if before is not None else _("the top"),
                parent.name if parent is not None else _("the top"),
                task=record.uid,
            )
        for name in new:
            # What a summary says of these follows from what is below it.
            follows = id(record) in above and name in SUMMED
            if name in FIELDS and not follows:
                group, words = FIELDS[name]
                one, two = old.get(name), new[name]
                shown = str(old["name"]) if name == "name" else record.name
                yield Line(
                    group,
                    shown,
                    str(words),
                    said.value(name, one),
                    said.value(name, two),
                    said.by(name, one, two),
                    record.uid,
                )


def _links(laid: Staged, tasks: Mapping[int, Task], said: _Words) -> Iterator[Line]:
    def told(link: Any, kind: str, values: Mapping[str, Any]) -> str:
        return f"{SHORT_KINDS[LinkKind(kind)]}{lag_text(values['lag'], values['unit'], values['lag_unit'], said.units)}"

    def ends(link: Any) -> str:
        one = tasks.get(link.predecessor_id) or link.predecessor
        two = tasks.get(link.successor_id) or link.successor
        return f"{one.name} → {two.name}"

    for group, found in (("added", laid.links.added), ("removed", laid.links.removed)):
        for link in found:
            text = told(link, link.kind, {"lag": link.lag, "unit": link.unit, "lag_unit": link.lag_unit})
            there = group == "added"
            yield Line("links", ends(link), _("link added") if there else _("link removed"), *_both(text, after=there))
    for link, old, _new in laid.links.changed:
        now = {"lag": link.lag, "unit": link.unit, "lag_unit": link.lag_unit}
        then = {name: old.get(name, value) for name, value in now.items()}
        before, after = told(link, link.kind, then), told(link, link.kind, now)
        if before != after:
            yield Line("links", ends(link), _("lag"), before, after)


def _both(text: str, *, after: bool) -> tuple[str, str]:
    return ("", text) if after else (text, "")


def _dates(
    both: Comparison | None, tasks: Mapping[int, Task], laid: Staged, older: Schedule | None, said: _Words
) -> Iterator[Line]:
    """Yield the tasks whose scheduled dates move, by how many working days their finish does."""
    if both is None or older is None or laid.schedule is None:
        return
    before = _starts(older)
    after = {_key(laid, int(str(uid))): dates for uid, dates in _starts(laid.schedule).items()}
    for moved in both.variances:
        if not (moved.start or moved.finish):
            continue
        record = tasks.get(int(str(moved.task)))
        one, two = before.get(int(str(moved.task))), after.get(int(str(moved.task)))
        if record is None or one is None or two is None:
            continue
        by = moved.finish if moved.finish else moved.start
        what = _("start and finish") if moved.start and moved.finish else _("finish") if moved.finish else _("start")
        yield Line("dates", record.name, what, _span(one), _span(two), said.days(by or 0), record.uid)


def _starts(found: Schedule) -> dict[int, tuple[int, int]]:
    ids, starts, finishes = found.plan.columns.ids, found.start.tolist(), found.finish.tolist()
    return {
        int(str(key)): (start, finish)
        for key, start, finish in zip(ids or (), starts, finishes, strict=True)
        if NONE not in (start, finish)
    }


def _span(dates: tuple[int, int]) -> str:
    start, finish = (instant(at) for at in dates)
    if start.date() == finish.date():
        return f"{start:%Y-%m-%d %H:%M}–{finish:%H:%M}" if start != finish else f"{start:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d} – {finish:%Y-%m-%d}"


def _resources(laid: Staged) -> Iterator[Line]:
    for one in laid.resources.added:
        yield Line("resources", one.name, _("resource added"))
    for one in laid.resources.removed:
        yield Line("resources", one.name, _("resource removed"))
    for record, old, new in laid.resources.changed:
        if "name" in new:
            yield Line("resources", record.name, _("name"), str(old.get("name", "")), str(new["name"]))
        if "person_id" in new:
            yield Line("resources", record.name, _("person"))
        if new.keys() - {"name", "person_id"}:
            yield Line("resources", record.name, _("rates, units and other facts"))
    for group, found in (("added", laid.assignments.added), ("removed", laid.assignments.removed)):
        for each in found:
            words = _("assigned") if group == "added" else _("no longer assigned")
            share = f"{number(each.units * 100, 0)} %"
            yield Line(
                "resources", _assigned(each), words, *_both(share, after=group == "added"), task=_uid(each, laid)
            )
    for each, old, new in laid.assignments.changed:
        if told := new.keys() & {"units", "work", "actual_work", "resource_id"}:
            before = f"{number(float(old.get('units', each.units)) * 100, 0)} %, {_hours(old.get('work', each.work))}"
            after = f"{number(each.units * 100, 0)} %, {_hours(each.work)}"
            yield (
                Line("resources", _assigned(each), _("assignment"), before, after, task=_uid(each, laid))
                if (before != after or "resource_id" in told)
                else Line("resources", _assigned(each), _("actual work"), task=_uid(each, laid))
            )


def _uid(each: Any, laid: Staged) -> int | None:
    task = each.task
    return task.uid if laid.by_uid.get(task.uid) is not None else None


def _hours(minutes: Any) -> str:
    return f"{number(float(minutes) / 60, 1)} h"


def _assigned(each: Any) -> str:
    resource: PlanResource | None = each.resource
    return f"{resource.name if resource is not None else '–'}: {each.task.name}"


def _calendars(found: Beside) -> Iterable[Line]:
    return (
        Line("calendars", record.name, words)
        for rows, words in (
            (found.added, _("calendar added")),
            (found.removed, _("calendar removed")),
            (found.kept, _("working time")),
        )
        for record in rows
    )


def _sums(laid: Staged) -> tuple[float, Decimal]:
    """Return by how much the work and the cost of the tasks differ, summaries apart."""
    work, cost = 0.0, Decimal(0)
    parents = {id(each.parent) for each in laid.by_uid.values() if each.parent is not None}
    for record in laid.tasks.added:
        if id(record) not in parents:
            work, cost = work + record.work, cost + Decimal(str(record.cost))
    for record in laid.tasks.removed:
        if not record.is_summary:
            work, cost = work - record.work, cost - Decimal(str(record.cost))
    for record, old, new in laid.tasks.changed:
        if id(record) not in parents and record.kind != "SUMMARY":
            work += float(new.get("work", 0)) - float(old.get("work", 0)) if "work" in new else 0.0
            cost += Decimal(str(new["cost"])) - Decimal(str(old["cost"])) if "cost" in new else Decimal(0)
    return work, cost


def on_day(at: int | None) -> dt.date | None:
    """Return the day of an instant."""
    return None if at is None else instant(at).date()
