from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="died_marked_at",
            field=models.DateTimeField(help_text="Since when nothing is sent to them any more.", null=True),
        ),
    ]
