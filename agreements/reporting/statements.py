"""The statement of a settlement: every step of its sum, from what was frozen with it and nothing else.

A settlement that is only drawn up says the same as one that was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from uuid import uuid4

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements.accounts import Step, steps_of
from agreements.drawing_up import DrawnUp, draw_up
from agreements.models import Agreement, Basis, Metric, ModeChoice, Settlement, SettlementLine
from agreements.reporting.lines import seen_among
from agreements.rules import Tier, Tiers
from agreements.words import Badge, bonus_said, level_said, settlement_badge
from lib.dates import period_label
from lib.periods import ONE_DAY, Period
from metrics.measures import measure
from metrics.segments import sentence
from metrics.units import Unit, unit_of
from tenants.models import Member, Organization
from tenants.refusals import Refused

CUSTOMERS_A_PAGE = 50


@dataclass(frozen=True)
class StepRow:
    """A step with what its level pays, in words."""

    step: Step
    bonus: str


@dataclass(frozen=True)
class StatementRow:
    """One customer. `name` is empty and `company_id` None where the reader may not see it; `level`, `steps` and `bonus`
    (not rounded) are those of customers who reach levels alone, `part` is that of what all brought together."""

    line: SettlementLine
    name: str
    company_id: int | None
    part: Fraction | None
    level: str
    steps: list[StepRow]
    bonus: Fraction | None


@dataclass(frozen=True)
class Earlier:
    """A settlement that counted as settled before, as it was then."""

    number: int
    through_on: date
    due: Decimal


@dataclass(frozen=True)
class Statement:
    """A settlement as a reader may see it; `lines` are its customers by name, rows or a query."""

    settlement: Settlement
    lines: Sequence[SettlementLine]
    reader: Member
    number: int = 1

    @property
    def agreed(self) -> dict:
        return self.settlement.agreed

    @cached_property
    def tiers(self) -> Tiers:
        return self.settlement.tiers

    @property
    def unit(self) -> Unit:
        return unit_of(measure(self.agreed["metric"]), self.settlement.currency)

    @property
    def money(self) -> Unit:
        return Unit(self.settlement.currency)

    @property
    def is_pooled(self) -> bool:
        return self.agreed["basis"] == Basis.POOLED

    @property
    def is_of_quantity(self) -> bool:
        return self.agreed["metric"] == Metric.QUANTITY

    @property
    def metric(self) -> str:
        return str(Metric(self.agreed["metric"]).label)

    @property
    def basis(self) -> str:
        return str(Basis(self.agreed["basis"]).label)

    @property
    def mode(self) -> str:
        return str(ModeChoice(self.agreed["mode"]).label)

    @property
    def what_counts(self) -> str:
        return sentence(self.agreed["conditions"], "sale", names=self.agreed.get("names"))

    @property
    def days(self) -> str:
        """The days that were counted."""
        return self._days(self.settlement.through_on)

    @property
    def agreed_days(self) -> str:
        return self._days(date.fromisoformat(self.agreed["last_on"]))

    def _days(self, last_on: date) -> str:
        first_on = date.fromisoformat(self.agreed["first_on"])
        return period_label(Period(first_on, last_on + ONE_DAY), get_language() or "en")

    @property
    def state(self) -> Badge:
        return settlement_badge(self.settlement.state)

    @property
    def levels(self) -> list[tuple[int, Tier, str]]:
        return [(number, tier, self._pays(tier)) for number, tier in enumerate(self.tiers.levels, 1)]

    @property
    def earlier(self) -> list[Earlier]:
        rows = self.settlement.earlier
        return [Earlier(row["number"], date.fromisoformat(row["through_on"]), Decimal(row["due"])) for row in rows]

    @property
    def level(self) -> str:
        """That of all customers together."""
        return self._level(self.settlement.value)

    @cached_property
    def steps(self) -> list[StepRow]:
        """Of all customers together."""
        return self._steps(self.settlement.value, self.settlement.net)

    @property
    def bonus(self) -> Fraction:
        """Of all customers together, not rounded."""
        return total_of(self.steps)

    @cached_property
    def page(self) -> Page:
        """A page of the customers."""
        page = Paginator(self.lines, CUSTOMERS_A_PAGE).get_page(self.number)
        page.object_list = list(self.rows_of(page.object_list))
        return page

    def rows_of(self, lines: Iterable[SettlementLine]) -> Iterable[StatementRow]:
        some = list(lines)
        seen = seen_among({line.company_id for line in some}, self.reader)
        return (self._row(line, is_seen=line.company_id in seen) for line in some)

    def _row(self, line: SettlementLine, *, is_seen: bool) -> StatementRow:
        whole, alone = self.settlement.value, line.is_in and not self.is_pooled
        steps = self._steps(line.value, line.net) if alone else []
        return StatementRow(
            line=line, name=line.company_name if is_seen else "", company_id=line.company_id if is_seen else None,
            part=Fraction(line.value) / Fraction(whole) if self.is_pooled and whole > 0 and line.value >= 0 else None,
            level=self._level(line.value) if alone else "", steps=steps, bonus=total_of(steps) if alone else None,
        )  # fmt: skip

    def _level(self, value: Decimal) -> str:
        return level_said(self.tiers.level(value), len(self.tiers.levels))

    def _steps(self, value: Decimal, net: Decimal | None) -> list[StepRow]:
        return [StepRow(step, self._pays(step.tier)) for step in steps_of(self.tiers, value, net)]

    def _pays(self, tier: Tier) -> str:
        return bonus_said(tier, self.agreed["mode"], self.settlement.currency)


def total_of(steps: Iterable[StepRow]) -> Fraction:
    return sum((row.step.bonus for row in steps), Fraction(0))


def statement_of(settlement: Settlement, *, reader: Member, number: int = 1) -> Statement:
    """The statement of a settlement that was made."""
    return Statement(settlement, settlement.lines.all(), reader, number)


@dataclass(frozen=True)
class ToCome:
    """A settlement up to `day` before it is made, or the sentence that says why there can be none."""

    day: date
    statement: Statement | None = None
    drawn_up: DrawnUp | None = None
    refusal: str = ""

    @property
    def initial(self) -> dict:
        """What its form carries: the seal of what is looked at, and a key of its own."""
        said = {"through_on": self.day, "key": uuid4()}
        return said | ({"seal": self.drawn_up.seal} if self.drawn_up else {})


def settlement_to_come(
    agreement: Agreement, day: date | None, *, organization: Organization, reader: Member, on: date, number: int = 1
) -> ToCome:
    """What would be settled up to that day; without one up to yesterday, or the agreement's last day."""
    day = day or max(min(agreement.period.last, on - ONE_DAY), agreement.first_on)
    try:
        drawn_up = draw_up(agreement, day, organization=organization, on=on)
    except Refused as refused:
        return ToCome(day, refusal=str(refused))
    lines = sorted(drawn_up.lines, key=lambda line: (line.company_name, line.company_id))
    statement = Statement(drawn_up.settlement, lines, reader, number)
    return ToCome(day, statement, drawn_up, "" if drawn_up.moves_money else _("Nothing is due up to this day."))
