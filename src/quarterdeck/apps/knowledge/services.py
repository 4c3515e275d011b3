"""Writing lessons and what was done with them."""

from __future__ import annotations

from django.db import transaction

from quarterdeck.apps.knowledge.choices import LessonState
from quarterdeck.apps.knowledge.models import Lesson, LessonUse
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.coded import numbered
from quarterdeck.kernel.records.turning import stated, turned


@transaction.atomic
def lesson_save(record: Lesson, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a lesson."""
    numbered(record, "LES")
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def lesson_publish(*, record: Lesson, actor: Actor) -> Change | None:
    """Say that others may rely on it."""
    record.published_on = actor.today
    before = (LessonState.DRAFT, LessonState.RETIRED)
    return turned(record, since=before, to=LessonState.PUBLISHED, actor=actor)


@transaction.atomic
def lesson_retire(*, record: Lesson, reason: str, actor: Actor) -> Change | None:
    """Say that it holds no more, and why."""
    note = stated(reason, "reason")
    before = (LessonState.DRAFT, LessonState.PUBLISHED)
    return turned(record, since=before, to=LessonState.RETIRED, actor=actor, note=note)


@transaction.atomic
def use_save(record: LessonUse, *, actor: Actor, note: str = "") -> Change | None:
    """Say what an initiative did with a lesson; today unless it says otherwise. One left unapplied states why."""
    record.used_on = record.used_on or actor.today
    return records.save(record, actor=actor, note=note)
