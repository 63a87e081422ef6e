"""Rows that a form makes are made once; other reasons for a refusal are not mistaken for a repeated form."""

from datetime import date

import pytest
from django.db import IntegrityError

from crm.models import Opportunity
from crm.services.rows import add_once


def deal(cast, **fields) -> Opportunity:
    return Opportunity(
        name="A deal", company=cast.alfreds, owner=cast.rita, pipeline=cast.pipeline, stage=cast.stage_lead, amount=1,
        currency="EUR", probability_percent=10, created_on=date(2026, 1, 8), **fields,
    )  # fmt: skip


def test_a_form_that_comes_twice_makes_one_row(northwind):
    first, second = (
        add_once(deal(northwind), actor=northwind.rita, action="opportunity.added", key="k1") for _ in range(2)
    )
    assert first == second
    assert Opportunity.objects.count() == 1


def test_a_row_that_cannot_be_is_refused_although_its_key_is_known(northwind):
    add_once(deal(northwind), actor=northwind.rita, action="opportunity.added", key="k1")
    for field, value in (("credit_shares", [1]), ("currency", None)):
        wrong = deal(northwind)
        setattr(wrong, field, value)
        with pytest.raises(IntegrityError):
            add_once(wrong, actor=northwind.rita, action="opportunity.added", key="k1")
    assert Opportunity.objects.count() == 1
