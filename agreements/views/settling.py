"""An agreement is settled, its settlements are read, approved and reversed."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.access import (
    get_agreement,
    get_agreement_to_change,
    get_settlement,
    get_settlement_to_change,
    may_change,
)
from agreements.forms.settling import ReverseForm, SettleForm
from agreements.reporting.statement_files import pdf_of, spreadsheet_of
from agreements.reporting.statements import settlement_to_come, statement_of
from agreements.services import settling as services
from agreements.views.detail import number_in
from agreements.words import settlement_badge
from crm.views.answers import done, saved, sent, show_form
from lib.forms import DayField
from lib.pdf import NoPdf
from tenants.refusals import Refused

SETTLEMENTS_A_PAGE = 50


@require_safe
def settlements(request, slug, pk):
    """All settlements of an agreement, the latest first."""
    agreement = get_agreement(request.member, pk)
    page = Paginator(agreement.settlements.with_names(), SETTLEMENTS_A_PAGE).get_page(request.GET.get("page"))
    for settlement in page:
        settlement.badge = settlement_badge(settlement.state)
    changes = may_change(request.member, agreement, on=request.today)
    context = {"agreement": agreement, "page": page, "may_change": changes}
    return render(request, "agreements/settlements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request, slug, pk):
    """Shows what is due up to a day, and settles exactly that."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    sent_form = SettleForm(sent(request))
    save = partial(services.settle_agreement, actor=request.member, agreement=agreement, on=request.today)
    made = saved(sent_form, partial(save, at=request.now))
    if made:
        return done(request, _("Settlement %d is made.") % made.number, "agreements:settlement", made.pk)
    to_come = settlement_to_come(
        agreement, day_in(request), organization=request.organization, reader=request.member, on=request.today,
        number=number_in(request, "page"),
    )  # fmt: skip
    form = SettleForm(initial={"version": agreement.version, **to_come.initial})
    context = {"agreement": agreement, "to_come": to_come, "form": form, "said": sentences(sent_form)}
    return render(request, "agreements/settle.html", context, status=422 if sent_form.is_bound else 200)


def day_in(request):
    """The day that was asked for; None where there is none, or no day at all."""
    data = request.POST if request.method == "POST" else request.GET
    try:
        return DayField(required=False).clean(data.get("through_on", ""))
    except ValidationError:
        return None


def sentences(form) -> list[str]:
    """What was wrong with a form, each thing once."""
    if not form.is_bound:
        return []
    hidden = {"version", "seal", "key"} & set(form.errors)
    said = [sentence for name, found in form.errors.items() if name not in hidden for sentence in found]
    return said or [_("Look at the settlement again, then repeat this.")]


@require_safe
def settlement(request, slug, pk):
    """The statement of a settlement. `?export=pdf` and `?export=xlsx` answer with it as a file."""
    found = get_settlement(request.member, pk)
    statement = statement_of(found, reader=request.member, number=number_in(request, "page"))
    write = {"pdf": pdf_of, "xlsx": spreadsheet_of}.get(request.GET.get("export", ""))
    if write:
        return exported(request, write, statement)
    changes = may_change(request.member, found.agreement, on=request.today)
    context = {
        "settlement": found, "agreement": found.agreement, "statement": statement, "may_change": changes,
        "may_approve": changes and found.state == "settled" and services.may_approve(request.member, found),
    }  # fmt: skip
    return render(request, "agreements/settlement.html", context)


def exported(request, write, statement):
    try:
        return write(statement)
    except NoPdf as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)


@require_POST
def approve(request, slug, pk):
    found = get_settlement_to_change(request.member, pk, on=request.today)
    try:
        services.approve_settlement(actor=request.member, settlement=found, at=request.now)
    except Refused as refused:
        context = {"agreement": found.agreement, "said": [str(refused)]}
        return render(request, "agreements/refused.html", context, status=422)
    return done(request, _("Settlement %d is approved.") % found.number, "agreements:settlement", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def reverse(request, slug, pk):
    """Asks for a reason."""
    found = get_settlement_to_change(request.member, pk, on=request.today)
    form = ReverseForm(sent(request))
    verb = partial(services.reverse_settlement, actor=request.member, settlement=found, at=request.now)
    if saved(form, verb):
        return done(request, _("Settlement %d is reversed.") % found.number, "agreements:settlement", pk)
    return show_form(request, "agreements/reverse.html", form, settlement=found, agreement=found.agreement)
