"""The worker: takes jobs one after the other, queues those that are due, and sees to jobs whose worker is gone."""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs import liveness, registry, running
from quarterdeck.kernel.jobs.models import Due, Job, State
from quarterdeck.kernel.jobs.queue import enqueue, free_key, put

log = logging.getLogger(__name__)

#: How often a job is run again because its worker was gone.
LIVES = 1


@dataclass(frozen=True)
class Timing:
    """Seconds between looks at an empty queue, between heartbeats, until silence counts as death, between rounds.

    `silence` must be several times `beat`, and more than the clocks of the machines differ.
    """

    poll: float = 0.3
    beat: float = 3.0
    silence: float = 15.0
    round: float = 5.0


def run(*, once: bool = False, stop: threading.Event | None = None, timing: Timing | None = None) -> int:
    """Work until `stop` is set, or with `once` until the queue is empty; return how many runs were made.

    The job at hand is finished before stopping. Several workers may run at a time, on several machines with PostgreSQL.
    """
    timing = timing or Timing()
    stop = stop or threading.Event()
    worker = f"{os.getpid()}-{secrets.token_hex(6)}"
    runs, next_round = 0, 0.0
    while not stop.is_set():
        close_old_connections()
        if time.monotonic() >= next_round:
            next_round = time.monotonic() + timing.round
            _round(timing)
        try:
            job = running.claim_next(worker)
            if job is not None:
                with liveness.alive(job.run):
                    running.run(job, beat=timing.beat)
                runs += 1
        except DatabaseError:
            # A run whose end could not be stored is silent from now on, and the reaper sees to it.
            log.exception("The database did not answer the worker; trying again.")
            if once:
                raise
            stop.wait(timing.beat)
            continue
        if job is None:
            if once:
                break
            stop.wait(timing.poll)
    return runs


def _round(timing: Timing) -> None:
    """Schedule and reap; what fails in one is logged and does not keep the worker from its queue."""
    now = clock.now()
    try:
        queue_due(now)
    except Exception:
        log.exception("Scheduled jobs were not queued.")
    try:
        reap(now - dt.timedelta(seconds=timing.silence))
    except Exception:
        log.exception("Lost jobs were not looked after.")


def drain(limit: int = 1000) -> int:
    """Run every job that is due in the calling thread and transaction, for tests and loaders; return how many ran."""
    runs = 0
    while runs < limit and (job := running.claim_next("drain")) is not None:
        running.run(job)
        runs += 1
    return runs


def queue_due(now: dt.datetime) -> list[Job]:
    """Queue the scheduled jobs that are due: each once, however many workers look, and once for all times missed."""
    stored = {due.name: due for due in Due.objects.all()}
    queued: list[Job] = []
    for entry in list(registry.entries.values()):
        due = stored.get(entry.name)
        following = entry.times.after(now)
        if due is None:
            Due.objects.get_or_create(name=entry.name, defaults={"spec": entry.spec, "next_at": following})
        elif due.spec != entry.spec:
            Due.objects.filter(pk=due.pk).update(spec=entry.spec, next_at=following)
        elif due.next_at <= now:
            with transaction.atomic():
                if Due.objects.filter(pk=due.pk, next_at=due.next_at).update(next_at=following):
                    actor = Actor.system(now=now, via="job")
                    key = f"schedule:{entry.name}"[:200]
                    queued.append(enqueue(entry.definition.function, actor=actor, key=key, **entry.arguments))
    return queued


def reap(silent_since: dt.datetime) -> list[Job]:
    """See to running jobs without a heartbeat since then whose worker is gone: run again once, then failed."""
    silent = Job.objects.filter(state=State.RUNNING, heartbeat_at__lt=silent_since)
    return [job for job in silent if not liveness.surely_alive(job.run) and _reap(job, silent_since)]


def _reap(job: Job, silent_since: dt.datetime) -> bool:
    mine = Job.objects.filter(pk=job.pk, run=job.run, state=State.RUNNING, heartbeat_at__lt=silent_since)
    with transaction.atomic():
        if job.cancel_asked:
            ended = mine.update(state=State.CANCELLED, finished_at=clock.now(), run="")
        elif job.losses >= LIVES:
            text = _("The worker stopped during this job, twice. It was not tried a third time; run it again to do so.")
            ended = mine.update(state=State.FAILED, finished_at=clock.now(), run="", error=text)
        else:
            # A lost run does not use up a retry: the job may be blameless.
            again = {"losses": job.losses + 1, "attempts": max(job.attempts - 1, 0), "key": free_key(job)}
            ended = mine.update(state=State.WAITING, run="", worker="", **again)
        if not ended:
            return False
        running.close(job.task_id)
        job.refresh_from_db()
        if job.state == State.WAITING:
            put(job)
    log.warning("The worker of job %s (%s) is gone; the job is %s.", job.pk, job.name, job.state)
    return True
