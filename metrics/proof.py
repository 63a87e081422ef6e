"""Proof: the rows that make a figure, page by page, with a sum that equals it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from metrics import contributions as sums
from metrics.figures import facts_of, scopes_by_table
from metrics.measures import measure
from metrics.models import Figure


@dataclass(frozen=True)
class ProofRow:
    """One fact and what it adds: its own amount times share and rate."""

    fact: object
    day: date
    counted: Decimal


@dataclass(frozen=True)
class Proof:
    """A page of rows; total and count are of all pages."""

    rows: list[ProofRow]
    total: Decimal
    count: int
    number: int
    pages: int


# What a row of each stream shows beside its amount.
RELATED = {
    "activity": ["kind", "outcome", "company", "owner"],
    "company_created": ["owner"],
    "opportunity_created": ["company", "stage", "owner"],
    "opportunity_won": ["company", "stage", "owner"],
    "sale": ["company", "product", "branch", "owner"],
}


AT_A_TIME = 2_000  # facts of a whole list that are read at once


def page(
    figure: Figure,
    *,
    number: int = 1,
    size: int = 50,
    member: int | None = None,
    credited_to: Collection[int] | None = None,
) -> Proof:
    """The page of a figure's facts, newest first; a number beyond the last page gives the last one. With `member`, only
    what is credited to that person; with `credited_to`, only facts that one of these people has a share of, each with
    all that it adds."""
    whole = listed(figure, member, credited_to)
    if whole is None:
        return Proof([], Decimal(0), 0, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{whole.text}, pages AS (SELECT count(*) AS count, COALESCE(sum(amount), 0) AS total,
                GREATEST(1, LEAST(%s, ceil(count(*) / %s::numeric)))::bigint AS number FROM listed)
            SELECT id, day, amount, p.count, p.total, p.number FROM pages p LEFT JOIN LATERAL (
                SELECT id, day, amount FROM listed ORDER BY day DESC, id DESC LIMIT %s OFFSET (p.number - 1) * %s
            ) AS page ON true ORDER BY day DESC, id DESC""",
            [*whole.params, number, size, size, size],
        )
        found = cursor.fetchall()
    count, total, number = found[0][3:]
    rows = [row[:3] for row in found if row[0] is not None]
    return Proof(with_facts(figure, rows), total, count, number, max(1, -(-count // size)))


def every_row(
    figure: Figure, *, member: int | None = None, credited_to: Collection[int] | None = None
) -> Iterator[ProofRow]:
    """All of a figure's facts, newest first. Whoever asks has looked how many they are."""
    whole = listed(figure, member, credited_to)
    if whole is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"{whole.text} SELECT id, day, amount FROM listed ORDER BY day DESC, id DESC", whole.params)
        found = cursor.fetchall()
    for first in range(0, len(found), AT_A_TIME):
        yield from with_facts(figure, found[first : first + AT_A_TIME])


def listed(figure: Figure, member: int | None, credited_to: Collection[int] | None = None) -> sums.Statement | None:
    """The WITH part that ends in `listed`: a figure's facts (id, day, amount). None where the figure was released."""
    scopes = list(figure.scopes.all())
    if not scopes:
        return None
    if member is None:
        narrowed = "" if credited_to is None else credited(figure, credited_to)
        whole = facts_of(scopes, by=("figure_id", "id", "day"), narrowed=narrowed)
        return sums.Statement(
            f"{whole.text}, listed AS MATERIALIZED (SELECT id, day, amount FROM contributions)", whole.params
        )
    whole = facts_of(scopes, by=("figure_id", "id", "day", "member_id"), narrowed=credited(figure, [member]))
    of_member = f"SELECT id, day, amount FROM contributions WHERE member_id = {int(member)}"
    return sums.Statement(f"{whole.text}, listed AS MATERIALIZED ({of_member})", whole.params)


def credited(figure: Figure, people: Collection[int]) -> str:
    """A condition on a figure's facts: somebody of these people has a share of them."""
    return sums.restricted_to_people(measure(figure.measure).stream.table, sorted(people))


def with_facts(figure: Figure, found: list[tuple]) -> list[ProofRow]:
    """The facts of (id, day, amount), in that order; one that was deleted meanwhile is left out."""
    stream = measure(figure.measure).stream
    facts = stream.model.objects.select_related(*RELATED[stream.key]).in_bulk([row[0] for row in found])
    return [ProofRow(facts[fact_id], day, counted) for fact_id, day, counted in found if fact_id in facts]


def added_by_members(
    figure_ids: Iterable[int], *, members: Iterable[int] | None = None
) -> dict[int, dict[int, Decimal]]:
    """What each person added to these live figures of members and teams: figure -> member -> amount. A figure's parts
    add up to it exactly. With `members`, only what they added, read from their facts alone."""
    figure_ids = list(figure_ids)
    added: dict[int, dict[int, Decimal]] = {figure_id: {} for figure_id in figure_ids}
    people = None if members is None else sorted(set(members))
    for table, scopes in scopes_by_table(figure_ids).items():
        narrowed = "" if people is None else sums.restricted_to_people(table, people)
        whole = facts_of(scopes, by=("figure_id", "member_id"), narrowed=narrowed)
        of_people = "" if people is None else f" WHERE member_id = ANY ({sums.id_list(people)})"
        with connection.cursor() as cursor:
            cursor.execute(
                f"{whole.text} SELECT figure_id, member_id, amount FROM contributions{of_people}", whole.params
            )
            for figure_id, member_id, amount in cursor.fetchall():
                added[figure_id][member_id] = amount
    return added


def added_by(company_id: int, figure_ids: Iterable[int]) -> dict[int, Decimal]:
    """What the facts of one company add to each of these live figures; those that it adds no fact to are left out."""
    added: dict[int, Decimal] = {}
    for table, scopes in scopes_by_table(figure_ids).items():
        source = sums.fact_source(
            table,
            {scope.stream for scope in scopes},
            min(scope.first_on for scope in scopes),
            max(scope.until for scope in scopes),
            f" AND {sums.company_of(table)} = {int(company_id)}",
        )
        ids = [scope.figure_id for scope in scopes]
        whole = sums.statement(table, sums.uses(scopes), source, figure_ids=ids)
        with connection.cursor() as cursor:
            cursor.execute(f"{whole.text} SELECT figure_id, amount FROM contributions", whole.params)
            added |= dict(cursor.fetchall())
    return added
