"""Schedule files as plain JSON, through a child process with limits; what was read once is kept by the file's hash."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

#: Rises when what the child process writes changes, so that nothing kept from before is believed.
FORMAT: Final = 2
KEPT: Final = Path(os.environ.get("QUARTERDECK_TEST_CACHE", tempfile.gettempdir())) / f"quarterdeck-files-{os.getuid()}"
#: Kinds of files that are read.
ENDINGS: Final = frozenset({".mpp", ".mpx", ".xml", ".xer", ".pmxml"})
SECONDS: Final = 600  # for all files together


def digest(path: Path) -> str:
    """Return the name under which what a file holds is kept."""
    return hashlib.sha256(b"%d " % FORMAT + path.read_bytes()).hexdigest()[:32]


def schedule_files(folder: Path) -> list[Path]:
    """Return the schedule files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def read(paths: Sequence[Path], kept: Path = KEPT) -> Mapping[Path, dict[str, Any]]:
    """Return what each file holds; `{"error": ...}` for one that cannot be read, that ends the reader or takes long."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {path: kept / f"{digest(path)}.json" for path in paths}
    missing = [path for path in paths if not names[path].exists()]
    while missing:
        begun = _run(kept, missing)
        if begun is not None and not names[begun].exists():
            names[begun].write_text(json.dumps({"format": FORMAT, "error": "ended the process that read it"}))
        before, missing = len(missing), [path for path in missing if not names[path].exists()]
        if len(missing) == before:
            raise RuntimeError("the process that reads schedule files does not start")
    return {path: json.loads(name.read_text()) for path, name in names.items()}


def _run(kept: Path, paths: Sequence[Path]) -> Path | None:
    """Run the child process; return the file that it was at when it ended."""
    command = [sys.executable, "-m", "tests.engine.files.virtual_machine", str(kept), *map(str, paths)]
    root = Path(__file__).resolve().parents[3]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False)
        said: str | bytes | None = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout
    lines = (said.decode() if isinstance(said, bytes) else said or "").split("\n")
    named = [line for line in lines if line in set(map(str, paths))]
    return Path(named[-1]) if named else None
