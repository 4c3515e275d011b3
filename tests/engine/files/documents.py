"""Schedule files as documents, and MPXJ's second opinion; what was read once is kept by the file's hash.

What is kept is not believed once the code that read it has changed.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from quarterdeck.apps.delivery.exchange import document as layout
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.java import process

KEPT: Final = Path(os.environ.get("QUARTERDECK_TEST_CACHE", tempfile.gettempdir())) / f"quarterdeck-files-{os.getuid()}"
#: Kinds of files that are read.
ENDINGS: Final = frozenset({".mpp", ".mpx", ".xml", ".xer", ".pmxml"})
SECONDS: Final = 600  # for all opinions together
ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Read:
    """One file: what it holds or why it holds nothing, and what MPXJ's scheduler says or why it says nothing."""

    document: PlanDocument | None = None
    refused: str = ""
    opinion: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    no_opinion: str = ""


@cache
def _code() -> bytes:
    """The code that reads, so that a change of it is a new reading."""
    files = [Path(layout.__file__), *sorted(Path(process.__file__).parent.glob("*.py")), Path(__file__)]
    files.append(Path(__file__).with_name("opinion.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).digest()


def digest(path: Path) -> str:
    """Return the name under which what a file holds is kept."""
    return hashlib.sha256(_code() + path.read_bytes()).hexdigest()[:32]


def schedule_files(folder: Path) -> list[Path]:
    """Return the schedule files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def read(paths: Sequence[Path], kept: Path = KEPT) -> Mapping[Path, Read]:
    """Return what each file holds, with the second opinion."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {path: digest(path) for path in paths}
    missing = [path for path in paths if not (kept / f"{names[path]}.document").exists()]
    for path, found in process.read(missing):
        refused = isinstance(found, Unreadable)
        _keep(kept / f"{names[path]}.document", msgspec.json.encode({"refused": str(found)} if refused else found))
    opinions(kept, [path for path in paths if not (kept / f"{names[path]}.opinion").exists()], names)
    return {path: _one(kept, names[path]) for path in paths}


def _one(kept: Path, name: str) -> Read:
    held = (kept / f"{name}.document").read_bytes()
    said = json.loads((kept / f"{name}.opinion").read_text())
    if "refused" in (plain := json.loads(held)):
        return Read(refused=plain["refused"])
    document = msgspec.json.decode(held, type=PlanDocument)
    return Read(document, opinion=said.get("tasks", {}), no_opinion=said.get("error", ""))


def _keep(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def opinions(kept: Path, paths: Sequence[Path], names: Mapping[Path, str]) -> None:
    """Have MPXJ schedule files in a process of its own; one that ends it gets no opinion."""
    left = list(paths)
    while left:
        places = [part for path in left for part in (str(path), str(kept / f"{names[path]}.opinion"))]
        command = [sys.executable, "-m", "tests.engine.files.opinion", *places]
        subprocess.run(command, cwd=ROOT, capture_output=True, timeout=SECONDS, check=False)
        still = [path for path in left if not (kept / f"{names[path]}.opinion").exists()]
        if still and still[0] == left[0]:
            _keep(kept / f"{names[still[0]]}.opinion", b'{"error": "ended the process that scheduled it"}')
        left = [path for path in still if not (kept / f"{names[path]}.opinion").exists()]
