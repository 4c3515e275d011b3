"""What people say of exceptions stands in their handlings alone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("watch", "0002_handlings")]

    operations = [
        migrations.RemoveField(
            model_name="finding",
            name="acknowledged_at",
        ),
        migrations.RemoveField(
            model_name="finding",
            name="acknowledged_by",
        ),
        migrations.RemoveField(
            model_name="finding",
            name="reason",
        ),
        migrations.RemoveField(
            model_name="finding",
            name="snoozed_by",
        ),
        migrations.RemoveField(
            model_name="finding",
            name="snoozed_until",
        ),
    ]
