"""Pipelines as boards, and the way that an opportunity went."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from crm.access import opportunities_seen_by
from crm.models import Opportunity, Pipeline, Stage
from crm.rules import Move, Stay, stays_of
from lib.numbers import EXACT
from tenants.models import Member

CARDS_PER_STAGE = 20
CLOSED_FOR_DAYS = 90
# What ended last comes first, then what is expected next.
BOARD_ORDER = [Coalesce("won_on", "lost_on").desc(), "expected_on", "-created_on", "-pk"]


@dataclass
class Column:
    """A stage with the first of its opportunities, how many it has in all, and their sums by currency."""

    stage: Stage
    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    weighted: dict[str, Decimal] = field(default_factory=dict)
    opportunities: list[Opportunity] = field(default_factory=list)
    skipped: int = 0

    @property
    def shown(self) -> int:
        """How many cards the reader has seen with these."""
        return self.skipped + len(self.opportunities)

    @property
    def left_out(self) -> int:
        return self.count - self.shown


@dataclass(frozen=True)
class Board:
    """A pipeline as columns; won and lost opportunities leave it after a while. `owner` narrows it to one person."""

    pipeline: Pipeline
    columns: list[Column]
    owner: Member | None = None

    @property
    def is_empty(self) -> bool:
        return not any(column.count for column in self.columns)


def on_board(member: Member, *, on: date, owner: Member | None):
    """The opportunities that a board shows to this member, of every pipeline."""
    closed_since = on - timedelta(days=CLOSED_FOR_DAYS)
    shown = opportunities_seen_by(member, on=on).exclude(Q(won_on__lt=closed_since) | Q(lost_on__lt=closed_since))
    return shown.filter(owner=owner) if owner else shown


def columns_of(shown, stages: list[Stage]) -> dict[int, Column]:
    """Stage id -> its column without cards, in one query."""
    columns = {stage.pk: Column(stage) for stage in stages}
    weight = Sum(F("amount") * F("probability_percent"))
    rows = shown.filter(stage__in=columns).order_by().values("stage", "currency")
    for row in rows.annotate(count=Count("pk"), sum=Sum("amount"), weight=weight).order_by("currency"):
        column = columns[row["stage"]]
        column.count += row["count"]
        column.amounts[row["currency"]] = row["sum"]
        column.weighted[row["currency"]] = row["weight"].scaleb(-2, EXACT)
    return columns


def board(pipeline: Pipeline, member: Member, *, on: date, owner: Member | None = None) -> Board:
    """What the member sees of a pipeline, in three queries however long it is."""
    shown = on_board(member, on=on, owner=owner)
    columns = columns_of(shown, list(Stage.objects.filter(pipeline=pipeline)))
    for opportunity in shown.filter(stage__in=columns).first_of_each("stage", CARDS_PER_STAGE, *BOARD_ORDER):
        columns[opportunity.stage_id].opportunities.append(opportunity)
    return Board(pipeline, list(columns.values()), owner)


def further_cards(stage: Stage, member: Member, *, on: date, owner: Member | None, after: int) -> Column:
    """The cards of a stage behind the first `after`."""
    shown = on_board(member, on=on, owner=owner)
    column = columns_of(shown, [stage])[stage.pk]
    column.skipped = after
    column.opportunities = list(shown.filter(stage=stage).order_by(*BOARD_ORDER)[after : after + CARDS_PER_STAGE])
    return column


def heads(pipeline_id: int, member: Member, *, on: date, owner: Member | None = None) -> list[Column]:
    """The columns of a pipeline without their cards: what a board writes above them."""
    stages = list(Stage.objects.filter(pipeline_id=pipeline_id))
    return list(columns_of(on_board(member, on=on, owner=owner), stages).values())


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
