"""Views of a list that somebody keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Member
from tenants.scope import OwnedForeignKey, OwnedModel


class SavedView(OwnedModel):
    """A list as one member likes to see it: the query of its address under a name of their own.

    `page` is the name of the list's address ("crm:companies").
    """

    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("saved view")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "page", "name"], name="saved_view_name_is_unique"
            ),
        ]

    def __str__(self):
        return self.name
