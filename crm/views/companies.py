"""Companies: the list, the map, and the forms that change them."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_company_to_change
from crm.filters.companies import CompanyFilter
from crm.forms.companies import CompaniesForm, CompanyForm
from crm.models import Company
from crm.reporting.duplicates import alike
from crm.reporting.maps import map_of
from crm.services.companies import add_company, change_companies, correct_company
from crm.services.rows import fingerprint
from crm.tables.companies import companies_table
from crm.views.answers import done, saved, sent, show_form, typed
from crm.views.lists import Bulk, Empty, Link, change_chosen, next_thing, show_list
from crm.visibility import companies_seen_by
from lib.tables import kept
from tenants.access import WRITERS, requires_role, writes
from tenants.models import Role

CHOICES = 20


@require_safe
def companies(request, slug):
    seen = companies_seen_by(request.member).select_related("owner")
    empty = Empty(
        "building-2", _("No companies yet"), _("Add the first one, or let an administrator import them from a file."),
        *next_thing(request, ("crm:new_company", _("Add a company"), WRITERS)),
    )  # fmt: skip
    return show_list(
        request, "crm/companies.html", table=companies_table(), filters=CompanyFilter, rows=seen, empty=empty,
        bulk=bulk_of(request), links=[Link(reverse("crm:company_map", args=[slug]), _("Map"), "map")],
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
def company_map(request, slug):
    """The companies of the list, narrowed as the list is, where they are."""
    narrowed = CompanyFilter(request.GET, companies_seen_by(request.member), request=request)
    context = {
        "filter": narrowed,
        "map": map_of(narrowed.qs, request.member, on=request.today),
        "query": kept(request.GET, "box", "page", "sort"),
        "list_query": kept(request.GET, "page"),
    }
    return render(request, "crm/company_map.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def new_company(request, slug):
    initial = {"created_on": request.today, "owner": request.member.pk}
    form = CompanyForm(sent(request), initial=initial, member=request.member, today=request.today)
    is_another = "is_another" in request.POST
    made = saved(form, partial(add_company, actor=request.member, today=request.today, is_another=is_another))
    if made:
        return done(request, _("%s is added.") % made, "crm:company", made.pk)
    found = alike(companies_seen_by(request.member), form["name"].value() or "") if form.is_bound else []
    return show_form(request, "crm/company_form.html", form, namesakes=found)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_company(request, slug, pk):
    found: Company = get_company_to_change(request.member, pk, on=request.today)
    initial = {"seen": fingerprint(found)}
    form = CompanyForm(sent(request), instance=found, initial=initial, member=request.member, today=request.today)
    if saved(form, partial(correct_company, actor=request.member, company=found, today=request.today)):
        return done(request, _("The company is saved."), "crm:company", pk)
    return show_form(request, "crm/company_form.html", form, company=found)
