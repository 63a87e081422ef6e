"""The figures of an agreement: of all its customers together, and of each. Services call this."""

from collections.abc import Iterable

from django.db import connection

from agreements.models import Agreement, Metric, Party
from metrics import figures
from metrics.populations import Population
from tenants.scope import open_organization_id


def count(agreement: Agreement, parties: list[Party]) -> None:
    """Defines the figures that the agreement's terms ask for, and releases those it had before and needs no more."""
    before = figures_of(agreement, parties)
    lists = [[party.company_id for party in parties], *([party.company_id] for party in parties)]
    rows = list(zip([agreement, *parties], figures.company_sets(lists), strict=True))
    measures = [agreement.metric, *([Metric.NET.value] if agreement.is_of_quantity else [])]
    made = iter(figures.define_many(definition(agreement, m, whom) for _row, whom in rows for m in measures))
    for row, _whom in rows:
        row.figure = next(made)
        row.net_figure = next(made) if agreement.is_of_quantity else None
    agreement.save(update_fields=["figure", "net_figure"])
    keep_figures(parties)
    release(before - figures_of(agreement, parties))


def keep_figures(parties: list[Party]) -> None:
    """In one statement that stays quick for thousands."""
    columns = [[getattr(party, name) for party in parties] for name in ("pk", "figure_id", "net_figure_id")]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE agreements_party p SET figure_id = n.figure_id, net_figure_id = n.net_figure_id
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS n (id, figure_id, net_figure_id)
            WHERE p.organization_id = %s AND p.id = n.id""",
            [*columns, open_organization_id()],
        )


def definition(agreement: Agreement, measure: str, whom: Population) -> figures.Definition:
    tree = agreement.segment.tree if agreement.segment else None
    return figures.Definition(measure, tree, whom, agreement.period)


def figures_of(agreement: Agreement, parties: Iterable[Party]) -> set[int]:
    """The ids of the figures that are kept for it."""
    rows = [agreement, *parties]
    return {pk for row in rows for pk in (row.figure_id, row.net_figure_id) if pk}


def release(figure_ids: set[int]) -> None:
    """Lets figures go that no agreement needs."""
    if figure_ids:
        figures.release(figure_ids, needed=figures_in_use)


def figures_in_use(figure_ids: list[int]) -> list[int]:
    """Which of these figures some agreement that is not archived has."""
    held = Agreement.objects.held()
    parties = Party.objects.filter(agreement__in=held)
    found: set[int] = set()
    for rows in (held, parties):
        for name in ("figure", "net_figure"):
            found |= set(rows.filter(**{f"{name}__in": figure_ids}).values_list(name, flat=True))
    return sorted(found)
