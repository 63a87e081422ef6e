"""Summaries of an agreement by mail: previewed, sent at once, logged, and who gets them."""

from functools import partial

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.access import get_agreement_to_change, get_mail_about
from agreements.forms.summaries import VersionedSummariesForm, initial_of
from agreements.reporting.summaries import letter_of, mails_about, post_of
from agreements.services.summaries import configure_summaries, send_summaries_now
from crm.forms.fields import KeyedForm
from crm.views.answers import answered, done, saved, sent, show_form
from lib.numbers import id_in
from lib.tables import listing
from notifications.services import SENDABLE_AGAIN, retry_mail

# The mail stands in a frame of its own, where nothing runs and nothing is fetched.
AS_A_MAIL = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": []}


@require_safe
@csp_update({"frame-src": [SELF]})
def summaries(request, slug, pk):
    """The summary as it would be sent now, to whom, and every message so far. `?recipient=` says whose it is."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    post = post_of(agreement)
    recipient = chosen(request, post)
    found = listing(mails_about(agreement), request.GET, orders=["-created_at"])
    context = {"agreement": agreement, "post": post, "recipient": recipient, "listing": found, "send_form": KeyedForm()}
    context |= {"sendable_again": SENDABLE_AGAIN}
    if not agreement.is_archived:
        context["letter"] = letter_of(post, recipient, organization=request.organization, on=request.today)
    return render(request, "agreements/summaries.html", context)


def chosen(request, post):
    return post.reader(id_in(request.GET.get("recipient", "")), request.member)


def letter_in(request, pk: int, **how):
    """The letter that the address asks for."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    if agreement.is_archived:
        raise Http404
    post = post_of(agreement)
    return letter_of(post, chosen(request, post), organization=request.organization, on=request.today, **how)


@require_safe
@xframe_options_sameorigin
@csp(AS_A_MAIL)
def page(request, slug, pk):
    """The HTML of the mail, byte for byte, for the frame of the preview."""
    return HttpResponse(letter_in(request, pk).words.html)


@require_safe
def paper(request, slug, pk):
    """The PDF of the mail."""
    pdf = letter_in(request, pk, makes_pdf=True).pdf
    if pdf is None:
        raise Http404
    return HttpResponse(
        pdf.content, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{pdf.name}"'},
    )  # fmt: skip


@require_POST
def send(request, slug, pk):
    """Sends the summary to all its recipients at once; a form that is sent twice sends once."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    form = KeyedForm(request.POST)
    act = {"actor": request.member, "agreement": agreement, "on": request.today, "at": request.now}
    if saved(form, partial(send_summaries_now, **act)):
        return done(request, _("The summary is on its way."), "agreements:summaries", pk)
    said = form.non_field_errors() or [_("Open the page again, then repeat this.")]
    return show_form(request, "agreements/refused.html", form, agreement=agreement, said=said)


@require_POST
def retry(request, slug, pk, mail_pk):
    """Sends a message again that failed or may not have arrived."""
    mail = get_mail_about(request.member, pk, mail_pk, on=request.today)
    act = partial(retry_mail, actor=request.member, mail=mail, at=request.now)
    return answered(request, act, _("The mail is sent again."), "agreements:summaries", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def recipients(request, slug, pk):
    """How often summaries go out, with a PDF or not, and to whom."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    post = post_of(agreement)
    initial = initial_of(post.schedule, [reader.recipient for reader in post.readers])
    form = VersionedSummariesForm(
        sent(request), initial=initial | {"version": agreement.version}, language=request.organization.language
    )
    act = {"actor": request.member, "agreement": agreement, "at": request.now}
    if saved(form, partial(configure_summaries, **act)):
        return done(request, _("The summaries go out as you have chosen."), "agreements:summaries", pk)
    return show_form(request, "agreements/summary_settings.html", form, agreement=agreement)
