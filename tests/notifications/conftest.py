"""One kind of notice, mailed at once: how people are told has nothing to do with what."""

from dataclasses import replace

import pytest

from goals.news import ASSIGNED
from notifications import catalogue
from notifications.models import ByMail


@pytest.fixture(autouse=True)
def one_kind(monkeypatch):
    at_once = replace(ASSIGNED, by_mail=ByMail.AT_ONCE, daily_at_most=False)
    monkeypatch.setattr(catalogue, "_kinds", {ASSIGNED.key: at_once})
