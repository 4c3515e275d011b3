"""Reading comments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.pointers import find
from quarterdeck.kernel.access.policy import may, record_type
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.comments.models import Comment

#: People offered at once while one types a name, and how many of that name are looked at.
OFFERED, LOOKED_AT = 8, 40


def comments_of(record: Record) -> QuerySet[Comment]:
    """Return the comments on a record that the caller may show, oldest first, removed ones included."""
    return Comment.objects.filter(record_type=record_type(record), record_id=record.pk).select_related("author")


def comments_as_of(record: Record, moment: dt.datetime) -> list[Comment]:
    """Return the comments on a record as they stood at a moment: what was edited or removed since reads as it did then.

    Two queries; the second only where something has been edited or removed since.
    """
    found = list(comments_of(record).filter(created_at__lte=moment))
    since = [c for c in found if any(at is not None and at > moment for at in (c.edited_at, c.deleted_at))]
    if not since:
        return found
    told = Change.objects.filter(record_type=record_type(Comment), record_id__in=[c.pk for c in since], at__lte=moment)
    last = {change.record_id: change for change in told.order_by("id")}
    for comment in since:
        change = last.get(comment.pk)
        comment.body = str(change.after.get("body", "")) if change is not None else ""
        comment.edited_at = change.at if change is not None and change.action == Action.CHANGE else None
        comment.deleted_at = None if comment.body else comment.deleted_at
    return found


def comment_counts(records: Sequence[Record]) -> dict[int, int]:
    """Return how many comments stand on each of some records of one model; those without are left out. One query."""
    if not records:
        return {}
    kind, pks = record_type(records[0]), [record.pk for record in records]
    rows = Comment.objects.filter(record_type=kind, record_id__in=pks, deleted_at__isnull=True).order_by()
    return dict(rows.values_list("record_id").annotate(Count("pk")))


def comment_visible(actor: Actor, comment: Comment) -> bool:
    """Tell whether the actor may read a comment: exactly when the actor may see the record that it is about."""
    return find(comment.record_type, comment.record_id, actor) is not None


def mentionable(record: Record, text: str, *, actor: Actor) -> list[User]:
    """Return users whose name or address holds every word of a text and who may see the record themselves.

    For whoever may see the record: nobody else is told of a mention, so nobody else is offered.
    """
    rows = User.objects.filter(is_active=True).order_by("name", "email")
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__istartswith=word))
    found: list[User] = []
    for user in rows[:LOOKED_AT]:
        if may(Actor(user=user, now=actor.now), "view", record):
            found.append(user)
            if len(found) == OFFERED:
                break
    return found
