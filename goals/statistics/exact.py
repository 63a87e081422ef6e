"""Periods of goals with what their figures say, as columns that the database orders and narrows by."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    F,
    FilteredRelation,
    Func,
    JSONField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from goals.rules import Status, Thresholds
from metrics import figures
from metrics.measures import MEASURES
from metrics.models import ExactField

NOTHING = Value(Decimal(0), output_field=ExactField())


def with_actual(
    periods: QuerySet, moved: Mapping[int, Decimal] | None = None, *, among: Q | None = None
) -> QuerySet:  # fmt: skip
    """Each with `actual`, its exact figure (0 without one), what is pending included, and `share`, actual / target to
    order by (None without a target).

    `moved` is what figures.unsettled() says, where it has been asked. `among` is what all figures of these periods have
    in common (“figure__until__gt”), so that no others are read.
    """
    moved = figures.unsettled() if moved is None else moved
    periods = periods.annotate(counted=FilteredRelation("figure", condition=among or Q(figure__isnull=False)))
    kept = [F("counted__value"), NOTHING]
    if moved:
        values = Value({str(pk): str(value) for pk, value in moved.items()}, output_field=JSONField())
        found = Func(
            values, Cast("figure_id", TextField()), function="jsonb_extract_path_text", output_field=TextField()
        )
        kept = [Cast(found, ExactField()), *kept]
    share = F("actual") / NullIf(F("target"), NOTHING)
    return periods.annotate(actual=Coalesce(*kept, output_field=ExactField())).annotate(
        share=Func(share, template="(%(expressions)s)", output_field=ExactField())
    )


def with_colour(periods: QuerySet, thresholds: Thresholds) -> QuerySet:
    """Each of those with_actual with its `colour`, as goals.rules.status_of says it."""

    def is_there(mark: Decimal) -> Q:
        mark = Value(Decimal(mark), output_field=ExactField())
        is_within = Q(goal__lower_is_better=True, target__gte=_product(F("actual"), mark))
        return is_within | Q(goal__lower_is_better=False, actual__gte=_product(F("target"), mark))

    return periods.annotate(
        colour=Case(
            When(target=0, then=Value(Status.NEUTRAL.value)),
            When(is_there(thresholds.green), then=Value(Status.GREEN.value)),
            When(is_there(thresholds.orange), then=Value(Status.ORANGE.value)),
            default=Value(Status.RED.value),
            output_field=CharField(),
        )
    )


def _product(left, right) -> Func:
    return Func(left, right, arg_joiner=" * ", template="(%(expressions)s)", output_field=ExactField())


def with_names(periods: QuerySet) -> QuerySet:
    """Each with what its goal is `called` and with its `holder_name`, to order by."""
    labels = [When(goal__measure=key, then=Value(str(one.label))) for key, one in MEASURES.items()]
    named = When(~Q(goal__name=""), then=F("goal__name"))
    own = When(goal__own_measure__isnull=False, then=F("goal__own_measure__name"))
    return periods.annotate(
        called=Case(named, own, *labels, output_field=CharField()),
        holder_name=Coalesce("goal__person__name", "goal__team__name"),
    )
