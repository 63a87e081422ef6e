"""What the steps say of an agreement that there is already: to amend, copy or renew it."""

from __future__ import annotations

from decimal import Decimal

from agreements.forms.summaries import initial_of
from agreements.models import Agreement, SummarySchedule
from agreements.options import SUBJECTS
from agreements.services import Terms
from agreements.services.drafts import Steps
from notifications.models import Suppression


def steps_of(terms: Terms) -> Steps:
    """The terms as they would have been typed."""
    return {
        "configuration": {
            "description": [terms.description], "metric": [terms.metric], "basis": [terms.basis],
            "first_on": [terms.first_on.isoformat()], "last_on": [terms.last_on.isoformat()],
            "companies": [",".join(str(company.pk) for company in terms.companies)], "notes": [terms.notes],
            "responsible": [str(terms.responsible.pk) if terms.responsible else ""],
        },
        "levels": {
            "mode": [terms.mode], "objective": [typed(terms.objective)], "rows": [str(len(terms.levels))],
            **{f"from-{n}": [typed(tier.threshold)] for n, tier in enumerate(terms.levels)},
            **{f"bonus-{n}": [typed(tier.bonus)] for n, tier in enumerate(terms.levels)},
        },
        "options": {
            f"{subject}_{way}": [",".join(map(str, getattr(terms.options.choices[subject], way)))]
            for subject in SUBJECTS if subject in terms.options.choices for way in ("only", "without")
        },
    }  # fmt: skip


def summaries_of(agreement: Agreement) -> Steps:
    """Who gets its summaries and has not stopped them, as it would have been typed."""
    stopped = Suppression.objects.filter(topic=agreement.mail_topic).values("address")
    recipients = list(agreement.recipients.exclude(address__in=stopped).order_by("pk"))
    if not recipients:
        return {}
    said = initial_of(SummarySchedule.objects.filter(agreement=agreement).first(), recipients)
    is_with_pdf = said.pop("with_pdf", False)
    texts = {name: [str(value)] for name, value in said.items()}
    return {"notifications": texts | ({"with_pdf": ["on"]} if is_with_pdf else {})}


def typed(number: Decimal | None) -> str:
    """Without the zeros that say nothing."""
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
