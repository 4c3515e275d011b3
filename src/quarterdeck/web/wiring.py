"""What connects rooms of the house that do not know each other: an event of one, a handler of another."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock, events
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.comments.events import Mentioned
from quarterdeck.kernel.notifications.kinds import Channel, kind
from quarterdeck.kernel.notifications.services import notify, unread_count
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.ui import context, nav

MENTION = kind(
    "comments.mention",
    title=_("Someone mentions you"),
    message=_("%(actor)s mentions you on %(record)s: %(excerpt)s"),
    channel=Channel.DIGEST,
)


def connect() -> None:
    """Connect everything; called once, when all rooms are ready."""
    events.subscribe(Mentioned, tell_mentioned)
    context.provide("unread", _unread)
    nav.register(section="settings", item=nav.NavItem("jobs", _("Jobs"), url="/jobs/", icon="loader-circle", order=90))


def tell_mentioned(event: Mentioned) -> None:
    """Tell those whom a comment mentions; the comment's room has checked that each may see the record."""
    model = model_of(event.record_type)
    record = model._default_manager.filter(pk=event.record_id).first() if model is not None else None
    register = for_model(model) if model is not None else None
    author = User.objects.filter(pk=event.author_id).first() if event.author_id else None
    notify(
        User.objects.filter(pk__in=event.user_ids),
        kind=MENTION,
        actor=Actor(user=author, now=clock.now(), label=event.author_label),
        values={"excerpt": event.excerpt, "record": event.record_label},
        record=record,
        url=register.url(record) if register is not None and record is not None else "",
    )


def _unread(actor: Actor) -> int:
    return unread_count(actor.user) if actor.user is not None else 0
