"""Foreign money needs a rate: nothing is left out of a sum in silence."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from crm.models import ExchangeRate, SaleLine
from tests import world


@pytest.fixture
def with_rate(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 5), rate="0.9")
    return northwind


def refused():
    return pytest.raises(IntegrityError, match="no exchange rate for USD")


def test_a_fact_needs_a_rate_on_or_before_its_day(with_rate):
    world.sale(with_rate, day=date(2026, 1, 5), currency="USD")
    for day in (date(2026, 1, 4), date(2025, 6, 1)):
        with refused(), transaction.atomic():
            world.sale(with_rate, day=day, currency="USD")


def test_a_correction_needs_one_too(with_rate):
    line = world.sale(with_rate, day=date(2026, 1, 5), currency="USD")
    with refused(), transaction.atomic():
        SaleLine.objects.filter(pk=line.pk).update(day=date(2026, 1, 4))


def test_an_opportunity_needs_one_when_created(with_rate):
    world.opportunity(with_rate, created_on=date(2026, 1, 6), currency="USD")
    with refused(), transaction.atomic():
        world.opportunity(with_rate, created_on=date(2026, 1, 4), won_on=date(2026, 1, 8), currency="USD")


def test_a_plan_rate_does_not_stand_in_for_a_rate_of_the_day(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate="0.9", is_plan=True)
    with refused(), transaction.atomic():
        world.sale(northwind, day=date(2026, 1, 5), currency="USD")


def test_a_rate_that_facts_need_stays(with_rate):
    world.sale(with_rate, day=date(2026, 1, 5), currency="USD")
    with refused(), transaction.atomic():
        ExchangeRate.objects.all().delete()
    with refused(), transaction.atomic():
        ExchangeRate.objects.update(day=date(2026, 1, 6))
    ExchangeRate.objects.update(rate="0.8")
    SaleLine.objects.all().delete()
    ExchangeRate.objects.all().delete()
