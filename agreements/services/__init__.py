"""Agreements are concluded, amended, ended and put away here. Each verb leaves an entry on the record."""

from agreements.services.concluding import (
    Outdated,
    amend_agreement,
    archive_agreement,
    conclude_agreement,
    end_agreement_early,
    restore_agreement,
    terms_of,
)
from agreements.services.terms import Terms
from tenants.refusals import Refused

__all__ = [
    "Outdated",
    "Refused",
    "Terms",
    "amend_agreement",
    "archive_agreement",
    "conclude_agreement",
    "end_agreement_early",
    "restore_agreement",
    "terms_of",
]
