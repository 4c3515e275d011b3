"""The full-text index beside the entries: FTS5 kept by triggers on SQLite, a generated tsvector on PostgreSQL."""

from django.db import migrations

SQLITE = (
    """
    CREATE VIRTUAL TABLE search_entry_text USING fts5(
        code_key, title_words, body_words,
        content='search_entry', content_rowid='id', tokenize='unicode61', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_entry_text(rowid, code_key, title_words, body_words)
        VALUES (new.id, new.code_key, new.title_words, new.body_words);
    END
    """,
    """
    CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_entry_text(search_entry_text, rowid, code_key, title_words, body_words)
        VALUES ('delete', old.id, old.code_key, old.title_words, old.body_words);
    END
    """,
    """
    CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_entry_text(search_entry_text, rowid, code_key, title_words, body_words)
        VALUES ('delete', old.id, old.code_key, old.title_words, old.body_words);
        INSERT INTO search_entry_text(rowid, code_key, title_words, body_words)
        VALUES (new.id, new.code_key, new.title_words, new.body_words);
    END
    """,
    "INSERT INTO search_entry_text(search_entry_text) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER search_entry_changed",
    "DROP TRIGGER search_entry_removed",
    "DROP TRIGGER search_entry_added",
    "DROP TABLE search_entry_text",
)
POSTGRESQL = (
    """
    ALTER TABLE search_entry ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', code_key || ' ' || title_words), 'A')
        || setweight(to_tsvector('simple', body_words), 'D')
    ) STORED
    """,
    "CREATE INDEX search_entry_document ON search_entry USING gin (document)",
)
POSTGRESQL_BACK = ("ALTER TABLE search_entry DROP COLUMN document",)


def _run(schema_editor, sqlite, postgresql):
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def build(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def drop(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(build, drop)]
