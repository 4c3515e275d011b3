"""The registers of knowledge."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.knowledge import forms, selectors, services
from quarterdeck.apps.knowledge.choices import LessonState
from quarterdeck.apps.knowledge.models import Lesson, LessonUse
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register


@register
class UseRegister(Register[LessonUse]):
    """What initiatives did with lessons."""

    model, slug, nav, icon, order = LessonUse, "lesson-uses", "knowledge", "check-check", 30
    purpose = _("What initiatives did with lessons: applied them, or not and why. So those that work are known.")
    columns = ("lesson", "initiative", "use", "reason", "used_on")
    sections = {_("Use"): ("lesson", "initiative", "use", "reason", "used_on")}
    filters, search, ordering = ("lesson", "initiative", "use", "used_on"), ("reason",), ("-used_on", "-id")
    writer = services.use_save


@register
class LessonRegister(Register[Lesson]):
    """What was learnt."""

    model, slug, nav, icon, order = Lesson, "lessons", "knowledge", "lightbulb", 20
    purpose = _("What was learnt, so that others need not learn it again; and where it was applied.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "kind", "topic", "state", "applied", "passed_over", "published_on")
    computed = (
        Column("applied", _("Applied"), "number", annotate=selectors.with_uses, help=_("At how many initiatives.")),
        Column("passed_over", _("Not applied"), "number", annotate=selectors.with_uses),
    )
    sections = {
        _("Lesson"): ("code", "title", "initiative", "kind", "topic", "context", "happened", "recommendation"),
        _("Keeping"): ("owner", "review_on", "state", "published_on"),
    }
    read_only = ("state", "published_on")
    filters = ("topic", "kind", "state", "initiative", "owner", "applied")
    search, ordering = ("code", "title", "context", "happened", "recommendation"), ("-code",)
    bulk = ("owner", "topic", "review_on")
    inlines = (
        Inline(LessonUse, fk="lesson", fields=("initiative", "use", "reason", "used_on"), label=_("Where it was used")),
    )
    actions = (
        Action(
            "publish",
            _("Publish"),
            services.lesson_publish,
            lambda record, actor: record.state != LessonState.PUBLISHED,
            icon="book-open",
            primary=True,
        ),
        Action(
            "retire",
            _("Retire"),
            services.lesson_retire,
            lambda record, actor: record.state != LessonState.RETIRED,
            icon="archive",
            form=forms.ReasonForm,
        ),
    )
    views = (
        View("published", _("Published"), {"f.state": "published", "sort": "-applied"}, opens=True),
        View("mine", _("Mine"), {"f.owner": "me"}),
        View("drafts", _("Drafts"), {"f.state": "draft"}),
        View("unused", _("Never applied"), {"f.state": "published", "f.applied": "0"}),
    )
    writer = services.lesson_save
