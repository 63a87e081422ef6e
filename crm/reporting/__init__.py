"""Answers across companies and facts, as plain data."""

from crm.reporting.companies import companies_at_hand, products_at_hand
from crm.reporting.credit import Share, shares_of
from crm.reporting.opportunities import Board, board, further_cards, heads, journey_of

__all__ = [
    "Board",
    "Share",
    "board",
    "companies_at_hand",
    "further_cards",
    "heads",
    "journey_of",
    "products_at_hand",
    "shares_of",
]
