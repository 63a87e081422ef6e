"""Products: added, corrected, archived. One that was sold stays for its sales."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.models import Product
from crm.refusals import Refused
from crm.services import rows
from tenants.models import Member, Organization


def check_product(*, name: str, external_id: str | None, besides: int = 0) -> None:
    """Raises Refused when another product is called so, or is known by this external id. Holds the organization, so
    that no two people add the same one at once."""
    Organization.objects.select_for_update().get()
    others = Product.objects.exclude(pk=besides)
    if others.filter(name__iexact=name).exists():
        raise Refused(_("There is a product of this name already."), "name")
    if external_id and others.filter(external_id=external_id).exists():
        raise Refused(_("Another product has this external id."), "external_id")


@transaction.atomic
def add_product(*, actor: Member, **details) -> Product:
    """`details` are name, brand, family, unit and external_id."""
    check_product(name=details["name"], external_id=details["external_id"])
    product = Product.objects.create(**details)
    record(actor=actor, action="product.added", target=product, changes=rows.facts_of(product))
    return product


@transaction.atomic
def correct_product(*, actor: Member, product: Product, seen: str, **details) -> Product:
    check_product(name=details["name"], external_id=details["external_id"], besides=product.pk)
    current = rows.locked(product, seen=seen)
    return rows.change(current, actor=actor, action="product.corrected", values=details)


@transaction.atomic
def archive_product(*, actor: Member, product: Product) -> Product:
    """It is offered no more; its sales stay."""
    return rows.change(rows.locked(product), actor=actor, action="product.archived", values={"is_active": False})


@transaction.atomic
def restore_product(*, actor: Member, product: Product) -> Product:
    return rows.change(rows.locked(product), actor=actor, action="product.restored", values={"is_active": True})


def delete_product(*, actor: Member, product: Product) -> None:
    sentence = _("This product was sold, so it cannot be deleted. Archive it instead.")
    rows.remove(product, actor=actor, action="product.deleted", sentence_if_used=sentence)
