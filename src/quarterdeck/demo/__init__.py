"""The demo: an invented transport group with three years of history, made through the services like any user's work.

`build(now=...)` fills an empty database and is the same for the same `now`. The personas of `PERSONAS` sign in to it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from quarterdeck.demo.personas import DOMAIN, PASSWORD, PERSONAS, Persona

if TYPE_CHECKING:
    from quarterdeck.demo.building import Built

__all__ = ["DOMAIN", "PASSWORD", "PERSONAS", "DemoRefused", "Persona", "build", "is_demo"]


class DemoRefused(Exception):
    """The demo is not built here; the text says why and is safe to show."""


def build(*, now: dt.datetime) -> Built:
    """Fill an empty database with the demo as of `now` (aware); return what was made.

    Raises DemoRefused when the database holds a user, a unit or an initiative: the demo is never mixed into real data.
    """
    # Loaded late: commands and tools read the personas before Django's apps are ready.
    from quarterdeck.demo.building import build_all, occupied

    if found := occupied():
        raise DemoRefused(f"This database is in use: it holds {found}. The demo needs an empty one.")
    return build_all(now=now)


def is_demo() -> bool:
    """Tell whether this database holds the demo: its personas' addresses lie in a domain that no one can own."""
    from quarterdeck.kernel.access.models import User

    return User.objects.filter(email__endswith=f"@{DOMAIN}").exists()
