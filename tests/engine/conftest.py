"""What the engine's tests share: where real files lie, when they are there."""

import os
from pathlib import Path

import pytest

from tests.engine import dslib

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real plans and instances written by others; the test is skipped where there is none."""
    folder = Path(os.environ.get("QUARTERDECK_SHARED_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}: set QUARTERDECK_SHARED_DATA to a folder that holds them")
    return folder


@pytest.fixture(scope="session")
def workbooks(shared_data: Path) -> tuple[dslib.Project, ...]:
    """The real projects of the empirical project database, read once for the whole session."""
    return dslib.projects(shared_data / "dslib")
