"""Answers across companies and facts, as plain data."""

from crm.reporting.companies import Profile, companies_at_hand, products_at_hand, profile_of
from crm.reporting.credit import Share, shares_of
from crm.reporting.opportunities import Board, board, further_cards, heads, journey_of

__all__ = [
    "Board",
    "Profile",
    "Share",
    "board",
    "companies_at_hand",
    "further_cards",
    "heads",
    "journey_of",
    "products_at_hand",
    "profile_of",
    "shares_of",
]
