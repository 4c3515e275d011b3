"""SQLite with a queue at the door.

SQLite's own busy handler sleeps and tries again, so under load one writer may wait for seconds while later ones pass
it. Here every write transaction first takes an advisory lock on a file beside the database and looks for it at an even
pace, so all have the same chance. The wait ends with "database is locked" after the same `timeout` (seconds) that
SQLite itself uses.

The lock is released by the system when a process dies. Where there is no `flock` (Windows) and for databases in
memory, the behaviour is Django's own.
"""

import os
import sqlite3
import time
from types import ModuleType
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


PAUSE_S = 0.001
"""Seconds between two looks at the lock."""
TIMEOUT_S = 5.0
"""Seconds to wait when the settings name no `timeout`: SQLite's own default."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; `BEGIN IMMEDIATE` waits for the file lock, the end of the transaction gives it up."""

    gate: int | None = None
    """File descriptor of the lock file while this connection is open."""
    gated: bool = False
    """True while this connection holds the lock."""

    transaction_mode: str | None

    def _gate_path(self) -> str | None:
        if self.transaction_mode not in ("IMMEDIATE", "EXCLUSIVE") or self.is_in_memory_db():
            return None
        return f"{self.settings_dict['NAME']}.lock"

    def _enter(self) -> None:
        path = self._gate_path()
        if fcntl is None or path is None or self.gated:
            return
        if self.gate is None:
            self.gate = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + self._patience()
        while True:
            try:
                fcntl.flock(self.gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperationalError("database is locked") from None
                time.sleep(PAUSE_S)
            else:
                self.gated = True
                return

    def _leave(self) -> None:
        if fcntl is not None and self.gated and self.gate is not None:
            fcntl.flock(self.gate, fcntl.LOCK_UN)
            self.gated = False

    def get_new_connection(self, conn_params: Any) -> Any:
        """Open the file, and try again while another process, the first to open it, is turning it to WAL.

        SQLite refuses whoever comes meanwhile at once, whatever the `timeout`.
        """
        deadline = time.monotonic() + self._patience()
        while True:
            try:
                return super().get_new_connection(conn_params)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_S)

    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", TIMEOUT_S))

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # django-stubs leaves it out
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # django-stubs leaves it out
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # django-stubs leaves it out
        finally:
            self._leave()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]  # django-stubs leaves it out
        finally:
            self._leave()
            if self.gate is not None:
                os.close(self.gate)
                self.gate = None
