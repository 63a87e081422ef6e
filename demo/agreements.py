"""The agreements of the demo: of every metric, basis and mode; running ones above and below their forecast, upcoming,
expired, ended early and archived ones.

Their levels are drawn as people draw them: from what the same customers bought on the same days a year before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils import timezone

from agreements.drawing_up import draw_up
from agreements.models import Agreement, Basis, Metric
from agreements.options import Choice, Options
from agreements.rules import Mode, Tier
from agreements.services import Terms, archive_agreement, conclude_agreement, end_agreement_early
from agreements.services.settling import approve_settlement, settle_agreement
from agreements.services.summaries import RecipientTerms, configure_summaries
from crm.models import Branch, Company, Family, SaleLine
from demo.goals import QUARTERLY, holding
from lib.numbers import round_half_up_to
from lib.periods import ONE_DAY, Period, Recurrence
from notifications.models import Interval
from tenants.models import Member

YEARLY = Recurrence.yearly()
COLUMNS = {Metric.QUANTITY: "quantity", Metric.GROSS: "gross", Metric.NET: "net", Metric.MARGIN: "net"}
COUNTED = {"family": Family, "branch": Branch}


@dataclass(frozen=True)
class Deal:
    """An agreement as the demo draws it. `shares` of what was bought a year before are its thresholds, `bonuses` what
    each pays; customers, the responsible person and what counts are named by external ids."""

    description: str
    customers: str
    period: Period
    shares: Sequence[str]
    bonuses: Sequence[int]
    responsible: str
    metric: str = Metric.NET
    mode: str = Mode.WHOLE
    basis: str = Basis.POOLED
    only: dict[str, str] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    notes: str = ""

    def companies(self) -> list[Company]:
        return list(Company.objects.filter(external_id__in=self.customers.split()).order_by("name"))

    def options(self) -> Options:
        subjects = {*self.only, *self.without}
        return Options(
            {
                subject: Choice(ids(subject, self.only.get(subject)), ids(subject, self.without.get(subject)))
                for subject in subjects
            }
        )

    def levels(self, companies: Sequence[Company]) -> list[Tier]:
        bought = self.bought(companies, a_year_before(self.period)) or self.bought(companies, self.period)
        base = max(bought or Decimal(0), Decimal(1000)) / (1 if self.basis == Basis.POOLED else len(companies))
        pairs = zip(self.shares, self.bonuses, strict=True)
        return [Tier(round_number(base * Decimal(share)), Decimal(bonus)) for share, bonus in pairs]

    def bought(self, companies: Sequence[Company], period: Period) -> Decimal | None:
        lines = SaleLine.objects.filter(company__in=companies, day__gte=period.first, day__lt=period.until)
        if "family" in self.only:
            lines = lines.filter(product__family__external_id__in=self.only["family"].split())
        return lines.aggregate(total=Sum(COLUMNS[Metric(self.metric)]))["total"]


def ids(subject: str, names: str | None) -> tuple[int, ...]:
    found = COUNTED[subject].objects.filter(external_id__in=(names or "").split())
    return tuple(found.order_by("pk").values_list("pk", flat=True))


def round_number(value: Decimal) -> Decimal:
    """With two digits that say something: 31,137 is 31,000."""
    return round_half_up_to(value, Decimal(10) ** (value.adjusted() - 1))


def a_year_before(period: Period) -> Period:
    def earlier(day: date) -> date:
        return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)

    return Period(earlier(period.first), earlier(period.until))


def conclude(deal: Deal, *, follows: Agreement | None = None) -> Agreement:
    people = {member.external_id: member for member in Member.objects.all()}
    responsible, companies = people[deal.responsible], deal.companies()
    terms = Terms(
        description=deal.description, metric=deal.metric, mode=deal.mode, basis=deal.basis, companies=companies,
        first_on=deal.period.first, last_on=deal.period.last, levels=deal.levels(companies), options=deal.options(),
        responsible=responsible, notes=deal.notes,
    )  # fmt: skip
    return conclude_agreement(actor=responsible, terms=terms, follows=follows)


def settle(agreement: Agreement, *, by: str, approved_by: str = "") -> None:
    """To its end, on the day after it, if anything is due; by people who are named by external ids."""
    on, people = agreement.until, {member.external_id: member for member in Member.objects.all()}
    at = datetime.combine(on, time(9), tzinfo=ZoneInfo(agreement.organization.time_zone))
    if not draw_up(agreement, agreement.period.last, organization=agreement.organization, on=on).moves_money:
        return
    made = settle_agreement(
        actor=people[by], agreement=agreement, version=agreement.version, through_on=agreement.period.last, on=on, at=at
    )  # fmt: skip
    if approved_by:
        approve_settlement(actor=people[approved_by], settlement=made, at=at)


def send_summaries(agreement: Agreement, *, interval: str, readers: dict[str, str], with_pdf: bool = False) -> None:
    """`readers`: address -> language."""
    configure_summaries(
        actor=agreement.created_by, agreement=agreement, version=agreement.version, interval=interval,
        with_pdf=with_pdf, at=timezone.now(),
        recipients=[RecipientTerms(address, language=language) for address, language in readers.items()],
    )  # fmt: skip


def conclude_northwind_agreements(*, on: date) -> None:
    year, quarter = holding(YEARLY, on), holding(QUARTERLY, on)
    past_year, past_quarter = holding(YEARLY, year.first - ONE_DAY), holding(QUARTERLY, quarter.first - ONE_DAY)
    before_that, next_quarter = holding(QUARTERLY, past_quarter.first - ONE_DAY), holding(QUARTERLY, quarter.until)
    key = {"customers": "SAVEA ERNSH QUICK", "responsible": "2"}
    former = conclude(Deal(
        f"Key accounts {past_year.first.year}", period=past_year, shares=("0.7", "0.95", "1.1"), bonuses=(2, 3, 4),
        **key,
    ))  # fmt: skip
    present = conclude(
        Deal(f"Key accounts {year.first.year}", period=year, shares=("1.2", "1.8", "2.4"), bonuses=(2, 3, 5),
             notes="The bonus is paid as a credit note in January.", **key),
        follows=former,
    )  # fmt: skip
    readers = {"jose@savealot.example": "en", "roland@ernst-handel.example": "en", "laura@northwind.example": "fr"}
    send_summaries(present, interval=Interval.MONTHLY, with_pdf=True, readers=readers)
    conclude(Deal(
        f"Wholesalers in Germany {year.first.year}", "LEHMS FRANK OTTIK", year, ("0.9", "1.1", "1.25"), (3, 4, 6), "5",
        mode=Mode.MARGINAL,
    ))  # fmt: skip
    by_the_case = conclude(Deal(
        "Beverages by the case", "HUNGO RATTC QUEEN BOTTM", year, ("0.5", "0.9", "1.4"), (2, 4, 6), "5",
        metric=Metric.QUANTITY, basis=Basis.EACH, only={"family": "1"},
    ))  # fmt: skip
    send_summaries(by_the_case, interval=Interval.WEEKLY, readers={"patricia@hungry-owl.example": "it"})
    conclude(Deal(
        "Autumn campaign: dairy and confections", "FOLKO BERGS VAFFE WARTH", quarter, ("0.6", "1", "1.5"),
        (250, 600, 1500), "2", metric=Metric.GROSS, mode=Mode.FIXED, only={"family": "3 4"},
    ))  # fmt: skip
    london = conclude(Deal(
        "London and the rest of the country", "AROUT EASTC SEVES BSBEV", past_quarter, ("0.8", "1.2"), (150, 400), "5",
        mode=Mode.FIXED, only={"branch": "UK"},
    ))  # fmt: skip
    conclude(Deal(
        "A good start without beverages", "HANAR KOENE WHITC", next_quarter, ("1.1", "1.4"), (2, 4), "2",
        without={"family": "1"},
    ))  # fmt: skip
    tried = conclude(Deal(
        "Seafood, tried out", "RICSU BLONP", Period(before_that.first, quarter.until), ("1", "1.5"), (2, 3), "2",
        metric=Metric.GROSS, only={"family": "8"},
    ))  # fmt: skip
    end_agreement_early(
        actor=tried.created_by, agreement=tried, version=tried.version, last_on=past_quarter.last,
        reason="Both customers buy their fish elsewhere now.",
    )  # fmt: skip
    unsigned = conclude(Deal("Never signed", "PICCO", year, ("1",), (2,), "2"))
    archive_agreement(actor=unsigned.created_by, agreement=unsigned, version=unsigned.version)
    settle(former, by="2", approved_by="5")
    settle(london, by="5")


def conclude_contoso_agreements(*, on: date) -> None:
    conclude(Deal(
        "Coffee for those who brew", "C1 C2 C3", holding(YEARLY, on), ("0.2", "0.3", "0.4"), (4, 6, 8), "K2",
        metric=Metric.MARGIN,
    ))  # fmt: skip
