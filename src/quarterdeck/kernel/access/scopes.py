"""The tree of scopes: the only writer of `Scope.path`."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import LEVEL
from quarterdeck.kernel.access.models import Scope

MAX_DEPTH = 40


def root() -> Scope:
    """Return the root of the tree, made on first use; a grant here holds everywhere."""
    found = Scope.objects.filter(parent__isnull=True).first()
    if found is not None:
        return found
    try:
        return scope_add(parent=None, kind="root", label=_("Whole organisation"))
    except IntegrityError:  # someone else made it at the same moment
        return Scope.objects.get(parent__isnull=True)


def _segment(pk: int) -> str:
    return format(pk, f"0{LEVEL}x")


@transaction.atomic
def scope_add(*, parent: Scope | None, kind: str, label: str) -> Scope:
    """Add a node below `parent` and return it."""
    if parent is not None and parent.depth + 1 >= MAX_DEPTH:
        raise ValidationError(_("The tree is at most %(depth)d levels deep.") % {"depth": MAX_DEPTH})
    # The path holds the node's own id, known only after the insert.
    scope = Scope.objects.create(parent=parent, kind=kind, label=label[:200], path=f"new-{uuid.uuid4().hex}")
    scope.path = (parent.path if parent else "") + _segment(scope.pk)
    scope.save(update_fields=["path"])
    return scope


@transaction.atomic
def scope_remove(*, scope: Scope) -> None:
    """Offer a node no more, since what owned it has been removed; its history, and Undo, still find it."""
    Scope.objects.filter(pk=scope.pk).update(is_removed=True)
    scope.is_removed = True


@transaction.atomic
def scope_restore(*, scope: Scope, parent: Scope, kind: str, label: str) -> Scope:
    """Offer a node again whose owner came back, at the place and by the name that it has now."""
    Scope.objects.filter(pk=scope.pk).update(is_removed=False)
    scope.is_removed = False
    return scope_change(scope=scope, parent=parent, kind=kind, label=label)


@transaction.atomic
def scope_change(*, scope: Scope, parent: Scope | None, kind: str, label: str) -> Scope:
    """Rename a node or move it with all below it; a node cannot go below itself.

    Writes nothing when nothing changed.
    """
    label = label[:200]
    if (scope.label, scope.kind) != (label, kind):
        Scope.objects.filter(pk=scope.pk).update(label=label, kind=kind)
        scope.label, scope.kind = label, kind
    if parent is None or parent.pk == scope.parent_id:
        return scope
    parent.refresh_from_db(fields=["path"])
    scope.refresh_from_db(fields=["path"])
    if parent.path.startswith(scope.path):
        raise ValidationError(_("“%(label)s” cannot be moved below itself.") % {"label": scope.label})
    old, new = scope.path, parent.path + _segment(scope.pk)
    Scope.objects.filter(pk=scope.pk).update(parent=parent)
    Scope.objects.filter(path__gte=old, path__lt=old + "g").update(
        path=Concat(Value(new), Substr(F("path"), len(old) + 1))
    )
    scope.refresh_from_db()
    return scope
