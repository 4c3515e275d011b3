"""What an app declares: a check, and the facts that it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs.registry import Times
from quarterdeck.kernel.notifications.messages import Text


class Severity(models.TextChoices):
    """How bad it is when the fact stands."""

    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


#: What is done about a finding whose check names no verb of its own.
PUT_RIGHT = _("Put right")


@dataclass(frozen=True)
class Fact:
    """One thing that is wrong with one record now.

    `message` is a lazy translation whose `%(name)s` are filled from `values`. `key` tells several facts about one
    record apart. `cost_of_waiting` is money per day in the organisation's currency. `url` is where it can be put right;
    left empty, that is the record's own page.
    """

    record: models.Model
    message: Text
    values: Mapping[str, Any] = field(default_factory=dict)
    owner_user: User | None = None
    due_on: dt.date | None = None
    cost_of_waiting: Decimal | None = None
    url: str = ""
    key: str = ""


class Find(Protocol):
    """A check's function: the facts that stand at `now` about the subjects with these ids (None: all of them)."""

    def __call__(self, *, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
        """Look, in one query."""
        ...


@dataclass(frozen=True)
class Check:
    """A declared check. Of the record types that it `reads`, the first is its subject: what it states facts about.

    `whole`: what holds of one subject hangs on others, so that a change of some is no reason to look at these alone.
    """

    name: str
    title: Text
    function: str
    severity: Severity
    reads: tuple[str, ...]
    schedule: str
    find: Find
    remedy: Text = PUT_RIGHT
    needs: tuple[str, str] = ("", "")
    tells: tuple[str, str] = ("", "")
    whole: bool = False

    @property
    def subject(self) -> str:
        """The record type about which the check states facts."""
        return self.reads[0]


checks: dict[str, Check] = {}


def check(
    *,
    name: str,
    title: Text,
    function: str,
    severity: str,
    reads: tuple[str, ...],
    schedule: str = "daily@05:00",
    remedy: Text = PUT_RIGHT,
    needs: tuple[str, str] = ("", ""),
    tells: tuple[str, str] = ("", ""),
    whole: bool = False,
) -> Callable[[Find], Find]:
    """Declare a check. Raises ValueError when it reads nothing, or another check has its name.

    `function` is the accountability that it serves. It is evaluated when a record that it reads has changed, and on
    schedule, since facts also come about by time passing. `remedy` is the verb that puts it right, at the `url` of its
    facts, offered to those who may do the action on the record type that `needs` states: by default to change the
    subject. `tells` names a class of sensitive fields, and the record type that they are of, where the facts are such:
    then only those who see the class at the subject's node, and the owner, are told. `whole` has it evaluated for all
    subjects whichever of them has changed: for facts about one that hang on another.
    """
    if not reads:
        raise ValueError(f"The check {name} reads nothing.")
    Times.parse(schedule)

    def decorate(find: Find) -> Find:
        known = checks.get(name)
        if known is not None and known.find is not find and _place(known.find) != _place(find):
            raise ValueError(f"There is another check named {name}.")
        types = tuple(record_type.lower() for record_type in reads)
        right = needs if needs[0] else ("change", types[0])
        checks[name] = Check(
            name, title, function, Severity(severity), types, schedule, find, remedy, right, tells, whole
        )
        return find

    return decorate


def _place(find: Any) -> tuple[str, str]:
    return find.__module__, find.__qualname__


def reading(record_type: str) -> list[Check]:
    """Return the checks that read a record type."""
    return [found for found in checks.values() if record_type in found.reads]
