"""Who works on a task, as typed: `Ann; Bob 50%`."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.texts import TextError, parse_resources
from quarterdeck.apps.delivery.models import Plan, PlanResource, Task, TaskAssignment
from quarterdeck.apps.delivery.services.reckoning import PlanRefused
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible


class Assigning:
    """Assignments of a plan while it is edited; read when first asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.resources_added: list[PlanResource] = []
        self.added: list[TaskAssignment] = []
        self.changed: dict[int, TaskAssignment] = {}
        self.removed: dict[int, TaskAssignment] = {}
        self._by_name: dict[str, PlanResource] | None = None

    def resource(self, name: str, actor: Actor) -> PlanResource:
        """Return the plan's resource of a name; a name that the plan does not know becomes one."""
        if self._by_name is None:
            found = PlanResource.objects.filter(plan=self.plan)
            self._by_name = {each.name.casefold(): each for each in found}
        key = name.casefold()
        if key not in self._by_name:
            people = visible(Person.objects.filter(name=name), actor).values_list("pk", flat=True)[:2]
            alone = list(people)
            made = PlanResource(plan=self.plan, name=name[:200], person_id=alone[0] if len(alone) == 1 else None)
            self._by_name[key] = made
            self.resources_added.append(made)
        return self._by_name[key]

    def _of(self, task: Task) -> list[TaskAssignment]:
        stored = list(TaskAssignment.objects.filter(task_id=task.pk).select_related("resource")) if task.pk else []
        kept = [self.changed.get(each.pk, each) for each in stored if each.pk not in self.removed]
        return [*kept, *(each for each in self.added if each.task is task)]

    def assign(self, task: Task, text: str, actor: Actor) -> None:
        """Let those named work on a task, and nobody else; who stays keeps work and dates."""
        wanted = {}
        try:
            told = parse_resources(text)
        except TextError as error:
            raise PlanRefused(str(error), task=task.pk, field="resources") from error
        for name, units in told:
            if not 0 < units <= 100:
                raise PlanRefused(_("Units lie above 0 % and up to 10 000 %."), task=task.pk, field="resources")
            resource = self.resource(name, actor)
            wanted[id(resource)] = (resource, units)
        for held in self._of(task):
            match = next(
                (key for key, (one, _units) in wanted.items() if one is held.resource or one.pk == held.resource_id),
                None,
            )
            if match is None:
                self._drop(held)
                continue
            _resource, units = wanted.pop(match)
            if held.units != units:
                held.units = units
                if held.pk:
                    self.changed[held.pk] = held
        for resource, units in wanted.values():
            work = task.duration * units if resource.kind == "work" else 0.0
            self.added.append(TaskAssignment(plan=self.plan, task=task, resource=resource, units=units, work=work))
        task.work = sum(each.work for each in self._of(task) if each.resource is None or each.resource.kind == "work")

    def set_work(self, task: Task, minutes: float) -> None:
        """Set the work of a task; those who do it share it as before, or evenly."""
        held = [each for each in self._of(task) if each.resource is not None and each.resource.kind == "work"]
        whole = sum(each.work for each in held)
        for each in held:
            each.work = minutes * (each.work / whole if whole else 1 / len(held))
            if each.remaining_work is not None:
                each.remaining_work = max(0.0, each.work - each.actual_work)
            if each.pk:
                self.changed[each.pk] = each
        task.work = minutes

    def _drop(self, held: TaskAssignment) -> None:
        if held.pk:
            self.removed[held.pk] = held
            self.changed.pop(held.pk, None)
        else:
            self.added.remove(held)

    def write(self, actor: Actor) -> set[int]:
        """Write what was set; return the tasks that it is about."""
        touched = {each.task_id for each in (*self.removed.values(), *self.changed.values())}
        records.delete_many(list(self.removed.values()), actor=actor)
        used = {id(each.resource) for each in self.added}
        resources = [each for each in self.resources_added if id(each) in used]
        self._number(PlanResource, resources)
        records.save_many(resources, actor=actor)
        added = [each for each in self.added if each.task.pk]
        self._number(TaskAssignment, added)
        for each in added:
            each.task_id, each.resource_id = each.task.pk, each.resource.pk if each.resource is not None else None
        records.save_many([*added, *self.changed.values()], actor=actor)
        return touched | {each.task_id for each in added}

    def _number(self, model: Any, fresh: list[Any]) -> None:
        if fresh:
            last = model._default_manager.filter(plan=self.plan).aggregate(last=Max("uid"))["last"] or 0
            for number, each in enumerate(fresh, start=last + 1):
                each.uid = number
