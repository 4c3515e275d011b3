"""Migrations are complete, named, numbered once, and can be taken back."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

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
