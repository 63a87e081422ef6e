"""How agreements stand: (agreements, day) -> plain data."""

from agreements.reporting.backtest import Backtest, Left, backtest, left_of
from agreements.reporting.customers import CustomersAgreement, agreements_of
from agreements.reporting.lines import LinePage, every_line_of, near_misses_of, outside_of, seen_among, table_of
from agreements.reporting.page import AgreementPage
from agreements.reporting.proposal import changes_of, in_words, summaries_in_words
from agreements.reporting.standings import AgreementStanding, CustomerStanding, standing_of, standings_of

__all__ = [
    "AgreementPage",
    "AgreementStanding",
    "Backtest",
    "CustomerStanding",
    "CustomersAgreement",
    "Left",
    "LinePage",
    "agreements_of",
    "backtest",
    "changes_of",
    "every_line_of",
    "in_words",
    "left_of",
    "near_misses_of",
    "outside_of",
    "seen_among",
    "standing_of",
    "standings_of",
    "summaries_in_words",
    "table_of",
]
