"""Where a plan file would go, and what it would change there: told before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.exchange.aligning import Known, aligned
from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument
from quarterdeck.apps.delivery.models import Plan, PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.plans import sees_money
from quarterdeck.apps.delivery.services.differing import FIELDS, GROUPS, Difference, difference, on_day
from quarterdeck.apps.delivery.services.matching import Proposal, calendar_proposals, proposals, settled
from quarterdeck.apps.delivery.services.staging import Staged, staged
from quarterdeck.apps.delivery.services.updating import Choices
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type, visible
from quarterdeck.kernel.audit.states import state_of
from quarterdeck.kernel.comments.models import Comment

#: What stands for a plan of its own, beside those that the project has.
NEW: Final = "new"
#: Lines told by themselves.
SHOWN: Final = 50
#: Words of the fields of a task that a file may overrule.
WORDS: Final[dict[str, str | Promise]] = {
    **{name: words for name, (_group, words) in FIELDS.items()},
    "parent_id": gettext_lazy("part of"),
    "manual_start": gettext_lazy("dates by hand"),
    "manual_finish": gettext_lazy("dates by hand"),
    "service_days": gettext_lazy("service level"),
    "service_from": gettext_lazy("service level"),
    "service_at": gettext_lazy("service level"),
}


@dataclass(frozen=True)
class Option:
    """A plan that a file may change: its key, its name, and how many of the file's tasks it has already."""

    key: str
    name: str
    known: int
    total: int
    chosen: bool = False


@dataclass(frozen=True)
class Stays:
    """What of ours an update leaves as it is, or overrules: words, how many, and some of them by name."""

    word: str
    count: int
    names: tuple[str, ...] = ()
    lost: bool = False


@dataclass(frozen=True)
class Preview:
    """What would become of a file: its place, the plans it may change, the difference, and what stays.

    `refusal` says why it cannot be written so.
    """

    initiative: Initiative
    plan: Plan | None
    options: tuple[Option, ...]
    people: tuple[Proposal, ...]
    calendars: tuple[Proposal, ...]
    difference: Difference | None = None
    stays: tuple[Stays, ...] = ()
    refusal: str = ""
    staged: Staged | None = field(default=None, repr=False)


def node_of(code: str, *, document: PlanDocument, actor: Actor) -> Initiative:
    """Return the project into which a plan goes that is brought into a node: the node itself, or the project of the
    plan's name below it; one that is not stored yet where there is none. Raises ValidationError.
    """
    node = visible(Initiative.objects.filter(code=code.strip().upper()), actor).select_related("unit", "scope").first()
    if node is None:
        raise ValidationError(
            _("“%(code)s” is not the code of a project or programme that you may see.") % {"code": code}
        )
    if node.kind == Kind.PROJECT:
        return node
    below = visible(Initiative.objects.filter(parent=node, kind=Kind.PROJECT, name=document.name[:200]), actor)
    found = below.select_related("unit", "scope").first()
    return found or Initiative(name=document.name[:200], kind=Kind.PROJECT, parent=node, unit=node.unit)


def target_of(code: str, *, document: PlanDocument, actor: Actor, plan: str = "") -> tuple[Initiative, Plan | None]:
    """Return where a plan goes: the project, see `node_of`, and the plan of it to be changed.

    `plan` names one by its key, or says `NEW`; left open, it is the plan that came of the same name, else a new one.
    """
    node = node_of(code, document=document, actor=actor)
    if plan == NEW or node._state.adding:
        return node, None
    if plan:
        rows = visible(Plan.objects.filter(initiative=node), actor)
        found = rows.filter(pk=int(plan)).first() if plan.isdecimal() and len(plan) < 19 else None
        if found is None:
            raise ValidationError(_("The project has no such plan any more. Choose again."))
        return node, found
    for each in visible(Plan.objects.filter(initiative=node), actor).order_by("-is_current", "pk"):
        if each.source.get("name", "") == document.name:
            return node, each
    return node, None


