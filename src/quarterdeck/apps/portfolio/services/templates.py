"""New initiatives from templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.services import role_assign
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate
from quarterdeck.apps.portfolio.services.initiatives import initiative_save
from quarterdeck.kernel.access.actor import Actor


@transaction.atomic
def initiative_from_template(
    *,
    template: InitiativeTemplate,
    name: str,
    parent: Initiative | None,
    unit: OrganisationUnit,
    starts_on: dt.date | None,
    people: Mapping[int, Person],
    actor: Actor,
) -> Initiative:
    """Make an initiative as its template says, with its parts below and people in its roles (by id of the role).

    All or nothing; the rights of the actor are checked for each part and each assignment.
    """
    made = _made(template, name=name, parent=parent, unit=unit, starts_on=starts_on)
    initiative_save(made, actor=actor, note=template.name)
    for part in template.parts.all():
        below = Initiative(name=part.name, kind=part.kind, parent=made, unit=unit, currency=made.currency)
        initiative_save(below, actor=actor, note=template.name)
    for slot in template.roles.select_related("role__access_role"):
        person = people.get(slot.role_id)
        if person is not None:
            role_assign(
                person=person, role=slot.role, scope=made.scope, starts_on=starts_on or actor.today, actor=actor
            )
    return made


def _made(
    template: InitiativeTemplate,
    *,
    name: str,
    parent: Initiative | None,
    unit: OrganisationUnit,
    starts_on: dt.date | None,
) -> Initiative:
    length = dt.timedelta(days=template.length_days) if template.length_days else None
    return Initiative(
        name=name,
        kind=template.kind,
        parent=parent,
        unit=unit,
        currency=parent.currency if parent else None,
        purpose=template.purpose,
        method=template.method,
        priority=template.priority,
        planned_start=starts_on,
        planned_finish=starts_on + length if starts_on and length else None,
        time_tolerance=template.time_tolerance,
        cost_tolerance=template.cost_tolerance,
    )
