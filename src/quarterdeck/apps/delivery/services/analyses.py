"""Runs of simulation and levelling: asked for, worked out apart from the request, and adopted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.models import Plan, PlanAnalysis, Task
from quarterdeck.apps.delivery.selectors.analyses import address
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.plans import may_edit
from quarterdeck.apps.delivery.services.analyses_levelling import FINISH, FLOAT, PRIORITY, levelling_of
from quarterdeck.apps.delivery.services.analyses_simulation import simulation_of
from quarterdeck.apps.delivery.services.plans import plan_copy
from quarterdeck.apps.delivery.services.reckoning import PlanRefused, Touched, locked, recalculate
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, refusal
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job

Kind = PlanAnalysis.Kind
#: Runs of one plan and kind that are kept; adopted ones stay besides.
KEPT: Final = 30
#: Iterations and seconds that a page may ask for.
ITERATIONS, SECONDS = 200_000, 120
GOALS: Final = (FINISH, PRIORITY, FLOAT)


@transaction.atomic
def analysis_run(*, plan: Plan, kind: str, options: Mapping[str, Any], actor: Actor) -> PlanAnalysis:
    """Ask for a run of a plan and queue its work; return it. The oldest runs beyond `KEPT` go.

    Raises AccessDenied for whoever may not change the plan, ValidationError for options out of range.
    """
    plan = locked(plan.pk)
    if not may_edit(plan, actor):
        raise AccessDenied(refusal("change", Plan))
    asked = simulation_options(options) if kind == Kind.SIMULATION else levelling_options(options)
    mine = PlanAnalysis.objects.filter(plan=plan, kind=kind)
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    run = PlanAnalysis.objects.create(
        plan=plan, kind=kind, number=number, options=asked, asked_by=actor.user, asked_at=actor.now
    )
    mine.filter(adopted_at=None, number__lte=number - KEPT).delete()
    title = {Kind.SIMULATION: _("Simulate %(plan)s"), Kind.LEVELLING: _("Level %(plan)s")}[Kind(kind)]
    run.job = enqueue(analysis_worked_out, actor=actor, title=title % {"plan": plan.name}, run_id=run.pk)
    run.save(update_fields=["job"])
    return run


def simulation_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a simulation with all defaults. Raises ValidationError for what lies out of range."""
    found: dict[str, Any] = {
        "iterations": _within(given, "iterations", 10_000, (100, ITERATIONS), _("Iterations")),
        "seed": _within(given, "seed", 1, (0, 2**53), _("Seed")),
        "correlation": float(given.get("correlation") or 0),
        "within": "all" if given.get("within") == "all" else "phase",
        "low": given.get("low"),
        "high": given.get("high"),
        "target": given.get("target"),
        "budget": given.get("budget"),
    }
    if not 0 <= found["correlation"] <= 0.95:
        raise ValidationError({"correlation": _("Correlation lies from 0 to 0.95.")})
    low, high = found["low"], found["high"]
    if (low is None) != (high is None) or (low is not None and not -100 <= low <= 0 <= high <= 1000):
        raise ValidationError({"low": _("Give both: −100 to 0 %, and 0 to 1,000 %.")})
    return found


def levelling_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a levelling with all defaults. Raises ValidationError for what lies out of range."""
    goal = given.get("goal", FINISH)
    if goal not in GOALS:
        raise ValidationError({"goal": _("Pick what is aimed at.")})
    resources = {str(key): float(units) for key, units in dict(given.get("resources") or {}).items()}
    if not any(units > 0 for units in resources.values()):
        raise ValidationError({"resources": _("Pick at least one resource.")})
    if any(not 0 <= units <= 1000 for units in resources.values()):
        raise ValidationError({"resources": _("Units lie from 0 to 1,000.")})
    return {
        "goal": goal,
        "resources": resources,
        "seconds": _within(given, "seconds", 5, (1, SECONDS), _("Time limit")),
    }


def _within(given: Mapping[str, Any], name: str, usual: int, ends: tuple[int, int], label: str) -> int:
    low, high = ends
    value = given.get(name)
    value = usual if value is None else int(value)
    if not low <= value <= high:
        words = _("%(label)s lies from %(low)s to %(high)s.")
        raise ValidationError({name: words % {"label": label, "low": f"{low:,}", "high": f"{high:,}"}})
    return value


@job(title=gettext_lazy("Work out a plan"), retries=1)
def analysis_worked_out(progress: Progress, *, run_id: int) -> dict[str, Any]:
    """Work a run out; what came of it is written at once, in the end. Doing it twice does the same."""
    run = PlanAnalysis.objects.select_related("plan__initiative").filter(pk=run_id).first()
    if run is None:
        return {}
    if run.finished_at is None:
        progress.start(6, _("Reading the plan"))
        result, refused = None, ""
        revision = None
        try:
            with transaction.atomic():
                # Under the lock, so that no edit comes between what is read.
                plan = locked(run.plan_id)
                now, revision = current(plan), plan.revision
            if now.schedule is None:
                raise PlanRefused(_("The plan has no tasks."))
            progress.step()
            result = _WORK[Kind(run.kind)](now, run.options, say=_teller(progress))
        except (EngineError, ValidationError) as error:
            refused = _words(error, now_names(run.plan_id))
        PlanAnalysis.objects.filter(pk=run_id, finished_at=None).update(
            revision=revision, result=result, refusal=refused, finished_at=clock.now()
        )
    return {"url": address(run)}


_WORK: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    Kind.SIMULATION: simulation_of,
    Kind.LEVELLING: levelling_of,
}


def _teller(progress: Progress) -> Callable[[int], None]:
    texts = {1: _("Working it out"), 2: _("Looking for what matters"), 3: _("Trying what would help")}

    def say(step: int) -> None:
        if step in texts:
            progress.say(texts[step])
        progress.step()

    return say


def now_names(plan_id: int) -> Callable[[Any], str]:
    """Return a way to the names of a plan's tasks by id."""

    def name(key: Any) -> str:
        found = Task.objects.filter(plan_id=plan_id, pk=key) if isinstance(key, int) else Task.objects.none()
        return found.values_list("name", flat=True).first() or str(key)

    return name


