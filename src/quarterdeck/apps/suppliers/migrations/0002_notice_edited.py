from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0001_initial")]

    operations = [
        # Of the drafts that there are nobody knows who wrote them: none is written over.
        migrations.AddField(
            model_name="breachcase",
            name="notice_edited",
            field=models.BooleanField(default=True, editable=False, verbose_name="notice changed by hand"),
        ),
        migrations.AlterField(
            model_name="breachcase",
            name="notice_edited",
            field=models.BooleanField(default=False, editable=False, verbose_name="notice changed by hand"),
        ),
    ]
