"""Mails about accounts (addresses confirmed, passwords reset) leave through the outbox, too."""

import uuid
from contextlib import suppress

from allauth.core import context as allauth_context
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from notifications.rendering import has_templates
from notifications.services import queue_account_mail
from tenants.adapter import AccountAdapter as TenantsAccountAdapter
from tenants.refusals import Refused

PLAIN = "account_notice"


class AccountAdapter(TenantsAccountAdapter):
    """Writes mails instead of sending them: the page answers at once, the same for every address, whatever the mail
    server does."""

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        kind = template_prefix.rpartition("/")[2]
        words = {"email": email, "request": allauth_context.request, **context}
        if not has_templates(kind):
            made = self.render_mail(template_prefix, email, words)
            words |= {"subject": made.subject, "text": made.body}
        with suppress(Refused):  # no mail reaches such an address; the page says the same as for any other
            queue_account_mail(
                kind=kind, to=email, key=f"{kind}/{uuid.uuid4()}", context=words, at=timezone.now(),
                language=get_language() or settings.LANGUAGE_CODE, templates=[kind, PLAIN],
            )  # fmt: skip
