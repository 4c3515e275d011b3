"""Contents on disk, under MEDIA_ROOT/files, each under its SHA-256 and written whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from quarterdeck.kernel.files.models import Attachment

#: An upload in progress has its content on disk before its row: younger contents are never cleaned away.
GRACE = dt.timedelta(hours=6)
KEEP_REMOVED = dt.timedelta(days=30)


class TooLargeError(Exception):
    """The content is longer than the limit."""


@dataclass(frozen=True)
class Stored:
    """A content on disk: its checksum, its length in bytes, and where it lies."""

    sha256: str
    size: int
    path: Path


def root() -> Path:
    """Return the folder of all contents."""
    return Path(settings.MEDIA_ROOT) / "files"


def path_of(sha256: str) -> Path:
    """Return where the content of a checksum lies."""
    return root() / sha256[:2] / sha256[2:4] / sha256


@contextlib.contextmanager
def received(chunks: Iterable[bytes], *, limit: int) -> Iterator[Stored]:
    """Take a content into a file of its own, to be looked at and then `keep`t; what is not kept is gone afterwards.

    Raises TooLargeError beyond `limit` bytes.
    """
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLargeError
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield Stored(digest.hexdigest(), size, path)
    finally:
        path.unlink(missing_ok=True)


def keep(stored: Stored) -> Path:
    """Put a received content in its place and return that; one that is there already is only marked as in use."""
    path = path_of(stored.sha256)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        # A fresh date keeps it from being cleaned away before the row that needs it is committed.
        os.utime(path)
    else:
        stored.path.replace(path)
    return path


def clean_up(*, now: dt.datetime, keep_removed: dt.timedelta = KEEP_REMOVED) -> int:
    """Forget files removed longer ago than `keep_removed`, delete contents that no row names; return bytes freed."""
    Attachment.objects.filter(removed_at__lt=now - keep_removed).delete()
    freed = 0
    oldest = (now - GRACE).timestamp()
    for folder in sorted(root().glob("??/??")) if root().exists() else ():
        old = [path for path in folder.iterdir() if path.stat().st_mtime < oldest]
        used = set(Attachment.objects.filter(sha256__in=[path.name for path in old]).values_list("sha256", flat=True))
        freed += _delete(path for path in old if path.name not in used)
    incoming = root() / "incoming"
    if incoming.exists():
        freed += _delete(path for path in incoming.iterdir() if path.stat().st_mtime < oldest)
    return freed


def _delete(paths: Iterable[Path]) -> int:
    freed = 0
    for path in paths:
        freed += path.stat().st_size
        path.unlink(missing_ok=True)
    return freed
