"""An import whose process is killed with SIGKILL in the middle: nothing half done, and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
DRIVER = "tests.kernel.registers.exchange.killed"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A SQLite database of this test's own, with all tables."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    made = kept | {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "PYTHONPATH": str(ROOT),
        "QUARTERDECK_DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "QUARTERDECK_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(command, env=made, cwd=ROOT, check=True, timeout=120)
    return made


def test_killed_in_the_middle(environment: dict[str, str]) -> None:
    def drive(command: str) -> str:
        line = [sys.executable, "-m", DRIVER, command]
        return subprocess.run(
            line, env=environment, cwd=ROOT, check=True, timeout=120, capture_output=True, text=True
        ).stdout.strip()

    drive("upload")
    assert drive("show") == "checked 0 0 1"
    line = [sys.executable, "-m", DRIVER, "hang"]
    with subprocess.Popen(line, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "middle\n"
        writing.send_signal(signal.SIGKILL)
    assert writing.returncode == -signal.SIGKILL
    assert drive("show") == "checked 0 0 1"
    drive("write")
    assert drive("show") == "done 208 208 0"
    drive("write")
    assert drive("show") == "done 208 208 0"
