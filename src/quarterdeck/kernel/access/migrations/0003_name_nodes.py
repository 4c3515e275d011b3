from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_scope_is_removed"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="scope",
            options={"ordering": ("path",), "verbose_name": "node", "verbose_name_plural": "nodes"},
        ),
    ]
