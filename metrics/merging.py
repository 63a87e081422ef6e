"""What merging two companies means for figures.

Facts that move are counted by the journal, as any correction. A population that is a list of companies follows, and is
recounted. What is narrowed to the company that goes would lose its facts: that merge is refused.
"""

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crm.models import Company
from crm.refusals import Refused
from metrics.models import CompanySetEntry, Figure
from metrics.segments.naming import uses_in_conditions


def follow(kept: Company, gone: Company) -> None:
    """Before the rows move: refuses what a condition names, puts the company that stays into lists of the other."""
    if any(use.count for use in uses_in_conditions(gone)):
        said = _("A goal counts %(gone)s by name. Keep that one and let %(kept)s go, or change the goal first.")
        raise Refused(said % {"gone": gone, "kept": kept})
    entries = CompanySetEntry.objects.filter(company=gone)
    sets = list(entries.values_list("company_set_id", flat=True))
    having = set(CompanySetEntry.objects.filter(company=kept).values_list("company_set_id", flat=True))
    entries.delete()
    CompanySetEntry.objects.bulk_create(
        CompanySetEntry(company_set_id=one, company=kept) for one in sets if one not in having
    )
    listed = Figure.objects.filter(population_kind="companies", population_key__in=sets, is_live=True)
    listed.update(stale_since=Now())
