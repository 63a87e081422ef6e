"""What several people's goals count alike: goals of one subject can be added up, and compared."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from metrics.measures import MEASURES, Measure, measure
from metrics.models import OwnMeasure

GROUPS = ("revenue", "activity")


@dataclass(frozen=True)
class Subject:
    """A measure within a segment, as a target or as a limit. `count` goals have it; `lookup` finds them."""

    key: str
    title: str
    counts: Measure
    count: int
    lookup: dict
    is_limit: bool


def of_group(goals: QuerySet, group: str) -> QuerySet:
    """Revenue goals or activity goals, by their measure."""
    return goals.filter(measure__in=measures_of(group))


def measures_of(group: str) -> list[str]:
    """Keys of the measures of revenue, or of activity."""
    return [key for key, counted in MEASURES.items() if counted.group == group]


def subjects_by_recurrence(goals: QuerySet) -> dict[str, list[Subject]]:
    """How often goals begin anew -> their subjects, that of most goals first; most goals are of the first. Two
    queries."""
    found = (
        goals.order_by()
        .values_list("every", "measure", "own_measure", "segment", "lower_is_better")
        .annotate(count=Count("pk"), name=Min("name"))
    )
    rows = list(found)
    own = OwnMeasure.objects.in_bulk({row[2] for row in rows if row[2]})
    subjects: dict[str, list[Subject]] = {}
    for every, *parts in rows:
        subjects.setdefault(every, []).append(_subject(*parts, own=own))
    for same in subjects.values():
        same.sort(key=lambda subject: (-subject.count, subject.title, subject.key))
    most_first = sorted(subjects, key=lambda every: (-sum(one.count for one in subjects[every]), every))
    return {every: subjects[every] for every in most_first}


def _subject(key, own_id, segment_id, is_limit, count, name, *, own: dict[int, OwnMeasure]) -> Subject:
    counts = own[own_id].counts if own_id else measure(key)
    title = str(counts.label) if own_id or not segment_id else name
    parts = [
        own[own_id].key if own_id else key,
        *([str(segment_id)] if segment_id else []),
        *["limit"][: int(is_limit)],
    ]
    return Subject(
        key="/".join(part for part in parts if part),
        title=_("%(title)s (limit)") % {"title": title} if is_limit else title,
        counts=counts,
        count=count,
        lookup={"measure": key, "own_measure": own_id, "segment": segment_id, "lower_is_better": is_limit},
        is_limit=is_limit,
    )
