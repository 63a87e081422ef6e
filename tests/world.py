"""A fixed cast. Northwind: Nora (administrator), Marco (manager), Rita (rep on Marco's team), Ravi (rep elsewhere),
Vera (viewer). Contoso: Carla, who must never see anything of Northwind."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction

from crm.models import (
    Activity,
    ActivityKind,
    Branch,
    Brand,
    Company,
    Family,
    Opportunity,
    Outcome,
    Pipeline,
    Product,
    SaleLine,
    Stage,
)
from tenants.models import Member, Organization, Role, Team, User
from tenants.scope import open_organization
from tenants.services import add_member, confirm_address, create_organization, join_team

PASSWORD = "a long enough password"


@dataclass
class Cast:
    """An organization and who and what is in it; ids stay valid when nothing is open."""

    organization: Organization
    people: dict[str, Member] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)

    def __getattr__(self, name):
        for shelf in ("people", "things"):
            if name in self.__dict__.get(shelf, {}):
                return self.__dict__[shelf][name]
        raise AttributeError(name)

    @property
    def slug(self):
        return self.organization.slug


def join(first_name: str, role: str, external_id: str, slug: str) -> Member:
    member = add_member(
        email=f"{first_name.lower()}@{slug}.example",
        name=first_name,
        role=role,
        external_id=external_id,
    )
    return with_password(member)


def with_password(member: Member) -> Member:
    """The member can sign in, as if the address had been confirmed."""
    member.user.set_password(PASSWORD)
    member.user.save()
    confirm_address(member.user)
    return member


def furnish(cast: Cast) -> None:
    """One of everything that facts refer to."""
    things = cast.things
    things["visit"] = ActivityKind.objects.create(key="visit", name="Visit", icon="map-pin")
    things["check_in"] = ActivityKind.objects.create(
        key="check-in", name="Check-in", needs_position=True, icon="locate"
    )
    things["call"] = ActivityKind.objects.create(key="call", name="Call", icon="phone", position=2)
    things["reached"] = Outcome.objects.create(kind=things["call"], key="reached", name="Reached")
    things["pipeline"] = Pipeline.objects.create(name="Sales")
    for position, (name, kind, percent) in enumerate(
        [
            ("Lead", "open", 10),
            ("Offer", "open", 50),
            ("Won", "won", 100),
            ("Lost", "lost", 0),
        ]
    ):
        things[f"stage_{name.lower()}"] = Stage.objects.create(
            pipeline=things["pipeline"],
            name=name,
            kind=kind,
            position=position,
            probability_percent=percent,
        )
    things["brand"] = Brand.objects.create(name="Exotic Liquids", external_id="S1")
    things["family"] = Family.objects.create(name="Beverages", external_id="C1")
    things["branch"] = Branch.objects.create(name="London", external_id="LON")
    things["chai"] = Product.objects.create(
        name="Chai", external_id="P1", brand=things["brand"], family=things["family"]
    )


@contextmanager
def northwind():
    """Northwind with its cast, open."""
    organization = create_organization(
        slug="northwind",
        name="Northwind",
        admin_email="nora@northwind.example",
        time_zone="Europe/Paris",
    )
    with open_organization(organization.pk):
        cast = Cast(organization)
        nora = cast.people["nora"] = Member.objects.get()
        Member.objects.filter(pk=nora.pk).update(name="Nora", external_id="E0")
        nora.refresh_from_db()
        with_password(nora)
        for name, role, external_id in [
            ("Marco", Role.MANAGER, "E1"),
            ("Rita", Role.REP, "E2"),
            ("Ravi", Role.REP, "E3"),
            ("Vera", Role.VIEWER, "E4"),
        ]:
            cast.people[name.lower()] = join(name, role, external_id, "northwind")
        cast.things["team"] = Team.objects.create(name="West", external_id="T1", manager=cast.marco)
        cast.things["elsewhere"] = Team.objects.create(name="East", external_id="T2")
        join_team(team=cast.team, member=cast.rita, first_on=date(2020, 1, 1))
        join_team(team=cast.elsewhere, member=cast.ravi, first_on=date(2020, 1, 1))
        furnish(cast)
        cast.things["alfreds"] = company(
            cast, "Alfreds Futterkiste", owner=cast.rita, country="Germany", external_id="ALFKI"
        )
        cast.things["bolido"] = company(
            cast,
            "Bólido Comidas",
            owner=cast.ravi,
            country="Spain",
            external_id="BOLID",
        )
        yield cast


def contoso() -> Cast:
    """Contoso with Carla and one row of each kind; closed again."""
    organization = create_organization(slug="contoso", name="Contoso", admin_email="carla@contoso.example")
    with open_organization(organization.pk):
        cast = Cast(organization)
        carla = cast.people["carla"] = Member.objects.get()
        with_password(carla)
        cast.things["team"] = Team.objects.create(name="Contoso canary team", manager=carla)
        join_team(team=cast.team, member=carla, first_on=date(2020, 1, 1))
        furnish(cast)
        cast.things["company"] = company(cast, "Contoso canary company", owner=carla)
        cast.things["opportunity"] = opportunity(cast, owner=carla, company=cast.company, name="Contoso canary deal")
        cast.things["activity"] = activity(cast, owner=carla, company=cast.company, note="Contoso canary note")
        cast.things["sale"] = sale(cast, owner=carla, company=cast.company, document="CANARY-1")
    return cast


def committed(make) -> Cast:
    """Makes a cast in a transaction of its own and closes it."""
    with transaction.atomic(), make() as cast:
        return cast


def opened(cast: Cast):
    """Opens the cast's organization again."""
    return open_organization(cast.organization.pk)


def company(cast: Cast, name: str, *, owner=None, created_on=date(2026, 1, 5), **fields) -> Company:
    return Company.objects.create(name=name, owner=owner, created_on=created_on, **fields)


def sale(
    cast: Cast,
    *,
    owner=None,
    company=None,
    day=date(2026, 1, 10),
    net="100",
    document=None,
    **fields,
) -> SaleLine:
    """A sale line; gross is a tenth more than net unless said."""
    number = SaleLine.objects.count() + 1
    net = Decimal(net)
    values = {
        "quantity": 1,
        "gross": net * Decimal("1.1"),
        "currency": cast.organization.currency,
        "line_number": 1,
        "product": cast.things.get("chai"),
        **fields,
    }
    return SaleLine.objects.create(
        owner=owner,
        company=company or cast.alfreds,
        day=day,
        net=net,
        document=document or f"INV-{number}",
        **values,
    )


def activity(cast: Cast, *, owner=None, kind=None, day=date(2026, 1, 10), company=None, **fields) -> Activity:

    at = fields.pop("at", datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    return Activity.objects.create(owner=owner, kind=kind or cast.visit, at=at, day=day, company=company, **fields)


def opportunity(
    cast: Cast, *, owner=None, company=None, amount="1000", created_on=date(2026, 1, 8), **fields
) -> Opportunity:
    values = {
        "name": "A deal",
        "stage": cast.stage_lead,
        "pipeline": cast.pipeline,
        "currency": cast.organization.currency,
        "probability_percent": 10,
        **fields,
    }
    return Opportunity.objects.create(
        owner=owner,
        company=company or cast.alfreds,
        amount=Decimal(amount),
        created_on=created_on,
        **values,
    )


def user(email: str) -> User:
    return User.objects.get(email=email)
