"""What holds for the whole engine: it imports quickly and alone, and every room can be imported by itself."""

import json
import subprocess
import sys

import pytest

from tests.engine.test_doctests import MODULES

ROOMS = sorted({name.split(".")[2] for name in MODULES})
LIMIT = 0.3  # seconds of the processor, numpy included

MEASURE = """
import json, sys, time
before = time.process_time()
import numpy
numpy_alone = time.process_time() - before
before = time.process_time()
for room in {rooms!r}:
    if room != "compiled":
        __import__("quarterdeck.engine." + room)
took = time.process_time() - before
heavy = sorted({{name.split(".")[0] for name in sys.modules}} & {{"numba", "scipy", "ortools", "django", "pandas"}})
print(json.dumps({{"took": took, "numpy": numpy_alone, "heavy": heavy}}))
"""


def test_all_rooms_import_quickly_and_without_heavy_company() -> None:
    """The least of three, since a busy machine only ever adds."""
    runs = []
    for _ in range(3):
        code = MEASURE.format(rooms=ROOMS)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    assert runs[0]["heavy"] == []
    assert min(run["took"] for run in runs) < LIMIT


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "compiled"])
def test_a_room_can_be_imported_by_itself(room: str) -> None:
    """None leans on another having been imported first."""
    subprocess.run([sys.executable, "-c", f"import quarterdeck.engine.{room}"], capture_output=True, check=True)
