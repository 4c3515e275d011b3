"""Real processes that take the last of something at once, on a SQLite file and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.kernel.processes import ROOT, database_url, environment_for, migrated  # noqa: F401  fixtures

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
#: Processes, what there is for them, and how much each asks for, one at a time.
RIVALS, STOCK, EACH = 8, 5, 2


def test_of_those_who_take_the_last_at_once_one_wins_and_the_rest_are_told(database_url: str) -> None:  # noqa: F811
    command = [sys.executable, "-m", "tests.apps.suppliers.stock_driver", str(RIVALS), str(STOCK), str(EACH)]
    environment = environment_for(database_url)
    said = json.loads(subprocess.check_output(command, env=environment, cwd=ROOT, text=True, timeout=90))
    refused = [line for line in said["told"] if line != "won"]
    assert set(refused) == {"Store has 0 pc of Cable; 1 were asked for."}
    assert (said["told"].count("won"), len(refused)) == (STOCK, RIVALS * EACH - STOCK)
    assert (said["there"], said["total"], said["rows"]) == (0, 0, STOCK + 1)
