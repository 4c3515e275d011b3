"""Writing comments."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from quarterdeck.kernel import events, markdown
from quarterdeck.kernel.access.actor import Actor, allowed
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.pointers import find
from quarterdeck.kernel.access.policy import AccessDenied, may, record_type
from quarterdeck.kernel.audit.models import Action, Change, Record
from quarterdeck.kernel.comments.events import Commented, Mentioned
from quarterdeck.kernel.comments.models import Comment

#: A text that addresses more people than this is a circular, not a comment.
MOST_MENTIONS = 50
LONGEST = 20_000
EXCERPT = 200


def may_comment(actor: Actor, record: Record) -> bool:
    """Tell whether the actor may comment on a record: whoever may see it, unless only reading.

    An API token needs the action `comment` or `change` on the record's type.
    """
    return may_write(actor, record) and may(actor, "view", record)


def may_write(actor: Actor, record: Record) -> bool:
    """Tell the same of a record that the actor is known to see."""
    if actor.read_only:
        return False
    return actor.limits is None or bool({"comment", "change", "*"} & allowed(actor.limits, record_type(record)))


@transaction.atomic
def comment_add(*, record: Record, body: str, actor: Actor) -> Comment:
    """Add a comment to a record and tell those whom it mentions. Raises ValidationError or AccessDenied."""
    if not may_comment(actor, record):
        raise AccessDenied(_("Your roles do not let you comment here."))
    comment = Comment.objects.create(
        record_type=record_type(record),
        record_id=record.pk,
        body=_checked(body),
        author=actor.user,
        author_label=actor.name[:200],
        created_at=actor.now,
    )
    _note(comment, actor, Action.CREATE, "", comment.body)
    events.publish(Commented(comment.pk, comment.record_type, comment.record_id, comment.author_id))
    _mention(comment, record, actor)
    return comment


@transaction.atomic
def comment_edit(*, comment: Comment, body: str, actor: Actor) -> Comment:
    """Change the text of one's own comment; people newly mentioned are told. Raises ValidationError or AccessDenied."""
    stored, record = _own(comment, actor)
    before, stored.body = stored.body, _checked(body)
    if stored.body == before:
        return stored
    stored.edited_at = actor.now
    stored.version += 1
    stored.save(update_fields=["body", "edited_at", "version"])
    _note(stored, actor, Action.CHANGE, before, stored.body)
    _mention(stored, record, actor)
    return stored


@transaction.atomic
def comment_delete(*, comment: Comment, actor: Actor) -> Comment:
    """Empty one's own comment; its place stays, so that answers to it keep their sense. Raises AccessDenied."""
    stored, _record = _own(comment, actor)
    before, stored.body, stored.deleted_at = stored.body, "", actor.now
    stored.version += 1
    stored.save(update_fields=["body", "deleted_at", "version"])
    stored.mentioned.clear()
    _note(stored, actor, Action.DELETE, before, "")
    return stored


def _checked(body: str) -> str:
    text = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise ValidationError({"body": _("Write something first.")})
    if len(text) > LONGEST:
        raise ValidationError({"body": _("A comment has at most %(count)d characters.") % {"count": LONGEST}})
    return text


def _own(comment: Comment, actor: Actor) -> tuple[Comment, Record]:
    """Return the stored comment, locked, with its record, when it is the actor's own and not yet removed."""
    stored = Comment.objects.select_for_update(of=("self",)).filter(pk=comment.pk, deleted_at__isnull=True).first()
    record = find(stored.record_type, stored.record_id, actor) if stored else None
    mine = stored is not None and actor.user is not None and stored.author_id == actor.user.pk
    if (
        stored is None
        or record is None
        or not (mine or (actor.unlimited and not actor.read_only))
        or not may_comment(actor, record)
    ):
        raise AccessDenied(_("Only its author may change a comment."))
    if stored.version != comment.version:
        raise ValidationError(_("The comment was changed meanwhile."))
    return stored, record


def _mention(comment: Comment, record: Record, actor: Actor) -> None:
    found = markdown.mentions(comment.body)
    if len(found.users) + len(found.emails) > MOST_MENTIONS:
        raise ValidationError({"body": _("A comment mentions at most %(count)d people.") % {"count": MOST_MENTIONS}})
    named = User.objects.filter(Q(pk__in=found.users) | Q(email__in=found.emails), is_active=True)
    # Whoever may not see the record is not told of it, and the writer does not learn who that is.
    users = [user for user in named if may(Actor(user=user, now=actor.now), "view", record)]
    before = set(comment.mentioned.values_list("pk", flat=True))
    comment.mentioned.set(user.pk for user in users)
    fresh = tuple(sorted(user.pk for user in users if user.pk not in before and user.pk != comment.author_id))
    if fresh:
        events.publish(
            Mentioned(
                comment_id=comment.pk,
                record_type=comment.record_type,
                record_id=comment.record_id,
                record_label=str(record),
                author_id=comment.author_id,
                author_label=comment.author_label,
                excerpt=markdown.plain(comment.body)[:EXCERPT],
                user_ids=fresh,
            )
        )


def _note(comment: Comment, actor: Actor, action: Action, before: str, after: str) -> None:
    Change.objects.create(
        at=actor.now,
        actor=actor.user,
        actor_label=actor.name[:200],
        via=actor.via,
        # A batch of its own: undoing a bulk edit or an import leaves what people said alone.
        batch=uuid.uuid4(),
        action=action,
        record_type=Comment._meta.label_lower,
        record_id=comment.pk,
        label=comment.author_label,
        version=comment.version,
        before={"body": before} if before else {},
        after={"body": after} if after else {},
        state=None,
    )
