"""Keeping the catalogue of roles, and giving and ending roles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from quarterdeck.apps.organisation.choices import UNIT_SCOPE
from quarterdeck.apps.people.choices import HeldAt
from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.apps.people.services.grants import check_may_administer, check_may_give, grants_align, grants_follow
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import AccessDenied, record_type, refusal
from quarterdeck.kernel.audit.models import Change

#: Kind of the topmost node, which is no initiative.
ROOT = "root"


@transaction.atomic
def role_save(record: Role, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a role of the catalogue; only those who look after access decide which rights it brings."""
    stored = None if record._state.adding else Role.objects.filter(pk=record.pk).first()
    moved = record.access_role_id != (stored.access_role_id if stored else None)
    if moved:
        check_may_administer(actor=actor, text=_("Only those who look after access decide which rights a role brings."))
    change = records.save(record, actor=actor, note=note)
    if moved:
        grants_follow(
            record_type=record._meta.label_lower,
            record_ids=[record.pk],
            fields=frozenset({"access_role_id"}),
            actor=actor,
        )
    return change


@transaction.atomic
def assignment_save(record: RoleAssignment, *, actor: Actor, note: str = "") -> Change | None:
    """Give a role or change an assignment, and with it the rights that the role brings."""
    record.full_clean()
    action = "add" if record._state.adding else "change"
    if not actor.can(action, record_type(record), record.scope.path):
        # Before the rules below, whose refusals name people.
        raise AccessDenied(refusal(action, RoleAssignment))
    stored = None if record._state.adding else RoleAssignment.objects.filter(pk=record.pk).first()
    if stored is None or _reaches_further(record, stored):
        _check_held_at(record)
        _check_person(record)
        _check_others(record)
        if stored is None and not record.role.is_active:
            raise ValidationError({"role": _("“%(role)s” is no longer in use.") % {"role": record.role}})
        check_may_give(actor=actor, rights=record.role.access_role, scope=record.scope)
    change = records.save(record, actor=actor, note=note)
    grants_align(assignment_ids=[record.pk], actor=actor)
    return change


@transaction.atomic
def assignment_remove(record: RoleAssignment, *, actor: Actor, note: str = "") -> Change:
    """Remove an assignment entered by mistake, with its rights; one that was held is ended instead."""
    pk = record.pk
    change = records.delete(record, actor=actor, note=note)
    grants_align(assignment_ids=[pk], actor=actor)
    return change


def role_assign(
    *,
    person: Person,
    role: Role,
    scope: Scope,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    share: Decimal | None = None,
    actor: Actor,
    note: str = "",
) -> RoleAssignment:
    """Give a person a role at a node; return the assignment."""
    row = RoleAssignment(person=person, role=role, scope=scope, starts_on=starts_on, ends_on=ends_on, share=share)
    assignment_save(row, actor=actor, note=note)
    return row


def role_end(*, record: RoleAssignment, ends_on: dt.date, actor: Actor, note: str = "") -> RoleAssignment:
    """End an assignment with its last day, and its rights with it."""
    record.ends_on = ends_on
    assignment_save(record, actor=actor, note=note)
    return record


def role_end_on(*, record: RoleAssignment, last_day: dt.date, actor: Actor) -> RoleAssignment:
    """End an assignment: `role_end` as a page asks for it."""
    return role_end(record=record, ends_on=last_day, actor=actor)


def _reaches_further(new: RoleAssignment, old: RoleAssignment) -> bool:
    """Tell whether a change gives more than a shorter hold of the same."""
    if (new.person_id, new.role_id, new.scope_id) != (old.person_id, old.role_id, old.scope_id):
        return True
    longer = old.ends_on is not None and (new.ends_on is None or new.ends_on > old.ends_on)
    return longer or new.starts_on < old.starts_on


def _check_held_at(record: RoleAssignment) -> None:
    at_unit = record.scope.kind == UNIT_SCOPE
    wrong = {
        HeldAt.UNIT: not at_unit,
        HeldAt.INITIATIVE: at_unit or record.scope.kind == ROOT,
        HeldAt.ANY: False,
    }[HeldAt(record.role.held_at)]
    if wrong:
        raise ValidationError(
            {
                "scope": _("%(role)s is held at: %(where)s.")
                % {"role": record.role, "where": record.role.get_held_at_display()}
            }
        )


def _check_person(record: RoleAssignment) -> None:
    person = record.person
    if person.starts_on and record.starts_on < person.starts_on:
        text = _("%(person)s joins on %(day)s.")
        raise ValidationError({"starts_on": text % {"person": person, "day": _date(person.starts_on)}})
    if person.ends_on and record.starts_on > person.ends_on:
        text = _("%(person)s left on %(day)s.")
        raise ValidationError({"starts_on": text % {"person": person, "day": _date(person.ends_on)}})
    if person.ends_on and (record.ends_on is None or record.ends_on > person.ends_on):
        text = _("%(person)s leaves on %(day)s; end the assignment by then.")
        raise ValidationError({"ends_on": text % {"person": person, "day": _date(person.ends_on)}})


def _check_others(record: RoleAssignment) -> None:
    others = RoleAssignment.objects.filter(role=record.role, scope=record.scope).exclude(pk=record.pk)
    others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=record.starts_on))
    if record.ends_on is not None:
        others = others.filter(starts_on__lte=record.ends_on)
    for other in others.select_related("person"):
        if other.person_id == record.person_id:
            text = _("%(person)s holds this role here already, from %(day)s.")
        elif record.role.single:
            text = _("%(role)s has one holder at a time: %(person)s, from %(day)s.")
        else:
            continue
        raise ValidationError(
            text % {"role": record.role, "person": other.person, "day": _date(other.starts_on)}, code="overlap"
        )


def _date(day: dt.date) -> str:
    return formats.date_format(day, "DATE_FORMAT")
