"""What the database keeps true of an organization."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from tenants.models import Organization

REFUSED = {
    "orange from nothing": ({"orange_from": D(0)}, "organization_orange_starts_below_green"),
    "no room for orange": ({"orange_from": D("0.9"), "green_from": D("0.9")}, "organization_orange_starts_below_green"),
    "a week without work": ({"working_weekdays": []}, "organization_works_on_a_weekday"),
    "an eighth weekday": ({"working_weekdays": [0, 7]}, "organization_works_on_a_weekday"),
}


@pytest.mark.parametrize(("values", "constraint"), REFUSED.values(), ids=REFUSED)
def test_settings_that_no_figure_could_be_read_with_are_refused(northwind, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Organization.objects.update(**values)
    assert Organization.objects.update(orange_from=D("0.8"), green_from=D("0.9"), working_weekdays=[5, 6]) == 1
