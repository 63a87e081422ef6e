"""Agreements as a list and as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement
from agreements.rules import Performance, Tier
from agreements.words import Badge, level_said, reached_said, status_badge, thumb_badge
from lib.dates import period_label
from lib.numbers import round_down_to
from lib.tables import Column, Kind, Table
from metrics.units import Unit, unit_of

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Reading:
    """How a row of the list stands (agreements.exact.with_reading)."""

    row: Agreement
    performance: Performance
    unit: Unit

    @property
    def share(self) -> Fraction | None:
        return self.performance.attainment

    @property
    def percent_full(self) -> int:
        return int(min(max(self.share or Fraction(0), Fraction(0)), Fraction(1)) * 100)

    @property
    def thumb(self) -> Badge:
        return thumb_badge(self.performance)

    @property
    def actual(self) -> str:
        return self.unit.write(self.row.actual)

    @property
    def aim(self) -> str:
        return self.unit.write(self.row.aim)

    @property
    def level(self) -> str:
        """The level reached or, where each customer reaches its own, how many customers have one."""
        if self.row.is_pooled:
            return level_said(self.performance.level, len(self.row.thresholds))
        return reached_said(self.row.reached_count, self.row.customer_count)


def reading_of(row: Agreement, *, currency: str, on: date) -> Reading | None:
    """None of an archived agreement: its figures are not kept."""
    if row.is_archived:
        return None
    tiers = row.tiers_of(map(Tier, row.thresholds, row.bonuses))
    performance = Performance(tiers, row.period, on, row.actual, None, row.aim)
    return Reading(row, performance, unit_of(row.counts, currency))


def count_of_agreements(count: int) -> str:
    return ngettext("%d agreement", "%d agreements", count) % count


def period_name(row: Agreement) -> str:
    return period_label(row.period, get_language() or "en")


@lru_cache(maxsize=200)
def drawn(badge: Badge | None) -> SafeString | str:
    """The badge as HTML. There are few, on very many rows: each is drawn once."""
    if badge is None:
        return ""
    return render_to_string("components/badge.html", {"status": badge.tone, "icon": badge.icon, "word": badge.word})


def agreements_table(currency: str, on: date, *, may_mail: Callable[[Agreement], bool] | None = None) -> Table:
    """The list of agreements as they stand on a day; with a way to the summaries of those that `may_mail`."""
    status, shown = partial(status_badge, on=on), {"is_exported": False}
    readings: dict[int, Reading | None] = {}

    def read(row: Agreement) -> Reading | None:
        if row.pk not in readings:
            readings[row.pk] = reading_of(row, currency=currency, on=on)
        return readings[row.pk]

    return Table(
        name="agreements:index",
        order="-first_on",
        noun=count_of_agreements,
        per_page=25,  # a row is some lines high
        columns=(
            Column(
                "description", _("Agreement"), sort="description", template="agreements/cells/agreement.html",
                is_title=True,
            ),
            Column("first_on", _("Period"), read=period_name, kind=Kind.DAY, sort="first_on", **shown),
            Column(
                "metric", _("What counts"), read=lambda row: capfirst(row.get_metric_display()), sort="metric",
                is_shown=False,
            ),
            Column(
                "customers", _("Customers"), read="customer_count", kind=Kind.NUMBER, sort="customer_count",
                template="agreements/cells/customers.html", **shown,
            ),
            Column("status", _("Status"), read=lambda row: drawn(status(row)), **shown),
            Column("progress", _("Reached"), read=read, sort="share", template="agreements/cells/progress.html",
                   **shown),
            Column(
                "level", _("Level"), read=lambda row: getattr(read(row), "level", None),
                template="agreements/cells/level.html",
            ),
            Column("thumb", _("Forecast"), read=lambda row: drawn(getattr(read(row), "thumb", None)), **shown),
            *mail_column(may_mail),
            *exported_columns(read, status),
        ),
    )  # fmt: skip


def mail_column(may_mail: Callable[[Agreement], bool] | None) -> tuple[Column, ...]:
    if may_mail is None:
        return ()
    template = "agreements/cells/mail.html"
    return (Column("mail", _("Mail"), read=lambda row: may_mail(row) or None, template=template, is_exported=False),)


def exported_columns(read, status) -> tuple[Column, ...]:
    """What a file says besides, exactly."""

    def of(name: str):
        def value(row: Agreement):
            return None if row.is_archived else getattr(row, name)

        return value

    def percent(row: Agreement) -> Decimal | None:
        reading = read(row)
        return round_down_to(reading.share * 100, TENTH) if reading and reading.share is not None else None

    hidden = {"is_shown": False}
    return (
        Column("file_first_on", _("From"), read="first_on", kind=Kind.DAY, **hidden),
        Column("file_last_on", _("To"), read="period.last", kind=Kind.DAY, **hidden),
        Column("file_customers", _("Customers"), read="customer_count", kind=Kind.NUMBER, **hidden),
        Column("file_basis", _("Levels are reached by"), read=lambda row: row.get_basis_display(), **hidden),
        Column("file_status", _("Status"), read=lambda row: status(row).word, **hidden),
        Column("file_actual", _("Reached"), read=of("actual"), kind=Kind.NUMBER, **hidden),
        Column("file_aim", _("Objective"), read=of("aim"), kind=Kind.NUMBER, **hidden),
        Column("file_share", _("Reached, %"), read=percent, kind=Kind.NUMBER, **hidden),
        Column("file_thumb", _("Forecast"), read=lambda row: (one := read(row)) and one.thumb.word, **hidden),
        Column("file_responsible", _("Responsible"), read="responsible.name", **hidden),
    )
