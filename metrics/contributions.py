"""The one statement that says what facts add to figures; fold, recount, display and proof are its four uses.

    source         facts and journal rows, each with a sign
    lines          each row of each stream it is a fact of, with its day, its segments (a list of keys) and its amounts
    credit         the people each line is credited to, with their shares
    keyed          each line once for each key of a population that it belongs to, with its weight
    met            keyed lines with the live figures whose scope they meet
    contributions  their signed sums

Only ids, days and names from our own catalogues are written into the text; what people typed into segments is passed as
parameters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from metrics.journal import fact_columns, journal_of
from metrics.measures import MEASURES, STREAMS, Stream
from metrics.models import Scope, Segment
from metrics.populations import PopulationKind, population_kind
from metrics.segments import compile as compile_segment
from metrics.segments import joins_sql
from tenants.models import Organization
from tenants.scope import open_organization_id

MOST_KEYS = 500  # a recount of more keys than these reads the whole window instead of looking each key up

# Its shares or, without, its owner with the whole.
CREDIT = """credit (line, day, member_id, share) AS (
        SELECT l.line, l.day, c.member_id, c.share
        FROM lines l CROSS JOIN LATERAL unnest(l.credit_members, l.credit_shares) AS c (member_id, share)
        UNION ALL
        SELECT line, day, owner_id, 1 FROM lines WHERE credit_members IS NULL AND owner_id IS NOT NULL)"""


@dataclass(frozen=True)
class Use:
    """One way in which live figures look at a fact."""

    stream: str
    measure: str
    dimension: str
    segment_key: int


@dataclass(frozen=True)
class Statement:
    """The WITH part of a statement; its last table is `contributions`."""

    text: str
    params: list


def fact_tables() -> dict[str, list[Stream]]:
    """Fact table -> its streams."""
    tables: dict[str, list[Stream]] = {}
    for stream in STREAMS.values():
        tables.setdefault(stream.table, []).append(stream)
    return tables


def id_list(ids: Iterable[int]) -> str:
    return f"ARRAY[{', '.join(str(int(i)) for i in ids)}]::bigint[]"


def uses_of(table: str) -> list[Use]:
    """What all live figures ask of a fact table."""
    scopes = Scope.objects.filter(stream__in=[stream.key for stream in fact_tables()[table]])
    return [Use(*row) for row in scopes.values_list("stream", "measure", "dimension", "segment_key").distinct()]


def uses(scopes: Iterable[Scope]) -> list[Use]:
    """What these scopes ask of their fact table."""
    return list({Use(scope.stream, scope.measure, scope.dimension, scope.segment_key) for scope in scopes})


def journal_source(table: str) -> str:
    """What is not folded yet."""
    return f"SELECT * FROM {journal_of(table)} WHERE organization_id = {open_organization_id()}"


def fact_source(table: str, streams: Iterable[str], first_on: date, until: date, restrict: str = "") -> str:
    """The facts of a window of days; `restrict` narrows them to those that can belong to the keys in question."""
    days = " OR ".join(
        f"(f.{STREAMS[key].day_column} >= '{first_on}' AND f.{STREAMS[key].day_column} < '{until}')"
        for key in sorted(set(streams))
    )
    columns = ", ".join(f"f.{name}" for name in fact_columns(STREAMS[next(iter(streams))].model))
    return (
        f"SELECT 1 AS sign, {columns} FROM {table} f"
        f" WHERE f.organization_id = {open_organization_id()} AND ({days}){restrict}"
    )


def restriction(table: str, scopes: Iterable[Scope]) -> str:
    """A condition on facts that all those of the scopes pass; empty where none is known or the keys are too many."""
    keys: dict[str, set[int]] = {}
    for scope in scopes:
        keys.setdefault(scope.dimension, set()).add(scope.key)
    parts = [belongs_to(table, population_kind(kind), sorted(ids)) for kind, ids in sorted(keys.items())]
    if None in parts or sum(len(ids) for ids in keys.values()) > MOST_KEYS:
        return ""
    return f" AND ({' OR '.join(parts)})"


def belongs_to(table: str, kind: PopulationKind, keys: list[int]) -> str | None:
    """What a population says of the facts of its keys; None where it knows nothing."""
    if kind.restrict_sql is None:
        return None
    named = {"keys": id_list(keys), "organization": open_organization_id()}
    people = f"ARRAY({kind.people_sql.format(**named)})"
    credited = f"f.owner_id = ANY ({people})"
    if has_shares(table):
        credited = f"({credited} OR f.credit_members && {people})"
    return kind.restrict_sql.format(credited=credited, company=company_of(table), **named)


def restricted_to_people(table: str, people: list[int]) -> str:
    """A further condition on facts: those that are credited to one of these people."""
    return f" AND {belongs_to(table, population_kind('member'), people)}"


def has_shares(table: str) -> bool:
    return any(stream.credit == "shares" for stream in fact_tables()[table])


def company_of(table: str) -> str:
    """A fact's company; a new company is its own."""
    return "f.id" if table == STREAMS["company_created"].table else "f.company_id"


