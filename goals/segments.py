"""Which goals use a saved segment."""

from datetime import date

from django.db.models import BooleanField, F, Func, JSONField, Value
from django.urls import reverse
from django.utils.translation import ngettext

from goals.access import goals_seen_by
from goals.models import Goal
from metrics.models import SavedSegment
from metrics.segments.users import Use, Uses
from tenants.models import Member

MOST_SHOWN = 50


def goals_using(saved: SavedSegment):
    """The goals in whose conditions the saved segment stands."""
    stands = Func(
        F("conditions"), Value("$.**.saved ? (@ == $id)"), Value({"id": saved.pk}, JSONField()),
        function="jsonb_path_exists", output_field=BooleanField(),
    )  # fmt: skip
    return Goal.objects.filter(stands)


def uses_of(saved: SavedSegment, member: Member, on: date) -> Uses:
    """How many goals there are, and those the member may see; two recurrences are one goal."""
    used_by = goals_using(saved).filter(second_of=None)
    count = used_by.count()
    seen = goals_seen_by(member, on=on).filter(pk__in=used_by.values("pk")).with_names().in_order()[:MOST_SHOWN]
    slug = member.organization.slug
    rows = [Use(f"{goal.title} · {goal.holder.name}", reverse("goals:goal", args=[slug, goal.pk])) for goal in seen]
    return Uses(ngettext("goal", "goals", count), count, rows)
