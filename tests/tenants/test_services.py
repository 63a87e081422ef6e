"""Organizations come into being."""

import pytest

from tenants.services import Refused, check_organization

GOOD = {"slug": "acme", "name": "Acme", "time_zone": "Europe/Paris", "currency": "EUR"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "Acme!"}, "small letters, digits and hyphens only"),
        ({"slug": "accounts"}, "one of Attain's own"),
        ({"name": " "}, "needs a name"),
        ({"time_zone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"currency": "EURO"}, "no currency “EURO”"),
    ],
)
def test_what_no_organization_can_be_made_with_is_said(changes, sentence):
    check_organization(**GOOD)
    with pytest.raises(Refused, match=sentence):
        check_organization(**GOOD | changes)
