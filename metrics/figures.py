"""Figures as goals, agreements and pages use them: define, read, release. Nobody else computes a number."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models.functions import Now

from lib.periods import Period
from metrics import contributions as sums
from metrics.measures import STREAMS, Measure, measure
from metrics.models import CompanySet, CompanySetEntry, Figure, Scope, Segment
from metrics.populations import Population, population_kind
from metrics.segments import compile as compile_segment
from metrics.segments.conditions import conditions
from metrics.segments.fields import CUSTOM_NAME
from tenants.scope import open_organization_id


@dataclass(frozen=True)
class Definition:
    """What a figure counts. The segment is in its canonical form (metrics.segments.check) or None."""

    measure: str
    segment: dict | None
    population: Population
    period: Period


@dataclass(frozen=True)
class Reading:
    """A figure's exact value at one moment, journal included; is_stale says that it was counted just now for want of
    a kept value."""

    value: Decimal
    is_stale: bool


def digest_of(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def keep_segment(tree: dict | None) -> Segment | None:
    """The row of a canonical tree; the same tree is the same row."""
    if not tree:
        return None
    segment, _created = Segment.objects.get_or_create(digest=digest_of(tree), defaults={"tree": tree})
    return segment


def keep_segments(trees: Iterable[dict | None]) -> dict[str, Segment | None]:
    """The rows of canonical trees by their digest; a tree that comes many times is looked up once."""
    return {digest: keep_segment(tree) for digest, tree in {digest_of(tree): tree for tree in trees}.items()}


def company_set(company_ids: Iterable[int]) -> Population:
    """The population of a list of companies; the same list is the same population."""
    return company_sets([company_ids])[0]


def company_sets(lists: Iterable[Iterable[int]]) -> list[Population]:
    """The populations of lists of companies, in order."""
    named = [(digest_of(ids), ids) for ids in (sorted(set(one)) for one in lists)]
    wanted = dict(named)
    known = ids_of_sets(wanted)
    new = wanted.keys() - known.keys()
    if new:  # or somebody else writes them at the same moment
        CompanySet.objects.bulk_create([CompanySet(digest=digest) for digest in sorted(new)], ignore_conflicts=True)
        known |= ids_of_sets(new)
        CompanySetEntry.objects.bulk_create(
            [CompanySetEntry(company_set_id=known[digest], company_id=pk) for digest in new for pk in wanted[digest]],
            ignore_conflicts=True,
        )
    return [Population("companies", known[digest]) for digest, _ids in named]


def ids_of_sets(digests: Iterable[str]) -> dict[str, int]:
    return dict(CompanySet.objects.filter(digest__in=digests).values_list("digest", "pk"))


def counted_tree(counted: Measure, tree: dict | None) -> dict | None:
    """What a fact must meet: the measure's own segment and the one chosen."""
    parts = [part for part in (counted.fixed, tree) if part]
    return {"all": parts} if len(parts) == 2 else (parts[0] if parts else None)


def define(*, measure: str, segment: dict | None, population: Population, period: Period) -> Figure:
    """The figure with this definition, live; a new one is stale until the engine has counted it."""
    return define_many([Definition(measure, segment, population, period)])[0]


def define_many(definitions: Iterable[Definition]) -> list[Figure]:
    """The figures with these definitions, in order. One definition asked for twice is one figure."""
    definitions = list(definitions)
    segments = keep_segments(d.segment for d in definitions)
    rows = [identity(d, segments[digest_of(d.segment)]) for d in definitions]
    wanted = dict(zip(rows, definitions, strict=True))
    Figure.objects.bulk_create(
        [
            Figure(**dict(zip(IDENTITY, row, strict=True)), is_live=False, depends=dependencies(d))
            for row, d in wanted.items()
        ],
        ignore_conflicts=True,
    )
    candidates = Figure.objects.filter(
        measure__in={row[0] for row in rows},
        population_key__in={row[3] for row in rows},
        first_on__in={row[4] for row in rows},
    )
    hold([figure.pk for figure in candidates if identity_of(figure) in wanted], "KEY SHARE")
    found = {identity_of(figure): figure for figure in candidates.all()}
    bring_to_life([found[row] for row in wanted if not found[row].is_live], wanted)
    return [found[row] for row in rows]


