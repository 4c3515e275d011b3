"""Adding and removing files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import find
from quarterdeck.kernel.access.policy import AccessDenied, record_type, require
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.files import kinds, storage
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.records.beside import note_beside

#: Bytes, unless the setting FILES_LARGEST says otherwise.
LARGEST = 50 * 1024 * 1024
LONGEST_NAME = 200


class Upload(Protocol):
    """What a browser sent, as Django's UploadedFile gives it."""

    name: str | None

    def chunks(self) -> Iterable[bytes]:
        """The content, piece by piece."""


def largest() -> int:
    """Return the largest size of one file in bytes."""
    return int(getattr(settings, "FILES_LARGEST", LARGEST))


def file_attach(*, record: Record, upload: Upload, actor: Actor, note: str = "") -> Attachment:
    """Keep an uploaded file with a record and note it in the record's history.

    The actor may change the record. Raises ValidationError when the file is empty, too large or of a refused type, or
    AccessDenied.
    """
    return content_attach(record=record, name=upload.name or "", chunks=upload.chunks(), actor=actor, note=note)


def content_attach(*, record: Record, name: str, chunks: Iterable[bytes], actor: Actor, note: str = "") -> Attachment:
    """Keep a content under a name with a record: `file_attach` for what a job or another program made."""
    require(actor, "change", [record])
    name = clean_name(name)
    try:
        # Received before the transaction begins, so that a slow sender holds no lock.
        with storage.received(chunks, limit=largest()) as stored:
            if not stored.size:
                raise ValidationError({"file": _("“%(name)s” is empty.") % {"name": name}})
            content_type = kinds.content_type(stored.path, name)
            _refuse(name, content_type)
            storage.keep(stored)
            return _attach(record, name, stored, content_type=content_type, actor=actor, note=note)
    except storage.TooLargeError:
        raise ValidationError(
            {"file": _("“%(name)s” is larger than %(limit)s.") % {"name": name, "limit": filesizeformat(largest())}}
        ) from None


@transaction.atomic
def _attach(
    record: Record, name: str, stored: storage.Stored, *, content_type: str, actor: Actor, note: str
) -> Attachment:
    attachment = Attachment.objects.create(
        record_type=record_type(record),
        record_id=record.pk,
        name=name,
        size=stored.size,
        content_type=content_type,
        sha256=stored.sha256,
        uploaded_by=actor.user,
        uploaded_at=actor.now,
    )
    note_beside(record, actor=actor, before={}, after={"files": [name]}, note=note)
    return attachment


@transaction.atomic
def file_remove(*, attachment: Attachment, actor: Actor, note: str = "") -> None:
    """Take a file off its record and note it in the record's history; `file_restore` brings it back for 30 days."""
    record = _changeable(attachment, actor)
    if Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(
        removed_at=actor.now, removed_by=actor.user
    ):
        note_beside(record, actor=actor, before={"files": [attachment.name]}, after={}, note=note)


@transaction.atomic
def file_restore(*, attachment: Attachment, actor: Actor, note: str = "") -> None:
    """Bring a removed file back. Raises ValidationError when its content has been cleaned away meanwhile."""
    record = _changeable(attachment, actor)
    if not storage.path_of(attachment.sha256).exists():
        raise ValidationError(_("“%(name)s” is no longer kept.") % {"name": attachment.name})
    if Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=False).update(removed_at=None, removed_by=None):
        note_beside(record, actor=actor, before={}, after={"files": [attachment.name]}, note=note)


def _changeable(attachment: Attachment, actor: Actor) -> Record:
    record = find(attachment.record_type, attachment.record_id, actor, "change")
    if record is None:
        raise AccessDenied(_("Your roles do not let you change the files here."))
    return record


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters or what turns text around; a cut keeps the ending."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    shown = " ".join(shown.split()).strip(". ") or "file"
    if len(shown) <= LONGEST_NAME:
        return shown
    suffix = PurePosixPath(shown).suffix[:20]
    return shown[: LONGEST_NAME - len(suffix)] + suffix


def _refuse(name: str, content_type: str) -> None:
    refused = {str(kind).lower() for kind in getattr(settings, "FILES_REFUSED", kinds.PROGRAMS)}
    if content_type in refused or PurePosixPath(name.lower()).suffix in refused:
        raise ValidationError({"file": _("Files such as “%(name)s” are not accepted here.") % {"name": name}})
