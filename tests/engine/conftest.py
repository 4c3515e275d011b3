"""What the engine's tests share: where real files lie, when they are there."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real plans and instances written by others; the test is skipped where there is none."""
    folder = Path(os.environ.get("QUARTERDECK_SHARED_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}: set QUARTERDECK_SHARED_DATA to a folder that holds them")
    return folder
