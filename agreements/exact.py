"""Agreements with what their figures say, as columns that the database orders and narrows by."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from agreements.models import Basis, Level, Party
from metrics import figures
from metrics.models import ExactField, Figure

NOTHING = Value(Decimal(0), output_field=ExactField())


def with_reading(agreements: QuerySet) -> QuerySet:
    """Each with what it says and how it stands.

    `actual`: the exact value, what is pending included. `aim`: the objective, else the highest threshold; that of every
    customer where each reaches levels alone. `share`: actual / aim, to order by. `customer_count`, and `reached_count`
    of customers with a level of their own. `thresholds` and `bonuses` of the levels, lowest first.
    """
    moved = {str(pk): str(value) for pk, value in figures.unsettled().items()}
    levels = Level.objects.filter(agreement=OuterRef("pk")).order_by("threshold")
    aim = Coalesce(F("objective"), highest(), output_field=ExactField())
    counted = agreements.annotate(
        actual=value_of("figure", moved, kept=of_figure("figure")),
        customer_count=counted_parties(Party.objects.filter(agreement=OuterRef("pk"))),
        thresholds=ArraySubquery(levels.values("threshold")),
        bonuses=ArraySubquery(levels.values("bonus")),
        lowest=Subquery(levels.values("threshold")[:1]),
    )
    with_aim = counted.annotate(
        aim=Case(
            When(basis=Basis.EACH, then=exactly(aim, F("customer_count"), " * ")), default=aim,
            output_field=ExactField(),
        ),
        reached_count=Case(
            When(basis=Basis.EACH, then=counted_parties(reached_parties(moved))), default=Value(0),
            output_field=IntegerField(),
        ),
    )  # fmt: skip
    return with_aim.annotate(share=exactly(F("actual"), NullIf(F("aim"), NOTHING), " / "))


def highest() -> Subquery:
    """The highest threshold of the agreement."""
    levels = Level.objects.filter(agreement=OuterRef("pk")).order_by().values("agreement")
    return Subquery(levels.annotate(highest=Max("threshold")).values("highest"), output_field=ExactField())


def reached_parties(moved: dict[str, str]) -> QuerySet:
    """The customers of the agreement whose own value reaches its lowest level."""
    parties = Party.objects.filter(agreement=OuterRef("pk")).annotate(own=value_of("figure", moved))
    return parties.filter(own__gte=OuterRef("lowest"))


def counted_parties(parties: QuerySet) -> Coalesce:
    counts = parties.order_by().values("agreement").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), Value(0), output_field=IntegerField())


def of_figure(figure: str) -> Subquery:
    """The kept value of a figure, looked up for those rows alone that are shown."""
    return Subquery(Figure.objects.filter(pk=OuterRef(f"{figure}_id")).values("value")[:1], output_field=ExactField())


def value_of(figure: str, moved: dict[str, str], *, kept=None) -> Coalesce:
    """The exact value of a figure; `moved` are those whose kept value is not the present one."""
    kept = [kept or F(f"{figure}__value"), NOTHING]
    if moved:
        values, name = Value(moved, output_field=JSONField()), Cast(f"{figure}_id", TextField())
        found = Func(values, name, function="jsonb_extract_path_text", output_field=TextField())
        kept = [Cast(found, ExactField()), *kept]
    return Coalesce(*kept, output_field=ExactField())


def exactly(left, right, sign: str) -> Func:
    return Func(left, right, arg_joiner=sign, template="(%(expressions)s)", output_field=ExactField())
