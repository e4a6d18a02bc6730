from django.db import migrations

from peersupport.access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("groups", "0005_answers_of_memberships_only")]

    operations = [AppendOnly("groups_concernstep")]
