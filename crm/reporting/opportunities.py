"""Pipelines as boards, and the way that an opportunity went."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from crm.access import opportunities_seen_by
from crm.models import Opportunity, Pipeline, Stage
from crm.rules import Move, Stay, stays_of

CARDS_PER_STAGE = 20
CLOSED_FOR_DAYS = 90
# What ended last comes first, then what is expected next.
BOARD_ORDER = [Coalesce("won_on", "lost_on").desc(), "expected_on", "-created_on", "-pk"]


@dataclass
class Column:
    """A stage with its latest opportunities, how many it has in all, and their amounts by currency."""

    stage: Stage
    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    opportunities: list[Opportunity] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.count - len(self.opportunities)


@dataclass(frozen=True)
class Board:
    """A pipeline as columns; won and lost opportunities leave it after a while."""

    pipeline: Pipeline
    columns: list[Column]


def board(pipeline: Pipeline, member, *, on, owner=None) -> Board:
    """What the member sees of a pipeline, in three queries however long it is."""
    closed_since = on - timedelta(days=CLOSED_FOR_DAYS)
    columns = {stage.pk: Column(stage) for stage in Stage.objects.filter(pipeline=pipeline)}
    shown = opportunities_seen_by(member, on=on).filter(stage__in=columns)
    shown = shown.exclude(Q(won_on__lt=closed_since) | Q(lost_on__lt=closed_since))
    if owner:
        shown = shown.filter(owner=owner)
    for row in shown.order_by().values("stage", "currency").annotate(count=Count("pk"), amount=Sum("amount")):
        column = columns[row["stage"]]
        column.count += row["count"]
        column.amounts[row["currency"]] = row["amount"]
    for opportunity in shown.first_of_each("stage", CARDS_PER_STAGE, *BOARD_ORDER):
        columns[opportunity.stage_id].opportunities.append(opportunity)
    return Board(pipeline, list(columns.values()))


def journey_of(opportunity: Opportunity, *, on) -> list[Stay]:
    """The stages through which the opportunity went, oldest first."""
    changes = opportunity.stage_changes.select_related("left", "entered", "moved_by")
    moves = [
        Move(
            *(row and row.name for row in (change.left, change.entered)),
            change.moved_on,
            change.moved_by and change.moved_by.name,
        )
        for change in changes
    ]
    return stays_of(
        moves, stage=opportunity.stage.name, created_on=opportunity.created_on,
        closed_on=opportunity.won_on or opportunity.lost_on, on=on,
    )  # fmt: skip
