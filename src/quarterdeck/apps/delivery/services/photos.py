"""Photos with a report of progress: kept as files of the task, without the place where they were taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.delivery.selectors.photos import photos_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.files.photos import ENDINGS, NotAPhoto, cleaned
from quarterdeck.kernel.files.services import Upload, content_attach

#: Bytes of one photo, and photos of one task.
LARGEST: Final = 20 * 1024 * 1024
MOST: Final = 200


@dataclass(frozen=True)
class Photo:
    """A photo that may be kept: its content without metadata, and the ending of its name."""

    content: bytes
    ending: str


def photo_read(upload: Upload) -> Photo:
    """Return an uploaded photo as it may be kept. Raises ValidationError for what is too large or no photo."""
    content = bytearray()
    for chunk in upload.chunks():
        content += chunk
        if len(content) > LARGEST:
            raise ValidationError({"photo": _("The photo is larger than %(n)d MB.") % {"n": LARGEST // 1024**2}})
    try:
        clean, kind = cleaned(bytes(content))
    except NotAPhoto:
        raise ValidationError({"photo": _("This is no photo: JPEG, PNG and WebP are taken.")}) from None
    return Photo(clean, ENDINGS[kind])


@transaction.atomic
def photo_attach(*, task: Task, photo: Photo, actor: Actor, request: str = "") -> Attachment:
    """Keep a photo with a task. The same request, on whatever day, or the same photo on one day, is kept once.

    Raises AccessDenied for whoever may not report on the task, ValidationError when it has too many.
    """
    Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    mark = hashlib.sha256(request.encode() or photo.content).hexdigest()[:8]
    name = f"{actor.today.isoformat()} {mark}{photo.ending}"
    kept = photos_of(task)
    for each in kept:
        if each.name == name or (request and each.name.endswith(f" {mark}{photo.ending}")):
            return each
    if len(kept) >= MOST:
        raise ValidationError({"photo": _("A task keeps at most %(n)d photos.") % {"n": MOST}})
    return content_attach(record=task, name=name, chunks=[photo.content], actor=actor)