def _words(error: EngineError | ValidationError, name: Callable[[Any], str]) -> str:
    """Return a refusal in words, with the names of the tasks at fault instead of their ids."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    text = str(error).replace("\n", " ")
    for key in error.culprits[:10]:
        text = text.replace(repr(key), f"“{name(key)}”")
    return text[:1].upper() + text[1:]


def _adoptable(run: PlanAnalysis, plan: Plan) -> dict[str, list[int]]:
    """Return the delays that a run found. Raises PlanRefused where it cannot be adopted."""
    if run.kind != Kind.LEVELLING or not run.result:
        raise PlanRefused(_("There is nothing to adopt."))
    if plan.revision != run.revision:
        words = _("The plan has changed: this run was made of revision %(then)s, the plan is at %(now)s. Run it again.")
        raise PlanRefused(words % {"then": run.revision, "now": plan.revision})
    told: dict[str, list[int]] = run.result["delays"]
    if not told["task"]:
        raise PlanRefused(_("Nothing would move."))
    return told


@transaction.atomic
def levelling_adopt(*, run: PlanAnalysis, actor: Actor) -> uuid.UUID:
    """Write the delays of a levelling into its plan as one edit, which Undo takes back; return its batch.

    Raises PlanRefused where the plan has changed since it was levelled, AccessDenied.
    """
    plan = locked(run.plan_id)
    if not may_edit(plan, actor):
        raise AccessDenied(refusal("change", Plan))
    told = _adoptable(run, plan)
    batch = _delayed(plan, dict(zip(told["task"], told["delay"], strict=True)), actor)
    PlanAnalysis.objects.filter(pk=run.pk).update(adopted_batch=batch, adopted_at=actor.now)
    return batch


@transaction.atomic
def levelling_copy(*, run: PlanAnalysis, actor: Actor) -> Plan:
    """Copy the plan and write the delays into the copy; return the copy. Raises as `levelling_adopt`."""
    plan = locked(run.plan_id)
    if not may_edit(plan, actor):
        raise AccessDenied(refusal("change", Plan))
    told = _adoptable(run, plan)
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    made = plan_copy(plan=plan, actor=actor, name=_("%(name)s, levelled") % {"name": plan.name})
    numbers = dict(Task.objects.filter(plan=plan, pk__in=told["task"]).values_list("pk", "uid"))
    copies = dict(Task.objects.filter(plan=made).values_list("uid", "pk"))
    delays = {copies[numbers[key]]: delay for key, delay in zip(told["task"], told["delay"], strict=True)}
    _delayed(locked(made.pk), delays, actor)
    PlanAnalysis.objects.filter(pk=run.pk).update(adopted_as=made, adopted_at=actor.now)
    return made


def _delayed(plan: Plan, delays: Mapping[int, int], actor: Actor) -> uuid.UUID:
    """Give tasks their levelling delays and reckon the plan anew."""
    batch = actor.batch or uuid.uuid4()
    actor = actor.by(actor.via, batch)
    found = list(Task.objects.filter(plan=plan, pk__in=delays))
    for task in found:
        task.plan, task.delay = plan, delays[task.pk]
    records.save_many(found, actor=actor)
    recalculate(plan=plan, actor=actor, touched=Touched(edited=set(delays), plain=True), batch=batch)
    return batch
