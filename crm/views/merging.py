"""Companies that may be one and the same, and making them one."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.access import companies_to_change, get_company_to_change
from crm.forms.merging import MergeForm
from crm.reporting.duplicates import alike, namesakes
from crm.services.merging import merge_companies
from crm.services.rows import fingerprint
from crm.views.answers import done, saved, sent, show_form, typed
from tenants.access import WRITERS, requires_role, writes


@require_safe
@requires_role(*WRITERS)
def duplicates(request, slug):
    """Companies of one name, among those that the member may change."""
    theirs = companies_to_change(request.member, on=request.today)
    return render(request, "crm/duplicates.html", {"groups": namesakes(theirs)})


@require_safe
@writes
def duplicates_of(request, slug, pk):
    """What could be the same company as this one: those with a like name, or what is searched."""
    company = get_company_to_change(request.member, pk, on=request.today)
    theirs, searched = companies_to_change(request.member, on=request.today), typed(request, "q")
    found = alike(theirs, searched or company.name, besides=company.pk)
    return render(request, "crm/duplicates_of.html", {"company": company, "found": found, "searched": searched})


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def merge(request, slug, pk, other_pk):
    """Makes the other company part of this one."""
    kept = get_company_to_change(request.member, pk, on=request.today)
    gone = get_company_to_change(request.member, other_pk, on=request.today)
    if kept == gone:
        return redirect("crm:duplicates_of", slug, pk)
    seen = {"seen_kept": fingerprint(kept), "seen_gone": fingerprint(gone)}
    form = MergeForm(sent(request), initial=seen, kept=kept, gone=gone)

    def act(**values):
        return merge_companies(actor=request.member, pair=form.pair, values=values, today=request.today)

    if saved(form, act):
        return done(request, _("%(gone)s is part of %(kept)s now.") % {"gone": gone, "kept": kept}, "crm:company", pk)
    return show_form(request, "crm/merge.html", form, kept=kept, gone=gone)
