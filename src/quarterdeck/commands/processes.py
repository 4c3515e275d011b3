"""A child process that is kept alive while its parent lives, and ends with it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

PATIENCE_S = 15.0
"""Seconds that a child has to end by itself."""


def end_with(parent: int, *, every_s: float = 1.0) -> None:
    """End this process soon after process `parent` is gone, even if that was killed and could tell nobody."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every_s)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE_S)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


class Child:
    """A command that is started again when it ends by itself, until `stop`."""

    def __init__(self, command: Sequence[str], *, pause_s: float = 2.0) -> None:
        self.command = list(command)
        self.pause_s = pause_s
        self.starts = 0
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="keep-child", daemon=True)

    def start(self) -> None:
        """Start the command, in the process group of this process."""
        self._process = subprocess.Popen(self.command)  # noqa: S603  our own command line
        self.starts = 1
        self._thread.start()

    def _keep(self) -> None:
        while self._process and not self._stopping.is_set():
            self._process.wait()
            if self._stopping.wait(self.pause_s):
                return
            self._process = subprocess.Popen(self.command)  # noqa: S603  our own command line
            self.starts += 1

    def stop(self) -> None:
        """Tell the command to end, wait, and kill it when it does not."""
        self._stopping.set()
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._thread.join(PATIENCE_S)
