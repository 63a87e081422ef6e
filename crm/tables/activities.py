"""The list of activities."""

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from crm.models import ActivityKind
from lib.tables import Column, Kind, Sums, Table, Total, written


def count_of_activities(count: int) -> str:
    return ngettext("%s activity", "%s activities", count) % written(count, Kind.NUMBER)


def sums_of_activities(activities, currency: str) -> Sums:
    """How many of each kind."""
    counts = dict(activities.values_list("kind").annotate(count=Count("*")).values_list("kind", "count"))
    kinds = ActivityKind.objects.filter(pk__in=counts)
    return Sums(sum(counts.values()), [Total(kind.name, counts[kind.pk]) for kind in kinds])


ACTIVITIES = Table(
    name="crm:activities",
    order="-at",
    noun=count_of_activities,
    sums=sums_of_activities,
    columns=(
        Column("kind", gettext_lazy("Kind"), read="kind.name", sort="kind__position", is_title=True,
               template="crm/cells/activity.html"),
        Column("at", gettext_lazy("When"), kind=Kind.DAY, sort="at"),
        Column("outcome", gettext_lazy("Outcome"), read="outcome.name", sort="outcome__name"),
        Column("company", gettext_lazy("Company"), read="company.name", sort="company__name_key",
               template="crm/cells/company_of.html"),
        Column("contact", gettext_lazy("Contact"), read="contact.name", gives_way=True),
        Column("owner", gettext_lazy("Person"), read="owner.name", sort="owner__name"),
        Column("note", gettext_lazy("Note"), template="crm/cells/note.html", gives_way=True),
        Column("latitude", gettext_lazy("Latitude"), kind=Kind.NUMBER, is_shown=False),
        Column("longitude", gettext_lazy("Longitude"), kind=Kind.NUMBER, is_shown=False),
        Column("accuracy", gettext_lazy("Accuracy, m"), read="accuracy_m", kind=Kind.NUMBER, is_shown=False),
        Column("external_id", gettext_lazy("External id"), is_shown=False),
    ),
)  # fmt: skip
