from django.core.management.commands import migrate

from peersupport.owner import as_owner


class Command(migrate.Command):
    help = migrate.Command.help + " Connects as the owner of the schema."

    def handle(self, *args, **options):
        with as_owner():
            super().handle(*args, **options)
