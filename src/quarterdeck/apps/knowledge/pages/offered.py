"""Lessons offered where they help: on the home of an initiative that is being prepared or done."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from quarterdeck.apps.knowledge.models import LessonUse
from quarterdeck.apps.knowledge.selectors import LESSON, offered_to
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type


def card(record: Any, actor: Actor) -> str | None:
    """Return lessons of near initiatives that a project has not looked at yet, with the way to say what was done."""
    if not isinstance(record, Initiative) or record.kind != Kind.PROJECT or not record.is_open:
        return None
    if actor.today < clock.local_date(clock.now()) or not actor.can("view", LESSON):
        return None
    lessons = offered_to(record, actor=actor)
    if not lessons:
        return None
    may_say = not actor.read_only and actor.can("add", record_type(LessonUse), record.scope.path)
    return render_to_string("knowledge/_card.html", {"record": record, "lessons": lessons, "may_say": may_say})
