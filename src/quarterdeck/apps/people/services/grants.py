"""Rights follow roles: each assignment brings about at most one grant, which lives and dies with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope
from quarterdeck.kernel.access.services import wider_than_own

ORIGIN = RoleAssignment._meta.label_lower


@transaction.atomic
def grants_align(*, assignment_ids: Iterable[int], actor: Actor) -> None:
    """Make the grants of some assignments what the assignments say; idempotent, writes nothing when all is well.

    The grant is a consequence of the assignment, which the actor was allowed to write; who did it stays in its history.
    It is a batch of its own: Undo takes back the assignment, and the grant follows that.
    """
    ids = set(assignment_ids)
    actor = replace(actor, unlimited=True, read_only=False, batch=uuid.uuid4())
    there: dict[int, list[Grant]] = {pk: [] for pk in ids}
    for grant in Grant.objects.filter(origin_type=ORIGIN, origin_id__in=ids).order_by("pk"):
        there[grant.origin_id or 0].append(grant)
    kept = RoleAssignment.objects.filter(pk__in=ids).select_related("person", "role")
    wanted = {row.pk: row for row in kept if row.person.user_id and row.role.access_role_id}
    for pk in sorted(ids):
        grants, row = there[pk], wanted.get(pk)
        for surplus in grants[1:] if row else grants:
            records.delete(surplus, actor=actor)
        if row is None:
            continue
        grant = grants[0] if grants else Grant(origin_type=ORIGIN, origin_id=pk)
        grant.user_id, grant.role_id = row.person.user_id, row.role.access_role_id or 0
        grant.scope_id, grant.starts_on, grant.ends_on = row.scope_id, row.starts_on, row.ends_on
        records.save(grant, actor=actor)


def grants_follow(*, record_type: str, record_ids: Iterable[int], fields: frozenset[str], actor: Actor) -> None:
    """Align the grants that a change of assignments, persons or roles touches, however it was written."""
    ids = set(record_ids)
    if record_type == ORIGIN:
        grants_align(assignment_ids=ids, actor=actor)
    elif record_type == Person._meta.label_lower and "user_id" in fields:
        rows = RoleAssignment.objects.filter(person__in=ids)
        grants_align(assignment_ids=rows.values_list("pk", flat=True), actor=actor)
    elif record_type == Role._meta.label_lower and "access_role_id" in fields:
        rows = RoleAssignment.objects.filter(role__in=ids)
        grants_align(assignment_ids=rows.values_list("pk", flat=True), actor=actor)


def check_may_give(*, actor: Actor, rights: AccessRole | None, scope: Scope) -> None:
    """Refuse to hand out rights at a node beyond one's own there, also to whoever may add grants."""
    if rights is not None and wider_than_own(actor, rights, scope.path):
        raise ValidationError(
            _("This role brings the rights of “%(rights)s”, which go beyond yours at %(node)s.")
            % {"rights": rights, "node": scope}
        )


def check_may_administer(*, actor: Actor, text: str) -> None:
    """Refuse unless the actor looks after access for the whole organisation."""
    if not actor.can_everywhere("change", "access.grant"):
        raise ValidationError(text)
