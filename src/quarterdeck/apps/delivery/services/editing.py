"""Edits of a plan as a batch of commands: all or nothing, one after the other with those of others, and taken back as
one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import SHORT_KINDS, Dialect, LinkKind
from quarterdeck.apps.delivery.exchange.texts import TextError, parse_predecessors
from quarterdeck.apps.delivery.models import Plan, PlanCalendar, Task, TaskLink
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.selectors.plans import answered_before, may_report
from quarterdeck.apps.delivery.services import fields
from quarterdeck.apps.delivery.services.outline import Outline
from quarterdeck.apps.delivery.services.people import Assigning
from quarterdeck.apps.delivery.services.reckoning import (
    PlanRefused,
    Reckoned,
    Touched,
    gone_meanwhile,
    locked,
    next_numbers,
    recalculate,
)
from quarterdeck.apps.delivery.services.splitting import split_task
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, may, refusal
from quarterdeck.kernel.audit.models import Change

#: Commands that leave outline, calendars and assignments as they are, but for some fields.
PLAIN: Final = frozenset({"set", "shift", "link", "unlink", "plan"})
NOT_PLAIN: Final = frozenset({"calendar", "manual", "resources", "work"})
#: Commands of one batch.
MOST: Final = 5000
LONG_KINDS: Final = {short: kind for kind, short in SHORT_KINDS.items()}


class Overtaken(Exception):
    """Someone changed what an edit touches since its sender read it; nothing was written."""

    def __init__(self, revision: int, tasks: Iterable[int]) -> None:
        self.revision, self.tasks = revision, tuple(tasks)
        super().__init__(_("Someone else has changed this meanwhile."))


@dataclass
class Edited:
    """What an edit has done: the plan reckoned anew, its batch, what went, and the keys of what is new."""

    reckoned: Reckoned
    touched: Touched
    batch: uuid.UUID | None
    keys: dict[str, int] = field(default_factory=dict)
    #: From which place of the outline on rows stand elsewhere.
    first: int | None = None
    message: str = ""


@transaction.atomic
def plan_edit(
    *,
    plan_id: int,
    commands: Sequence[Mapping[str, Any]],
    revision: int,
    actor: Actor,
    request: str = "",
) -> Edited | None:
    """Carry out commands on a plan, all or none; None for a request that was carried out before.

    `revision` is what the sender has read: an edit on top of later ones is applied, unless they touched the same
    tasks. Whoever may change tasks but not the plan may report progress and nothing else. Raises Overtaken for what
    someone has overtaken, PlanRefused for what cannot be, AccessDenied.
    """
    plan = locked(plan_id)
    if not may(actor, "change", plan) and not (may_report(plan, actor) and all(map(_reports, commands))):
        raise AccessDenied(refusal("change", Plan))
    if answered_before(plan, request) is not None:
        return None
    if len(commands) > MOST:
        raise PlanRefused(_("These are too many edits at once."))
    named = {key for command in commands for key in _named(command)}
    if revision < plan.revision and named:
        meanwhile = Task.objects.filter(plan=plan, pk__in=named, edited_in__gt=revision)
        if overtaken := sorted(meanwhile.values_list("pk", flat=True)):
            raise Overtaken(plan.revision, overtaken)
    batch = uuid.uuid4()
    editor = Editor(plan, actor.by(actor.via, batch))
    editor.load(named)
    for command in commands:
        editor.do(command)
    touched = editor.write()
    keys = {key: record.pk for key, record in editor.keys.items() if record.pk}
    # What sets a value as it was has nothing to take back.
    told = batch if Change.objects.filter(batch=batch).exists() else None
    reckoned = recalculate(plan=plan, actor=actor, touched=touched, batch=told, request=request, keys=keys)
    return Edited(reckoned, touched, told, keys, editor.first)


def _reports(command: Mapping[str, Any]) -> bool:
    """Tell whether a command reports progress."""
    return command.get("do") == "set" and command.get("field") in fields.OF_PROGRESS


def _named(command: Mapping[str, Any]) -> set[int]:
    """Return the stored tasks that a command writes to."""
    found = [command.get("task"), command.get("successor"), *(command.get("tasks") or ())]
    return {each for each in found if isinstance(each, int) and each > 0}


class Editor:
    """The state of one batch: what is read of the plan when it is asked for, and what is to be written."""

    def __init__(self, plan: Plan, actor: Actor) -> None:
        self.plan, self.actor, self.units = plan, actor, units_of(plan)
        self.tasks: dict[int, Task] = {}
        self.fresh: dict[int, Task] = {}
        self.keys: dict[str, Task] = {}
        self.changed: set[int] = set()
        self.removed: list[Task] = []
        self.plan_changed = False
        #: Whether nothing but fields of tasks and links was set so far.
        self.plain = True
        self.links_added: list[TaskLink] = []
        self.links_changed: dict[int, TaskLink] = {}
        self.links_removed: dict[int, TaskLink] = {}
        self.assigning = Assigning(plan)
        self._outline: Outline | None = None
        self._links: dict[int, TaskLink] | None = None
        self.verbs: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "set": self.set,
            "add": self.add,
            "remove": self.remove,
            "indent": self.indent,
            "outdent": self.outdent,
            "move": self.move,
            "link": self.link,
            "unlink": self.unlink,
            "shift": self.shift,
            "split": self.split,
            "plan": self.set_plan,
        }

    # -- what is read

    @property
    def outline(self) -> Outline:
        """The order of the plan's lines."""
        if self._outline is None:
            rows = Task.objects.filter(plan=self.plan).order_by("position", "pk")
            self._outline = Outline.of(rows.values_list("pk", "parent_id", "position"))
        return self._outline

    @property
    def first(self) -> int | None:
        """From which place on lines have moved."""
        return None if self._outline is None else self._outline.first

    @property
    def links(self) -> dict[int, TaskLink]:
        """The links of the plan by id, with those added so far below nought."""
        if self._links is None:
            self._links = {each.pk: each for each in TaskLink.objects.filter(plan=self.plan)}
        return self._links

    def task(self, key: Any) -> Task:
        """Return a task of the plan by its id, or, below nought, one added in this batch."""
        if not isinstance(key, int) or isinstance(key, bool):
            raise gone_meanwhile()
        if key in self.fresh:
            return self.fresh[key]
        if key not in self.tasks:
            found = Task.objects.filter(plan=self.plan, pk=key).first() if 0 < key < 1 << 62 else None
            if found is None:
                raise gone_meanwhile()
            found.plan = self.plan
            self.tasks[key] = found
        return self.tasks[key]

    def load(self, keys: Iterable[int]) -> None:
        """Read many tasks at once."""
        wanted = [key for key in keys if key > 0 and key not in self.tasks]
        for found in Task.objects.filter(plan=self.plan, pk__in=wanted):
            found.plan = self.plan
            self.tasks[found.pk] = found

    # -- what is done

    def do(self, command: Mapping[str, Any]) -> None:
        """Carry out one command. Raises PlanRefused."""
        name = str(command.get("do", ""))
        verb = self.verbs.get(name)
        if name not in PLAIN or str(command.get("field", "")) in NOT_PLAIN:
            self.plain = False
        if verb is None:
            raise PlanRefused(_("There is no such edit."))
        verb(command)

    def set(self, command: Mapping[str, Any]) -> None:
        """Set a field of a task."""
        key, name, value = command.get("task"), str(command.get("field", "")), command.get("value")
        task = self.task(key)
        assert isinstance(key, int)
        if task.is_summary and name not in fields.OF_SUMMARIES:
            raise fields.refuse(
                task, name, _("“%(name)s” is a summary: this follows from its parts.") % {"name": task.name}
            )
        if name == "predecessors":
            self.set_predecessors(key, task, str(value or ""))
        elif name == "resources":
            self.assigning.assign(task, str(value or ""), self.actor)
            self.changed.add(key)
        elif name == "work":
            self.assigning.set_work(task, fields.span(task, "work", value, self.units, "h").minutes)
            self.changed.add(key)
        elif name == "calendar":
            task.calendar_uid = self.calendar(value)
            self.changed.add(key)
        elif name in fields.RULES:
            fields.set_field(task, name, value, self.units)
            if name in fields.OF_PROGRESS:
                fields.refuse_future(task, name, self.actor.today)
            self.changed.add(key)
        else:
            raise fields.refuse(task, name, _("This cannot be set."))

    def calendar(self, value: Any) -> int | None:
        """Return the number of a calendar of the plan by its id or name."""
        if value in (None, ""):
            return None
        named = {"pk": int(value)} if isinstance(value, int) or str(value).isdecimal() else {"name": str(value)}
        uid = PlanCalendar.objects.filter(plan=self.plan, **named).values_list("uid", flat=True).first()
        if uid is None:
            raise PlanRefused(_("The plan has no such calendar."), field="calendar")
        return uid

    def add(self, command: Mapping[str, Any]) -> None:
        """Add a line after another, or first below its parent; the first line below a task makes it a summary."""
        outline, client = self.outline, str(command.get("key") or "")[:64]
        after, parent = command.get("after"), command.get("parent")
        for each in (after, parent):
            if each is not None and each not in outline:
                raise gone_meanwhile()
        if after is not None:
            parent = outline.parent[after]
        key = self._client_key(client)
        task = Task(plan=self.plan, duration=self.plan.minutes_per_day, estimated=True)
        fields.set_field(task, "name", command.get("name"), self.units)
        outline.add(key, parent, after)
        self.fresh[key] = task
        if client:
            self.keys[client] = task
        if command.get("duration") not in (None, ""):
            fields.set_field(task, "duration", command["duration"], self.units)
        if command.get("kind"):
            fields.set_field(task, "kind", command["kind"], self.units)

    def _client_key(self, client: str) -> int:
        """Return the number below nought by which its sender knows a new line, or the next free one."""
        digits = client.rpartition("-")[2]
        key = -int(digits) if digits.isdecimal() and 0 < int(digits) < 1 << 60 else 0
        while key >= 0 or key in self.outline:
            key = min([0, *self.fresh]) - 1
        return key

    def remove(self, command: Mapping[str, Any]) -> None:
        """Remove lines with all below them, their links and assignments."""
        wanted = [key for key in command.get("tasks") or () if key in self.outline]
        gone = self.outline.remove(wanted)
        self.load(gone)
        for key in gone:
            if key in self.fresh:
                del self.fresh[key]
            else:
                self.removed.append(self.task(key))
            self.changed.discard(key)
        if not gone:
            raise gone_meanwhile()
        lost = set(gone)
        self.links_added = [link for link in self.links_added if not {vars(link)["before"], vars(link)["after"]} & lost]
        for key, link in list(self.links_changed.items()):
            if {link.predecessor_id, link.successor_id} & lost:
                del self.links_changed[key]

    def _keys(self, command: Mapping[str, Any]) -> list[int]:
        keys = list(command.get("tasks") or ())
        if not keys or any(key not in self.outline for key in keys):
            raise gone_meanwhile()
        return keys

    def indent(self, command: Mapping[str, Any]) -> None:
        """Make lines parts of the one before them."""
        if not self.outline.indent(self._keys(command)):
            raise PlanRefused(_("There is no line before it on its level that it could be part of."))

    def outdent(self, command: Mapping[str, Any]) -> None:
        """Lift lines one level."""
        if not self.outline.outdent(self._keys(command)):
            raise PlanRefused(_("It stands at the top already."))

    def move(self, command: Mapping[str, Any]) -> None:
        """Put lines, with all below them, elsewhere."""
        after, parent = command.get("after"), command.get("parent")
        for each in (after, parent):
            if each is not None and each not in self.outline:
                raise gone_meanwhile()
        if after is not None:
            parent = self.outline.parent[after]
        if not self.outline.move(self._keys(command), parent, after):
            raise PlanRefused(_("A task cannot be part of itself."))

    def shift(self, command: Mapping[str, Any]) -> None:
        """Move a task to an instant, as dragging its bar does."""
        self.set({"task": command.get("task"), "field": "start", "value": command.get("start")})

    def split(self, command: Mapping[str, Any]) -> None:
        """Interrupt a task."""
        task = self.task(command.get("task"))
        split_task(self.plan, task, command.get("at"), command.get("gap"))
        self.changed.add(task.pk)

    def set_plan(self, command: Mapping[str, Any]) -> None:
        """Set what holds for the plan as a whole."""
        name, value, plan = str(command.get("field", "")), command.get("value"), self.plan
        if name == "name":
            plan.name = " ".join(str(value or "").split())[:200] or plan.name
        elif name == "calendar":
            plan.calendar_uid = self.calendar(value)
        elif name == "from_finish":
            plan.from_finish = value in (True, "true", 1)
            if plan.from_finish and plan.finish is None:
                plan.finish = plan.found_finish
        elif name in ("start", "finish", "status"):
            blank = Task(plan=plan)
            at = fields.instant(blank, name, value, fields.EVENING if name == "finish" else fields.MORNING)
            if name == "start" and at is None:
                raise PlanRefused(_("A plan has a start."), field=name)
            setattr(plan, name, at)
        elif name in fields.LIMITS:
            setattr(plan, name, fields.limit(name, value))
        else:
            raise PlanRefused(_("This cannot be set."), field=name)
        self.plan_changed = True

    # -- links

    def link(self, command: Mapping[str, Any]) -> None:
        """Let one task wait for another; a link of these two that is there already is changed."""
        before, after = command.get("predecessor"), command.get("successor")
        short = str(command.get("kind") or "FS")
        kind = short if short in SHORT_KINDS else LONG_KINDS.get(short.upper(), "")
        lag = str(command.get("lag") or "").strip()
        if not kind:
            raise PlanRefused(_("There is no such kind of link."), field="kind")
        signed = lag if lag[:1] in ("", "+", "-", "\u2212") else f"+{lag}"
        text = f"1{SHORT_KINDS[LinkKind(kind)]}{signed}"
        self.set_link(before, after, self.typed(text)[0])

    def typed(self, text: str) -> Any:
        """Return typed links. Raises PlanRefused."""
        try:
            return parse_predecessors(text, self.units)
        except TextError as error:
            raise PlanRefused(str(error), field="predecessors") from error

    def set_link(self, before: Any, after: Any, said: Any) -> TaskLink:
        """Set the link between two tasks."""
        ends = self.task(before), self.task(after)
        if ends[0] is ends[1]:
            raise PlanRefused(_("“%(name)s” cannot wait for itself.") % {"name": ends[0].name}, [before], task=after)
        there = [link for link in self.links.values() if self._ends(link) == (before, after)]
        same_kind = [link for link in there if link.kind == said.kind]
        both_kinds = self.plan.dialect == Dialect.PRIMAVERA
        found = same_kind[0] if same_kind else None if both_kinds or not there else there[0]
        if found is None:
            found = TaskLink(plan=self.plan, predecessor=ends[0], successor=ends[1])
            vars(found).update(before=before, after=after)
            self.links_added.append(found)
            self.links[-len(self.links_added) - (1 << 40)] = found
        elif found.pk:
            self.links_changed[found.pk] = found
        found.kind, found.lag, found.unit = said.kind, said.lag, said.unit
        found.calendar, found.lag_unit = said.calendar, said.lag_unit
        return found

    @staticmethod
    def _ends(link: TaskLink) -> tuple[int, int]:
        told = vars(link)
        return told.get("before", link.predecessor_id), told.get("after", link.successor_id)

    def unlink(self, command: Mapping[str, Any]) -> None:
        """Take a link away."""
        self._drop(command.get("link"))

    def _drop(self, key: Any) -> None:
        link = self.links.pop(key, None) if isinstance(key, int) else None
        if link is None:
            raise PlanRefused(_("This link is not in the plan any more."))
        if link.pk:
            self.links_removed[link.pk] = link
            self.links_changed.pop(link.pk, None)
        else:
            self.links_added.remove(link)

    def set_predecessors(self, key: int, task: Task, text: str) -> None:
        """Let a task wait for what was typed, by the numbers of rows, and for nothing else."""
        wanted, order = {}, self.outline.order
        try:
            told = parse_predecessors(text, self.units)
        except TextError as error:
            raise fields.refuse(task, "predecessors", str(error)) from error
        for said in told:
            number = int(said.task) if said.task.isdecimal() and len(said.task) < 9 else 0
            if not 1 <= number <= len(order):
                raise fields.refuse(task, "predecessors", _("There is no row %(row)s.") % {"row": said.task})
            wanted[order[number - 1], said.kind] = said
        kept = {(before, said.kind) for (before, _kind), said in wanted.items()}
        for place, link in list(self.links.items()):
            before, after = self._ends(link)
            if after == key and (before, link.kind) not in kept:
                self._drop(place)
        for (before, _kind), said in wanted.items():
            try:
                self.set_link(before, key, said)
            except PlanRefused as error:
                raise fields.refuse(task, "predecessors", error.messages[0]) from error

    # -- writing

    def write(self) -> Touched:
        """Write everything in the order in which it refers to each other; return what was touched."""
        actor, touched = self.actor, Touched()
        if self.plan_changed:
            records.save(self.plan, actor=actor)
        records.delete_many(list(self.links_removed.values()), actor=actor)
        touched.links = bool(self.links_removed or self.links_added or self.links_changed or self.removed)
        touched.edited |= {link.successor_id for link in self.links_removed.values()}
        self._place()
        self._write_tasks()
        touched.removed |= {task.pk for task in self.removed}
        self.removed.sort(key=lambda task: -task.position)
        records.delete_many(self.removed, actor=actor)
        for link in self.links_added:
            link.predecessor_id, link.successor_id = link.predecessor.pk, link.successor.pk
        written = [*self.links_added, *self.links_changed.values()]
        records.save_many(written, actor=actor)
        touched.edited |= {link.successor_id for link in written}
        touched.edited |= self.assigning.write(actor)
        touched.edited |= {task.pk for task in self.fresh.values()} | {key for key in self.changed if key > 0}
        touched.edited -= touched.removed
        touched.plain = self.plain and not self.fresh and not self.removed
        touched.outline = self._outline is not None and self._outline.first is not None
        return touched

    def _place(self) -> None:
        """Bring the records in line with the outline."""
        if self._outline is None:
            return
        self.load(self._outline.moved)
        for key in self._outline.moved:
            task = self.task(key)
            parent = self._outline.parent[key]
            task.position = self._outline.position[key]
            task.parent = None if parent is None else self.task(parent)
            self.changed.add(key)

    def _write_tasks(self) -> None:
        if self.fresh:
            for task, uid in zip(self.fresh.values(), next_numbers(self.plan, len(self.fresh)), strict=True):
                task.uid = uid
        waiting = sorted(self.fresh, key=self.outline.place) if self.fresh else []
        # A part is written after what it is part of.
        while waiting:
            ready = [key for key in waiting if self._has_key(self.outline.parent[key])]
            for key in ready:
                task = self.fresh[key]
                task.parent_id = task.parent.pk if task.parent is not None else None
            records.save_many([self.fresh[key] for key in ready], actor=self.actor)
            waiting = [key for key in waiting if not self.fresh[key].pk]
        kept = [self.tasks[key] for key in sorted(self.changed) if key in self.tasks]
        for task in kept:
            if task.parent is not None:
                task.parent_id = task.parent.pk
        records.save_many(kept, actor=self.actor)

    def _has_key(self, key: int | None) -> bool:
        return key is None or key > 0 or bool(self.fresh[key].pk)
