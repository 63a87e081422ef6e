"""manage.py load_demo [--if-absent]: the organizations that a newcomer meets, and how to sign in to them."""

from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from demo.services import DEMOS, PASSWORD, SignIn, load, sign_ins
from tenants.doors import organization_id_of


class Command(BaseCommand):
    help = "Loads Northwind Traders and Contoso Coffee, each only where it is absent, and prints the sign-ins."

    def add_arguments(self, parser):
        parser.add_argument("--if-absent", action="store_true", help="no error where an organization is there already")

    def handle(self, if_absent, **options):
        present = [demo.name for demo in DEMOS if organization_id_of(demo.slug)]
        if present and not if_absent:
            raise CommandError(f"{' and '.join(present)} is there already; nothing was changed.")
        now = datetime.now(UTC)
        for demo in DEMOS:
            load(demo, now=now)
        self.stdout.write("\n".join(table([row for demo in DEMOS for row in sign_ins(demo)])))
        self.stdout.write(f"\nPassword of everybody: {PASSWORD}")


def table(rows: list[SignIn]) -> list[str]:
    """Columns of even width."""
    cells = [("Organization", "Name", "Role", "E-mail address")]
    cells += [(row.organization, row.name, row.role, row.email) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
