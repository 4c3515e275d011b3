"""What every test stands on: fast password hashing, uploads in a temporary folder."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

# Steady: the same examples on every run, however slow the machine. `--hypothesis-profile search` looks for new ones.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("search", max_examples=2000, deadline=None)
hypothesis_settings.load_profile("steady")


def pytest_configure() -> None:
    """A real password hash costs 0.3 s by design; tests take the quick one. They call the API as often as they like."""
    settings.API_PER_MINUTE = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """Each of several test processes has a database of its own; on SQLite in memory, as with one process.

    pytest-django knows Django's own SQLite backend only, and would give ours a file beside the data folder.
    """
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if worker:
        for alias in connections:
            known = connections[alias].settings_dict
            if connections[alias].vendor == "sqlite":
                known["TEST"]["NAME"] = f"file:memorydb_{alias}_{worker}?mode=memory&cache=shared"
            else:
                known["TEST"]["NAME"] = f"test_{known['NAME']}_{worker}"


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads of a test go to a folder of its own."""
    folder = tmp_path / "media"
    monkeypatch.setattr(settings, "MEDIA_ROOT", folder)
    return folder
