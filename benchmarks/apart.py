"""A database of its own for a benchmark, and steps that run in a process of their own on it.

A script that uses it answers to `--step NAME ARGUMENT` by printing `MARK` and what the step gives, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATABASES = ("sqlite", "postgresql")
MARK = "result: "


def apart(script: str, environment: dict[str, str], name: str, argument: object) -> Any:
    """Do one step of a script in a process of its own and return what it gives. Raises SystemExit where it fails."""
    done = subprocess.run(
        [sys.executable, script, "--step", name, str(argument)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not lines:
        raise SystemExit(f"The step {name} {argument} failed.")
    return json.loads(lines[-1].removeprefix(MARK))


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """Give the environment of an empty database of its own, removed in the end."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-benchmark-") as folder:
        settings = {
            "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
            "QUARTERDECK_DATA_DIR": folder,
            "QUARTERDECK_MODE": "local",
            "QUARTERDECK_LOG_LEVEL": "ERROR",
        }
        if kind == "sqlite":
            yield {**settings, "QUARTERDECK_DATABASE_URL": f"sqlite:///{Path(folder, 'benchmark.sqlite3')}"}
            return
        from tools.postgres import server

        with server() as address:
            yield {**settings, "QUARTERDECK_DATABASE_URL": address}
