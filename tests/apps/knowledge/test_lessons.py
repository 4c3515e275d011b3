"""Lessons: published, offered near by, applied or not with the reason, looked at again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.knowledge import selectors, services
from quarterdeck.apps.knowledge.models import Lesson, LessonUse
from quarterdeck.apps.knowledge.watch import review_overdue
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor

# The initiatives, people and actors are those of the other apps' tests.
from tests.apps.organisation.conftest import (  # noqa: F401
    NOW,
    build,
    currencies,
    given,
    group,
    networks,
    office_hours,
    stranger,
    system,
    unit,
)
from tests.apps.portfolio.conftest import backbone, day, make, signed_in, spine, top  # noqa: F401

pytestmark = pytest.mark.django_db


def lesson(at: Initiative, actor: Actor, title: str = "Core first", **fields: Any) -> Lesson:
    usual = {"topic": "site", "context": "Old walls.", "happened": "It sank.", "recommendation": "Core the wall."}
    record = Lesson(title=title, initiative=at, **{**usual, **fields})
    services.lesson_save(record, actor=actor)
    return record


def test_a_lesson_is_published_and_retired(backbone: Initiative, system: Actor) -> None:  # noqa: F811
    record = lesson(backbone, system)
    assert (record.code, record.state) == ("LES-0001", "draft")
    services.lesson_publish(record=record, actor=system)
    assert (record.state, record.published_on) == ("published", day(0))
    with pytest.raises(ValidationError, match="LES-0001 is published"):
        services.lesson_publish(record=record, actor=system)
    services.lesson_retire(record=record, reason="Walls are renewed.", actor=system)
    assert record.state == "retired"


def test_it_is_offered_near_by_until_one_says_what_was_done(
    backbone: Initiative,  # noqa: F811
    make: Any,  # noqa: F811
    spine: Initiative,  # noqa: F811
    system: Actor,  # noqa: F811
    stranger: Actor,  # noqa: F811
) -> None:
    other = make("Other", parent=spine)
    first, second = lesson(other, system), lesson(other, system, "Buy early")
    lesson(other, system, "Draft")
    for record in (first, second):
        services.lesson_publish(record=record, actor=system)
    assert {one.title for one in selectors.offered_to(backbone, actor=system)} == {"Core first", "Buy early"}
    assert selectors.offered_to(other, actor=system) == [], "not where it was learnt"
    assert selectors.offered_to(backbone, actor=stranger) == []
    with pytest.raises(ValidationError, match="Say why it was not applied"):
        services.use_save(LessonUse(lesson=first, initiative=backbone, use="not_applied"), actor=system)
    services.use_save(LessonUse(lesson=first, initiative=backbone, use="applied"), actor=system)
    services.use_save(LessonUse(lesson=first, initiative=spine, use="not_applied", reason="No wall."), actor=system)
    assert [one.title for one in selectors.offered_to(backbone, actor=system)] == ["Buy early"]
    counted = selectors.with_uses(Lesson.objects.order_by("code"))
    assert [(one.applied, one.passed_over) for one in counted] == [(1, 1), (0, 0), (0, 0)]
    assert LessonUse.objects.get(initiative=backbone).used_on == day(0)


def test_near_by_is_the_unit_the_programme_and_its_parts(
    make: Any,  # noqa: F811
    spine: Initiative,  # noqa: F811
    group: Any,  # noqa: F811
    build: Any,  # noqa: F811
    system: Actor,  # noqa: F811
) -> None:
    far = make("Far", "programme", spine.parent, unit=group)
    away = make("Away", "portfolio", unit=group)
    places = {
        "of the programme itself": spine,
        "of another of its projects": make("Sister", parent=spine),
        "of the unit elsewhere": make("Same unit", parent=far, unit=build),
        "of a programme beside it": far,
        "of a project there": make("Beside", parent=far),
        "of the portfolio above": spine.parent,
        "of another portfolio": away,
    }
    for title, place in places.items():
        services.lesson_publish(record=lesson(place, system, title), actor=system)
    project = make("Ours", parent=spine, unit=build)
    assert {one.title for one in selectors.offered_to(project, actor=system)} == {
        "of the programme itself",
        "of another of its projects",
        "of the unit elsewhere",
    }
    assert {one.title for one in selectors.offered_to(make("Lone", "portfolio", unit=build), actor=system)} == {
        "of the unit elsewhere"
    }


def test_what_is_to_be_looked_at_again_is_found(backbone: Initiative, system: Actor) -> None:  # noqa: F811
    late, soon = lesson(backbone, system, review_on=day(-1)), lesson(backbone, system, review_on=day(0))
    lesson(backbone, system, "Draft", review_on=day(-1))
    for record in (late, soon):
        services.lesson_publish(record=record, actor=system)
    assert [fact.record for fact in review_overdue(now=NOW, ids=None)] == [late]


def test_the_home_of_a_project_offers_it(
    backbone: Initiative,  # noqa: F811
    make: Any,  # noqa: F811
    spine: Initiative,  # noqa: F811
    system: Actor,  # noqa: F811
    given: Any,  # noqa: F811
) -> None:
    services.lesson_publish(record=lesson(make("Other", parent=spine), system), actor=system)
    everything = {"*": ["view", "add", "change"]}
    page = signed_in(given(spine.scope, everything).user).get(backbone.url).content.decode()
    assert "Core first" in page
    assert "/lesson-uses/new/?lesson=" in page
    narrow = signed_in(given(backbone.scope, everything).user).get(backbone.url).content.decode()
    assert "Core first" not in narrow, "a lesson is seen where its initiative is"
