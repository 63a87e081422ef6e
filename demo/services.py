"""Loads the demo: Northwind and, beside it, Contoso, each whole or not at all."""

import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from crm.imports.reporting import report
from crm.imports.services import Order, import_rows
from crm.models import ImportState
from demo import agreements, contoso, conversion, goals, synthetic
from demo.sheets import Sheet
from goals.closing import close_periods
from lib.periods import ONE_DAY
from metrics import engine
from tenants.doors import organization_id_of
from tenants.models import Member, User
from tenants.scope import open_organization
from tenants.services import confirm_address, create_organization

PASSWORD = "sell-more-tea"


@dataclass(frozen=True)
class Demo:
    """An organization of the demo: its settings, its sheets for a day, its goals and agreements."""

    slug: str
    name: str
    admin_email: str
    time_zone: str
    currency: str
    sheets: Callable[[date], Iterable[Sheet]]
    set_goals: Callable[[date], None]
    conclude_agreements: Callable[[date], None]
    settings: dict = field(default_factory=dict)


def northwind_tables(on: date) -> conversion.Tables:
    return conversion.shifted_to(conversion.read_tables(), on - ONE_DAY)


def northwind_sheets(on: date) -> list[Sheet]:
    tables = northwind_tables(on)
    return [*conversion.sheets(tables), *synthetic.sheets(tables, on=on)]


NORTHWIND = Demo(
    slug="northwind",
    name="Northwind Traders",
    admin_email="andrew@northwind.example",
    time_zone="Europe/London",
    currency="USD",
    sheets=northwind_sheets,
    set_goals=lambda on: goals.set_northwind_goals(northwind_tables(on), on=on),
    conclude_agreements=lambda on: agreements.conclude_northwind_agreements(on=on),
    settings={"holiday_country": "GB", "holiday_region": "ENG"},
)
CONTOSO = Demo(
    slug="contoso",
    name="Contoso Coffee",
    admin_email="carla@contoso.example",
    time_zone="Europe/Berlin",
    currency="EUR",
    sheets=lambda on: contoso.sheets(on=on),
    set_goals=lambda on: goals.set_contoso_goals(on=on),
    conclude_agreements=lambda on: agreements.conclude_contoso_agreements(on=on),
    settings={"holiday_country": "DE"},
)
DEMOS = (NORTHWIND, CONTOSO)


@dataclass(frozen=True)
class SignIn:
    organization: str
    name: str
    role: str
    email: str


def load(demo: Demo, *, now: datetime) -> bool:
    """Makes the organization as of the day that `now` is there; False where it is already."""
    if organization_id_of(demo.slug):
        return False
    at = now.astimezone(zoneinfo.ZoneInfo(demo.time_zone))
    with transaction.atomic():
        organization = create_organization(
            slug=demo.slug, name=demo.name, admin_email=demo.admin_email, time_zone=demo.time_zone,
            currency=demo.currency, **demo.settings,
        )  # fmt: skip
        for sheet in demo.sheets(at.date()):
            import_sheet(organization.pk, sheet, at=at)
        with open_organization(organization.pk):
            demo.set_goals(at.date())
            demo.conclude_agreements(at.date())
            let_in(User.objects.filter(pk__in=Member.objects.values("user"), password__startswith="!"))
    engine.settle(organization.pk)
    with open_organization(organization.pk):
        close_periods(on=at.date())
    return True


def let_in(people) -> None:
    """Everybody gets the demo's password, and an address that counts as confirmed: no mail reaches them."""
    for person in people:
        confirm_address(person)
    people.update(password=make_password(PASSWORD))


def import_sheet(organization_id: int, sheet: Sheet, *, at: datetime) -> None:
    """Imports one table; raises RuntimeError with the report if it is refused."""
    order = Order(sheet.kind, at, source=sheet.source, file_name=f"{sheet.kind}.csv")
    run = import_rows(
        actor=None, organization_id=organization_id, header=sheet.header, rows=sheet.rows, order=order
    )  # fmt: skip
    if run.state != ImportState.APPLIED:
        with open_organization(organization_id):
            raise RuntimeError("\n".join(report(run)))


def sign_ins(demo: Demo) -> list[SignIn]:
    """Who can sign in to the demo organization, the most powerful first; none if it is not there."""
    organization_id = organization_id_of(demo.slug)
    if organization_id is None:
        return []
    order = ["admin", "manager", "rep", "viewer"]
    with open_organization(organization_id):
        members = sorted(Member.objects.select_related("user"), key=lambda m: (order.index(m.role), m.name))
        return [SignIn(demo.name, m.name, str(m.get_role_display()), m.user.email) for m in members if m.is_active]
