"""The tables of an empty database, made at once from the models instead of migration by migration.

Between any two of its hundred-odd migrations Django renders every model that is related to what changed, and all are
related: 18 s of processor for a database without a row. What they lead to is what the models say (a test holds both to
that), so the tables are made as the models say and the migrations entered as applied: 2 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

#: Whose migrations do by hand what no model says, such as a text index: that is done here too. Those of libraries only
#: move rows, of which an empty database has none.
OWN: Final = "quarterdeck."


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a database has no tables at all."""
    with connection.cursor() as cursor:
        return not connection.introspection.get_table_list(cursor)


def create(connection: BaseDatabaseWrapper) -> int:
    """Make every table of an empty database and enter all migrations as applied; return how many tables were made.

    On both databases that is one transaction: cut short, it leaves an empty database.
    """
    executor = MigrationExecutor(connection)
    plan = [each for each, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    models = list(_models(connection, {each.app_label for each in plan}))
    with connection.schema_editor(atomic=True) as editor:
        for model in models:
            editor.create_model(model)
        for code in _by_hand(plan):
            code(apps, editor)
        # What refers to tables that came later is stated last, but before the migrations are entered.
        for statement in editor.deferred_sql:
            editor.execute(statement, None)
        editor.deferred_sql.clear()
        recorder = MigrationRecorder(connection)
        editor.create_model(recorder.Migration)
        recorder.migration_qs.bulk_create(
            [recorder.Migration(app=each.app_label, name=each.name) for each in plan], batch_size=100
        )
    return len(models)


def _models(connection: BaseDatabaseWrapper, labels: set[str]) -> Iterator[type[Any]]:
    for config in apps.get_app_configs():
        if config.label not in labels:
            continue
        for model in config.get_models():
            if model._meta.can_migrate(connection) and router.allow_migrate_model(connection.alias, model):
                yield model


def _by_hand(plan: list[Migration]) -> Iterator[Any]:
    for migration in plan:
        if type(migration).__module__.startswith(OWN):
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    yield operation.code
