"""New initiatives from templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
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
    actor: Actor,
    starts_on: dt.date | None = None,
    people: Mapping[int, Person] | None = None,
    budget: Decimal | None = None,
    currency: Currency | None = None,
    code: str = "",
) -> Initiative:
    """Make an initiative as its template says, with its parts below and people in its roles (by id of the role).

    All or nothing; the rights of the actor are checked for each part and each assignment. Raises ValidationError naming
    the required roles that nobody was given.
    """
    given = people or {}
    slots = list(template.roles.select_related("role__access_role"))
    if lacking := [str(slot.role) for slot in slots if slot.required and slot.role_id not in given]:
        raise ValidationError(_("Name someone for: %(roles)s.") % {"roles": ", ".join(lacking)})
    made = Initiative(
        code=code,
        name=name,
        kind=template.kind,
        parent=parent,
        unit=unit,
        currency=currency or (parent.currency if parent else None),
        budget=budget,
        purpose=template.purpose,
        method=template.method,
        priority=template.priority,
        planned_start=starts_on,
        planned_finish=_after(starts_on, template.length_days),
        time_tolerance=template.time_tolerance,
        cost_tolerance=template.cost_tolerance,
    )
    note = _("From the template %(name)s") % {"name": template.name}
    initiative_save(made, actor=actor, note=note)
    for part in template.parts.all():
        start = _after(starts_on, part.starts_after)
        below = Initiative(
            name=f"{name}: {part.name}"[:200],
            kind=part.kind,
            parent=made,
            unit=unit,
            currency=made.currency,
            method=part.method,
            priority=template.priority,
            planned_start=start,
            planned_finish=_after(start, part.length_days),
        )
        initiative_save(below, actor=actor, note=note)
    for slot in slots:
        person = given.get(slot.role_id)
        if person is not None:
            role_assign(person=person, role=slot.role, scope=made.scope, starts_on=actor.today, actor=actor, note=note)
    return made


def _after(day: dt.date | None, days: int | None) -> dt.date | None:
    return day + dt.timedelta(days=days) if day is not None and days is not None else None
