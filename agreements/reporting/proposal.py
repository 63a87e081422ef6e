"""Terms in words before anything is agreed: what will stand on the record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agreements.models import Agreement
from agreements.reporting.changes import differences_of
from agreements.services.concluding import facts_of, terms_of
from agreements.services.terms import Terms
from audit.reporting import Difference
from audit.services import as_json
from notifications.models import Interval


def in_words(terms: Terms) -> list[Difference]:
    """Everything that is proposed; `before` is empty."""
    return differences_of(Agreement(), as_json(facts_of(terms)))


def changes_of(agreement: Agreement, terms: Terms) -> list[Difference]:
    """What an amendment changes, each before and after; nothing where it changes nothing."""
    now, then = as_json(facts_of(terms_of(agreement))), as_json(facts_of(terms))
    pairs = {name: [now[name], then[name]] for name in then if now[name] != then[name]}
    return differences_of(agreement, pairs) if pairs else []


def summaries_in_words(summaries: dict | None) -> list[Difference]:
    """How often summaries will go out, and to whom, as configure_summaries (agreements.services) asks for it."""
    if not summaries:
        return [Difference(_("summaries"), "", _("nobody gets them"))]
    interval, recipients = summaries["interval"], summaries["recipients"]
    often = str(Interval(interval).label) if interval else _("only by hand")
    said = _("%(often)s, with a PDF") % {"often": often} if summaries["with_pdf"] else often
    addresses = ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in recipients)
    return [Difference(_("summaries"), "", said), Difference(_("recipients"), "", addresses)]
