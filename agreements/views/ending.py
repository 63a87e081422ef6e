"""Agreements that end early, are put away and brought back."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agreements import services
from agreements.access import get_agreement_to_change
from agreements.forms.ending import EndEarlyForm, Versioned
from crm.views.answers import done, saved, sent, show_form


@require_http_methods(["GET", "HEAD", "POST"])
def end_early(request, slug, pk):
    """Asks for the last day that counts and for a reason."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    form = EndEarlyForm(sent(request), initial={"version": agreement.version})

    def end(**wanted):
        return services.end_agreement_early(actor=request.member, agreement=agreement, **wanted)

    if saved(form, end):
        return done(request, _("The agreement ends early."), "agreements:agreement", pk)
    return show_form(request, "agreements/end_early.html", form, agreement=agreement)


@require_POST
def archive(request, slug, pk):
    """Takes an agreement off the lists."""
    return put_away(request, pk, services.archive_agreement, _("The agreement has been archived."))


@require_POST
def restore(request, slug, pk):
    """Brings an agreement back from the archive."""
    return put_away(request, pk, services.restore_agreement, _("The agreement is back."))


def put_away(request, pk: int, verb, sentence: str):
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    form = Versioned(request.POST)

    def change(version):
        return verb(actor=request.member, agreement=agreement, version=version)

    if saved(form, change):
        return done(request, sentence, "agreements:agreement", pk)
    said = form.non_field_errors() or [_("Open the agreement again, then repeat this.")]
    return show_form(request, "agreements/refused.html", form, agreement=agreement, said=said)
