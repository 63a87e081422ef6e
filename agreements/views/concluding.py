"""A new agreement."""

from functools import partial

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agreements.access import AUTHORS
from agreements.forms.concluding import AgreementForm
from agreements.services import conclude_agreement
from crm.views.answers import done, saved, sent, show_form
from tenants.access import requires_role


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*AUTHORS)
def new(request, slug):
    """Its terms, its customers and its levels on one page."""
    initial = {"responsible": request.member.pk}
    form = AgreementForm(sent(request), initial=initial, member=request.member, today=request.today)
    made = saved(form, partial(conclude_agreement, actor=request.member))
    if made:
        return done(request, _("%s is agreed.") % made, "agreements:agreement", made.pk)
    return show_form(request, "agreements/new.html", form)
