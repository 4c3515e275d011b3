"""What every test stands on: fast password hashing, uploads in a temporary folder."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

# Steady: the same examples on every run, however slow the machine. `--hypothesis-profile search` looks for new ones.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("search", max_examples=2000, deadline=None)
hypothesis_settings.load_profile("steady")

#: By how many others a test counts that is marked slow.
SLOW = 60
TESTS = Path(__file__).parent
#: Beginnings of the paths of tests that no database has a part in.
ONCE = (
    "config/",
    "contracts/test_architecture.py",
    "contracts/test_recipe.py",
    "contracts/test_repository.py",
    "tools/",
)


def pytest_configure() -> None:
    """A real password hash costs 0.3 s by design; tests take the quick one. They call the API as often as they like."""
    settings.API_PER_MINUTE = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what says nothing of a database: it need not be run on each."""
    if item.path.relative_to(TESTS).as_posix().startswith(ONCE):
        item.add_marker(pytest.mark.once)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files that take longest first, so that no process is left alone with one of them in the end."""
    weights = Counter[Path]()
    for item in items:
        weights[item.path] += SLOW if item.get_closest_marker("slow") else 1
    items.sort(key=lambda item: (-weights[item.path], str(item.path)))


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
