"""Plan files, whatever program wrote them, as `PlanDocument`.

    read(Path("bridge.mpp"))                                  one file; Unreadable says why not
    for path, found in read_many(paths): ...                  many, through one process; found may be an Unreadable

By what a file holds, not by its name: ProTrack workbooks and task lists are read in Python (`child`), all else by MPXJ,
each in a process of its own.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from quarterdeck.apps.delivery.exchange import protrack
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.holding import held_in_place
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import LIMITS, Limits, check, read_by_python

logger = logging.getLogger(__name__)

__all__ = ["Unreadable", "read", "read_many"]


def read(path: Path, limits: Limits = LIMITS) -> PlanDocument:
    """Return what one file holds. Raises `Unreadable` with the problem and what to do about it."""
    for _, found in read_many([path], limits):
        if isinstance(found, Unreadable):
            raise found
        return found
    raise AssertionError("one file gives one answer")


def read_many(paths: Sequence[Path], limits: Limits = LIMITS) -> Iterator[tuple[Path, PlanDocument | Unreadable]]:
    """Yield each file, as it is done, with what it holds or why it holds no plan; in no particular order.

    Files go through child processes, one after the other, so that each is started once: first what Python reads or
    unpacks, then what the Java machine reads.
    """
    with tempfile.TemporaryDirectory(prefix="quarterdeck-archive-") as folder:
        here: dict[Path, list[Path]] = {}
        waiting: dict[Path, list[Path]] = {}
        for path in paths:
            try:
                check(path, limits)
                (here if read_by_python(path) else waiting).setdefault(path, []).append(path)
            except Exception as refused:
                yield path, _refusal(path, refused)
        for path, found in process.sheets(list(here), Path(folder), limits):
            if isinstance(found, Path):
                waiting.setdefault(found, []).extend(here[path])
                continue
            for each in here[path]:
                yield each, _finished(found, each)
        for plan, read_ in process.read(list(waiting), limits):
            for path in waiting[plan]:
                yield path, _finished(read_, path)


def _finished(found: PlanDocument | Unreadable, path: Path) -> PlanDocument | Unreadable:
    """Return what was read as it is handed over: named, judged, of ProTrack with its tasks held where they stand."""
    if isinstance(found, Unreadable):
        return found
    try:
        return _judged(held_in_place(found) if found.kind == protrack.KIND else found, path)
    except Exception as refused:
        return _refusal(path, refused)


def _refusal(path: Path, refused: Exception) -> Unreadable:
    """Return why one file is not read; an error of ours ends none of the other files, and is logged."""
    if isinstance(refused, Unreadable):
        return refused
    logger.error("reading %s failed", path.name, exc_info=refused)
    return process.reason("broken")


def _judged(document: PlanDocument, path: Path) -> PlanDocument | Unreadable:
    """Refuse what has no work in it: resource pools, templates of calendars, files of another kind read as a plan."""
    if any(each.row != 0 for each in document.tasks):
        return _named(document, path)
    held = [
        f"{count} {what}{'' if count == 1 else 's'}"
        for what, count in (("resource", len(document.resources)), ("calendar", len(document.calendars)))
        if count
    ]
    only = f", only {' and '.join(held)}" if held else ""
    return Unreadable(f"The file holds no tasks{only}.", "Choose a file with a plan in it.")


def _named(document: PlanDocument, path: Path) -> PlanDocument:
    return document if document.name else msgspec.structs.replace(document, name=path.stem)
