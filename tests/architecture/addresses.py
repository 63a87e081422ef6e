"""Every address of the product, and what it takes: whose ids, which words of a query, what is typed into its form.

An address or a form that is missing here fails the build.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.urls import URLPattern, get_resolver, reverse

from agreements.models import Agreement, Draft, Settlement, SharedLink
from crm.models import (
    Activity,
    ActivityKind,
    Branch,
    Brand,
    Company,
    Contact,
    CustomField,
    ExchangeRate,
    Family,
    Import,
    Opportunity,
    Outcome,
    Pipeline,
    Product,
    SaleLine,
    SavedView,
    Stage,
)
from goals.models import Goal
from metrics.models import OwnMeasure, SavedSegment
from notifications.models import Notice, OutgoingMail
from tenants.models import Holiday, Invitation, Member, Team, TeamMembership

# Whose id the argument `pk` of a view is.
PK = {
    Team: (
        "dashboards:team", "people:team", "people:team_people", "people:edit_team", "people:move_team",
        "people:remove_team", "people:join_team",
    ),
    TeamMembership: ("people:move_person", "people:correct_days", "people:undo_move", "people:remove_membership"),
    Invitation: ("people:resend_invitation", "people:withdraw_invitation"),
    Activity: ("crm:edit_activity", "crm:delete_activity"),
    Company: (
        "crm:company", "crm:company_activities", "crm:company_opportunities", "crm:company_sales",
        "crm:company_history", "goals:company", "agreements:company", "crm:duplicates_of",
        "crm:merge_companies", "crm:edit_company", "crm:new_contact", "crm:edit_contact", "crm:delete_contact",
    ),
    Contact: ("crm:contact",),
    SavedView: ("crm:drop_view",),
    Opportunity: (
        "crm:opportunity", "crm:share_opportunity", "crm:edit_opportunity", "crm:move_opportunity",
        "crm:close_opportunity", "crm:delete_opportunity",
    ),
    Product: (
        "crm:product", "crm:edit_product", "crm:archive_product", "crm:restore_product", "crm:delete_product",
    ),
    SaleLine: ("crm:edit_sale", "crm:share_sale", "crm:delete_sale"),
    Import: (
        "crm:import", "crm:wrong_rows", "crm:apply_import", "crm:discard_import", "crm:repeat_import",
    ),
    Member: (
        "dashboards:person", "dashboards:card", "people:edit_member", "people:deactivate_member",
        "people:reactivate_member", "people:teams_of_person", "people:place_person",
    ),
    Notice: ("notifications:open_notice",),
    OutgoingMail: ("notifications:message", "notifications:retry_mail", "notifications:cancel_mail"),
    Outcome: ("crm:edit_outcome", "crm:keep_outcome"),
    Pipeline: ("crm:edit_pipeline", "crm:keep_pipeline", "crm:new_stage"),
    Stage: ("crm:edit_stage", "crm:keep_stage"),
    CustomField: ("crm:edit_own_field", "crm:keep_own_field"),
    Brand: ("crm:edit_brand", "crm:keep_brand"),
    Family: ("crm:edit_family", "crm:keep_family"),
    Branch: ("crm:edit_branch", "crm:keep_branch"),
    ExchangeRate: ("crm:edit_rate", "crm:keep_rate", "crm:edit_plan_rate", "crm:keep_plan_rate"),
    OwnMeasure: ("metrics:edit_own_measure", "metrics:keep_own_measure"),
    SavedSegment: ("metrics:edit_saved_segment", "metrics:keep_saved_segment"),
    Holiday: ("people:edit_holiday", "people:keep_holiday"),
    Draft: (
        "agreements:draft_review", "agreements:draft_notifications", "agreements:draft_options",
        "agreements:draft_levels", "agreements:draft_configuration", "agreements:drop_draft",
    ),
    Settlement: ("agreements:settlement", "agreements:approve", "agreements:reverse"),
    Agreement: (
        "agreements:summaries", "agreements:summary_mail", "agreements:summary_pdf", "agreements:send_summaries",
        "agreements:summary_recipients", "agreements:retry_summary",
        "agreements:settle", "agreements:settlements",
        "agreements:agreement", "agreements:customers", "agreements:near_misses", "agreements:end_early",
        "agreements:archive", "agreements:restore", "agreements:links", "agreements:revoke_link",
        "agreements:amend", "agreements:copy", "agreements:renew",
    ),
    Goal: (
        "goals:goal", "goals:near_misses", "goals:edit", "goals:targets", "goals:archive", "goals:restore",
        "goals:parts", "goals:recurrence", "goals:second",
        "goals:delete",
    ),
}  # fmt: skip
PK_OF = {view: model for model, views in PK.items() for view in views}
# Whose id every other argument is; the key of a kind is a word, the arguments of a reset link are neither.
ARGUMENTS = {
    "contact_pk": Contact, "goal_pk": Goal, "stage_pk": Stage, "other_pk": Company, "link_pk": SharedLink,
    "mail_pk": OutgoingMail, "key": ActivityKind,
}  # fmt: skip
RESET_LINK = {"uidb36": "1", "key": "set-password", "pk": "1", "token": "nobodys-token"}
# Words of the query that name a row, whichever view reads them; what stands together is asked together.
QUERY = {
    "company": "company", "people": "member", "figures": "figure",
    "owner": "member", "goal": "goal", "team": "team",
    "pipeline": "pipeline", "person": "member", "product": "product",
    "stage": "stage", "branch": "branch", "organization": "organization", "kind": "activitykind",
    "brand": "brand", "family": "family", "outcome": "outcome", "of": "member",
    "recipient": "recipient",
}  # fmt: skip
TOGETHER = [
    ("company", "people", "figures"), ("owner", "goal", "team"), ("pipeline", "person", "product"),
    ("stage", "branch", "organization", "kind"), ("brand", "family", "outcome", "of", "recipient"),
]  # fmt: skip
# Conditions of a segment that name a row, by measure: each field with the model it names.
CONDITIONS = {
    "sales_net": {
        "brand": "brand", "family": "family", "product": "product", "branch": "branch", "company": "company",
        "person": "member", "saved": "savedsegment",
    },
    "activities": {"kind": "activitykind", "outcome": "outcome", "opportunity": "opportunity", "opportunity.stage":
                   "stage", "opportunity.pipeline": "pipeline", "company.owner": "member"},
}  # fmt: skip
WITH_CONDITIONS = ("goals:new", "metrics:new_own_measure", "metrics:new_saved_segment", "metrics:edit_saved_segment")


class Upload:
    """A file that can be sent again and again."""

    name = "a new one.csv"

    def __init__(self, content: bytes):
        self.content = content

    def read(self) -> bytes:
        return self.content


# What a form wants besides what it proposes, so that it would be saved.
TYPED = {
    "agreements:summary_recipients": {"address-1": "new@nowhere.example", "interval": "weekly"},
    "agreements:new": {
        "description": "A new one", "first_on": "2026-01-01", "last_on": "2026-12-31", "basis": "pooled",
        "segment": "",
    },
    "agreements:draft_review": {"reason": "A new one"}, "agreements:draft_options": {},
    "agreements:draft_levels": {}, "agreements:draft_configuration": {"segment": ""},
    "agreements:links": {"label": "A new one"},
    "agreements:settle": {}, "agreements:reverse": {"reason": "A new one"},
    "agreements:end_early": {"last_on": "2026-01-31", "reason": "A new one"},
    "notifications:preferences": {},
    "people:account": {}, "people:sign_in_rules": {},
    "people:new_team": {"name": "A new one"}, "people:edit_team": {}, "people:move_team": {"parent": ""},
    "people:join_team": {"first_on": "2019-01-01", "last_on": "2019-01-31"},
    "people:place_person": {"first_on": "2018-01-01", "last_on": "2018-01-31"},
    "people:move_person": {"team": "", "leaves": "on"}, "people:correct_days": {},
    "people:invite": {"guests": "new@nowhere.example"}, "people:edit_member": {},
    "crm:log_kind": {}, "crm:edit_activity": {}, "crm:edit_company": {}, "crm:edit_contact": {},
    "crm:edit_opportunity": {}, "crm:edit_sale": {}, "goals:edit": {}, "goals:targets": {}, "goals:delete": {},
    "goals:recurrence": {"every": "daily", "target": "5"}, "goals:second": {"second-target": "5"},
    "crm:close_opportunity": {},
    "crm:new_company": {"name": "A new one", "city": "Berlin"},
    "crm:new_contact": {"name": "A new one"},
    "crm:new_opportunity": {"name": "A new one", "amount": "1"},
    "crm:share_opportunity": {"person_1": "", "person_2": "", "person_3": ""},
    "crm:share_sale": {"person_1": "", "person_2": "", "person_3": ""},
    "crm:new_product": {"name": "A new one"}, "crm:edit_product": {},
    "crm:new_sale": {"document": "A new one", "quantity": "1", "net": "1"},
    "crm:new_activity_kind": {"name": "A new one"}, "crm:edit_activity_kind": {},
    "crm:new_outcome": {"name": "A new one"}, "crm:edit_outcome": {},
    "crm:new_pipeline": {"name": "A new one"}, "crm:edit_pipeline": {},
    "crm:new_stage": {"name": "A new one", "probability_percent": "10"}, "crm:edit_stage": {},
    "crm:new_own_field": {"record": "company", "label": "A new one", "kind": "text"}, "crm:edit_own_field": {},
    "crm:new_brand": {"name": "A new one"}, "crm:edit_brand": {},
    "crm:new_family": {"name": "A new one"}, "crm:edit_family": {},
    "crm:new_branch": {"name": "A new one"}, "crm:edit_branch": {},
    "crm:new_rate": {"currency": "CHF", "rate": "1"}, "crm:edit_rate": {},
    "crm:new_plan_rate": {"currency": "CHF", "rate": "1"}, "crm:edit_plan_rate": {},
    "crm:paste_rates": {"rates": "2026-01-01 CHF 1"},
    "crm:new_import": {"kind": "branches", "file": Upload(b"external_id,name\nA,A new one\n")},
    "metrics:new_own_measure": {
        "measure": "sales_net", "name": "A new one", "conditions": "1", "condition-0-field": "net",
        "condition-0-comparator": "at_least", "condition-0-value": "1", "do": "save",
    },
    "metrics:edit_own_measure": {},
    "metrics:new_saved_segment": {
        "name": "A new one", "about": "sale", "conditions": "1", "condition-0-field": "net",
        "condition-0-comparator": "at_least", "condition-0-value": "1", "do": "save",
    },
    "metrics:edit_saved_segment": {
        "conditions": "1", "condition-0-field": "net", "condition-0-comparator": "at_least", "condition-0-value": "1",
        "do": "save",
    },
    "people:organization": {}, "people:calendar": {"week_start": "0"}, "people:colours": {},
    "people:new_holiday": {"day": "2026-12-31", "name": "A new one"}, "people:edit_holiday": {},
    "people:paste_days_off": {"days": "2026-12-31 A new one"},
    "goals:new": {"measure": "visits", "target": "5", "name": "A new one", "conditions": "0", "do": "save"},
}  # fmt: skip

# What is done to several rows at once: the model of the rows, what is typed, and fields of it that name a row.
BULK = {
    "crm:change_companies": (Company, {"status": "former"}, {"owner": Member}),
    "crm:change_sales": (SaleLine, {}, {"owner": Member, "branch": Branch}),
    "crm:change_activities": (Activity, {}, {"outcome": Outcome}),
}


@dataclass(frozen=True)
class Route:
    """A pattern of the resolver: the name of its view and the arguments of its path."""

    name: str
    arguments: tuple[str, ...]

    @property
    def is_inside(self) -> bool:
        """Whether it lies in an organization."""
        return "slug" in self.arguments

    @property
    def rows(self) -> tuple[str, ...]:
        return tuple(name for name in self.arguments if name != "slug")

    def path(self, **values) -> str:
        return reverse(self.name, kwargs=values)


def all_routes() -> list[Route]:
    """Every pattern there is. One without a name cannot be asked for, and fails here."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns, namespace: str, outer: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        arguments = (*outer, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield Route(f"{namespace}{pattern.name}", arguments)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, arguments)


def model_of(route: Route, argument: str) -> type[models.Model] | None:
    """Whose id an argument is; None where the table above does not say."""
    return PK_OF.get(route.name) if argument == "pk" else ARGUMENTS.get(argument)
