"""Plan files, whatever program wrote them, as `PlanDocument`.

    read(Path("bridge.mpp"))                                  one file; Unreadable says why not
    for path, found in read_many(paths): ...                  many, through one process; found may be an Unreadable

By what a file holds, not by its name: ProTrack workbooks and task lists are read here in Python, all else by MPXJ in a
child process.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from quarterdeck.apps.delivery.exchange import cells, protrack, tasklist
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import LIMITS, ZIP, Limits, check

#: Endings of text files that are task lists.
LISTS: Final = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
#: Endings by which an archive is one, and not a plan of a program that packs its own files.
ARCHIVES: Final = frozenset({".zip"})
#: Endings of plans inside archives.
PLANS: Final = frozenset({".mpp", ".mpt", ".mpx", ".xml", ".xer", ".pmxml", ".pod", ".csv", ".xlsx"})

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

    Files of other programs go through one child process, so that its start is paid once.
    """
    with tempfile.TemporaryDirectory(prefix="quarterdeck-archive-") as folder:
        waiting: dict[Path, list[Path]] = {}
        for number, path in enumerate(paths):
            try:
                check(path, limits)
                plan = _unpacked(path, Path(folder) / str(number), limits) if _is_archive(path) else path
                found = _without_java(plan)
            except Unreadable as refused:
                yield path, refused
                continue
            if found is None:
                waiting.setdefault(plan, []).append(path)
            else:
                yield path, _named(found, path)
        for plan, found_or_not in process.read(list(waiting), limits):
            for path in waiting[plan]:
                yield path, found_or_not if isinstance(found_or_not, Unreadable) else _judged(found_or_not, path)


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


def _without_java(path: Path) -> PlanDocument | None:
    """Return what a workbook or a list of tasks holds; None for all else."""
    ending = path.suffix.lower()
    with path.open("rb") as file:
        begins = file.read(8)
    if ending in WORKBOOKS or (begins.startswith(ZIP) and _is_workbook(path)):
        sheets = cells.sheets(path)
        return protrack.read(path, sheets) if protrack.is_workbook(sheets) else tasklist.read_sheets(path, sheets)
    if ending in LISTS and not begins.startswith((b"ERMHDR", b"MPX")):
        return tasklist.read_text(path)
    return None


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() in ARCHIVES and zipfile.is_zipfile(path)


def _unpacked(path: Path, folder: Path, limits: Limits) -> Path:
    """Return the one plan of an archive, unpacked."""
    with zipfile.ZipFile(path) as archive:
        plans = [each for each in archive.infolist() if PurePosixPath(each.filename).suffix.lower() in PLANS]
        if len(plans) != 1:
            held = f"{len(plans)} plans" if plans else "no plan"
            raise Unreadable(f"The archive holds {held}.", "Unpack it and choose the plans themselves.")
        folder.mkdir()
        target = folder / f"plan{PurePosixPath(plans[0].filename).suffix.lower()}"
        left = limits.size
        with archive.open(plans[0]) as packed, target.open("wb") as file:
            while block := packed.read(min(1 << 20, left + 1)):
                left -= len(block)
                if left < 0:
                    raise Unreadable("The archive holds a larger file than is read.", "Unpack it and split the plan.")
                file.write(block)
    check(target, limits)
    return target
