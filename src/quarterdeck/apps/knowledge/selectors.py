"""Reads of knowledge: how often a lesson was applied, and which lessons an initiative has yet to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from quarterdeck.apps.knowledge.choices import LessonState, Use
from quarterdeck.apps.knowledge.models import Lesson, LessonUse
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import visible

LESSON: Final = "knowledge.lesson"
#: Lessons offered on a home page.
OFFERED: Final = 4


def with_uses(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `applied` and `passed_over`: at how many initiatives each lesson was applied, and at how many not."""
    found: QuerySet[Any] = rows.annotate(applied=_uses(Use.APPLIED), passed_over=_uses(Use.NOT_APPLIED))
    return found


def _uses(use: str) -> Coalesce:
    rows = LessonUse.objects.filter(lesson=OuterRef("pk"), use=use).order_by().values("lesson")
    counted = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(counted, 0)


def offered_to(record: Initiative, *, actor: Actor) -> list[Lesson]:
    """Return published lessons of other initiatives that this one has not yet said anything about; one query.

    They are of its unit, of what it is part of, or of another part of that; those applied most often come first, then
    the newest.
    """
    said = LessonUse.objects.filter(lesson=OuterRef("pk"), initiative=record)
    rows: QuerySet[Any] = visible(Lesson.objects.all(), actor).filter(~Exists(said), state=LessonState.PUBLISHED)
    near = Q(initiative__unit=record.unit_id)
    if record.parent_id is not None:
        near |= Q(initiative=record.parent_id) | Q(initiative__parent=record.parent_id)
    rows = with_uses(rows.exclude(initiative=record).filter(near)).select_related("initiative")
    return list(rows.order_by("-applied", "-published_on", "code")[:OFFERED])


def reviews_overdue(on: dt.date, ids: Iterable[int] | None = None) -> list[tuple[Lesson, User | None]]:
    """Return the published lessons to be looked at again by a day, with who answers: the owner, else whoever leads."""
    rows = Lesson.objects.filter(state=LessonState.PUBLISHED, review_on__lt=on)
    rows = rows if ids is None else rows.filter(pk__in=set(ids))
    found = list(rows.select_related("initiative__scope", "owner__user"))
    leads = {one.record.pk: one.owner for one in led({row.initiative_id: row.initiative for row in found}.values(), on)}
    return [(row, _user(row, on) or leads.get(row.initiative_id)) for row in found]


def _user(row: Lesson, on: dt.date) -> User | None:
    owner = row.owner
    return owner.user if owner is not None and not owner.has_left(on) else None
