"""What connects rooms of the house that do not know each other: an event of one, a handler of another."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock, events, markdown
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.access.policy import may
from quarterdeck.kernel.comments.events import Commented, Mentioned
from quarterdeck.kernel.comments.models import Comment
from quarterdeck.kernel.comments.services import EXCERPT
from quarterdeck.kernel.notifications.following import followers_of
from quarterdeck.kernel.notifications.kinds import Channel, kind
from quarterdeck.kernel.notifications.services import notify, unread_count
from quarterdeck.kernel.records import Changed, history_of
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.timeline import entries
from quarterdeck.kernel.ui import context, nav

MENTION = kind(
    "comments.mention",
    title=_("Someone mentions you"),
    message=_("%(actor)s mentions you on %(record)s: %(excerpt)s"),
    channel=Channel.DIGEST,
)


FOLLOWED = kind(
    "records.followed",
    title=_("What you follow changes"),
    message=_("%(actor)s on %(record)s: %(what)s"),
    channel=Channel.IN_APP,
)
COMMENTED = kind(
    "comments.followed",
    title=_("Comments on what you follow"),
    message=_("%(actor)s comments on %(record)s: %(excerpt)s"),
    channel=Channel.IN_APP,
)


def connect() -> None:
    """Connect everything; called once, when all rooms are ready."""
    events.subscribe(Mentioned, tell_mentioned)
    events.subscribe(Changed, tell_followers)
    events.subscribe(Commented, tell_followers_of_comment)
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


def tell_followers(event: Changed) -> None:
    """Tell those who follow a record what was changed on it, each as far as the rights of that one go."""
    model = model_of(event.record_type)
    register = for_model(model) if model is not None else None
    followers = followers_of(event.record_type, event.record_ids) if register is not None else {}
    if model is None or register is None or not followers:
        return
    for pk, record in model._default_manager.in_bulk(list(followers)).items():
        change = history_of(record).select_related("actor").first()
        for user in followers[pk] if change is not None else ():
            reader = Actor(user=user, now=clock.now())
            told = entries(register, reader, record, limit=1) if may(reader, "view", record) else []
            if change is not None and told:
                notify(
                    [user],
                    kind=FOLLOWED,
                    actor=Actor(user=change.actor, now=change.at, label=change.actor_label),
                    values={
                        "record": register.title_of(record),
                        "what": told[0].sentence,
                    },
                    record=record,
                    url=register.url(record),
                )


def tell_followers_of_comment(event: Commented) -> None:
    """Tell those who follow a record of a comment on it; whom it mentions has been told already."""
    model = model_of(event.record_type)
    register = for_model(model) if model is not None else None
    followers = followers_of(event.record_type, (event.record_id,)).get(event.record_id, ())
    comment = Comment.objects.select_related("author").filter(pk=event.comment_id).first() if followers else None
    record = model._default_manager.filter(pk=event.record_id).first() if model is not None and comment else None
    if comment is None or record is None or register is None:
        return
    mentioned = set(comment.mentioned.values_list("pk", flat=True))
    now = clock.now()
    told = [u for u in followers if u.pk not in mentioned and may(Actor(user=u, now=now), "view", record)]
    notify(
        told,
        kind=COMMENTED,
        actor=Actor(user=comment.author, now=comment.created_at, label=comment.author_label),
        values={"record": register.title_of(record), "excerpt": markdown.plain(comment.body)[:EXCERPT]},
        record=record,
        url=register.url(record),
    )


def _unread(actor: Actor) -> int:
    return unread_count(actor.user) if actor.user is not None else 0
