"""Sign-up: somebody asks for an organization, and it comes into being when they have shown that the address is theirs.

Until then there is one row, SignUp: no person, no organization, and an address of the product that is kept for a week.
So nobody's e-mail address can be taken by a stranger, the answer is the same whether an address is known here or not,
and what is never confirmed is swept away without a trace.
"""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import record
from crm.services.beginnings import furnish_organization
from lib.countries import customs_of
from lib.tokens import new_token, token_hash
from tenants.models import Member, SignUp, User
from tenants.refusals import Refused
from tenants.scope import open_organization
from tenants.services import check_organization, confirm_address, create_organization

KEPT = timedelta(days=7)


def ask_for_organization(
    *, actor: User | None, at: datetime, form_key: UUID, email: str, password: str, **details
) -> str | None:
    """Keeps what was typed, sends the link that confirms it, and gives the link's token; None for a form sent twice.

    `actor` is somebody who is signed in: their address is known to be theirs, so no mail is needed. `details` are name,
    organization_name, slug and country. Raises Refused.
    """
    customs = customs_of(details["country"], dict(settings.LANGUAGES))
    check_organization(
        slug=details["slug"], name=details["organization_name"], time_zone="UTC", currency=customs.currency
    )
    token = new_token()
    sign_up = SignUp(
        **details, email=email.lower(), password=make_password(password) if password else "", form_key=form_key,
        token_hash=token_hash(token), asked_at=at,
    )  # fmt: skip
    with transaction.atomic():
        if not _kept(sign_up, at=at):
            return None
        if actor is None:
            _mail(sign_up, token)
    return token


def _kept(sign_up: SignUp, *, at: datetime) -> bool:
    """Writes the row; False if this form has been sent before. Who asks again for the same address of the product, with
    the same e-mail address, asks anew; an address that somebody else waits for is taken."""
    rivals = SignUp.objects.select_for_update().filter(slug=sign_up.slug)
    if sign_up.password and rivals.filter(form_key=sign_up.form_key).exists():
        return False
    given_up = rivals.filter(asked_at__lte=at - KEPT) | rivals.filter(email=sign_up.email)
    given_up.filter(done_at=None).delete()
    try:
        with transaction.atomic():
            sign_up.save()
    except IntegrityError as error:
        if SignUp.objects.filter(form_key=sign_up.form_key).exists():
            return False
        raise Refused(_("The address “%s” is taken.") % sign_up.slug, "slug") from error
    return True


def _mail(sign_up: SignUp, token: str) -> None:
    known = User.objects.filter(email=sign_up.email).exclude(password__startswith="!").exists()
    context = {
        "name": sign_up.name,
        "organization_name": sign_up.organization_name,
        "confirm_url": f"{settings.BASE_URL}{reverse('confirm_sign_up', args=[token])}",
        "signs_in_already": known,
        "days": KEPT.days,
    }
    get_adapter().send_mail("account/email/sign_up", sign_up.email, context)


def found_organization(*, sign_up: SignUp, at: datetime, **customs) -> Member:
    """The organization with its furniture and its administrator, whose address is confirmed from now on.

    `customs` are settings of the organization: time_zone, currency, language and so on. Raises Refused where the link
    was used before, or the address of the product was given away.
    """
    with transaction.atomic():
        current = SignUp.objects.select_for_update().filter(pk=sign_up.pk, done_at=None).first()
        if current is None:
            raise Refused(_("This has been done already. Sign in to see your organization."))
        organization = create_organization(
            slug=current.slug, name=current.organization_name, admin_email=current.email, admin_name=current.name,
            **customs,
        )  # fmt: skip
        with open_organization(organization.pk), translation.override(organization.language):
            member = Member.objects.select_related("user", "organization").get()
            furnish_organization(actor=member)
            record(actor=member, action="organization.created", target=organization, changes={"name": current.name})
        _let_in(member.user, password=current.password)
        current.done_at, current.password = at, ""
        current.save(update_fields=["done_at", "password"])
    return member


def _let_in(user: User, *, password: str) -> None:
    if not user.has_usable_password():
        user.password = password
        user.save(update_fields=["password"])
    confirm_address(user)


def sweep_sign_ups(*, at: datetime) -> int:
    """Forgets who asked more than a week ago, and says how many that were."""
    count, _by_model = SignUp.objects.filter(asked_at__lte=at - KEPT).delete()
    return count
