"""What every test stands on: fast password hashing, uploads in a temporary folder."""

from pathlib import Path

import pytest
from django.conf import settings


def pytest_configure() -> None:
    """A real password hash costs 0.3 s by design; tests take the quick one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads of a test go to a folder of its own."""
    folder = tmp_path / "media"
    monkeypatch.setattr(settings, "MEDIA_ROOT", folder)
    return folder
