"""The photos kept with tasks."""

from __future__ import annotations

from quarterdeck.apps.delivery.models import Task
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.files.photos import ENDINGS
from quarterdeck.kernel.files.selectors import files_of


def photos_by_id(key: int) -> list[dict[str, str]]:
    """Return address and name of the photos of a task that the actor is known to see."""
    task = Task.objects.filter(pk=key).first()
    return [] if task is None else [{"url": each.get_absolute_url(), "name": each.name} for each in photos_of(task)]


def photos_of(task: Task) -> list[Attachment]:
    """Return the photos kept with a task, newest first. The caller has checked that the actor sees it."""
    return list(files_of(task).filter(content_type__in=ENDINGS))
