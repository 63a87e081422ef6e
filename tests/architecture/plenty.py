"""More rows of everything that people list, so that a list which asks once a row is told from one that does not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from agreements.counting import count
from agreements.models import Draft, Level, Party, Recipient, SharedLink
from agreements.models.settlements import Decision, Settlement, SettlementLine
from agreements.options import Choice, Options
from audit.models import Entry
from crm.models import (
    Activity,
    ActivityKind,
    Branch,
    Brand,
    Company,
    CompanyAlias,
    Contact,
    CustomField,
    ExchangeRate,
    Family,
    Import,
    ImportProblem,
    ImportRow,
    Opportunity,
    Outcome,
    Pipeline,
    Product,
    SaleLine,
    SavedView,
    Stage,
    StageChange,
)
from goals.models import Allocation, GoalPeriod, Kind
from metrics import engine, figures
from metrics.models import OwnMeasure, SavedSegment
from notifications.models import Notice, OutgoingMail, Suppression
from tenants import walls
from tenants.models import Holiday, Invitation, Member, Team, TeamMembership, User
from tests import world
from tests.agreements.setting import conclude
from tests.architecture.canaries import NOON, TODAY
from tests.goals.setting import set_goal

LISTS = [
    "crm:companies", "crm:contacts", "crm:opportunity_list", "crm:activities", "crm:sales", "crm:documents",
    "crm:products", "agreements:index",
]  # fmt: skip
CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK"]

Made = dict[str, dict[int, object]]  # name of a model -> number -> row


def on(number: int) -> date:
    """A day of its own for each number, none after today."""
    return TODAY - timedelta(days=number)


def at(number: int) -> datetime:
    return NOON - timedelta(days=number)


@dataclass(frozen=True)
class Plenty:
    """Adds rows numbered as it is told: free ones, and ones that hang on the first row of their kind."""

    cast: world.Cast
    first: dict[str, object]  # the first row of every owned model, by its name

    def add(self, numbers: Iterable[int]) -> None:
        numbers = list(numbers)
        made: Made = {}
        for fill in (catalogue, settings, people, facts, news, papers, aims, agreed):
            fill(self, made, numbers)
        share_with_all(self)
        engine.settle(self.cast.organization.pk)


def plenty_of(cast: world.Cast) -> Plenty:
    """For a cast that has a row of every kind."""
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency=currency, day=date(2015, 1, 1), rate="1.1") for currency in CURRENCIES[1:]
    )
    models = walls.owned_models()
    return Plenty(cast, {model._meta.model_name: model.objects.order_by("pk").first() for model in models})


def rows(model, numbers: Iterable[int], row: Callable[[int], dict]) -> dict[int, object]:
    """A row for each number, by its number."""
    numbers = list(numbers)
    return dict(zip(numbers, model.objects.bulk_create([model(**row(n)) for n in numbers]), strict=True))


def catalogue(of: Plenty, made: Made, numbers: list[int]) -> None:
    """What facts refer to."""
    for model in (Brand, Family, Branch):
        name = model._meta.model_name
        made[name] = rows(model, numbers, lambda n, name=name: {"name": f"{name} {n}", "external_id": f"X{n}"})
    brand, family = of.first["brand"], of.first["family"]
    rows(Product, numbers, lambda n: {"name": f"Tea {n}", "brand": brand, "family": family})
    made["product"] = rows(
        Product, numbers, lambda n: {"name": f"Ware {n}", "brand": made["brand"][n], "family": made["family"][n]}
    )
    made["kind"] = rows(ActivityKind, numbers, lambda n: {"key": f"kind-{n}", "name": f"Kind {n}"})
    for kind in [*made["kind"].values(), of.first["activitykind"]]:
        rows(Outcome, numbers, lambda n, kind=kind: {"kind": kind, "key": f"outcome-{n}", "name": f"Outcome {n}"})
    pipelines = rows(Pipeline, numbers, lambda n: {"name": f"Pipeline {n}"})
    for pipeline in [*pipelines.values(), of.first["pipeline"]]:
        made["stage"] = rows(  # in the end those of the first pipeline
            Stage, numbers, lambda n, pipeline=pipeline: {"pipeline": pipeline, "name": f"Stage {n}", "position": n + 9}
        )


def settings(of: Plenty, made: Made, numbers: list[int]) -> None:
    """What administrators keep: own fields, rates, days off."""
    for record in ("company", "opportunity"):
        rows(
            CustomField,
            numbers,
            lambda n, record=record: {"record": record, "key": f"field-{n}", "label": f"Field {n}", "kind": "text"},
        )
    for is_plan, back in ((False, 0), (True, 400)):
        rows(
            ExchangeRate,
            numbers,
            lambda n, plan=is_plan, back=back: {
                "currency": CURRENCIES[1 + n % 4], "day": on(back + n), "rate": "1.1", "is_plan": plan,
            },
        )  # fmt: skip
    rows(Holiday, numbers, lambda n: {"day": on(n), "name": f"Day off {n}"})


def people(of: Plenty, made: Made, numbers: list[int]) -> None:
    """Members with teams of their own and in a common one; teams side by side and below each other."""
    users = rows(User, numbers, lambda n: {"email": f"more{n}@northwind.example", "name": f"More {n}"})
    members = made["member"] = rows(Member, numbers, lambda n: {"name": f"More {n}", "user": users[n]})
    common, reader = of.first["team"], of.first["member"]
    above = Team.objects.order_by("pk").last()
    for n in numbers:
        own = Team.objects.create(name=f"Team {n}", parent=above if n % 2 else common, manager=members[n])
        above = own if n % 2 else above
        TeamMembership.objects.bulk_create(
            [
                TeamMembership(team=own, member=members[n], first_on=date(2020, 1, 1)),
                TeamMembership(team=common, member=members[n], first_on=date(2020, 1, 1)),
                TeamMembership(team=own, member=reader, first_on=on(n + 1), until=on(n)),
            ]
        )
    rows(
        Invitation,
        numbers,
        lambda n: {
            "email": f"guest{n}@northwind.example", "name": f"Guest {n}", "team": common, "invited_by": members[n],
            "token_hash": f"hash {n}", "sent_at": at(1), "expires_at": at(-20),
        },
    )  # fmt: skip


def facts(of: Plenty, made: Made, numbers: list[int]) -> None:
    """Companies with what happens there; as much again at the first company, product and opportunity."""
    first = of.first["company"]
    place = {"country": "Germany", "city": "Berlin", "custom": {"segment": "retail"}, "tags": ["tea"], "latitude": 40}
    made["company"] = rows(
        Company,
        numbers,
        lambda n: {
            "name": f"Company {n}", "owner": made["member"][n], "created_on": on(n), "external_id": f"C{n}",
            "longitude": n, **place,
        },
    )  # fmt: skip
    for name in ("Company", first.name):  # a namesake of each of these, and companies called like the first
        rows(Company, numbers, lambda n, name=name: {"name": f"{name} {n}", "created_on": on(n)})
    rows(CompanyAlias, numbers, lambda n: {"external_id": f"ALIAS{n}", "company": first})
    for n in numbers:
        happen(of, made, n, made["company"][n], made["member"][n])
        happen(of, made, n, first, of.first["member"])


def happen(of: Plenty, made: Made, number: int, company: Company, owner: Member) -> None:
    """A contact, a deal, activities and sale lines at the company."""
    opened, stage, currency = of.first["opportunity"], made["stage"][number], CURRENCIES[number % len(CURRENCIES)]
    contact = Contact.objects.create(company=company, name=f"Contact {number}", email="contact@northwind.example")
    deal = Opportunity.objects.create(
        company=company, owner=owner, name=f"Deal {number}", pipeline=of.first["pipeline"], amount=100,
        stage=opened.stage if company == opened.company else stage, currency=currency, probability_percent=10,
        created_on=on(number), expected_on=TODAY,
    )  # fmt: skip
    moved = {"left": opened.stage, "entered": stage, "moved_on": on(number), "moved_by": owner}
    StageChange.objects.bulk_create(StageChange(opportunity=row, **moved) for row in (deal, opened))
    done = {"kind": made["kind"][number], "owner": owner, "at": at(number), "day": on(number), "note": "We met"}
    Activity.objects.bulk_create(
        Activity(company=company, contact=whom, opportunity=about, **done)
        for whom, about in ((contact, deal), (of.first["contact"], opened))
    )
    sold = {
        "document": f"INV-{company.pk}-{number}", "day": on(number), "company": company, "owner": owner,
        "branch": made["branch"][number], "quantity": 2, "net": 100, "gross": 120, "cost": 50, "currency": currency,
    }  # fmt: skip
    SaleLine.objects.bulk_create(
        SaleLine(line_number=line, product=product, **sold)
        for line, product in enumerate((made["product"][number], of.first["product"]), 1)
    )


def news(of: Plenty, made: Made, numbers: list[int]) -> None:
    """What is told and sent."""
    told = {"member": of.first["member"], "kind": "goal_assigned", "url": "/"}
    rows(Notice, numbers, lambda n: {**told, "key": f"more {n}", "text": f"Goal {n}", "at": at(n)})
    sent = {"kind": "invitation", "sender": "Northwind <attain@localhost>", "text": "Come in", "html": "<p>Come in</p>"}
    rows(
        OutgoingMail,
        numbers,
        lambda n: {
            **sent, "key": f"more {n}", "subject": f"Mail {n}", "recipient": f"guest{n}@northwind.example",
            "created_at": at(n), "member": made["member"][n], "topic": f"agreement/{of.first['agreement'].pk}",
        },
    )  # fmt: skip


def papers(of: Plenty, made: Made, numbers: list[int]) -> None:
    """What is loaded, kept and recorded."""
    run, reader, actors = of.first["import"], of.first["member"], made["member"]
    loaded = {"kind": "companies", "file_name": "companies.csv", "state": "applied"}
    rows(Import, numbers, lambda n: {**loaded, "started_at": at(n), "actor": actors[n]})
    rows(ImportRow, numbers, lambda n: {"run": run, "row_number": n + 2, "cells": ["So"]})
    rows(ImportProblem, numbers, lambda n: {"run": run, "row_number": n + 2, "code": "not_a_day", "original": "So"})
    for page in LISTS:
        rows(SavedView, numbers, lambda n, page=page: {"member": reader, "page": page, "name": f"View {n}"})
    for row in of.first.values():
        what = {
            "action": f"{row._meta.model_name}.corrected", "target_type": row._meta.label_lower, "target_id": row.pk,
            "target_label": "It", "changes": {"name": ["Tea", "Chai"]},
        }  # fmt: skip
        rows(Entry, numbers, lambda n, what=what: {**what, "actor": actors[n]})


def aims(of: Plenty, made: Made, numbers: list[int]) -> None:
    """Goals of one person and of many, own measures and goals of them; their segments name rows."""
    reader = of.first["member"]
    set_goal(reader, *made["member"].values(), measure="sales_gross")
    in_parts = GoalPeriod.objects.filter(goal__kind=Kind.TEAM_AGGREGATED).earliest("pk")
    rows(Allocation, numbers, lambda n: {"goal_period": in_parts, "member": made["member"][n], "target": 1})
    for n in numbers:
        segment = figures.keep_segment({"field": "brand", "is": {"id": made["brand"][n].pk}})
        own = OwnMeasure.objects.create(name=f"Measure {n}", base="sales_net", segment=segment)
        SavedSegment.objects.create(name=f"Segment {n}", stream="sale", tree=segment.tree)
        of_person = {"segment": {"field": "person", "is": {"id": made["member"][n].pk}}}
        set_goal(reader, measure=own.key)
        set_goal(reader, name=f"Goal {n}", **of_person)
        set_goal(reader, name=f"Past goal {n}", on=on(400), ends_on=on(300), **of_person)


def agreed(of: Plenty, made: Made, numbers: list[int]) -> None:
    """Agreements with one customer and with many, whose options name rows; as much again in the first one."""
    reader, first, company = of.first["member"], of.first["agreement"], of.first["company"]
    companies = [made["company"][n] for n in numbers]
    for n in numbers:
        options = Options({"brand": Choice(without=(made["brand"][n].pk,))})
        named = {"description": f"Tea {n}", "options": options, "responsible": made["member"][n]}
        conclude(reader, company, made["company"][n], **named)
        conclude(reader, company, *companies, **named | {"basis": "each", "metric": "sales_quantity"})
    rows(Level, numbers, lambda n: {"agreement": first, "threshold": 100 * n + 1, "bonus": 6})
    rows(Party, numbers, lambda n: {"agreement": first, "company": made["company"][n]})
    count(first, list(first.parties.order_by("pk")))
    reads = {"agreement": first, "language": "en"}
    rows(Recipient, numbers, lambda n: reads | {"address": f"guest{n}@northwind.example", "name": f"Guest {n}"})
    rows(Suppression, numbers, lambda n: {"address": f"guest{n}@northwind.example", "topic": f"agreement/{first.pk}"})
    steps = {"configuration": {"description": ["Tea"]}}
    rows(Draft, numbers, lambda n: {"member": reader, "steps": steps, "changed_at": at(n)})
    settled(of, made, numbers)
    link = {"agreement": first, "recipient": "", "language": "en", "created_by": reader, "expires_on": date(2030, 1, 1)}
    rows(SharedLink, numbers, lambda n: link | {"label": f"Reader {n}", "number": n + 10, "created_at": at(n),
                                               "token_hash": f"{n:064}"})  # fmt: skip


def settled(of: Plenty, made: Made, numbers: list[int]) -> None:
    """Settlements of the first agreement, and customers of its first settlement."""
    first = of.first["settlement"]
    sums = {"value": 1, "earned": 1, "settled_before": 0, "due": 1}
    same = {name: getattr(first, name) for name in ("agreement", "through_on", "currency", "agreed")} | sums
    more = rows(
        Settlement, numbers, lambda n: same | {"number": n + 10, "made_by": made["member"][n], "made_at": NOON}
    )  # fmt: skip
    rows(Decision, numbers, lambda n: {"settlement": more[n], "kind": "approved", "by": made["member"][n], "at": NOON})
    named = {"settlement": first, "is_in": True}
    rows(SettlementLine, numbers, lambda n: named | sums | {"company": made["company"][n], "company_name": f"Tea {n}"})
    rows(SettlementLine, numbers, lambda n: sums | {"settlement": more[n], "company": of.first["company"]})


def share_with_all(of: Plenty) -> None:
    """The first deal and the first sale are credited to everybody."""
    members = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    part = (Decimal(1) / len(members)).quantize(Decimal("1e-8"), rounding="ROUND_DOWN")
    shares = [1 - part * (len(members) - 1), *[part] * (len(members) - 1)]
    for name in ("opportunity", "saleline"):
        fact = of.first[name]
        type(fact).objects.filter(pk=fact.pk).update(credit_members=members, credit_shares=shares)
