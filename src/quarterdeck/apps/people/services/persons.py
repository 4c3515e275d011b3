"""Keeping persons."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from quarterdeck.apps.people.choices import PERSON_PREFIX, PersonKind
from quarterdeck.apps.people.models import Person, RoleAssignment
from quarterdeck.apps.people.services.grants import check_may_administer, grants_follow
from quarterdeck.apps.people.services.roles import assignment_remove, role_end
from quarterdeck.kernel import numbering, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change


@transaction.atomic
def person_save(record: Person, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a person: gives the code, the name to sort by, and the user's rights when the user changes."""
    stored = None if record._state.adding else Person.objects.filter(pk=record.pk).first()
    _check(record, stored, actor)
    if not record.code:
        record.code = numbering.next_code(PERSON_PREFIX)
    elif stored is None:
        numbering.reserve(PERSON_PREFIX, record.code)
    _sort(record, stored)
    change = records.save(record, actor=actor, note=note)
    if _signs_in_anew(record, stored):
        _let_grants_follow([record], actor)
    return change


@transaction.atomic
def persons_save(rows: Sequence[Person], *, actor: Actor, note: str = "") -> list[Change]:
    """Create or change many persons at once, by the rules of `person_save`; all or nothing.

    Raises BulkRefused with the refusals by position.
    """
    there = Person.objects.in_bulk([row.pk for row in rows if not row._state.adding])
    errors: dict[int, ValidationError] = {}
    for position, row in enumerate(rows):
        try:
            _check(row, there.get(row.pk), actor)
        except ValidationError as error:
            errors[position] = error
    if errors:
        raise records.BulkRefused(errors)
    numbering.reserve(PERSON_PREFIX, *(row.code for row in rows if row._state.adding))
    nameless = [row for row in rows if not row.code]
    for row, code in zip(nameless, numbering.next_codes(PERSON_PREFIX, len(nameless)), strict=True):
        row.code = code
    for row in rows:
        _sort(row, there.get(row.pk))
    moved = [row for row in rows if _signs_in_anew(row, there.get(row.pk))]
    changes = records.save_many(rows, actor=actor, note=note)
    if moved:
        _let_grants_follow(moved, actor)
    return changes


def _check(record: Person, stored: Person | None, actor: Actor) -> None:
    if _signs_in_anew(record, stored):
        # A user linked to a person gets the rights of that person's roles.
        check_may_administer(actor=actor, text=_("Only those who look after access say as whom a person signs in."))
    if record.kind in (PersonKind.SUPPLIER, PersonKind.CLIENT) and not record.employer:
        raise ValidationError({"employer": _("State the employer of a supplier’s or client’s contact.")})
    if stored is None or record.manager_id != stored.manager_id:
        _check_manager(record)


def _signs_in_anew(record: Person, stored: Person | None) -> bool:
    return record.user_id != (stored.user_id if stored else None)


def _let_grants_follow(rows: Sequence[Person], actor: Actor) -> None:
    kind, pks = Person._meta.label_lower, [row.pk for row in rows]
    grants_follow(record_type=kind, record_ids=pks, fields=frozenset({"user_id"}), actor=actor)


def _sort(record: Person, stored: Person | None) -> None:
    if not record.sort_name or (stored and record.sort_name == sorted_as(stored.name)):
        record.sort_name = sorted_as(record.name)


def sorted_as(name: str) -> str:
    """Return a name with its last word first: `Helen Ashdown` gives `Ashdown, Helen`."""
    given, _space, last = name.strip().rpartition(" ")
    return f"{last}, {given}" if given else last


def _check_manager(record: Person) -> None:
    seen, above = {record.pk}, record.manager
    while above is not None and record.pk is not None:
        if above.pk in seen:
            raise ValidationError(
                {"manager": _("%(manager)s reports to %(person)s.") % {"manager": record.manager, "person": record}}
                if record.manager_id != record.pk
                else {"manager": _("Nobody is one’s own manager.")}
            )
        seen.add(above.pk)
        above = above.manager


@transaction.atomic
def person_leave(*, record: Person, last_day: dt.date, actor: Actor, note: str = "") -> Person:
    """Record a person's last day: ends the roles still open on it and withdraws those that would start later.

    Raises AccessDenied, with nothing written, when the actor may not end one of the roles.
    """
    actor = actor.by(actor.via, actor.batch or uuid.uuid4())
    for row in RoleAssignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day), person=record):
        if row.starts_on > last_day:
            assignment_remove(row, actor=actor, note=note)
        else:
            role_end(record=row, ends_on=last_day, actor=actor, note=note)
    record.ends_on = last_day
    person_save(record, actor=actor, note=note)
    return record
