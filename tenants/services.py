"""Organizations, people and teams come into being and change here."""

import re
import zoneinfo
from datetime import date

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from lib.money import minor_units
from tenants.doors import organization_id_of
from tenants.middleware import RESERVED
from tenants.models import Member, Organization, Role, Team, TeamMembership, User
from tenants.refusals import Refused
from tenants.scope import bind


def check_organization(*, slug: str, name: str, time_zone: str, currency: str) -> None:
    """Raises Refused with a sentence at the first thing that is wrong."""
    if slug in RESERVED:
        raise Refused(_("The address “%s” is one of Attain's own; choose another.") % slug, "slug")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 50:
        raise Refused(_("The address “%s” cannot be used: small letters, digits and hyphens only.") % slug, "slug")
    if not name.strip():
        raise Refused(_("An organization needs a name."), "name")
    if time_zone not in zoneinfo.available_timezones():
        raise Refused(
            _("There is no time zone “%s”; one is called, for instance, Europe/Paris.") % time_zone, "time_zone"
        )
    try:
        minor_units(currency)
    except ValueError as error:
        raise Refused(_("There is no currency “%s”; use three letters such as EUR.") % currency, "currency") from error
    if organization_id_of(slug):
        raise Refused(_("The address “%s” is taken.") % slug, "slug")


def create_organization(
    *,
    slug: str,
    name: str,
    admin_email: str,
    admin_name: str = "",
    time_zone="UTC",
    currency="EUR",
    language="en",
    **settings,
) -> Organization:
    """A new organization with its first administrator, who sets a password through the reset mail.

    The id is drawn first and bound, because the walls let nobody write a row of an organization that is not open.
    """
    check_organization(slug=slug, name=name, time_zone=time_zone, currency=currency)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organization', 'id'))")
            (organization_id,) = cursor.fetchone()
        with scope(organization=organization_id):
            bind(organization_id)
            organization = Organization.objects.create(
                id=organization_id,
                slug=slug,
                name=name,
                time_zone=time_zone,
                currency=currency,
                language=language,
                **settings,
            )
            add_member(email=admin_email, name=admin_name, role=Role.ADMIN)
        bind(None)
    return organization


def add_member(*, email: str, name: str = "", role: str = Role.REP, external_id: str | None = None) -> Member:
    """A seat in the open organization for the person with this address, who may have seats elsewhere too."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("“%s” is not an e-mail address.") % email) from error
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, name=name)
    try:
        with transaction.atomic():
            return Member.objects.create(
                user=user,
                name=name or user.name or email.split("@")[0],
                role=role,
                external_id=external_id,
            )
    except IntegrityError as error:
        raise Refused(_("%s is a member already.") % email) from error


def confirm_address(user: User) -> None:
    """The address is theirs: they have answered a mail that went to it. Before that nobody signs in with it."""
    EmailAddress.objects.filter(user=user, primary=True).exclude(email=user.email).update(primary=False)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def confirm_address_of_reset(sender, user, **kwargs) -> None:
    """Connected to allauth's password_reset: only whoever reads the mail can choose a password by it."""
    confirm_address(user)


def join_team(*, team: Team, member: Member, first_on: date, until: date | None = None) -> TeamMembership:
    """From this day on (and until the day before `until`) what the member does counts for the team."""
    return TeamMembership.objects.create(team=team, member=member, first_on=first_on, until=until)
