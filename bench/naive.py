"""What the peers do: one query a figure, written as one writes it by hand, with an index that fits its population.

Sale lines of the benchmark are credited to their owners alone and are in one currency, so nothing is looked up that the
figure does not need.
"""

from decimal import Decimal

from django.db import connection

from metrics.measures import measure
from metrics.models import Figure
from metrics.segments import compile as compile_segment
from tenants.scope import open_organization_id

WHOSE = {
    "member": "f.owner_id = {key}",
    "team": "f.owner_id IN (SELECT m.member_id FROM tenants_teammembership m WHERE m.team_id = {key})",
    "companies": "f.company_id IN (SELECT e.company_id FROM metrics_companysetentry e WHERE e.company_set_id = {key})",
    "organization": "true",
}

# Every column that such a query may read: nothing is looked up in the table itself.
COVERING = [
    "CREATE INDEX bench_covers_owner ON crm_saleline (organization_id, owner_id, day)"
    " INCLUDE (company_id, product_id, branch_id, quantity, gross, net, cost)",
    "CREATE INDEX bench_covers_company ON crm_saleline (organization_id, company_id, day)"
    " INCLUDE (owner_id, product_id, branch_id, quantity, gross, net, cost)",
    "CREATE INDEX bench_covers_day ON crm_saleline (organization_id, day)"
    " INCLUDE (owner_id, company_id, product_id, branch_id, quantity, gross, net, cost)",
]
# What a framework makes by itself: an index for each reference.
ORDINARY = [
    "CREATE INDEX bench_owner ON crm_saleline (owner_id)",
    "CREATE INDEX bench_company ON crm_saleline (company_id)",
]


def value_of(figure: Figure) -> Decimal:
    """The figure's value, asked of the facts."""
    counted = measure(figure.measure)
    segment = compile_segment(figure.segment.tree if figure.segment else None, counted.stream.key)
    whose = WHOSE[figure.population_kind].format(key=figure.population_key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COALESCE(sum({counted.expression}), 0) FROM crm_saleline f {segment.join_sql}"
            f" WHERE f.organization_id = %s AND f.day >= %s AND f.day < %s AND {whose} AND {segment.sql}",
            [open_organization_id(), figure.first_on, figure.until, *segment.params],
        )
        return cursor.fetchone()[0]
