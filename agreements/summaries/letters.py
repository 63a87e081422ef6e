"""Summaries as mails: what is previewed and what is sent are made by the same function."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements.models import Agreement, Recipient
from agreements.reporting.standings import AgreementStanding, standings_of
from agreements.services.links import address_for
from agreements.summaries.figures import Covered, Summary
from lib.pdf import NoPdf, render_pdf
from notifications.services import Letter, Pdf, letter
from notifications.unsubscribing import AddressLink
from tenants.models import Organization

KIND = "agreement_summary"

log = logging.getLogger(__name__)


def letters_to(
    recipients: Sequence[Recipient], agreement: Agreement, *, organization: Organization, covered: Covered,
    with_pdf: bool, makes_pdf: bool = True,
) -> list[Letter]:  # fmt: skip
    """The summary as each of them gets it. Nothing is written. Where no PDF can be made, the mail says so; one that
    only the words are wanted of need not be made."""
    if not recipients:
        return []
    (standing,) = standings_of([agreement], organization=organization, on=covered.on)
    languages = sorted({recipient.language for recipient in recipients})
    makes_pdf = with_pdf and makes_pdf
    pdfs = {code: tried_pdf(standing, organization, covered, code) if makes_pdf else None for code in languages}
    return [
        letter_to(
            one, standing, organization=organization, covered=covered, pdf=pdfs[one.language],
            has_pdf=pdfs[one.language] is not None or (with_pdf and not makes_pdf),
            lacks_pdf=makes_pdf and pdfs[one.language] is None,
        )
        for one in recipients
    ]  # fmt: skip


def letter_to(
    recipient: Recipient, standing: AgreementStanding, *, organization: Organization, covered: Covered,
    pdf: Pdf | None, has_pdf: bool, lacks_pdf: bool,
) -> Letter:  # fmt: skip
    agreement = standing.agreement
    stops = AddressLink(organization.pk, recipient.address, agreement.mail_topic, KIND, recipient.language)
    context = {
        "page": Summary(standing, organization.currency, covered=covered),
        "agreement": agreement,
        "name": recipient.name,
        "link": address_for(agreement, recipient.address, on=covered.on),
        "has_pdf": has_pdf,
        "lacks_pdf": lacks_pdf,
    }
    return letter(stops=stops, templates=[KIND], context=context, organization=organization, pdf=pdf)


def tried_pdf(standing: AgreementStanding, organization: Organization, covered: Covered, language: str) -> Pdf | None:
    """None where it cannot be made: a summary without it is better than none."""
    try:
        return pdf_of(standing, organization, covered, language)
    except NoPdf as error:
        log.error("the summary of agreement %s goes without a PDF: %s", standing.agreement.pk, error)
        return None


def pdf_of(standing: AgreementStanding, organization: Organization, covered: Covered, language: str) -> Pdf:
    """The summary on paper, the same for everybody who reads this language. Raises NoPdf."""
    with override(language):
        page = Summary(standing, organization.currency, covered=covered)
        context = {"page": page, "agreement": standing.agreement, "organization": organization, "language": language}
        html = render_to_string(f"mail/{KIND}/attached.html", context)
        name = f"{slugify(standing.agreement.description)[:80] or _('agreement')}-{page.as_of:%Y-%m-%d}.pdf"
    return Pdf(name, render_pdf(html))
