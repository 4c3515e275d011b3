"""A mention in a comment reaches the one mentioned, and nobody else."""

import datetime as dt

import pytest

from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.tags.models import Tag

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_a_mention_is_told_to_whom_it_names() -> None:
    """The one mentioned may see the record and is told; the stranger mentioned beside is not."""
    system = Actor.system(now=NOW)
    author = User.objects.create_user("ann@example.org", name="Ann")
    reader = User.objects.create_user("ben@example.org", name="Ben")
    stranger = User.objects.create_user("sam@example.org", name="Sam")
    role = AccessRole(name="Reader", permissions={"tags.tag": ["view"]})
    records.save(role, actor=system)
    for user in (author, reader):
        records.save(Grant(user=user, role=role, scope=scopes.root()), actor=system)
    tag = Tag(name="Harbour")
    records.save(tag, actor=system)

    comment_add(
        record=tag,
        body=f"Look, @[Ben](user:{reader.pk}) and @[Sam](user:{stranger.pk})",
        actor=Actor(user=author, now=NOW),
    )

    told = Notification.objects.get()
    assert told.user == reader
    assert told.url == f"/tags/{tag.pk}/"
