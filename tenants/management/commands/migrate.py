"""Django's migrate, run as the owner of the tables, who is the only one that can."""

from django.core.management.commands.migrate import Command as Migrate


class Command(Migrate):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
