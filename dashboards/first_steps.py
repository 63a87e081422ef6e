"""The first steps of a new organization: what is still to be done, read from what is there."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Opportunity, SaleLine
from goals.models import Goal
from tenants.models import Invitation, Member, Organization


@dataclass(frozen=True)
class Way:
    """One way to do a step."""

    view: str
    label: str | Promise


@dataclass(frozen=True)
class Step:
    """Something a new organization begins with."""

    key: str
    icon: str
    title: str | Promise
    text: str | Promise
    ways: tuple[Way, ...]


STEPS = (
    Step(
        "people", "user-plus", _("Invite people"),
        _("Each gets a mail with a link. Their role says what they may do, their team who sees what they do."),
        (Way("people:invite", _("Invite people")), Way("people:teams", _("Make teams"))),
    ),
    Step(
        "facts", "database", _("Bring in what you do and sell"),
        _("Load companies, products, sales and visits from files, or type the first ones. All figures come from them."),
        (Way("crm:imports", _("Load files")), Way("crm:log", _("Log a visit")), Way("crm:new_sale", _("Type a sale"))),
    ),
    Step(
        "goal", "target", _("Set the first goal"),
        _("What is to be reached, by whom, how much, and how often it begins anew."),
        (Way("goals:new", _("Set a goal")),),
    ),
)  # fmt: skip
KEYS = tuple(step.key for step in STEPS)


@dataclass(frozen=True)
class Taken:
    """How far a step is. `ways` are the addresses by which to take it."""

    step: Step
    is_done: bool
    is_skipped: bool
    ways: list[tuple[str, str | Promise]]

    @property
    def is_open(self) -> bool:
        return not (self.is_done or self.is_skipped)


def first_steps(organization: Organization) -> list[Taken]:
    """Every step of the open organization, in order."""
    done = {
        "people": lambda: Invitation.objects.exists() or Member.objects.count() > 1,
        "facts": lambda: any(model.objects.exists() for model in (SaleLine, Activity, Opportunity)),
        "goal": lambda: Goal.objects.exists(),
    }
    return [
        Taken(step, done[step.key](), step.key in organization.skipped_steps, ways_of(step, organization))
        for step in STEPS
    ]


def ways_of(step: Step, organization: Organization) -> list[tuple[str, str | Promise]]:
    return [(reverse(way.view, args=[organization.slug]), way.label) for way in step.ways]


def open_steps(organization: Organization) -> list[Taken]:
    """Those that are neither done nor skipped; nothing is asked about those that were skipped."""
    if set(KEYS) <= set(organization.skipped_steps):
        return []
    return [taken for taken in first_steps(organization) if taken.is_open]
