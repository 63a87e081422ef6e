"""Two neighbours for the crawler: Contoso with Carla, and Northwind, whose every word sings when heard outside."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.db import connections, models, transaction

from agreements.drawing_up import terms_as_agreed
from agreements.forms.steps import steps_of
from agreements.models import (
    Agreement,
    Decision,
    Metric,
    Recipient,
    Settlement,
    SettlementLine,
    SharedLink,
    SummaryRun,
    SummarySchedule,
)
from agreements.rules import Tier
from agreements.services import Terms, begin_amendment, conclude_agreement, terms_of
from audit.services import record
from crm.models import (
    Activity,
    Company,
    CompanyAlias,
    Contact,
    CustomField,
    ExchangeRate,
    Import,
    ImportChunk,
    ImportProblem,
    ImportRow,
    Opportunity,
    SavedView,
    StageChange,
)
from goals.models import Allocation, Every, Goal, GoalPeriod
from goals.models import Kind as GoalKind
from goals.services import create_goal
from lib.periods import Recurrence
from metrics import figures
from metrics.journal import fact_models, journal_of
from metrics.models import Change, Difference, Engine, Figure, OwnMeasure, SavedSegment
from notifications.models import (
    Attachment,
    DailySummary,
    DailySummaryRun,
    Notice,
    OutgoingMail,
    Preference,
    QuietHours,
    Suppression,
)
from tenants import walls
from tenants.models import Holiday, Invitation, Member, Role, Team, User
from tenants.services import add_member
from tests import world
from tests.architecture.crawling import CANARY, FIRST_ID, Rows

TODAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
# Words that are not Northwind's own but the product's: they say what a row is, or are looked up by.
PRODUCTS_WORDS = {
    "slug", "time_zone", "language", "measure", "stream", "dimension", "dependency", "digest", "key", "action",
    "target_type", "token_hash", "kind", "every", "state", "code", "icon", "column", "sha256", "source", "password",
    "topic",
}  # fmt: skip
THEIRS = "northwinds-"  # begins the keys of Northwind's kinds: keys are words of addresses, and Contoso has the same
SHORTEST_SONG = 20  # characters that a field must hold


@dataclass
class Neighbours:
    contoso: Rows
    northwind: Rows
    northwind_id: int
    people: dict[str, User | None]


def move_in() -> Neighbours:
    """Both organizations, committed. Northwind's rows have numbers of their own."""
    contoso = world.contoso()
    with transaction.atomic(), world.opened(contoso):
        furnish(contoso, contoso.carla, contoso.company)
        own = rows_of(contoso)
    number_from(FIRST_ID)
    with transaction.atomic(), world.northwind() as northwind:
        world.activity(northwind, owner=northwind.rita, company=northwind.alfreds, note="We met")
        world.opportunity(northwind, owner=northwind.rita, name="A deal")
        world.sale(northwind, owner=northwind.rita)
        furnish(northwind, northwind.rita, northwind.alfreds)
        removed = add_member(email="remo@nowhere.example", name="Remo")
        Member.objects.filter(pk=removed.pk).update(is_active=False)
        foreign = rows_of(northwind)
    paint()
    foreign.ids["activitykind key"] = f"{THEIRS}{northwind.call.key}"
    foreign.ids["email"] = User.objects.get(pk=northwind.rita.user_id).email
    people = {
        "Carla of Contoso": contoso.carla.user,
        "somebody without a seat": User.objects.create_user("stranger@nowhere.example", world.PASSWORD),
        "somebody who was removed": User.objects.get(pk=removed.user_id),
        "nobody": None,
    }
    return Neighbours(own, foreign, northwind.organization.pk, people)


