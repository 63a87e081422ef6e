"""Opportunities and sale lines that several people share."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.access import get_opportunity_to_change, get_sale_line_to_change
from crm.forms.credit import SharesForm
from crm.services.credit import share_credit
from crm.services.rows import fingerprint
from crm.views.answers import done, saved, sent, show_form
from tenants.access import writes


def share(request, fact, back: str):
    """Asks who shares the fact; `back` is the page of the fact."""
    initial = {"seen": fingerprint(fact)}
    form = SharesForm(sent(request), member=request.member, today=request.today, fact=fact, initial=initial)
    if saved(form, partial(share_credit, actor=request.member, fact=fact)):
        return done(request, _("The credit is saved."), back, fact.pk)
    back_url = reverse(back, args=[request.organization.slug, fact.pk])
    return show_form(request, "crm/shares_form.html", form, fact=fact, back_url=back_url)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def share_opportunity(request, slug, pk):
    return share(request, get_opportunity_to_change(request.member, pk, on=request.today), "crm:opportunity")


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def share_sale(request, slug, pk):
    return share(request, get_sale_line_to_change(request.member, pk, on=request.today), "crm:edit_sale")
