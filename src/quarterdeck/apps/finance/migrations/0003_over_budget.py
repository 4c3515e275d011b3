from django.db import migrations, models
from django.db.models import F


def tell(apps, schema_editor):
    """What was kept compared whole sums: the next assessment tells it of the projects that have a budget."""
    rows = apps.get_model("finance", "Position").objects.filter(budget__isnull=False)
    rows.filter(forecast__isnull=False).update(over_budget=F("forecast") - F("budget"))
    rows.update(left=F("budget") - F("actual") - F("committed"))


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0002_positions"),
    ]

    operations = [
        migrations.AddField(
            model_name="position",
            name="left",
            field=models.DecimalField(decimal_places=4, max_digits=22, null=True, verbose_name="left of the budget"),
        ),
        migrations.AddField(
            model_name="position",
            name="over_budget",
            field=models.DecimalField(decimal_places=4, max_digits=22, null=True, verbose_name="forecast over budget"),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop, elidable=True),
    ]
