"""What is sold, and where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.querysets import NamedQuerySet
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class Named(OwnedModel):
    """A row known by its name and, to the source, by its external id."""

    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)

    objects = OwnedManager.from_queryset(NamedQuerySet)()

    class Meta(OwnedModel.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                name="%(class)s_external_id_is_unique",
            ),
        ]
        indexes = [models.Index(fields=["organization", "name"], name="%(class)s_by_name")]

    def __str__(self):
        return self.name


class Brand(Named):
    """A maker or a label."""

    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(Named.Meta):
        verbose_name = _("brand")
        verbose_name_plural = _("brands")


class Family(Named):
    """A group of products."""

    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(Named.Meta):
        verbose_name = _("family")
        verbose_name_plural = _("families")


class Branch(Named):
    """A place or unit that sells: a shop, a country organization."""

    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(Named.Meta):
        verbose_name = _("branch")
        verbose_name_plural = _("branches")


class Product(Named):
    """Something sold. Its brand and family are those of today: sale lines look them up."""

    brand = OwnedForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    family = OwnedForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