# What makes a figure the one it is.
IDENTITY = ("measure", "segment_id", "population_kind", "population_key", "first_on", "until")


def identity_of(figure: Figure) -> tuple:
    return tuple(getattr(figure, name) for name in IDENTITY)


def identity(d: Definition, segment: Segment | None) -> tuple:
    """The identity that the figure of a definition has."""
    segment_id = segment.pk if segment else None
    return d.measure, segment_id, d.population.kind, d.population.key, d.period.first, d.period.until


def dependencies(d: Definition) -> list[str]:
    """The changes, other than of facts, after which the figure must be recounted."""
    counted = measure(d.measure)
    depends = set(population_kind(d.population.kind).depends)
    if tree := counted_tree(counted, d.segment):
        depends |= compile_segment(tree, counted.stream.key).depends
        if any(CUSTOM_NAME.fullmatch(condition["field"]) for condition in conditions(tree)):
            depends.add("fields")
    if counted.unit == "money":
        depends.add("rate")
    return sorted(depends)


def bring_to_life(figures: list[Figure], definitions: dict[tuple, Definition]) -> None:
    """Puts figures into the scope of the fold, to be counted by the engine."""
    trees = [counted_tree(measure(f.measure), definitions[identity_of(f)].segment) for f in figures]
    segments = keep_segments(trees)
    scopes = []
    for f, tree in zip(figures, trees, strict=True):
        effective = segments[digest_of(tree)]
        scopes.append(
            Scope(
                figure=f,
                stream=measure(f.measure).stream.key,
                measure=f.measure,
                dimension=f.population_kind,
                key=f.population_key,
                first_on=f.first_on,
                until=f.until,
                segment_key=effective.pk if effective else 0,
            )
        )
        f.is_live = True
    Scope.objects.bulk_create(scopes, ignore_conflicts=True)
    Figure.objects.filter(pk__in=[f.pk for f in figures]).update(is_live=True, stale_since=Now())


def hold(figure_ids: list[int], strength: Literal["KEY SHARE", "UPDATE"]) -> None:
    """Until the transaction ends, who asks for figures and who releases them wait for each other: whoever comes second
    sees what the first has done. Those who ask hold a share of the key, which lets folds go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM metrics_figure WHERE organization_id = %s AND id = ANY (%s) ORDER BY id FOR " + strength,
            [open_organization_id(), figure_ids],
        )


def release(figure_ids: Iterable[int], *, needed: Callable[[list[int]], Iterable[int]] = lambda ids: ()) -> None:
    """Takes figures out of the scope that nobody needs kept any more. Their rows stay and can be brought back.

    `needed` says which of them still are; it is asked when nobody else can take them up.
    """
    ids = sorted(figure_ids)
    hold(ids, "UPDATE")
    ids = sorted(set(ids).difference(needed(ids)))
    Scope.objects.filter(figure__in=ids).delete()
    Figure.objects.filter(pk__in=ids).update(is_live=False, stale_since=None)


def read(figure_ids: Iterable[int]) -> dict[int, Reading]:
    """Exact values of live figures: what is kept plus what is pending, in one statement a fact table; what is stale is
    counted."""
    readings: dict[int, Reading] = {}
    stale: list[Scope] = []
    for table, scopes in scopes_by_table(figure_ids).items():
        ids = [scope.figure_id for scope in scopes]
        whole = sums.statement(table, sums.uses(scopes), sums.journal_source(table), figure_ids=ids)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""{whole.text} SELECT g.id, g.value + COALESCE(c.amount, 0), g.stale_since IS NOT NULL
                FROM metrics_figure g LEFT JOIN contributions c ON c.figure_id = g.id
                WHERE g.organization_id = {open_organization_id()} AND g.id = ANY ({sums.id_list(ids)})""",
                whole.params,
            )
            readings |= {figure_id: Reading(value, is_stale) for figure_id, value, is_stale in cursor.fetchall()}
        stale += [scope for scope in scopes if readings[scope.figure_id].is_stale]
    for scopes in by_table(stale).values():
        counted = days_of(scopes)
        readings |= {s.figure_id: Reading(sum(counted.get(s.figure_id, {}).values(), Decimal(0)), True) for s in scopes}
    return readings


