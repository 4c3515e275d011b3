"""In which state exceptions are on a day: of today by conditions, of a past moment by what was known of them then."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.watch.models import Finding, Handling, Stage


def accepted(on: dt.date, prefix: str = "") -> Q:
    """Return the condition of findings that are accepted on a day, of today or to come."""
    return Q(**{f"{prefix}handling__stage": Stage.ACCEPTED, f"{prefix}handling__accepted_until__gt": on})


def awake(on: dt.date, prefix: str = "") -> Q:
    """Return the condition of findings that are not accepted on a day, of today or to come."""
    return (
        Q(**{f"{prefix}handling__isnull": True})
        | ~Q(**{f"{prefix}handling__stage": Stage.ACCEPTED})
        | Q(**{f"{prefix}handling__accepted_until__lte": on})
    )


def in_stage(stage: str, on: dt.date) -> Q:
    """Return the condition of findings in a state on a day, of today or to come."""
    if stage == Stage.ACCEPTED:
        return accepted(on)
    if stage == Stage.FOUND:
        over = Q(handling__stage=Stage.ACCEPTED, handling__accepted_until__lte=on)
        return Q(handling__isnull=True) | Q(handling__stage=Stage.FOUND) | over
    return Q(handling__stage=stage)


class Stages:
    """The states of exceptions today, or as they were known at a moment."""

    def __init__(self, on: dt.date, moment: dt.datetime | None = None) -> None:
        self.on, self.moment = on, moment
        self._known: dict[int, Handling] = {}
        self._of: dict[Stage, list[int]] = defaultdict(list)
        if moment is not None:
            # Which exceptions these are of is narrowed by who may see those.
            for row in records.as_of(Handling, moment, actor=Actor.system(now=moment)):
                self._known[row.pk] = row
                self._of[row.stage_on(on)].append(row.pk)

    def condition(self, stage: str) -> Q:
        """Return the condition of findings in a state."""
        if self.moment is None:
            return in_stage(stage, self.on)
        if stage == Stage.FOUND:
            return Q(handling__isnull=True) | ~Q(handling__in=self._other(Stage.FOUND))
        return Q(handling__in=self._of[Stage(stage)])

    @property
    def accepted(self) -> Q:
        """The condition of findings that were accepted."""
        return self.condition(Stage.ACCEPTED)

    @property
    def awake(self) -> Q:
        """The condition of findings that were not."""
        if self.moment is None:
            return awake(self.on)
        return Q(handling__isnull=True) | ~Q(handling__in=self._of[Stage.ACCEPTED])

    def held_by(self, user: object) -> Q:
        """Return the condition of findings that a user has in hand."""
        if self.moment is None:
            return Q(handling__stage=Stage.IN_HAND, handling__hand_by=user)
        mine = [pk for pk in self._of[Stage.IN_HAND] if self._known[pk].hand_by == user]
        return Q(handling__in=mine)

    def of(self, finding: Finding) -> Handling | None:
        """Return what was said of a finding; its handling must be at hand."""
        if self.moment is None:
            return finding.handling
        return self._known.get(finding.handling_id) if finding.handling_id is not None else None

    def stage(self, finding: Finding) -> Stage:
        """Return the state of a finding."""
        handling = self.of(finding)
        return handling.stage_on(self.on) if handling is not None else Stage.FOUND

    def _other(self, stage: Stage) -> Iterable[int]:
        return [pk for each, pks in self._of.items() if each != stage for pk in pks]


def stages(actor: Actor, moment: dt.datetime | None = None) -> Stages:
    """Return the states of today, or of a moment."""
    return Stages(actor.today if moment is None else clock.local_date(moment), moment)
