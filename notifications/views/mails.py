"""The mails that an organization has sent or is about to send, for its administrators."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.htmx import render_page
from lib.tables import listing
from notifications import access, services
from notifications.filters import MailFilter
from notifications.models import MailState, OutgoingMail
from notifications.outbox import without_secrets
from tenants.access import requires_role
from tenants.models import Role
from tenants.refusals import Refused

administrators_only = requires_role(Role.ADMIN)


@require_safe
@administrators_only
def mails(request, slug):
    """Every mail of the organization, the newest first, by state and by who gets it."""
    narrowed = MailFilter(request.GET, queryset=OutgoingMail.objects.defer("text", "html"), request=request)
    found = listing(narrowed.qs, request.GET, orders=["-created_at"])
    context = {"filter": narrowed, "listing": found}
    return render_page(request, "notifications/mails.html", context, fragment="list")


@require_safe
@administrators_only
def mail(request, slug, pk):
    """One mail as it was written. The keys in its links are its reader's alone and are not shown."""
    found = access.mail(pk)
    context = {
        "mail": found,
        "text": without_secrets(found)["text"],
        "may_retry": found.state in services.SENDABLE_AGAIN,
        "may_cancel": found.state == MailState.QUEUED,
    }
    return render(request, "notifications/mail.html", context)


@require_POST
@administrators_only
def retry(request, slug, pk):
    """Sends again what failed or may not have arrived."""
    act = {"actor": request.member, "mail": access.mail(pk), "at": request.now}
    return answered(request, pk, _("The mail is sent again."), services.retry_mail, act)


@require_POST
@administrators_only
def cancel(request, slug, pk):
    """Takes back a mail that still waits."""
    act = {"actor": request.member, "mail": access.mail(pk)}
    return answered(request, pk, _("The mail will not be sent."), services.cancel_mail, act)


def answered(request, pk: int, sentence: str, verb, act: dict):
    """Does it, and says so; or why it is refused."""
    try:
        verb(**act)
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("notifications:message", request.organization.slug, pk)
