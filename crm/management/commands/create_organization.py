"""manage.py create_organization SLUG --name ... --time-zone ... --currency ... --admin E-MAIL"""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from crm.services.beginnings import furnish_organization
from tenants.scope import open_organization
from tenants.services import Refused, create_organization


class Command(BaseCommand):
    help = "Makes an organization and its first administrator, who then sets a password by “Forgot your password?”."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="its address: small letters, digits, hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", required=True, metavar="E-MAIL")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--language", default="en")

    def handle(self, slug, name, admin, time_zone, currency, language, **options):
        try:
            with transaction.atomic(), translation.override(language):
                organization = create_organization(
                    slug=slug, name=name, admin_email=admin, time_zone=time_zone, currency=currency, language=language
                )
                with open_organization(organization.pk):
                    furnish_organization(actor=None)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name} is ready at /{slug}/. {admin} sets a password at /accounts/password/reset/.")
