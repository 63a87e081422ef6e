"""Terms in words before anything is agreed: what will stand on the record."""

from __future__ import annotations

from agreements.models import Agreement
from agreements.reporting.changes import differences_of
from agreements.services import Terms, terms_of
from agreements.services.concluding import facts_of
from audit.reporting import Difference
from audit.services import as_json


def in_words(terms: Terms) -> list[Difference]:
    """Everything that is proposed; `before` is empty."""
    return differences_of(Agreement(), as_json(facts_of(terms)))


def changes_of(agreement: Agreement, terms: Terms) -> list[Difference]:
    """What an amendment changes, each before and after; nothing where it changes nothing."""
    now, then = as_json(facts_of(terms_of(agreement))), as_json(facts_of(terms))
    pairs = {name: [now[name], then[name]] for name in then if now[name] != then[name]}
    return differences_of(agreement, pairs) if pairs else []
