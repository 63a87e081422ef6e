"""Companies and contacts."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_company, get_company_to_change, get_contact_to_change, may_change
from crm.filters.companies import CompanyFilter
from crm.forms.companies import CompaniesForm, CompanyForm, ContactForm
from crm.models import Company, Contact
from crm.reporting import profile_of
from crm.services.companies import (
    add_company,
    add_contact,
    change_companies,
    correct_company,
    correct_contact,
    remove_contact,
)
from crm.services.rows import fingerprint
from crm.tables.companies import companies_table
from crm.views.answers import answered, done, saved, sent, show_form, typed
from crm.views.lists import Bulk, Empty, change_chosen, show_list
from crm.visibility import companies_seen_by
from tenants.access import WRITERS, requires_role, writes
from tenants.models import Role

CHOICES = 20


@require_safe
def companies(request, slug):
    seen = companies_seen_by(request.member).select_related("owner")
    empty = Empty(
        "building-2", _("No companies yet"), _("Add the first one, or let an administrator import them from a file.")
    )
    return show_list(
        request, "crm/companies.html", table=companies_table(), filters=CompanyFilter, rows=seen, empty=empty,
        bulk=bulk_of(request),
    )  # fmt: skip


def bulk_of(request) -> Bulk | None:
    if request.member.role == Role.VIEWER:
        return None
    form = CompaniesForm(member=request.member, today=request.today)
    return Bulk(form, reverse("crm:change_companies", args=[request.organization.slug]), _("Change these companies"))


@require_POST
@writes
def change_several(request, slug):
    """Gives the chosen companies a new owner or status."""
    form = CompaniesForm(request.POST, member=request.member, today=request.today)

    def change(pks, values):
        return change_companies(actor=request.member, pks=pks, today=request.today, values=values)

    seen = companies_seen_by(request.member)
    return change_chosen(request, page="crm:companies", filters=CompanyFilter, rows=seen, form=form, change=change)


@require_safe
def company_choices(request, slug):
    """The options of a picker: companies whose name begins with what is typed."""
    found = companies_seen_by(request.member).starting_with(typed(request, "q")).order_by("name_key", "pk")
    return render(request, "crm/widgets/options.html", {"rows": found[:CHOICES]})


@require_safe
def company(request, slug, pk):
    found = get_company(request.member, pk)
    profile = profile_of(found, request.member, on=request.today)
    context = {"profile": profile, "may_change": may_change(request.member, found, on=request.today)}
    return render(request, "crm/company.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def new_company(request, slug):
    initial = {"created_on": request.today, "owner": request.member.pk}
    form = CompanyForm(sent(request), initial=initial, member=request.member, today=request.today)
    made = saved(form, partial(add_company, actor=request.member, today=request.today))
    if made:
        return done(request, _("%s is added.") % made, "crm:company", made.pk)
    return show_form(request, "crm/company_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_company(request, slug, pk):
    found: Company = get_company_to_change(request.member, pk, on=request.today)
    initial = {"seen": fingerprint(found)}
    form = CompanyForm(sent(request), instance=found, initial=initial, member=request.member, today=request.today)
    if saved(form, partial(correct_company, actor=request.member, company=found, today=request.today)):
        return done(request, _("The company is saved."), "crm:company", pk)
    return show_form(request, "crm/company_form.html", form, company=found)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def new_contact(request, slug, pk):
    at = get_company_to_change(request.member, pk, on=request.today)
    form = ContactForm(sent(request))
    made = saved(form, partial(add_contact, actor=request.member, company=at))
    if made:
        return done(request, _("%s is added.") % made, "crm:company", pk)
    return show_form(request, "crm/contact_form.html", form, company=at)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_contact(request, slug, pk, contact_pk):
    contact: Contact = get_contact_to_change(request.member, pk, contact_pk, on=request.today)
    form = ContactForm(sent(request), instance=contact, initial={"seen": fingerprint(contact)})
    if saved(form, partial(correct_contact, actor=request.member, contact=contact)):
        return done(request, _("The contact is saved."), "crm:company", pk)
    delete_url = reverse("crm:delete_contact", args=[slug, pk, contact_pk])
    return show_form(
        request, "crm/contact_form.html", form, company=contact.company, contact=contact, delete_url=delete_url
    )


@require_POST
@writes
def delete_contact(request, slug, pk, contact_pk):
    contact = get_contact_to_change(request.member, pk, contact_pk, on=request.today)
    remove = partial(remove_contact, actor=request.member, contact=contact)
    return answered(request, remove, _("The contact is removed."), "crm:company", pk)
