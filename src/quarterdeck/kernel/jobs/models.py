"""The job as its owner knows it, and when each scheduled job is due."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


#: States that a job does not leave by itself.
FINISHED = (State.DONE, State.FAILED, State.CANCELLED)


class Job(models.Model):
    """One piece of work: what, for whom, how far, and how it ended.

    `run` names the run in force: a worker that was thought gone and wakes up again holds an older one, and its writes
    are refused.
    `rights` keeps how the asker could act (API limits, elevation), so that the job can do no more than they could.
    """

    name = models.CharField(max_length=200)
    title = models.CharField(_("title"), max_length=300)
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs", verbose_name=_("asked by")
    )
    rights = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    task_id = models.UUIDField(null=True, db_index=True)
    run = models.CharField(max_length=32, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    heartbeat_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=("name", "key"), condition=Q(state="waiting") & ~Q(key=""), name="jobs_job_one_waiting_per_key"
            )
        ]
        indexes = [
            models.Index(fields=("actor", "-id"), name="jobs_job_actor"),
            models.Index(fields=("heartbeat_at",), condition=Q(state="running"), name="jobs_job_running"),
            models.Index(fields=("finished_at",), name="jobs_job_finished"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.state in FINISHED

    @property
    def tone(self) -> str:
        """The colour of the state's badge; plain while it waits and when it was cancelled."""
        return {State.DONE: "green", State.FAILED: "red", State.RUNNING: "accent"}.get(State(self.state), "")

    @property
    def percent(self) -> int | None:
        """Whole percent done, 0 to 100; None while the size of the work is unknown."""
        if self.state == State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def result_url(self) -> str:
        """The page of what the job made, when the job named one as `url` in its result."""
        result: Any = self.result
        url = result.get("url", "") if isinstance(result, dict) else ""
        return url if isinstance(url, str) and url.startswith("/") and not url.startswith("//") else ""


class Due(models.Model):
    """When a scheduled job is due next; the worker that moves `next_at` is the one that queues it."""

    name = models.CharField(max_length=200, unique=True)
    spec = models.CharField(max_length=100)
    next_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
