"""Whether a worker on this machine still lives: a lock that the system takes from it when it dies.

On SQLite a long write transaction of the job keeps the heartbeat from being written, so silence alone does not prove a
death; the lock beside the database file does. On PostgreSQL heartbeats never wait for the job, and no file is needed.
Windows has no such lock; there the heartbeat alone decides.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

if sys.platform != "win32":
    import fcntl


def _path(run: str) -> Path | None:
    name = str(connection.settings_dict["NAME"])
    if sys.platform == "win32" or connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return None
    return Path(f"{name}.run-{run}")


@contextmanager
def alive(run: str) -> Iterator[None]:
    """Be seen as alive, in this run of a job, while the block runs."""
    path = _path(run)
    if path is None:
        yield
        return
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def surely_alive(run: str) -> bool:
    """Tell whether the lock of the run is held; False says nothing. Removes the file that a dead worker left."""
    path = _path(run)
    if path is None:
        return False
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)
