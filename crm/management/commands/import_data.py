"""manage.py import_data --organization SLUG --kind KIND FILE: loads a CSV file (docs/data-formats.md)."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm.imports import reporting
from crm.imports.kinds import KINDS
from crm.imports.received import FileDiffers
from crm.imports.services import Order, import_file, resume
from crm.models import ImportEncoding, ImportState
from crm.refusals import Refused
from tenants.doors import organization_id_of
from tenants.scope import open_organization

MISUSE = 2
LATEST = 0
RESUME = "carry on with the import that was cut off (the latest, or the one whose number its page shows in the address)"


class Command(BaseCommand):
    help = "Loads a CSV file. Exit status: 0 applied (or checked), 1 refused and nothing changed, 2 used wrongly."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("--source", default="", metavar="NAME", help="the system that the external ids belong to")
        parser.add_argument("--encoding", default=ImportEncoding.UTF8, choices=ImportEncoding.values)
        parser.add_argument("--valid-rows", action="store_true", help="apply the right rows although others are wrong")
        parser.add_argument("--wrong-rows", type=Path, metavar="FILE", help="write the wrong rows here, to be mended")
        parser.add_argument("--dry-run", action="store_true", help="check and report only")
        parser.add_argument("--resume", type=int, nargs="?", const=LATEST, metavar="NUMBER", help=RESUME)

    def handle(self, file, organization, dry_run, wrong_rows, resume, **options):
        organization_id = organization_id_of(organization)
        if organization_id is None:
            raise misused(f"There is no organization “{organization}”.")
        with ExitStack() as stack:
            opened = stack.enter_context(self.opened(file)) if file else None
            if resume is not None:
                run = self.resume(organization_id, resume, opened, dry_run)
            else:
                run = self.load(organization_id, opened, file, dry_run, **options)
        self.tell(organization_id, run, wrong_rows)
        if run.state == ImportState.FAILED or (dry_run and run.wrong_count):
            sys.exit(1)

    def opened(self, file):
        try:
            return file.open("rb")
        except OSError as error:
            raise misused(f"{file}: {error.strerror}.") from error

    def load(self, organization_id, opened, file, dry_run, *, kind, source, encoding, valid_rows, **_others):
        if opened is None or kind is None:
            raise misused("Name a file and its --kind, or --resume an import.")
        if source and not KINDS[kind].has_source:
            raise misused(f"The rows of {kind} belong to no source: leave --source out.")
        if len(source) > 50:
            raise misused("The name of a source has at most 50 characters.")
        order = Order(kind, datetime.now(UTC), source, file.name, encoding, valid_rows, dry_run)
        return import_file(actor=None, organization_id=organization_id, file=opened, order=order)

    def resume(self, organization_id, number, opened, dry_run):
        try:
            return resume(organization_id=organization_id, import_id=number or None, file=opened, dry_run=dry_run)
        except Refused as refused:
            raise misused(str(refused)) from refused
        except FileDiffers as error:
            raise misused("This is not the file that was received in part: load it anew.") from error

    def tell(self, organization_id, run, wrong_rows):
        with open_organization(organization_id):
            for line in reporting.report(run):
                self.stdout.write(line)
            if wrong_rows:
                with wrong_rows.open("w", encoding="utf-8", newline="") as opened:
                    reporting.write_wrong_rows(run, opened)


def misused(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=MISUSE)
