"""Products, brands, families and branches as people read them; administrators keep the products."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_product
from crm.filters.products import BranchFilter, BrandFilter, FamilyFilter, ProductFilter
from crm.forms.products import ProductForm
from crm.models import Branch, Brand, Family, Product
from crm.reporting.products import product_profile, recent_lines, with_products, with_sold
from crm.services.products import add_product, archive_product, correct_product, delete_product, restore_product
from crm.services.rows import fingerprint
from crm.tables.products import BRANCHES, BRANDS, FAMILIES, PRODUCTS, SOLD_KEYS
from crm.views.answers import answered, done, saved, sent, show_form
from crm.views.lists import Empty, next_thing, show_list
from lib.pages import is_soon_read
from lib.tables import order_in
from tenants.access import requires_role
from tenants.models import Role


def show_shelf(request, table, filters, rows, *, by: str, empty: Empty):
    """A list of the catalogue with what was sold of each row: at once where few lines are read for it, or where the
    address asks for what cannot be told without."""
    lines = recent_lines(request.member, on=request.today)
    is_asked_for = {"sums", "export"} & set(request.GET) or order_in(table, request.GET).lstrip("-") in SOLD_KEYS
    is_summed = bool(is_asked_for) or is_soon_read(lines)
    if is_summed:
        rows = with_sold(rows, lines, by=by, currency=request.organization.currency)
    return show_list(
        request, "crm/products.html", table=table, filters=filters, rows=rows, empty=empty, is_summed=is_summed
    )


@require_safe
def products(request, slug):
    ways = [("crm:imports", _("Load files"), [Role.ADMIN])]
    text = _("They come by import, or an administrator adds them.")
    empty = Empty("package", _("No products yet"), text, *next_thing(request, *ways))
    rows = Product.objects.select_related("brand", "family")
    return show_shelf(request, PRODUCTS, ProductFilter, rows, by="product", empty=empty)


@require_safe
def brands(request, slug):
    text = _("They come with the products, or an administrator adds them.")
    ways = [("crm:brand_settings", _("Add brands"), [Role.ADMIN])]
    empty = Empty("tag", _("No brands yet"), text, *next_thing(request, *ways))
    rows = with_products(Brand.objects.all(), by="brand")
    return show_shelf(request, BRANDS, BrandFilter, rows, by="product__brand", empty=empty)


@require_safe
def families(request, slug):
    text = _("They come with the products, or an administrator adds them.")
    ways = [("crm:family_settings", _("Add families"), [Role.ADMIN])]
    empty = Empty("shapes", _("No families yet"), text, *next_thing(request, *ways))
    rows = with_products(Family.objects.all(), by="family")
    return show_shelf(request, FAMILIES, FamilyFilter, rows, by="product__family", empty=empty)


@require_safe
def branches(request, slug):
    text = _("They come by import, or an administrator adds them.")
    ways = [("crm:branch_settings", _("Add branches"), [Role.ADMIN])]
    empty = Empty("store", _("No branches yet"), text, *next_thing(request, *ways))
    return show_shelf(request, BRANCHES, BranchFilter, Branch.objects.all(), by="branch", empty=empty)


@require_safe
def product(request, slug, pk):
    found = get_product(pk)
    profile = product_profile(found, request.member, on=request.today, organization=request.organization)
    return render(request, "crm/product.html", {"profile": profile, "product": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def new_product(request, slug):
    form = ProductForm(sent(request))
    made = saved(form, partial(add_product, actor=request.member))
    if made:
        return done(request, _("%s is added.") % made, "crm:product", made.pk)
    return show_form(request, "crm/product_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def edit_product(request, slug, pk):
    found = get_product(pk)
    form = ProductForm(sent(request), instance=found, initial={"seen": fingerprint(found)})
    if saved(form, partial(correct_product, actor=request.member, product=found)):
        return done(request, _("The product is saved."), "crm:product", pk)
    delete_url = reverse("crm:delete_product", args=[slug, pk])
    return show_form(request, "crm/product_form.html", form, product=found, delete_url=delete_url)


@require_POST
@requires_role(Role.ADMIN)
def put_away_product(request, slug, pk):
    archive = partial(archive_product, actor=request.member, product=get_product(pk))
    return answered(request, archive, _("The product is archived: it is offered no more."), "crm:product", pk)


@require_POST
@requires_role(Role.ADMIN)
def take_back_product(request, slug, pk):
    restore = partial(restore_product, actor=request.member, product=get_product(pk))
    return answered(request, restore, _("The product is in use again."), "crm:product", pk)


@require_POST
@requires_role(Role.ADMIN)
def drop_product(request, slug, pk):
    delete = partial(delete_product, actor=request.member, product=get_product(pk))
    return answered(request, delete, _("The product is deleted."), "crm:products")
