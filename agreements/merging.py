"""What merging two companies means for agreements: who has which agreement is not changed in passing."""

from django.utils.translation import gettext as _

from agreements.models import Party, SettlementLine
from crm.models import Company
from crm.refusals import Refused


def check_merge(kept: Company, gone: Company) -> None:
    """Before the rows move. Raises Refused where the company that would go was settled with, or is in an agreement."""
    words = {"gone": gone, "kept": kept}
    if SettlementLine.objects.filter(company=gone).exists():
        raise Refused(_("%(gone)s was settled with. Keep that one and let %(kept)s go.") % words)
    party = Party.objects.filter(company=gone).select_related("agreement").first()
    if party:
        said = _(
            "%(gone)s is in the agreement “%(agreement)s”. Keep that one and let %(kept)s go, or change the agreement "
            "first."
        )
        raise Refused(said % {**words, "agreement": party.agreement})
