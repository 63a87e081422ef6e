"""manage.py verify_figures [--organization SLUG]"""

from django.core.management.base import BaseCommand, CommandError

from metrics import verify
from tenants.doors import all_organization_ids, organization_id_of


class Command(BaseCommand):
    help = (
        "Recounts every figure from its facts, each with one plain query, and compares. Prints and writes down every"
        " difference; exits with 1 if there is any."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organization", metavar="SLUG", help="only this one; all without it")

    def handle(self, organization, **options):
        if organization:
            organization_id = organization_id_of(organization)
            if organization_id is None:
                raise CommandError(f"There is no organization “{organization}”.")
            ids = [organization_id]
        else:
            ids = all_organization_ids()
        wrong = [found for organization_id in ids for found in self.verify(organization_id)]
        for found in wrong:
            self.stdout.write(f"figure {found.figure.pk}: kept {found.kept:f}, its facts say {found.recounted:f}")
        self.stdout.write(f"{self.count} figures of {len(ids)} organizations recounted, {len(wrong)} differ.")
        if wrong:
            raise SystemExit(1)

    count = 0

    def verify(self, organization_id: int) -> list[verify.Wrong]:
        try:
            report = verify.verify(organization_id)
        except verify.Lag as error:
            raise CommandError(f"{error}; run it again when imports have ended.") from error
        self.count += report.count
        return report.wrong
