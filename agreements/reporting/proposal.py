"""Terms in words before anything is agreed: what will stand on the record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agreements.models import Agreement
from agreements.reporting.changes import differences_of
from agreements.services.concluding import differing, facts_of, other_namesakes, terms_of
from agreements.services.terms import Terms
from agreements.words import bonus_said, threshold_said
from audit.reporting import Difference
from audit.services import as_json
from metrics.measures import measure
from metrics.units import unit_of
from notifications.models import Interval


def in_words(terms: Terms, currency: str) -> list[Difference]:
    """Everything that is proposed; `before` is empty."""
    return differences_of(Agreement(), said_of(terms, currency))


def changes_of(agreement: Agreement, terms: Terms, currency: str) -> list[Difference]:
    """What an amendment changes, each before and after; nothing where it changes nothing."""
    agreed = terms_of(agreement)
    pairs = differing(said_of(agreed, currency), said_of(terms, currency)) | other_namesakes(agreed, terms)
    return differences_of(agreement, pairs) if pairs else []


def said_of(terms: Terms, currency: str) -> dict:
    """What the record will say, the levels as people say them."""
    unit = unit_of(measure(terms.metric), currency)
    levels = [
        _("%(bonus)s from %(threshold)s on")
        % {"bonus": bonus_said(tier, terms.mode, currency), "threshold": threshold_said(tier, unit)}
        for tier in terms.levels
    ]
    return as_json(facts_of(terms)) | {"levels": levels}


def summaries_in_words(summaries: dict | None) -> list[Difference]:
    """How often summaries will go out, and to whom, as configure_summaries (agreements.services) asks for it."""
    if not summaries:
        return [Difference(_("summaries"), "", _("nobody gets them"))]
    interval, recipients = summaries["interval"], summaries["recipients"]
    often = str(Interval(interval).label) if interval else _("only by hand")
    said = _("%(often)s, with a PDF") % {"often": often} if summaries["with_pdf"] else often
    addresses = ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in recipients)
    return [Difference(_("summaries"), "", said), Difference(_("recipients"), "", addresses)]
