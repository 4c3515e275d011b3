"""Migrations are complete, named, numbered once, and can be taken back."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.kernel.processes import ROOT, environment_for

NAME = re.compile(r"^(\d{4})_[a-z0-9_]+$")
UNNAMED = re.compile(r"_auto_\d|_\d{8}_\d{4}$")

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("quarterdeck."))


def name_faults(names: list[str]) -> list[str]:
    """Migrations of one app whose name says nothing, or whose number is used twice."""
    faults = [f"{name}: no proper name" for name in names if not NAME.match(name) or UNNAMED.search(name)]
    numbers = [name[:4] for name in names]
    return faults + [f"{name}: number {name[:4]} is used twice" for name in names if numbers.count(name[:4]) > 1]


def names_of(label: str) -> list[str]:
    folder = Path(apps.get_app_config(label).path) / "migrations"
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("label", OURS)
def test_names_and_numbers(label: str) -> None:
    assert name_faults(names_of(label)) == []


@pytest.mark.parametrize("label", OURS)
def test_one_end(label: str) -> None:
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(label)) == (1 if names_of(label) else 0)


@pytest.mark.parametrize("label", OURS)
def test_reversible(label: str) -> None:
    loader = MigrationLoader(None)
    faults = [
        f"{name}: {operation.describe()}"
        for (app, name), migration in loader.disk_migrations.items()
        if app == label
        for operation in migration.operations
        if not operation.reversible
    ]
    assert faults == []


@pytest.mark.django_db
def test_every_model_has_a_table() -> None:
    tables = set(connection.introspection.table_names())
    wanted = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    assert wanted - tables == set()


@contextmanager
def empty_database(name: str, folder: Path) -> Iterator[str]:
    """Make a database without tables beside the tests' own; its address."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    made = connection.settings_dict
    known = {"host": made["HOST"], "port": made["PORT"], "user": made["USER"], "password": made["PASSWORD"]}
    given = {key: str(value) for key, value in known.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:  # type: ignore[arg-type]  # all are text
        server.execute(f"CREATE DATABASE {name}")
        try:
            where = urlencode({key: value for key, value in given.items() if key in ("host", "port")})
            yield f"postgresql://{quote(made['USER'])}:{quote(made['PASSWORD'])}@/{name}?{where}"
        finally:
            server.execute(f"DROP DATABASE {name}")


def tables_after(url: str, *given: str) -> str:
    """Return what the tables of an empty database are once it is brought up to date."""

    def run(*words: str) -> str:
        command = [sys.executable, "-m", *words]
        return subprocess.check_output(command, env=environment_for(url), cwd=ROOT, text=True, timeout=180)

    run("django", "migrate", "-v0", *given)
    assert run("django", "migrate", "--check") is not None
    return run("tests.contracts.schema")


@pytest.mark.slow
@pytest.mark.django_db
def test_an_empty_database_gets_at_once_what_all_migrations_lead_to(tmp_path: Path) -> None:
    with empty_database("at_once", tmp_path) as quick, empty_database("step_by_step", tmp_path) as long_way:
        at_once, stepwise = tables_after(quick), tables_after(long_way, "--step-by-step")
    assert at_once.count('"columns"') > 100
    assert at_once == stepwise


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (["0001_initial", "0002_risk_owner"], []),
        (["0001_initial", "0002_auto_20300102_0304"], ["0002_auto_20300102_0304: no proper name"]),
        (
            ["0001_initial", "0002_owner", "0002_state"],
            ["0002_owner: number 0002 is used twice", "0002_state: number 0002 is used twice"],
        ),
    ],
)
def test_bad_names_are_caught(names: list[str], faults: list[str]) -> None:
    assert name_faults(names) == faults