def options_of(initiative: Initiative, document: PlanDocument, chosen: Plan | None, *, actor: Actor) -> list[Option]:
    """Return the plans of a project that a file may change, with how many of its tasks each has already."""
    if initiative._state.adding:
        return []
    plans = visible(Plan.objects.filter(initiative=initiative), actor).order_by("-is_current", "name")
    total = len(document.tasks)
    tasks: dict[int, list[DocumentTask]] = {}
    for key, uid, name, code in Task.objects.filter(plan__in=plans).values_list("plan_id", "uid", "name", "code"):
        tasks.setdefault(key, []).append(DocumentTask(id=uid, name=name, code=code))
    found = []
    for plan in plans:
        known = tuple(tasks.get(plan.pk, ()))
        there = {each.id for each in known}
        same = sum(number in there for number in aligned(document, Known(known)).tasks.values())
        found.append(Option(str(plan.pk), plan.name, same, total, chosen is not None and chosen.pk == plan.pk))
    return found


def previewed(
    *, document: PlanDocument, into: str, actor: Actor, plan: str = "", choices: Choices | None = None
) -> Preview:
    """Return what would become of a plan file; nothing is written. Raises ValidationError for no such place."""
    initiative, target = target_of(into, document=document, actor=actor, plan=plan)
    people = proposals(document, target, actor=actor)
    calendars = calendar_proposals(document, actor=actor)
    choices = settled(choices or Choices(), people, calendars)
    found = Preview(
        initiative,
        target,
        tuple(options_of(initiative, document, target, actor=actor)),
        tuple(people),
        tuple(calendars),
    )
    money = target is not None and sees_money(target, actor)
    try:
        older = None if target is None else current(Plan.objects.get(pk=target.pk)).schedule
    except EngineError:
        older = None
    try:
        laid = staged(document, target or Plan(initiative=initiative), actor=actor, choices=choices)
    except EngineError as error:
        return replace(found, refusal=str(error))
    if target is None:
        return replace(found, staged=laid)
    told = difference(laid, older, money=money)
    return replace(found, difference=told, stays=tuple(_stays(laid)), staged=laid)


def _stays(laid: Staged) -> list[Stays]:
    """Return what of ours stays, and what the file overrules."""
    kept, plan = laid.ready.kept, laid.plan
    names = {uid: record.name for uid, record in laid.by_uid.items()}
    found: list[Stays] = []

    def tell(word: str, rows: list[str], *, lost: bool = False, count: int | None = None) -> None:
        if rows or count:
            found.append(Stays(word, len(rows) if count is None else count, tuple(rows[:SHOWN]), lost))

    tell(_("baselines taken here"), [each.name for each in laid.ready.baselines.values()])
    tell(_("reports of progress made here"), [names[uid] for uid in kept.progress if uid in names])
    tell(
        _("tasks edited here"),
        [
            f"{names[uid]}: {', '.join(str(FIELDS[each][1]) for each in fields if each in FIELDS)}"
            for uid, fields in kept.fields.items()
            if uid in names
        ],
    )
    tell(_("tasks added here"), [names[uid] for uid in kept.tasks if uid in names])
    tell(_("links added here"), [], count=len(kept.links))
    tell(_("assignments made here"), [], count=len(kept.assignments))
    linked = PlanResource.objects.filter(plan=plan, person__isnull=False)
    removed = {each.pk for each in laid.resources.removed}
    people = [name for pk, name in linked.order_by("name").values_list("pk", "name") if pk not in removed]
    tell(_("resources tied to people"), people)
    stay, go = _comments(laid)
    tell(_("comments on tasks"), [], count=stay)
    tell(_("comments on tasks that go"), [], lost=True, count=go)
    for word, rows in _overruled(laid):
        tell(word, rows, lost=True)
    return found


