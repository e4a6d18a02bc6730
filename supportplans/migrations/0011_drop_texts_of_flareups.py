from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supportplans", "0010_words_of_flareups")]

    operations = [
        migrations.RemoveConstraint(model_name="flareup", name="flareup_helped_known"),
        migrations.RemoveField(model_name="flareup", name="helped"),
        migrations.RemoveField(model_name="flareup", name="set_off_by"),
        migrations.RemoveField(model_name="flareup", name="tried"),
    ]
