"""The hub of settings: what an organization can set, by subject, each with a line that says how it stands.

Whoever has a page of settings adds an `Entry`; it is shown to the roles it names.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from crm.models import (
    ActivityKind,
    Branch,
    Brand,
    CustomField,
    ExchangeRate,
    Family,
    Import,
    ImportState,
    Outcome,
    Pipeline,
    Stage,
)
from lib.countries import country_names
from lib.numbers import format_percent
from metrics.models import OwnMeasure, SavedSegment
from notifications.models import OutgoingMail
from notifications.services import SENDABLE_AGAIN
from tenants.models import Holiday, Member, Organization, Role


@dataclass(frozen=True)
class Entry:
    """One page of settings; `line` says in a few words what is there."""

    view: str
    label: str
    icon: str
    line: Callable[[Organization], str]
    roles: tuple[str, ...] = (Role.ADMIN,)


@dataclass(frozen=True)
class Subject:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Card:
    """An entry as it is shown to a person."""

    label: str
    icon: str
    url: str
    line: str


# --- the lines ----------------------------------------------------------------------------------------------------


def kinds(organization) -> str:
    count = ActivityKind.objects.filter(is_active=True).count()
    outcomes = Outcome.objects.filter(is_active=True).count()
    said = ngettext("%d kind", "%d kinds", count) % count
    return f"{said}, {ngettext('%d outcome', '%d outcomes', outcomes) % outcomes}"


def pipelines(organization) -> str:
    names = list(Pipeline.objects.filter(is_active=True).values_list("name", flat=True))
    stages = Stage.objects.count()
    return ", ".join([*names[:3], ngettext("%d stage", "%d stages", stages) % stages])


def own_fields(organization) -> str:
    labels = list(CustomField.objects.filter(is_active=True).values_list("label", flat=True)[:4])
    return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "") if labels else _("None yet")


def imports(organization) -> str:
    count = Import.objects.filter(state=ImportState.CHECKED).count()
    if count:
        return ngettext("%d file waits for your decision", "%d files wait for your decision", count) % count
    return _("Files of companies, products, people and sales")


def count_of(model) -> Callable[[Organization], str]:
    def line(organization) -> str:
        count = model.objects.filter(is_active=True).count()
        return ngettext("%d in use", "%d in use", count) % count if count else _("None yet")

    return line


def rates(organization) -> str:
    currencies = ExchangeRate.objects.filter(is_plan=organization.uses_plan_rates).order_by("currency")
    names = list(currencies.values_list("currency", flat=True).distinct()[:8])
    return ", ".join([organization.currency, *names])


def sign_in(organization) -> str:
    if organization.requires_two_steps_of_admins:
        return _("Administrators in two steps")
    return _("A password is enough")


def general(organization) -> str:
    return f"{organization.name} · {dict(settings.LANGUAGES)[organization.language]} · {organization.currency}"


def calendar(organization) -> str:
    zone = organization.time_zone.replace("_", " ")
    country = country_names(get_language() or "en").get(organization.holiday_country, _("no public holidays"))
    return f"{zone} · {country}"


def days_off(organization) -> str:
    count = Holiday.objects.count()
    return ngettext("%d day", "%d days", count) % count if count else _("None yet")


def colours(organization) -> str:
    language = get_language() or "en"
    words = {"green": organization.green_from, "orange": organization.orange_from}
    shown = {name: format_percent(share, language, places=0) for name, share in words.items()}
    said = _("Green from %(green)s, orange from %(orange)s") % shown
    return said if organization.shows_leaderboard else f"{said} · {_('no leaderboard')}"


def mails(organization) -> str:
    waiting = OutgoingMail.objects.waiting().count()
    in_doubt = OutgoingMail.objects.filter(state__in=SENDABLE_AGAIN).count()
    if in_doubt:
        return ngettext("%d did not go out for certain", "%d did not go out for certain", in_doubt) % in_doubt
    return ngettext("%d is waiting", "%d are waiting", waiting) % waiting if waiting else _("Everything has gone out")


SUBJECTS: tuple[Subject, ...] = (
    Subject(
        gettext_lazy("The organization"),
        (
            Entry("people:organization", gettext_lazy("Organization"), "building", general),
            Entry("people:calendar", gettext_lazy("Calendar"), "calendar-days", calendar),
            Entry("people:holidays", gettext_lazy("Own days off"), "calendar-off", days_off),
            Entry("people:colours", gettext_lazy("Colours and leaderboard"), "palette", colours),
        ),
    ),
    Subject(
        gettext_lazy("Who comes in"),
        (Entry("people:sign_in_rules", gettext_lazy("Signing in"), "shield-check", sign_in),),
    ),
    Subject(
        gettext_lazy("How you sell"),
        (
            Entry("crm:activity_kinds", gettext_lazy("Activities"), "activity", kinds),
            Entry("crm:pipelines", gettext_lazy("Pipelines"), "kanban", pipelines),
            Entry("crm:own_fields", gettext_lazy("Own fields"), "text-cursor-input", own_fields),
        ),
    ),
    Subject(
        gettext_lazy("What you sell"),
        (
            Entry("crm:brand_settings", gettext_lazy("Brands"), "badge", count_of(Brand)),
            Entry("crm:family_settings", gettext_lazy("Families"), "boxes", count_of(Family)),
            Entry("crm:branch_settings", gettext_lazy("Branches"), "store", count_of(Branch)),
        ),
    ),
    Subject(
        gettext_lazy("What figures count"),
        (
            Entry("metrics:own_measures", gettext_lazy("Own measures"), "ruler", count_of(OwnMeasure)),
            Entry(
                "metrics:saved_segments",
                gettext_lazy("Saved segments"),
                "bookmark",
                count_of(SavedSegment),
                roles=(Role.ADMIN, Role.MANAGER),
            ),
            Entry("crm:rates", gettext_lazy("Exchange rates"), "coins", rates),
        ),
    ),
    Subject(
        gettext_lazy("What comes in"),
        (Entry("crm:imports", gettext_lazy("Imports"), "upload", imports),),
    ),
    Subject(
        gettext_lazy("What goes out"),
        (Entry("notifications:mail", gettext_lazy("Mails"), "mail", mails),),
    ),
)


def subjects_for(member: Member) -> list[tuple[str, list[Card]]]:
    """The subjects of which the member may see something, with these entries."""
    shown = [(s.title, [card_of(e, member) for e in s.entries if member.role in e.roles]) for s in SUBJECTS]
    return [(title, cards) for title, cards in shown if cards]


def card_of(entry: Entry, member: Member) -> Card:
    organization = member.organization
    url = reverse(entry.view, args=[organization.slug])
    return Card(entry.label, entry.icon, url, entry.line(organization))


def has_settings(role: str) -> bool:
    """Whether somebody of this role finds anything in the hub."""
    return any(role in entry.roles for subject in SUBJECTS for entry in subject.entries)