def _overruled(laid: Staged) -> list[tuple[str, list[str]]]:
    """Return what of ours the file overrules, in words and by name."""
    kept, apart = laid.ready.kept, laid.ready.apart
    both = {uid: list(fields) for uid, fields in kept.overruled.items()}
    for record, old, _new in laid.tasks.changed:
        both.setdefault(record.uid, []).extend(apart.of(record, old))

    def words(fields: list[str]) -> str:
        return ", ".join(dict.fromkeys(str(WORDS[each]) for each in fields if each in WORDS))

    def between(link: TaskLink) -> str:
        return f"{link.predecessor.name} → {link.successor.name}"

    def of(each: TaskAssignment) -> str:
        return f"{each.resource.name if each.resource is not None else '–'}: {each.task.name}"

    tasks, links, assigned = laid.tasks, laid.links, laid.assignments
    return [
        (
            _("tasks changed on both sides, the file’s version is taken"),
            [f"{laid.by_uid[uid].name}: {told}" for uid, names in both.items() if (told := words(names))],
        ),
        (_("tasks removed here that come back"), [each.name for each in tasks.added if each.uid in apart.tasks]),
        (
            _("links changed here, the file’s version is taken"),
            [between(each) for each, old, _new in links.changed if apart.of(each, old)]
            + [between(each) for each in links.removed if apart.of(each, state_of(each))],
        ),
        (
            _("links removed here that come back"),
            [between(each) for each in links.added if (each.predecessor.uid, each.successor.uid) in apart.links],
        ),
        (
            _("assignments changed here, the file’s version is taken"),
            [of(each) for each, old, _new in assigned.changed if apart.of(each, old)],
        ),
        (
            _("assignments removed here that come back"),
            [of(each) for each in assigned.added if (each.task.uid, each.resource_id) in apart.assignments],
        ),
    ]


def _comments(laid: Staged) -> tuple[int, int]:
    """Return how many comments stand on tasks that stay, and on those that go."""
    tasks = Task.objects.filter(plan=laid.plan).values("pk")
    rows = Comment.objects.filter(record_type=record_type(Task), record_id__in=tasks, deleted_at__isnull=True)
    counts = dict(rows.order_by().values_list("record_id").annotate(Count("pk")))
    gone = sum(count for key, count in counts.items() if key in set(laid.gone))
    return sum(counts.values()) - gone, gone


def plan_preview(
    *, document: PlanDocument, into: str, actor: Actor, plan: str = "", choices: Choices | None = None
) -> dict[str, Any]:
    """Return what would become of a plan file as plain values; nothing is written. Raises ValidationError."""
    found = previewed(document=document, into=into, actor=actor, plan=plan, choices=choices)
    if found.refusal or found.staged is None:
        raise ValidationError(found.refusal)
    tasks, links = found.staged.tasks, found.staged.links
    told = found.difference
    changed = {each.task for each in told.lines if each.group not in ("added", "removed")} if told else set()
    return {
        "project": found.initiative.code or "",
        "project_name": found.initiative.name,
        "plan": None if found.plan is None else found.plan.name,
        "added": len(tasks.added),
        "changed": len(changed - {None}),
        "removed": len(tasks.removed),
        "links_added": len(links.added),
        "links_removed": len(links.removed),
        "people": [_proposed(each) for each in found.people],
        "calendars": [_proposed(each) for each in found.calendars],
        **({} if told is None else _told(told, found.stays)),
    }


def _proposed(each: Proposal) -> dict[str, Any]:
    return {"name": each.name, "is": each.label or None, "why": each.why, "certainty": each.certainty.value}


def _told(told: Difference, stays: tuple[Stays, ...]) -> dict[str, Any]:
    """Return a difference as plain values."""
    dates: Mapping[str, Any] = {
        name: day.isoformat() if (day := on_day(at)) is not None else None
        for name, at in (("finish_before", told.older_finish), ("finish_after", told.newer_finish))
    }
    return {
        **dates,
        "finish_moved_minutes": told.finish,
        "work_hours": round(told.work / 60, 2),
        "cost": None if told.cost is None else format(told.cost, "f"),
        "groups": dict(told.counts),
        "lines": [
            {
                "group": each.group,
                "task": each.task,
                "name": each.name,
                "what": each.what,
                "before": each.before,
                "after": each.after,
                "by": str(each.by),
            }
            for each in told.lines
        ],
        "kept": [
            {"what": each.word, "count": each.count, "names": list(each.names)} for each in stays if not each.lost
        ],
        "overruled": [
            {"what": each.word, "count": each.count, "names": list(each.names)} for each in stays if each.lost
        ],
    }


def groups_of(told: Difference) -> list[tuple[str, str, int]]:
    """Return key, words and count of the groups that have lines."""
    return [(key, str(GROUPS[key]), count) for key, count in told.counts.items()]
