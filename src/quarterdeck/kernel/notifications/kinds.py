"""The kinds of notification, declared by whoever sends them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.notifications.messages import Text


class Channel(models.TextChoices):
    """How one is told of a kind."""

    IN_APP = "in_app", _("In Quarterdeck")
    DIGEST = "digest", _("In Quarterdeck and by e-mail")
    NONE = "none", _("Not at all")


@dataclass(frozen=True)
class Kind:
    """A kind: its title in the preferences, its sentence with `%(name)s` values, and how people are told by default.

    `%(actor)s` is always there: the name of whoever caused it.
    """

    name: str
    title: Text
    message: Text
    channel: Channel = Channel.IN_APP


kinds: dict[str, Kind] = {}


def kind(name: str, *, title: Text, message: Text, channel: Channel | str = Channel.IN_APP) -> Kind:
    """Declare a kind and return it; `name` is `app.what`. Raises ValueError when another kind has that name."""
    made = Kind(name, title, message, Channel(channel))
    known = kinds.get(name)
    if known is not None and str(known.message) != str(message):
        raise ValueError(f"There is another kind of notification named {name}.")
    kinds[name] = made
    return made
