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
from agreements.services.drafts import (
    Stale,
    begin_amendment,
    begin_draft,
    begin_from,
    conclude_draft,
    drop_draft,
    keep_step,
)
from agreements.services.terms import Terms
from tenants.refusals import Refused

__all__ = [
    "Outdated",
    "Refused",
    "Stale",
    "Terms",
    "amend_agreement",
    "archive_agreement",
    "begin_amendment",
    "begin_draft",
    "begin_from",
    "conclude_agreement",
    "conclude_draft",
    "drop_draft",
    "end_agreement_early",
    "keep_step",
    "restore_agreement",
    "terms_of",
]
