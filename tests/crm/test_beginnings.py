"""manage.py create_organization: a new organization can work on its first day."""

import io

import pytest
from django.core.management import CommandError, call_command

from crm.models import ActivityKind, Pipeline
from crm.models.opportunities import StageKind
from tenants.doors import organization_id_of, seats_of
from tenants.models import Member, Organization, Role, User
from tenants.scope import open_organization


def create(slug="acme", **options):
    out = io.StringIO()
    values = {"name": "Acme", "admin": "ada@acme.example", "time_zone": "Europe/Paris", "currency": "CHF", **options}
    call_command("create_organization", slug, stdout=out, **values)
    return out.getvalue()


def test_an_organization_begins_with_an_administrator_kinds_of_activities_and_a_pipeline(db):
    assert "/acme/" in create()
    with open_organization(organization_id_of("acme")):
        organization = Organization.objects.get()
        assert (organization.name, organization.time_zone, organization.currency) == ("Acme", "Europe/Paris", "CHF")
        assert Member.objects.get().role == Role.ADMIN
        assert set(ActivityKind.objects.values_list("key", "needs_position")) >= {("visit", False), ("check-in", True)}
        assert set(Pipeline.objects.get().stages.values_list("kind", flat=True)) == set(StageKind.values)


def test_a_person_may_have_a_seat_in_several_organizations(db):
    create()
    create("bravo", name="Bravo")
    assert [seat.slug for seat in seats_of(User.objects.get(email="ada@acme.example").pk)] == ["acme", "bravo"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slug": "Acme!"}, "small letters"),
        ({"slug": "accounts"}, "accounts"),
        ({"name": " "}, "needs a name"),
        ({"time_zone": "Paris"}, "no time zone “Paris”"),
        ({"currency": "EURO"}, "no currency “EURO”"),
        ({"admin": "ada"}, "not an e-mail address"),
        ({"slug": "taken"}, "taken"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(db, wrong, sentence):
    create("taken")
    with pytest.raises(CommandError, match=sentence):
        create(**wrong)
    assert organization_id_of("acme") is None
    assert organization_id_of("taken") is not None
