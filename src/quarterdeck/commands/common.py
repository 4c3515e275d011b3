"""What several commands share: starting Django, the data folder, a look into the database."""

import os
import secrets
from pathlib import Path

import django

from quarterdeck.commands import Refusal


def plan_files(given: list[Path]) -> list[Path]:
    """The files as given, those of a folder by name and without hidden ones; what is not there is found on reading."""
    files: list[Path] = []
    for path in given:
        if path.is_dir():
            files += sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
        else:
            files.append(path)
    return files


def start() -> None:
    """Load the settings and the applications. Raises EnvError for a faulty setting."""
    from django.conf import settings

    prepare(Path(settings.DATA_DIR))
    django.setup()


def prepare(folder: Path) -> None:
    """Make the data folder, readable by its owner only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The data folder {folder} cannot be made: {error.strerror}. Set QUARTERDECK_DATA_DIR.") from None


def keep_secret(path: Path) -> None:
    """Make the local secret that outlives this start, unless there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))


def migrate_database() -> None:
    """Bring the database up to date, quietly. Raises Refusal when it cannot be reached."""
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Refusal(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from None


def has_users() -> bool:
    """Whether anyone could sign in: an installation without users is new."""
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager.exists()
