"""Answers across companies and facts, as plain data."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.access import activities_seen_by, opportunities_seen_by, sale_lines_seen_by
from crm.models import Activity, Company, CustomField, Opportunity, Pipeline, Product, Stage
from crm.visibility import companies_seen_by
from tenants.models import Member

AT_HAND = 30
CARDS_PER_STAGE = 20
CLOSED_FOR_DAYS = 90
LATEST = 8
# What ended last comes first, then what is expected next.
BOARD_ORDER = [Coalesce("won_on", "lost_on").desc(), "expected_on", "-created_on", "-pk"]


def companies_at_hand(member) -> list[Company]:
    """The companies that the member is likely to mean: where they were last, newest first, then their own by name."""
    latest = Activity.objects.filter(owner=member, company__isnull=False).values("company").annotate(last=Max("at"))
    recent = [row["company"] for row in latest.order_by("-last", "-company")[:AT_HAND]]
    seen = companies_seen_by(member)
    found = {company.pk: company for company in seen.filter(pk__in=recent)}
    own = seen.owned_by(member).order_by("name_key", "pk").exclude(pk__in=recent)[: AT_HAND - len(found)]
    return [*(found[pk] for pk in recent if pk in found), *own]


def products_at_hand() -> list[Product]:
    return list(Product.objects.filter(is_active=True).order_by("name", "pk")[:AT_HAND])


@dataclass
class Column:
    """A stage with its latest opportunities, how many it has in all, and their amounts by currency."""

    stage: Stage
    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    opportunities: list[Opportunity] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.count - len(self.opportunities)


@dataclass(frozen=True)
class Board:
    """A pipeline as columns; won and lost opportunities leave it after a while."""

    pipeline: Pipeline
    columns: list[Column]


def board(pipeline: Pipeline, member, *, on, owner=None) -> Board:
    """What the member sees of a pipeline, in three queries however long it is."""
    closed_since = on - timedelta(days=CLOSED_FOR_DAYS)
    columns = {stage.pk: Column(stage) for stage in Stage.objects.filter(pipeline=pipeline)}
    shown = opportunities_seen_by(member, on=on).filter(stage__in=columns)
    shown = shown.exclude(Q(won_on__lt=closed_since) | Q(lost_on__lt=closed_since))
    if owner:
        shown = shown.filter(owner=owner)
    for row in shown.order_by().values("stage", "currency").annotate(count=Count("pk"), amount=Sum("amount")):
        column = columns[row["stage"]]
        column.count += row["count"]
        column.amounts[row["currency"]] = row["amount"]
    for opportunity in shown.first_of_each("stage", CARDS_PER_STAGE, *BOARD_ORDER):
        columns[opportunity.stage_id].opportunities.append(opportunity)
    return Board(pipeline, list(columns.values()))


@dataclass(frozen=True)
class OwnValue:
    """A field that the organization has added, with what it says."""

    label: str
    value: object

    @property
    def text(self) -> str:
        if isinstance(self.value, bool):
            return _("yes") if self.value else _("no")
        return str(self.value)


@dataclass(frozen=True)
class Profile:
    """A company with the latest of what the member sees of it."""

    company: Company
    contacts: list
    activities: list
    opportunities: list
    sale_lines: list
    own_values: list[OwnValue]


def own_values_of(company: Company) -> list[OwnValue]:
    """The organization's own fields that say something of this company."""
    fields = CustomField.objects.filter(record=CustomField.Record.COMPANY)
    return [OwnValue(own.label, company.custom[own.key]) for own in fields if company.custom.get(own.key) is not None]


def profile_of(company: Company, member, *, on) -> Profile:
    """The latest of everything, in a query each."""
    return Profile(
        company=company,
        contacts=list(company.contacts.order_by("name", "pk")),
        activities=list(activities_seen_by(member, on=on).filter(company=company).order_by("-at", "-pk")[:LATEST]),
        opportunities=list(
            opportunities_seen_by(member, on=on).filter(company=company).order_by("-created_on", "-pk")[:LATEST]
        ),
        sale_lines=list(sale_lines_seen_by(member, on=on).filter(company=company).order_by("-day", "-pk")[:LATEST]),
        own_values=own_values_of(company),
    )


@dataclass(frozen=True)
class Share:
    """Somebody's part of a fact, 0 to 1."""

    person: str
    share: Decimal


def shares_of(fact) -> list[Share]:
    """Who shares the fact, in the order in which it was shared; nobody, when one person has the whole."""
    if not fact.credit_members:
        return []
    names = dict(Member.objects.filter(pk__in=fact.credit_members).values_list("pk", "name"))
    return [Share(names[person], share) for person, share in fact.shares.items()]
