"""What the running projects hand over: a product with each milestone, as far accepted as the plan has come."""

from __future__ import annotations

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.choices import DeliverableState
from quarterdeck.apps.delivery.models import Deliverable, Plan, Task
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Milestone -> what is handed over with it, and how it is judged.
PRODUCTS = {
    "Outline design agreed": ("Outline design", "Agreed by operations, safety and the city."),
    "Permits granted": ("Permits", "All conditions of the permits answered."),
    "Works complete": ("As-built works", "Inspected without open defects that stop use."),
    "In service": ("Handover file", "Manuals, as-built drawings and spares list complete."),
}


def deliver(plan: Plan, *, actor: Actor) -> None:
    """Enter the deliverables of a plan and bring them as far as it has come: those whose milestone is reached are
    accepted, the next is in work.
    """
    known = {record.code: record for record in Deliverable.objects.filter(initiative=plan.initiative)}
    next_one = True
    rows = Task.objects.filter(plan=plan, name__in=PRODUCTS, is_summary=False).order_by("position")
    for number, milestone in enumerate(rows, start=1):
        name, criteria = PRODUCTS[milestone.name]
        code = f"D{number}"
        record = known.get(code) or Deliverable(
            initiative=plan.initiative, code=code, name=name, criteria=criteria, milestone=milestone
        )
        if code not in known:
            records.save(record, actor=actor)
        if milestone.done >= 100 and record.state != DeliverableState.ACCEPTED:
            services.deliverable_submit(record=record, actor=actor)
            services.deliverable_accept(record=record, actor=actor)
        elif milestone.done < 100 and next_one:
            next_one = False
            if record.state == DeliverableState.PLANNED:
                services.deliverable_begin(record=record, actor=actor)
