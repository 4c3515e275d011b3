"""Let the index of a record's changes tell their moments too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index under the same name."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RemoveIndex("change", "audit_change_record"),
        migrations.AddIndex(
            "change",
            models.Index(fields=["record_type", "record_id", "-id", "at"], name="audit_change_record"),
        ),
    ]
