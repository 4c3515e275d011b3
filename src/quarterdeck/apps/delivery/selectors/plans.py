"""Which plans there are, and which one an address names."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from quarterdeck.apps.delivery.models import Plan, PlanRevision, Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_at, record_type, row_paths, visible

PLAN = "delivery.plan"
TASK = "delivery.task"


def plans_of(code: str, *, actor: Actor) -> QuerySet[Plan]:
    """Return the plans of a project that the actor may see, the current one first."""
    rows = visible(Plan.objects.filter(initiative__code=code.upper()), actor)
    return rows.select_related("initiative__scope", "initiative__unit__scope", "origin").order_by("-is_current", "name")


def plan_at(code: str, *, actor: Actor, key: str = "") -> Plan | None:
    """Return the plan that an address names: the current one, or one by its id; None where there is none to see."""
    rows = plans_of(code, actor=actor)
    if key:
        return rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    return rows.first()


def project_at(code: str, *, actor: Actor) -> Initiative | None:
    """Return a project that the actor may see."""
    rows = visible(Initiative.objects.filter(kind="project", code=code.upper()), actor)
    return rows.select_related("scope", "unit__scope", "parent").first()


def may_edit(plan: Plan, actor: Actor) -> bool:
    """Tell whether the actor may change the tasks of a plan, by the nodes read with it."""
    return not actor.read_only and may_at(actor, "change", plan) and _at(plan, actor, "change")


def may_report(plan: Plan, actor: Actor) -> bool:
    """Tell whether the actor may report the progress of a plan's tasks, which whoever may change it may too."""
    return not actor.read_only and _at(plan, actor, "change")


def _at(plan: Plan, actor: Actor, action: str) -> bool:
    paths = row_paths(plan)
    return actor.paths(action, TASK) == ("",) or any(actor.can(action, TASK, path) for path in paths)


def notes_of(plan: Plan, task: int) -> str:
    """Return what is noted of a task today."""
    return Task.objects.filter(plan=plan, pk=task).values_list("notes", flat=True).first() or ""


def may_plan(initiative: Initiative, actor: Actor) -> bool:
    """Tell whether the actor may add a plan to a project."""
    return not actor.read_only and any(actor.can("add", PLAN, path) for path in row_paths(initiative))


def sees_money(plan: Plan, actor: Actor) -> bool:
    """Tell whether the actor sees the amounts of a plan."""
    return actor.sees("money", record_type(Task), row_paths(plan))


@dataclass
class News:
    """What has happened to a plan since a revision."""

    changed: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    links: bool = False
    outline: bool = False


def news_since(plan: Plan, revision: int) -> News:
    """Return which tasks changed and went since a revision, and whether links or the outline did."""
    found = News()
    rows = PlanRevision.objects.filter(plan=plan, number__gt=revision).values_list("removed", "links", "outline")
    for removed, links, outline in rows:
        found.removed += removed
        found.links |= links
        found.outline |= outline
    changed = Task.objects.filter(plan=plan, changed_in__gt=revision).order_by("position")
    found.changed = list(changed.values_list("pk", flat=True))
    return found


def answered_before(plan: Plan, request: str) -> PlanRevision | None:
    """Return the revision that a request has made already; None for one that is new."""
    return PlanRevision.objects.filter(plan=plan, request=request).first() if request else None


def revision_of(plan: Plan) -> int:
    """Return the revision of a plan as it is stored now."""
    return Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)


def refresh(plan: Plan) -> None:
    """Bring a plan up to the revision that is stored now."""
    plan.refresh_from_db(fields=["revision", "reckoned_at", *sorted(Plan.follows - {"revision", "reckoned_at"})])
