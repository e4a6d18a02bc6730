"""Sites that stand already begin with the usual steps; groups that are forming get their copy."""

from django.db import migrations

USUAL = [
    ("purpose", "Say what the group is about", "A few plain words that everyone can say yes to."),
    ("people", "Invite the people", "By email, or with a sheet that has a code."),
    ("venue", "Find a place to meet", "Step-free, with chairs that are kind to backs."),
    ("meeting", "Set the first date", "Soon after the programme, while people remember each other."),
    ("roles", "Share out the roles", "A contact and a deputy first; nobody does it alone."),
    ("contact", "Agree how to keep in touch", "What is welcome between meetings, and what is too much."),
    ("ground_rules", "Agree ground rules", "What is said here stays here, and when it does not."),
    ("plan", "Write your first support plan", "Together, around one phone. It can be short."),
]


def add_usual(apps, schema_editor):
    Site, Group = (apps.get_model("groups", name) for name in ("Site", "SupportGroup"))
    Item, Step = (apps.get_model("groups", name) for name in ("ChecklistItem", "ChecklistStep"))
    for model, field, rows in (
        (Item, "site", Site.objects.all()),
        (Step, "group", Group.objects.filter(state="forming")),
    ):
        model.objects.bulk_create(
            model(**{field: row}, position=number, page=page, title=title, hint=hint)
            for row in rows.iterator()
            for number, (page, title, hint) in enumerate(USUAL, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("groups", "0006_concern_steps_stay")]

    operations = [migrations.RunPython(add_usual, migrations.RunPython.noop)]
