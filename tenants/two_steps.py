"""Codes of an app work once. allauth forgets a used code after half a minute and with Redis; it is kept here."""

from datetime import datetime, timedelta

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.db import transaction


@transaction.atomic
def spend_code(authenticator: Authenticator, code: str, *, at: datetime) -> bool:
    """Whether the code is used for the first time while it is good; two who use it at once are told apart."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    used = {spent: until for spent, until in row.data.get("used", {}).items() if until > at.timestamp()}
    if code in used:
        return False
    is_good_for = timedelta(seconds=app_settings.TOTP_PERIOD) * (2 * app_settings.TOTP_TOLERANCE + 1)
    row.data["used"] = used | {code: (at + is_good_for).timestamp()}
    row.save(update_fields=["data"])
    return True
