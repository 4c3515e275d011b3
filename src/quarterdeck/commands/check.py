"""Tell what is in force, and what is wrong with it.

Looks at the settings, the database and its migrations, the data folder, the built pages and the mail server's name.
Exit status 1 when something needs mending.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def facts(settings: Any) -> list[tuple[str, str]]:
    """What is in force, as name and value; no secret among them."""
    database = settings.DATABASES["default"]
    kind = "SQLite" if "sqlite" in database["ENGINE"] else "PostgreSQL"
    return [
        ("mode", settings.MODE),
        ("address", settings.URL or "http://127.0.0.1:8000 (QUARTERDECK_URL is not set)"),
        ("database", f"{kind}, {database['NAME']}" + (f" at {database['HOST']}" if database.get("HOST") else "")),
        ("uploads", str(settings.MEDIA_ROOT)),
        ("mail", getattr(settings, "EMAIL_HOST", "") if "smtp" in settings.EMAIL_BACKEND else "written to the log"),
        ("time zone", settings.TIME_ZONE),
        ("single sign-on", ", ".join(sorted(settings.SOCIALACCOUNT_PROVIDERS)) or "none"),
    ]


def second_factor(settings: Any) -> str:
    """Of whom a second factor is asked, and how many of them have none yet."""
    from django.db import DatabaseError

    from quarterdeck.kernel.signin.second_factor import NOBODY, without_one

    asked = str(settings.SECOND_FACTOR)
    if asked == NOBODY:
        return "asked of nobody (QUARTERDECK_REQUIRE_SECOND_FACTOR)"
    by_provider = ""
    if settings.SOCIALACCOUNT_PROVIDERS:
        by_provider = ", a provider's sign-in " + (
            "counts" if settings.TRUST_PROVIDER_SECOND_FACTOR else "does not count"
        )
    try:
        missing = without_one().count()
    except DatabaseError:
        return f"asked of {asked}{by_provider}"
    return f"asked of {asked}{by_provider}; {missing} have none here yet"


def database_faults() -> list[str]:
    """Whether the database answers and is up to date."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return [f"The database does not answer: {str(error).strip().splitlines()[0]}"]
    return [f"The database is {len(plan)} migrations behind: run quarterdeck migrate."] if plan else []


def faults(settings: Any) -> list[str]:
    """One plain line for each thing to mend."""
    from django.core import checks

    from quarterdeck.config import env

    found = [f"{name} is set, but there is no such setting." for name in env.unknown()]
    found += [message.msg for message in checks.run_checks() if message.is_serious()]
    found += database_faults()
    folder = Path(settings.DATA_DIR)
    if not os.access(folder, os.W_OK):
        found.append(f"The data folder {folder} cannot be written to.")
    manifest = settings.PACKAGE / "web" / "static" / "dist" / "manifest.json"
    if not manifest.exists():
        found.append("The pages' scripts and styles are not built: run make assets.")
    if settings.PRODUCTION and "console" in settings.EMAIL_BACKEND:
        found.append("No mail is sent: set QUARTERDECK_EMAIL_URL.")
    return found


def run(options: argparse.Namespace) -> int:
    """Print the facts, then the faults."""
    from django.conf import settings

    from quarterdeck.config import env

    for name in ("HOST", "PORT", "WORKERS"):
        env.envstr(name)
    start()
    for name, value in [*facts(settings), ("second factor", second_factor(settings))]:
        print(f"{name:<15} {value}")
    try:
        found = faults(settings)
    except Refusal as refusal:
        found = [str(refusal)]
    for line in found:
        print(f"! {line}")
    print("Nothing to mend." if not found else f"{len(found)} to mend.")
    return 1 if found else 0
