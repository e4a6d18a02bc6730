from django.db import migrations

from peersupport.access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("access", "0002_initial")]

    operations = [AppendOnly("access_accesslogentry")]
