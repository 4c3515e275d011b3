"""How far a running job has come, told outside its own transaction; and how it learns that it should stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs.models import Job, State

T = TypeVar("T")
#: Seconds between two writes of the progress of one job.
EVERY = 0.5


class JobError(Exception):
    """The job cannot go on, for a reason that whoever asked for it may read; it is not tried again."""


class Cancelled(Exception):
    """Someone asked for the job to stop."""


class Superseded(Exception):
    """This run was thought lost and another took its place; whatever it still does must not count."""


class Progress:
    """What a job function is given: who it works for, and a place to say how far it has come.

    The calls cost next to nothing, so they may stand in an inner loop; they raise Cancelled or Superseded when the job
    should stop.
    """

    def __init__(self, job: Job, *, threaded: bool) -> None:
        self.job_id, self.attempt = job.pk, job.attempts
        self._run, self._user, self._rights = job.run, job.actor, job.rights
        self._done, self._total, self._message = job.done, job.total, job.message
        self._threaded = threaded
        self._dirty = threading.Event()
        self._stop: type[Exception] | None = None
        self._written = 0.0

    @property
    def actor(self) -> Actor:
        """Whoever asked for the job, acting now through it and with no more rights than they had; else the system."""
        if self._user is None and self._rights.get("label"):
            return Actor.system(now=clock.now(), label=self._rights["label"], via="job")
        behind = User.objects.filter(pk=self._rights["behind"]).first() if self._rights.get("behind") else None
        return Actor(
            user=self._user,
            now=clock.now(),
            via="job",
            unlimited=bool(self._rights.get("unlimited")),
            read_only=bool(self._rights.get("read_only")),
            limits=self._rights.get("limits"),
            behind=behind,
        )

    def start(self, total: int | None, message: str = "") -> None:
        """Say how many steps there are (None when unknown), and begin at 0."""
        self._total, self._done = total, 0
        self.say(message)

    def say(self, message: str) -> None:
        """Say in a few words what is being done."""
        self._message = message[:300]
        self._tell()

    def step(self, count: int = 1) -> None:
        """Say that `count` more steps are done."""
        self._done += count
        self._tell()

    def over(self, items: Iterable[T], *, total: int | None = None, message: str = "") -> Iterator[T]:
        """Go through items, one step each; `total` is needed for an iterable without a length."""
        size = total if total is not None else len(items) if isinstance(items, Sized) else None
        self.start(size, message)
        for item in items:
            yield item
            self.step()

    def check(self) -> None:
        """Raise when the job should stop; for long work without steps."""
        if self._stop is not None:
            raise self._stop(_("The job was told to stop."))

    def _tell(self) -> None:
        self._dirty.set()
        if not self._threaded and time.monotonic() - self._written >= EVERY:
            self.write()
        self.check()

    def write(self, *, beat: bool = True) -> None:
        """Store what was said and the heartbeat; learn whether to stop. Called by the worker, never by the job."""
        self._written = time.monotonic()
        values: dict[str, Any] = {"heartbeat_at": clock.now()} if beat else {}
        if self._dirty.is_set():
            self._dirty.clear()
            values |= {"done": self._done, "total": self._total, "message": self._message}
        mine = Job.objects.filter(pk=self.job_id, run=self._run, state=State.RUNNING)
        if values and mine.filter(cancel_asked=False).update(**values):
            return
        self._stop = Cancelled if mine.exists() else Superseded

    @property
    def is_dirty(self) -> bool:
        """Whether something was said that is not stored yet."""
        return self._dirty.is_set()

    @property
    def told(self) -> dict[str, Any]:
        """The last values said, to be stored with the end of the job."""
        return {"done": self._done, "total": self._total, "message": self._message}
