"""The child process for what Python reads itself: archives are unpacked here, workbooks and lists of tasks read.

    python -m quarterdeck.apps.delivery.exchange.child sheets LIMITS

`LIMITS` is a `Limits` as JSON. Answers (`serving`): `ok`; `other` with the file that a Java machine has to read, which
is the given one or the plan that was unpacked beside the target; `refused` with problem and remedy.
"""

import sys
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from quarterdeck.apps.delivery.exchange import cells, protrack, tasklist
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.limits import (
    ARCHIVES,
    LISTS,
    OTHERS,
    WORKBOOKS,
    ZIP,
    Limits,
    broken_archive,
    check,
    check_archive,
)
from quarterdeck.apps.delivery.exchange.serving import Answer, alarm, answers, limit, serve
from quarterdeck.kernel.registers.exchange.spans import BOOK

#: Endings of plans inside archives.
PLANS: Final = frozenset({
    ".mpp", ".mpt", ".mpx", ".xml", ".xer", ".pmxml", ".pod", ".pp", ".gan", ".planner", ".ppx", ".sp", ".pep",
    *LISTS - {".txt"}, *WORKBOOKS,
})  # fmt: skip
#: Address space beside that of the file: the interpreter and its libraries.
RESERVED: Final = 1 << 30


def document(path: Path, name: str, limits: Limits) -> PlanDocument | None:
    """Return what a workbook or a list of tasks holds; None for all else. Raises `Unreadable`."""
    ending = path.suffix.lower()
    with path.open("rb") as file:
        begins = file.read(8)
    if ending in WORKBOOKS or (begins.startswith(ZIP) and _is_workbook(path)):
        sheets = cells.sheets(path, limits)
        return protrack.read(name, sheets) if protrack.is_workbook(sheets) else tasklist.read_sheets(name, sheets)
    if ending in LISTS and not begins.startswith(OTHERS):
        return tasklist.read_text(name, path.read_bytes())
    return None


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return BOOK in archive.namelist()


def unpacked(path: Path, target: Path, limits: Limits) -> Path:
    """Return the one plan of an archive, unpacked beside the target. Raises `Unreadable`."""
    with zipfile.ZipFile(path) as archive:
        plans = [each for each in archive.infolist() if _is_plan(PurePosixPath(each.filename))]
        if len(plans) != 1:
            held = f"{len(plans)} plans" if plans else "no plan"
            raise Unreadable(f"The archive holds {held}.", "Unpack it and choose the plans themselves.")
        found = target.with_suffix(PurePosixPath(plans[0].filename).suffix.lower())
        left = limits.size
        with archive.open(plans[0]) as packed, found.open("wb") as file:
            while block := packed.read(min(1 << 20, left + 1)):
                left -= len(block)
                if left < 0:
                    raise Unreadable("The archive holds a larger file than is read.", "Unpack it and split the plan.")
                file.write(block)
    check(found, limits)
    with found.open("rb") as file:
        if file.read(4) == ZIP:
            check_archive(found, limits)
    return found


def _is_plan(path: PurePosixPath) -> bool:
    """Say whether a name in an archive is that of a plan, and not what a Mac or an office program leaves beside one."""
    hidden = "__MACOSX" in path.parts or any(each.startswith((".", "~$")) for each in path.parts if each not in "..")
    return not hidden and path.suffix.lower() in PLANS


def read(source: Path, target: Path, name: str, limits: Limits) -> Answer | None:
    """Read a file into a document, or say which file another reader has to read."""
    plan = source
    with source.open("rb") as file:
        packed = file.read(4) == ZIP or source.suffix.lower() in ARCHIVES
    if packed:
        try:
            check_archive(source, limits)
            if source.suffix.lower() in ARCHIVES:
                plan = unpacked(source, target, limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise broken_archive() from None
    found = document(plan, name, limits)
    if found is None:
        return {"code": "other", "path": str(plan)}
    target.write_bytes(msgspec.json.encode(found))
    return None


def reason(refused: Exception) -> Answer:
    """Return why a file gave no plan."""
    if isinstance(refused, Unreadable):
        return {"code": "refused", "problem": refused.problem, "remedy": refused.remedy}
    if isinstance(refused, MemoryError):
        return {"code": "memory"}
    return {"code": "broken"}


def main(arguments: list[str]) -> None:
    """Do what standard input says until it ends."""
    limits = msgspec.json.decode(arguments[1], type=Limits)
    out = answers()
    limit(RESERVED + (limits.heap << 20))
    alarm(0)
    serve(lambda source, target, name: read(source, target, name, limits), reason, limits.seconds, out)


if __name__ == "__main__":
    main(sys.argv[1:])
