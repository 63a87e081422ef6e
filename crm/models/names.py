"""By which words and ids companies are found."""

from django.db import models

from crm.models.companies import Company
from tenants.scope import OwnedForeignKey, OwnedModel


class CompanyWord(OwnedModel):
    """A word of a company's name, city or external id, folded as lib.words folds what people type.

    Kept by triggers (crm/migrations), whichever way a company is written. Under row-level security only ranges of
    plain texts may use an index, so the beginning of any word is looked up as a range here.
    """

    company = OwnedForeignKey(Company, on_delete=models.DO_NOTHING, related_name="+")
    word = models.CharField(max_length=200, db_collation="C")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "word", "company"], name="company_word_is_unique"),
        ]
        indexes = [models.Index(fields=["organization", "company"], name="company_word_by_company")]

    def __str__(self):
        return self.word


class CompanyAlias(OwnedModel):
    """What a source calls a company that was merged into another: its rows and facts lead to the one that stayed."""

    source = models.CharField(max_length=50, blank=True, default="")
    external_id = models.CharField(max_length=100)
    company = OwnedForeignKey(Company, on_delete=models.CASCADE, related_name="aliases")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "external_id"], name="company_alias_is_unique"),
        ]
        indexes = [models.Index(fields=["organization", "company"], name="company_alias_by_company")]

    def __str__(self):
        return self.external_id