def lines_of(table: str, asked: list[Use]) -> tuple[str, list]:
    """The SELECT of lines, and the parameters of its segments."""
    organization = Organization.objects.get(pk=open_organization_id())
    in_use = {use.stream for use in asked}
    streams = [stream for stream in fact_tables()[table] if stream.key in in_use]
    joins, segments, params = set(), ["0::bigint"], []
    keys = {use.segment_key for use in asked} - {0}
    trees = dict(Segment.objects.filter(pk__in=keys).values_list("pk", "tree"))
    for stream, key in sorted({(use.stream, use.segment_key) for use in asked if use.segment_key}):
        compiled = compile_segment(trees[key], stream)
        segments.append(f"CASE WHEN stream.key = '{stream}' AND {compiled.sql} THEN {key} END")
        params += compiled.params
        joins |= compiled.joins
    measures = [MEASURES[key] for key in sorted({use.measure for use in asked})]
    values = ["f.sign * " + amount(m.expression, m.unit, organization.currency) + f" AS {m.key}" for m in measures]
    shares = "f.credit_members, f.credit_shares" if has_shares(table) else "NULL::bigint[], NULL::numeric[]"
    days = ", ".join(f"('{stream.key}', f.{stream.day_column})" for stream in streams)
    rate = rate_join(organization) if any(m.unit == "money" for m in measures) else ""
    text = f"""SELECT row_number() OVER (), f.id, stream.key, stream.day, f.owner_id, {company_of(table)}, {shares},
        array_remove(ARRAY[{", ".join(segments)}], NULL), {", ".join(values)}
        FROM source f CROSS JOIN LATERAL (VALUES {days}) AS stream (key, day)
        {joins_sql(joins)} {rate} WHERE stream.day IS NOT NULL"""
    names = "line, id, stream, day, owner_id, company_id, credit_members, credit_shares, segments"
    return f"lines ({names}, {', '.join(m.key for m in measures)}) AS MATERIALIZED ({text})", params


def amount(expression: str, unit: str, base: str) -> str:
    """A money amount in the organization's currency; anything else as it is."""
    if unit != "money":
        return f"({expression})"
    return f"(({expression}) * CASE WHEN f.currency = '{base}' THEN 1 ELSE rate.rate END)"


def rate_join(organization: Organization, day: str = "stream.day") -> str:
    """The rate of a foreign fact: the newest one on or before its day. Facts in the own currency look nothing up."""
    return f"""LEFT JOIN LATERAL (SELECT r.rate FROM crm_exchangerate r
        WHERE f.currency <> '{organization.currency}' AND r.organization_id = {organization.pk}
        AND r.currency = f.currency AND r.is_plan = {organization.uses_plan_rates} AND r.day <= {day}
        ORDER BY r.day DESC LIMIT 1) AS rate ON true"""


# Lines with the live figures whose scope they meet. Each key and day of a backlog is looked up once; a handful of lines
# is looked up one by one: a plan made without knowing how few they are would compare each with each.
JOINED = """windows AS MATERIALIZED (
            SELECT t.*, s.figure_id, s.measure, s.segment_key
            FROM (SELECT DISTINCT dimension, key, stream, day FROM keyed) t
            JOIN metrics_scope s ON {here} AND s.dimension = t.dimension AND s.key = t.key AND s.stream = t.stream
                AND s.first_on <= t.day AND t.day < s.until{only}),
        met AS (
            SELECT l.*, w.figure_id, w.measure FROM keyed l JOIN windows w ON w.dimension = l.dimension
                AND w.key = l.key AND w.stream = l.stream AND w.day = l.day AND w.segment_key = ANY (l.segments))"""
LOOKED_UP = """met AS (
            SELECT l.*, s.figure_id, s.measure FROM keyed l CROSS JOIN LATERAL (
                SELECT s.figure_id, s.measure FROM metrics_scope s
                WHERE {here} AND s.dimension = l.dimension AND s.key = l.key AND s.stream = l.stream
                    AND s.first_on <= l.day AND l.day < s.until AND s.segment_key = ANY (l.segments){only}
                OFFSET 0) s)"""


def statement(
    table: str, asked: list[Use], source: str, *, taken: str = "", figure_ids=None, by=("figure_id",), is_small=False
):
    """The WITH part that ends in `contributions` (the columns of `by`, amount); amounts are signed sums.

    taken: a common table expression that goes before the source. figure_ids: only these figures of the scope.
    by: figure_id, and day, id (of the fact) or member_id (whom it is credited to) where a finer answer is wanted.
    is_small: the source has few rows, so the scope is looked up key by key, whatever the planner believes.
    """
    organization = open_organization_id()
    lines, params = lines_of(table, asked)
    kinds = [population_kind(key) for key in sorted({use.dimension for use in asked})]
    person = ", member_id" if "member_id" in by else ""
    keys = " UNION ALL ".join(
        f"SELECT belongs.line, '{kind.key}' AS dimension, belongs.key, belongs.weight{person}"
        f" FROM ({keys_of(kind, by_person=bool(person))}) AS belongs (line, key, weight{person})"
        for kind in kinds
    ).format(organization=organization)
    cases = " ".join(f"WHEN '{key}' THEN l.{key}" for key in sorted({use.measure for use in asked}))
    columns = ", ".join(f"l.{name}" for name in by)
    only = f" AND s.figure_id = ANY ({id_list(figure_ids)})" if figure_ids is not None else ""
    tables = [taken, *(kind.tables_sql.format(organization=organization) for kind in kinds)]
    text = f"""WITH {"".join(t + ", " for t in tables if t)}source AS ({source}), {lines}, {CREDIT},
        keys AS ({keys}),
        keyed AS MATERIALIZED (
            SELECT k.dimension, k.key, k.weight{person}, l.* FROM keys k JOIN lines l ON l.line = k.line),
        {LOOKED_UP if is_small else JOINED},
        contributions AS (
            SELECT {columns}, sum(l.weight * CASE l.measure {cases} END) AS amount FROM met l GROUP BY {columns})"""
    text = text.replace("{here}", f"s.organization_id = {organization}").replace("{only}", only)
    return Statement(text, params)


def keys_of(kind: PopulationKind, *, by_person: bool) -> str:
    """How lines belong to the keys of a population, by person where that is asked."""
    if not by_person:
        return kind.keys_sql
    if kind.parts_sql is None:
        raise ValueError(f"figures of “{kind.key}” are not made by people")
    return kind.parts_sql