def unsettled() -> dict[int, Decimal]:
    """The exact values of those live figures whose kept value is not the present one: something is pending for them, or
    they are stale. Usually there are none.

    For pages of thousands of figures: ask this first, then take kept values for all others; what is folded in between
    is kept by then.
    """
    stale = Figure.objects.filter(is_live=True, stale_since__isnull=False).values_list("pk", flat=True)
    values = {figure_id: reading.value for figure_id, reading in read(stale).items()}
    for table in tables_with_pending():
        if not (uses := sums.uses_of(table)):
            continue
        whole = sums.statement(table, uses, sums.journal_source(table))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""{whole.text} SELECT g.id, g.value + c.amount
                FROM metrics_figure g JOIN contributions c ON c.figure_id = g.id
                WHERE g.organization_id = {open_organization_id()}""",
                whole.params,
            )
            values = dict(cursor.fetchall()) | values
    return values


def tables_with_pending() -> list[str]:
    """The fact tables of which something is in the journal, not folded yet."""
    tables = list(sums.fact_tables())
    asked = ", ".join(f"EXISTS ({sums.journal_source(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return [table for table, is_pending in zip(tables, cursor.fetchone(), strict=True) if is_pending]


def daily(figure_ids: Iterable[int]) -> dict[int, list[tuple[date, Decimal]]]:
    """What each day added to each live figure, counted from the facts; days without any are left out."""
    answers: dict[int, list[tuple[date, Decimal]]] = {}
    for scopes in scopes_by_table(figure_ids).values():
        answers |= {figure_id: list(days.items()) for figure_id, days in days_of(scopes).items()}
    return answers


def days_of(scopes: list[Scope]) -> dict[int, dict[date, Decimal]]:
    """Figure -> day -> what it added, for scopes of one table."""
    whole = facts_of(scopes, by=("figure_id", "day"))
    answers: dict[int, dict[date, Decimal]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(f"{whole.text} SELECT figure_id, day, amount FROM contributions ORDER BY 1, 2", whole.params)
        for figure_id, day, added in cursor.fetchall():
            answers[figure_id][day] = added
    return answers


def scopes_by_table(figure_ids: Iterable[int]) -> dict[str, list[Scope]]:
    """The scope of live figures, read once, by the table of their facts."""
    return by_table(Scope.objects.filter(figure__in=list(figure_ids)).order_by("figure"))


def by_table(scopes: Iterable[Scope]) -> dict[str, list[Scope]]:
    tables: dict[str, list[Scope]] = defaultdict(list)
    for scope in scopes:
        tables[STREAMS[scope.stream].table].append(scope)
    return tables


def facts_of(scopes: list[Scope], by: tuple[str, ...], narrowed: str = "") -> sums.Statement:
    """Contributions of all facts (nothing pending is taken off) to figures of one table; `narrowed` is a further
    condition on facts."""
    table = STREAMS[scopes[0].stream].table
    source = sums.fact_source(
        table,
        {scope.stream for scope in scopes},
        min(scope.first_on for scope in scopes),
        max(scope.until for scope in scopes),
        sums.restriction(table, scopes) + narrowed,
    )
    ids = [scope.figure_id for scope in scopes]
    return sums.statement(table, sums.uses(scopes), source, figure_ids=ids, by=by)
