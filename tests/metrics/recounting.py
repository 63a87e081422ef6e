"""What every figure is, counted once more in plain Python from the facts: nothing of the engine's SQL is used."""

from datetime import date
from decimal import Decimal

from crm.models import Activity, Company, ExchangeRate, Opportunity, SaleLine
from metrics import figures
from metrics.measures import measure
from metrics.models import CompanySetEntry, Figure
from tenants.models import Team, TeamMembership
from tests.metrics import naive


class Recount:
    """Every figure of the open organization, fact by fact, from one reading of its tables."""

    def __init__(self):
        self.facts = {
            Activity: Activity.objects.select_related("company", "kind", "opportunity"),
            Company: Company.objects.all(),
            Opportunity: Opportunity.objects.select_related("company", "stage"),
            SaleLine: SaleLine.objects.select_related("company", "product"),
        }
        self.facts = {model: [(fact, naive.row_of(fact)) for fact in rows] for model, rows in self.facts.items()}
        self.rates = list(ExchangeRate.objects.order_by("-day"))
        self.parents = dict(Team.objects.values_list("pk", "parent_id"))
        self.memberships = list(TeamMembership.objects.all())
        self.sets = set(CompanySetEntry.objects.values_list("company_set_id", "company_id"))

    def of(self, figure: Figure) -> Decimal:
        counted = measure(figure.measure)
        tree = figures.counted_tree(counted, figure.segment.tree if figure.segment else None)
        total = Decimal(0)
        for fact, row in self.facts[counted.stream.model]:
            day = getattr(fact, counted.stream.day_column)
            if day and figure.first_on <= day < figure.until and naive.matches(tree, row):
                rate = self.rate_on(fact, day) if counted.unit == "money" else 1
                total += self.own_amount(figure.measure, fact) * rate * self.weight(figure, fact, day)
        return total

    def own_amount(self, key: str, fact) -> Decimal:
        if key == "sales_margin":
            return Decimal(0) if fact.cost is None else fact.net - fact.cost
        columns = {"sales_net": "net", "sales_quantity": "quantity", "won_opportunity_amount": "amount"}
        return getattr(fact, columns[key]) if key in columns else Decimal(1)

    def rate_on(self, fact, day: date) -> Decimal:
        return Decimal(1) if fact.currency == "EUR" else next(r.rate for r in self.rates if r.day <= day)

    def weight(self, figure: Figure, fact, day: date) -> Decimal:
        """How much of the fact is the population's."""
        key = figure.population_key
        shares = fact.shares if hasattr(fact, "shares") else {fact.owner_id: 1}
        if figure.population_kind == "member":
            return Decimal(shares.get(key, 0))
        if figure.population_kind == "companies":
            return Decimal((key, fact.pk if isinstance(fact, Company) else fact.company_id) in self.sets)
        if figure.population_kind == "team":
            return sum(
                (Decimal(share) for member, share in shares.items() if self.was_in(member, key, day)), Decimal(0)
            )
        return Decimal(1)

    def was_in(self, member_id: int, team_id: int, day: date) -> bool:
        """Whether the member was in the team, or in one below it, on the day."""
        for m in self.memberships:
            if m.member_id == member_id and m.first_on <= day and (m.until is None or day < m.until):
                above = m.team_id
                while above:
                    if above == team_id:
                        return True
                    above = self.parents[above]
        return False
