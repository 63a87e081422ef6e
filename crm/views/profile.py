"""A company's profile: each tab is a page of its own, of which htmx swaps the lower part."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from crm.access import activities_seen_by, get_company, may_change, opportunities_seen_by, sale_lines_seen_by
from crm.profile import tabs_of
from crm.reporting.profile import overview_of, sales_by_month
from lib.htmx import wants_fragment
from lib.tables import listing

ROWS_A_PAGE = 25


def show_tab(request, company, *, tab: str, template: str, **context):
    """A tab of the profile, drawn by its own template (context: company, slug, today, member, may_change and more)."""
    may = may_change(request.member, company, on=request.today)
    values = {
        **context, "company": company, "may_change": may, "slug": request.organization.slug, "tab_template": template,
        "tabs": tabs_of(company, request.organization.slug, tab), "is_fragment": wants_fragment(request),
    }  # fmt: skip
    page = "crm/company_tab.html" if values["is_fragment"] else "crm/company.html"
    response = render(request, page, values)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def overview(request, slug, pk):
    company = get_company(request.member, pk)
    summary = overview_of(company, request.member, on=request.today, organization=request.organization)
    return show_tab(request, company, tab="overview", template="crm/company/overview.html", overview=summary)


@require_safe
def activities(request, slug, pk):
    company = get_company(request.member, pk)
    rows = activities_seen_by(request.member, on=request.today).filter(company=company)
    found = listing(rows, request.GET, orders=["-at"], per_page=ROWS_A_PAGE)
    return show_tab(request, company, tab="activities", template="crm/company/activities.html", listing=found)


@require_safe
def opportunities(request, slug, pk):
    company = get_company(request.member, pk)
    rows = opportunities_seen_by(request.member, on=request.today).filter(company=company)
    found = listing(rows, request.GET, orders=["-created_on"], per_page=ROWS_A_PAGE)
    return show_tab(request, company, tab="opportunities", template="crm/company/opportunities.html", listing=found)


@require_safe
def sales(request, slug, pk):
    company = get_company(request.member, pk)
    rows = sale_lines_seen_by(request.member, on=request.today).filter(company=company)
    months = sales_by_month(rows, on=request.today, organization=request.organization)
    found = listing(rows, request.GET, orders=["-day"], per_page=ROWS_A_PAGE)
    return show_tab(request, company, tab="sales", template="crm/company/sales.html", listing=found, months=months)


@require_safe
def history(request, slug, pk):
    company = get_company(request.member, pk)
    return show_tab(request, company, tab="history", template="crm/company/history.html")
