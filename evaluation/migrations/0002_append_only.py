from django.db import migrations

from peersupport.access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]

    operations = [
        AppendOnly(table)
        for table in (
            "evaluation_consentform",
            "evaluation_consentstatement",
            "evaluation_consentdecision",
            "evaluation_withdrawal",
            "evaluation_source",
            "evaluation_identitylook",
        )
    ]
