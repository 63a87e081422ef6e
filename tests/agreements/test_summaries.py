"""Summaries of agreements: who gets them, when they are due, what they say, and that none goes out twice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from agreements.models import SummarySchedule
from agreements.services.summaries import (
    RecipientTerms,
    configure_summaries,
)
from agreements.summaries import Covered, letters_to
from metrics import engine
from tests import world
from tests.agreements.setting import TODAY, conclude

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)  # 182 of the 365 days of 2026 are over
ANNA, BOB = RecipientTerms("anna@alfreds.example", "Anna", "fr"), RecipientTerms("bob@alfreds.example")


@pytest.fixture
def tea(northwind, monkeypatch):
    """Net sales of 5,460 of 14,600 by July 2; level 2 of 3. The database's clock says so, too."""
    with time_machine.travel(NOON, tick=False):
        for module in ("agreements.services.summaries", "agreements.services.scheduling", "notifications.schedules"):
            monkeypatch.setattr(f"{module}.database_clock", lambda: datetime.now(UTC))
        agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido, objective=Decimal(14600))
        world.sale(northwind, net="5000", day=date(2026, 3, 3))
        world.sale(northwind, net="460", day=date(2026, 4, 4), company=northwind.bolido)
        engine.settle(northwind.organization.pk)
        yield agreement


def configured(cast, agreement, *recipients, interval="monthly", with_pdf=False) -> SummarySchedule:
    agreement.refresh_from_db()
    return configure_summaries(
        actor=cast.nora, agreement=agreement, version=agreement.version, interval=interval, with_pdf=with_pdf,
        recipients=recipients or [ANNA, BOB], at=NOON,
    )  # fmt: skip


def letters(cast, agreement, **changes):
    wanted = {"organization": cast.organization, "covered": Covered(TODAY), "with_pdf": False}
    return letters_to(list(agreement.recipients.all()), agreement, **wanted | changes)


def test_a_summary_says_how_the_agreement_stands_in_the_readers_language(northwind, tea):
    configured(northwind, tea)
    french, english = letters(northwind, tea)
    said = english.words.text
    assert english.words.subject == "Tea 2026: summary · Level 2 of 3 · 37.3%"
    print(said, french.words.text, french.words.html)
    for words in (
        "€5,460",
        "37.3% of €14,600",
        "€7,280",
        "Below forecast",
        "€436.80",
        "€4,540",
        "[x] Level 2",
        "91.5%",
    ):
        assert words in said, words
        assert words in english.words.html or words.startswith("[x]"), words
    assert "5 460" in french.words.text.replace("\u202f", " ").replace("\xa0", " ")
