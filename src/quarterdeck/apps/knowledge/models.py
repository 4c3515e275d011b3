"""Lessons, and what initiatives did with them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.knowledge.choices import Kind, LessonState, Topic, Use
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record


class Lesson(Record):
    """What was learnt at an initiative: the context, what happened, what is recommended from then on."""

    row_scope = ("initiative__scope", "initiative__unit__scope")
    row_owner = ("owner__user",)

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    title = models.CharField(_("lesson"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="knowledge_lessons", verbose_name=_("learnt at")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.AVOID)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    context = models.TextField(_("context"), help_text=_("In which situation; so that others know their own in it."))
    happened = models.TextField(_("what happened"))
    recommendation = models.TextField(_("recommendation"), help_text=_("What to do from now on, in one sentence."))
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="knowledge_lessons", verbose_name=_("owner")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=LessonState.choices, default=LessonState.DRAFT, editable=False
    )
    published_on = models.DateField(_("published on"), null=True, editable=False)
    review_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta:
        ordering = ("-code",)
        verbose_name, verbose_name_plural = _("lesson"), _("lessons")
        indexes = [models.Index(fields=("state", "topic"), name="knowledge_lesson_topic")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class LessonUse(Record):
    """That an initiative applied a lesson, or did not and why."""

    row_scope = ("initiative__scope", "initiative__unit__scope")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="uses", verbose_name=_("lesson"))
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="knowledge_uses", verbose_name=_("at"))
    use = models.CharField(_("what was done"), max_length=12, choices=Use.choices)
    reason = models.TextField(_("how, or why not"), blank=True)
    used_on = models.DateField(_("on"), null=True, blank=True)

    class Meta:
        ordering = ("-used_on", "-pk")
        verbose_name, verbose_name_plural = _("use of a lesson"), _("uses of lessons")
        constraints = [
            models.UniqueConstraint(
                fields=("lesson", "initiative"),
                name="knowledge_use_once",
                violation_error_message=_("It is said already what this initiative did with the lesson."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_use_display())

    def clean(self) -> None:
        """Refuse a lesson left unapplied without a reason."""
        if self.use == Use.NOT_APPLIED and not self.reason.strip():
            raise ValidationError({"reason": gettext("Say why it was not applied.")})
