"""Sale lines, typed in by hand or imported."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_sale_line_to_change, sale_lines_seen_by
from crm.filters.sales import DocumentFilter, SaleFilter
from crm.forms.sales import SaleLineForm, SaleLinesForm
from crm.models import Product
from crm.reporting import shares_of
from crm.services.rows import fingerprint
from crm.services.sales import add_sale_line, change_sale_lines, correct_sale_line, delete_sale_line
from crm.tables.sales import DOCUMENTS, SALES
from crm.views.answers import answered, done, saved, search_of, sent, show_form, typed
from crm.views.lists import Bulk, Empty, change_chosen, next_thing, show_list
from tenants.access import WRITERS, requires_role, writes
from tenants.models import Role

CHOICES = 20


def form_of(request, **options):
    searches = {"companies": search_of(request, "company"), "products": search_of(request, "product")}
    return SaleLineForm(sent(request), member=request.member, today=request.today, **searches, **options)


@require_safe
def sales(request, slug):
    bulk = None
    if request.member.role != Role.VIEWER:
        form = SaleLinesForm(member=request.member, today=request.today)
        bulk = Bulk(form, reverse("crm:change_sales", args=[slug]), _("Change these sale lines"))
    return show_list(
        request, "crm/sales.html", table=SALES, filters=SaleFilter, rows=lines_of(request), empty=no_sales(request),
        bulk=bulk, shown="lines",
    )  # fmt: skip


@require_POST
@writes
def change_several_lines(request, slug):
    """Gives the chosen sale lines another person or branch."""
    form = SaleLinesForm(request.POST, member=request.member, today=request.today)

    def change(pks, values):
        return change_sale_lines(actor=request.member, pks=pks, today=request.today, values=values)

    rows = lines_of(request)
    return change_chosen(request, page="crm:sales", filters=SaleFilter, rows=rows, form=form, change=change)


@require_safe
def documents(request, slug):
    """The same lines, an invoice or credit note in a row."""
    return show_list(
        request, "crm/sales.html", table=DOCUMENTS, filters=DocumentFilter, rows=lines_of(request),
        empty=no_sales(request), shown="documents",
    )  # fmt: skip


def lines_of(request):
    seen = sale_lines_seen_by(request.member, on=request.today)
    return seen.select_related("branch", "product__brand", "product__family")


def no_sales(request) -> Empty:
    text = _("Sales come from your invoicing by import, or are typed in by hand.")
    ways = [("crm:imports", _("Load files"), [Role.ADMIN]), ("crm:new_sale", _("Add a sale"), WRITERS)]
    return Empty("receipt-text", _("No sales here"), text, *next_thing(request, *ways))


@require_safe
def product_choices(request, slug):
    """The options of a picker: products whose name begins with what is typed."""
    found = Product.objects.filter(is_active=True).starting_with(typed(request, "q")).order_by("name", "pk")
    return render(request, "crm/widgets/options.html", {"rows": found[:CHOICES]})


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def new_sale(request, slug):
    initial = {
        "day": request.today, "owner": request.member.pk, "currency": request.organization.currency,
        "company": request.GET.get("company"),
    }  # fmt: skip
    form = form_of(request, initial=initial)
    made = saved(form, partial(add_sale_line, actor=request.member, today=request.today))
    if made:
        return done(request, _("%s is added.") % made, "crm:sales")
    return show_form(request, "crm/sale_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_sale(request, slug, pk):
    line = get_sale_line_to_change(request.member, pk, on=request.today)
    form = form_of(request, instance=line, initial={"seen": fingerprint(line)})
    if saved(form, partial(correct_sale_line, actor=request.member, line=line, today=request.today)):
        return done(request, _("The sale line is saved."), "crm:sales")
    return show_form(request, "crm/sale_form.html", form, line=line, shares=shares_of(line))


@require_POST
@writes
def drop_sale(request, slug, pk):
    line = get_sale_line_to_change(request.member, pk, on=request.today)
    delete = partial(delete_sale_line, actor=request.member, line=line)
    return answered(request, delete, _("The sale line is deleted."), "crm:sales")
