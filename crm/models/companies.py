"""Companies (prospects and customers), the people there, and fields that an organization adds of its own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.querysets import CompanyQuerySet, ContactQuerySet
from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel


class CompanyStatus(models.TextChoices):
    PROSPECT = "prospect", _("prospect")
    CUSTOMER = "customer", _("customer")
    FORMER = "former", _("former customer")


class Company(OwnedModel):
    """A company. It is a fact too: created on a day, for its owner."""

    source = models.CharField(_("source"), max_length=50, blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.GeneratedField(expression=Lower("name"), output_field=models.TextField(), db_persist=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    company_class = models.CharField(_("class"), max_length=40, blank=True)
    revenue = models.DecimalField(_("revenue"), max_digits=20, decimal_places=6, null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    tags = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("tags"),
        default=list,
        blank=True,
    )
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    owner = OwnedForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=CompanyStatus,
        default=CompanyStatus.PROSPECT,
    )
    created_on = models.DateField(_("created on"))
    custom = models.JSONField(_("own fields"), default=dict, blank=True)

    objects = OwnedManager.from_queryset(CompanyQuerySet)()

    class Meta(OwnedModel.Meta):
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "external_id"], name="company_external_id_is_unique"
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="company_external_id_is_not_blank"),
            models.CheckConstraint(condition=Q(status__in=CompanyStatus.values), name="company_status_is_known"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="company_position_is_whole_and_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name_key"], name="company_by_name"),
            models.Index(
                fields=["organization", "owner", "created_on"],
                name="company_by_owner_and_day",
            ),
        ]

    def __str__(self):
        return self.name


class Contact(OwnedModel):
    """A person at a company."""

    company = OwnedForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    objects = OwnedManager.from_queryset(ContactQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                name="contact_external_id_is_unique",
            ),
        ]
        indexes = [models.Index(fields=["organization", "company"], name="contact_by_company")]

    def __str__(self):
        return self.name


class CustomField(OwnedModel):
    """A field that the organization adds to its companies or opportunities; values stand in their `custom`."""

    class Record(models.TextChoices):
        COMPANY = "company", _("company")
        OPPORTUNITY = "opportunity", _("opportunity")

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DAY = "day", _("day")
        CHOICE = "choice", _("choice")
        YES_NO = "yes_no", _("yes or no")

    record = models.CharField(_("record"), max_length=20, choices=Record)
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    choices = ArrayField(models.CharField(max_length=80), verbose_name=_("choices"), default=list, blank=True)
    is_required = models.BooleanField(_("must be filled in"), default=False, db_default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "record", "key"],
                name="custom_field_key_is_unique",
            ),
            models.CheckConstraint(
                condition=~Q(kind="choice") | Q(choices__len__gt=0),
                name="custom_field_choice_has_choices",
            ),
        ]
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["position", "label", "id"]

    def __str__(self):
        return self.label
