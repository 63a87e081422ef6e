"""manage.py import_data --organization SLUG --kind KIND FILE: loads a CSV file (docs/data-formats.md)."""

import sys
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm.imports import reporting
from crm.imports.kinds import KINDS
from crm.imports.services import Order, import_file
from crm.models import ImportState
from tenants.doors import organization_id_of
from tenants.models import Organization
from tenants.scope import open_organization

MISUSE = 2


class Command(BaseCommand):
    help = "Loads a CSV file. Exit status: 0 applied (or checked), 1 refused and nothing changed, 2 used wrongly."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--kind", required=True, choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("--source", default="", metavar="NAME", help="the system that the external ids belong to")
        parser.add_argument("--valid-rows", action="store_true", help="apply the right rows although others are wrong")
        parser.add_argument("--wrong-rows", type=Path, metavar="FILE", help="write the wrong rows here, to be mended")
        parser.add_argument("--dry-run", action="store_true", help="check and report only")

    def handle(self, file, organization, kind, source, valid_rows, wrong_rows, dry_run, **options):
        organization_id = organization_id_of(organization)
        if organization_id is None:
            raise CommandError(f"There is no organization “{organization}”.", returncode=MISUSE)
        if source and not KINDS[kind].has_source:
            raise CommandError(f"The rows of {kind} belong to no source: leave --source out.", returncode=MISUSE)
        if len(source) > 50:
            raise CommandError("The name of a source has at most 50 characters.", returncode=MISUSE)
        with open_organization(organization_id):
            zone = zoneinfo.ZoneInfo(Organization.objects.get().time_zone)
        order = Order(kind, datetime.now(UTC).astimezone(zone), source, file.name, valid_rows, dry_run)
        try:
            with file.open("rb") as opened:
                run = import_file(actor=None, organization_id=organization_id, file=opened, order=order)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.", returncode=MISUSE) from error
        self.tell(organization_id, run, wrong_rows)
        if run.state == ImportState.FAILED or (dry_run and run.wrong_count):
            sys.exit(1)

    def tell(self, organization_id, run, wrong_rows):
        with open_organization(organization_id):
            for line in reporting.report(run):
                self.stdout.write(line)
            if wrong_rows:
                with wrong_rows.open("w", encoding="utf-8", newline="") as opened:
                    reporting.write_wrong_rows(run, opened)