def furnish(cast: world.Cast, person: Member, company) -> None:
    """A row of every kind that the cast does not have yet."""
    Contact.objects.create(company=company, name="Maria Anders", email="maria@alfreds.example")
    CustomField.objects.create(record="company", key="segment", label="Segment", kind="text")
    company.custom, company.tags = {"segment": f"{CANARY} segment"}, [f"{CANARY} tag"]
    if cast.slug == "northwind":
        company.save()
    Activity.objects.update(kind=cast.call, outcome=cast.reached)
    StageChange.objects.create(
        opportunity=Opportunity.objects.get(), left=cast.stage_lead, entered=cast.stage_offer, moved_on=TODAY
    )
    Holiday.objects.create(day=date(2026, 12, 24), name="Christmas Eve")
    Invitation.objects.create(
        email="ines@nowhere.example", name="Ines", invited_by=person, token_hash=f"hash for {cast.slug}",
        sent_at=datetime(2026, 11, 18, tzinfo=UTC), expires_at=datetime(2026, 12, 2, tzinfo=UTC),
    )  # fmt: skip
    deliver(person)
    ExchangeRate.objects.create(currency="USD", day=date(2020, 1, 1), rate="0.9")
    CompanyAlias.objects.create(external_id="OLD", company=company)
    SavedView.objects.create(member=person, page="crm:companies", name="Mine", query="status=customer")
    run = Import.objects.create(
        kind="companies", file_name="companies.csv", started_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    ImportChunk.objects.create(run=run, number=0, content=f"{CANARY} cell".encode())
    ImportRow.objects.create(run=run, row_number=1, cells=[f"{CANARY} cell"])
    ImportProblem.objects.create(run=run, row_number=1, code="not_a_day", detail="Not so", original="So")
    aim(person)
    agree(person, company)
    SavedSegment.objects.create(
        name="Large customers", stream="sale", tree={"field": "company.employees", "at_least": "100"}
    )
    OwnMeasure.objects.create(
        name="Boxes of chai", base="sales_quantity", unit="boxes",
        segment=figures.keep_segment({"field": "quantity", "at_least": "10"}),
    )  # fmt: skip
    figures.company_set([company.pk])
    Difference.objects.create(figure=Figure.objects.first(), kept=1, recounted=2)
    record(actor=person, action="company.corrected", target=company, changes={"name": ["Tea", "Chai"]}, reason="So")
    if not Engine.objects.exists():
        Engine.objects.create()
    Change.objects.create(dependency="rate")


def aim(person: Member) -> None:
    """A goal of the person, and one of a team in parts."""
    create_goal(
        actor=person, people=[person], measure="sales_net", targets=Decimal(1000), recurrence=Recurrence.monthly(),
        starts_on=TODAY, on=TODAY, name="More tea", description="Much more", segment={"field": "net", "at_least": "1"},
    )  # fmt: skip
    team_goal = Goal.objects.create(
        kind=GoalKind.TEAM_AGGREGATED, team=Team.objects.first(), measure="visits", every=Every.MONTHLY,
        starts_on=TODAY.replace(day=1),
    )  # fmt: skip
    period = GoalPeriod.objects.create(goal=team_goal, first_on=TODAY.replace(day=1), until=TODAY, target=20)
    Allocation.objects.create(goal_period=period, member=person, target=20)


def agree(person: Member, company: Company) -> None:
    """An agreement with all that hangs on one."""
    Company.objects.create(name="Tea house", external_id="TEA", created_on=TODAY)  # for forms that name a company
    agreement = conclude_agreement(
        actor=person,
        terms=Terms(
            description="Tea by the year", metric=Metric.NET, first_on=date(2026, 1, 1), last_on=date(2026, 12, 31),
            companies=[company], levels=[Tier(Decimal(0), Decimal(5))],
        ),
    )  # fmt: skip
    summarize(agreement)
    settled(agreement, person, company)
    begin_amendment(
        actor=Member.objects.filter(role=Role.ADMIN).earliest("pk"), agreement=agreement,
        steps=steps_of(terms_of(agreement)), at=NOON,
    )  # fmt: skip
    SharedLink.objects.create(
        agreement=agreement, label="Ms Miller of the tea house", number=1, language="en", token_hash="1" * 64,
        created_at=NOON, created_by=person, expires_on=date(2027, 1, 1),
    )  # fmt: skip


def deliver(person: Member) -> None:
    """What people are told: a notice, a mail, and how they want it."""
    Notice.objects.create(member=person, kind="goal_assigned", key="1", text="A goal for you", url="/", at=NOON)
    Preference.objects.create(member=person, kind="goal_assigned", by_mail="daily")
    QuietHours.objects.create(member=person, starts_at=time(22), ends_at=time(7))
    summary = DailySummary.objects.create(member=person, local_time=time(8), next_at=NOON)
    DailySummaryRun.objects.create(schedule=summary, period_on=TODAY, due_at=NOON, ran_at=NOON, state="done")
    attachment = Attachment.objects.create(name="tea.pdf", content=f"{CANARY} on paper".encode(), digest="1")
    OutgoingMail.objects.create(
        kind="invitation", key="1", sender="Northwind <attain@localhost>", recipient="ines@nowhere.example",
        subject="You are invited", text="Come in", html="<p>Come in</p>", created_at=NOON, member=person,
        attachment=attachment,
    )  # fmt: skip


def summarize(agreement: Agreement) -> None:
    """Who gets the summaries of an agreement by mail."""
    for address in ("ines@nowhere.example", "stopped@nowhere.example"):
        Recipient.objects.create(agreement=agreement, address=address, name="Ines", language="en")
    schedule = SummarySchedule.objects.create(agreement=agreement, interval="weekly", local_time=time(8), next_at=NOON)
    SummaryRun.objects.create(schedule=schedule, period_on=TODAY, due_at=NOON, ran_at=NOON, state="done")
    Suppression.objects.create(address="stopped@nowhere.example", topic=f"agreement/{agreement.pk}")
    OutgoingMail.objects.update(topic=f"agreement/{agreement.pk}")


def settled(agreement: Agreement, person: Member, company: Company) -> None:
    """A settlement of a cent, approved: whatever was sold, something is due after it."""
    sums = {"value": 1, "earned": Decimal("0.01"), "settled_before": 0, "due": Decimal("0.01")}
    made = Settlement.objects.create(
        agreement=agreement, number=1, through_on=date(2026, 1, 31), currency=agreement.organization.currency,
        agreed=terms_as_agreed(agreement), made_by=person, made_at=NOON, **sums,
    )  # fmt: skip
    SettlementLine.objects.create(settlement=made, company=company, company_name=company.name, **sums)
    Decision.objects.create(settlement=made, kind="approved", by=person, at=NOON, reason="As agreed")


def rows_of(cast: world.Cast) -> Rows:
    """The first row of every owned model: a kind of row that has none would not be probed."""
    ids = {}
    for model in walls.owned_models():
        first = model.objects.order_by("pk").first()
        assert first is not None, f"{cast.slug} has no {model.__name__}"
        ids[model._meta.model_name] = first.pk
    ids["activitykind key"] = cast.call.key
    return Rows(cast.slug, ids)


def number_from(first: int) -> None:
    with connections["owner"].cursor() as owner:
        owner.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        for (name,) in owner.fetchall():
            owner.execute(f"SELECT setval('{name}', {first})")


def paint() -> None:
    """Puts the canary into every word of Northwind, as the owner, who alone may rewrite the record."""
    with connections["owner"].cursor() as owner:
        for model in [*walls.owned_models(), User]:
            table, whose = model._meta.db_table, f"id >= {FIRST_ID}"
            if model is User:
                whose += " AND email LIKE '%@northwind.example'"
            filled = "<> ''" if model is SharedLink else "IS NOT NULL"  # it has one word or the other, never both
            for name, longest in words_of(model):
                sung = f"left('{CANARY}' || id || ' ' || {name}, {longest})"
                sung = f"replace({sung}, ' ', '-')" if "mail" in name else sung
                owner.execute(f"UPDATE {table} SET {name} = {sung} WHERE {whose} AND {name} {filled}")
        owner.execute(f"UPDATE crm_activitykind SET key = '{THEIRS}' || key WHERE id >= {FIRST_ID}")


def words_of(model) -> list[tuple[str, int]]:
    """The columns that people write words into, and how long they can be."""
    texts = [
        f for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices and not f.generated
    ]  # fmt: skip
    sizes = [(f.column, f.max_length or 4000) for f in texts if f.name not in PRODUCTS_WORDS]
    return [(column, longest) for column, longest in sizes if longest >= SHORTEST_SONG]


def contents(organization_id: int) -> dict[str, str]:
    """Table -> a digest of what the organization has in it, as the owner sees it."""
    owned = [model._meta.db_table for model in walls.owned_models() if model._meta.db_table != "tenants_organization"]
    tables = [*owned, *(journal_of(model._meta.db_table) for model in fact_models())]
    questions = {table: f"SELECT * FROM {table} WHERE organization_id = {organization_id}" for table in tables}
    questions["tenants_organization"] = f"SELECT * FROM tenants_organization WHERE id = {organization_id}"
    questions["tenants_user"] = f"SELECT id, email, password, is_active FROM tenants_user WHERE id >= {FIRST_ID}"
    digests = {}
    with connections["owner"].cursor() as owner:
        for table, rows in questions.items():
            owner.execute(f"SELECT count(*), md5(string_agg(r::text, '\n' ORDER BY r::text)) FROM ({rows}) r")
            digests[table] = owner.fetchone()
    return digests
