"""Populations: whom or what a figure counts for. Other apps register theirs; a territory is one, too.

A population says, in SQL, which of its keys each line belongs to and with what weight. It reads two tables:

    lines   line (its number), day, owner_id, company_id, credit_members, credit_shares
    credit  line, day, member_id, share: the people a line is credited to

What a fact belongs to is resolved when it is folded, so a team of 500 is one row of scope, not 500.
"""

from dataclasses import dataclass


class UnknownPopulation(LookupError):
    """A population that nobody has registered; the text is a sentence."""


CREDIT = ("owner_id", "credit_members", "credit_shares")
LINE = ("day", *CREDIT, "company_id")


@dataclass(frozen=True)
class PopulationKind:
    """How facts belong to the keys of a population.

    keys_sql: a SELECT of (line, key, weight) from `lines` or `credit`, of organization {organization}.
    weight_sql: the same once more, written plainly, for verification: how much of the fact `f` of {day} and {company}
        belongs to {key}.
    parts_sql: keys_sql by person: a SELECT of (line, key, weight, member_id) whose weights add up to those of keys_sql.
        None where a figure is not made by people.
    restrict_sql: a condition that no fact of the keys {keys} fails, so that a recount of few keys reads few rows;
        {credited} says that a fact is credited to one of the keys, {company} is its company. None where there is none.
    people_sql: a SELECT of the ids of the people to whom facts of {keys} are credited; the keys are people by default.
    looks_at: the columns of `lines` by which keys_sql tells lines apart: a recount sums those that are alike.
    turns_sql: a SELECT of the days on which facts begin to belong to other keys than the day before. None: any day.
    is_narrow: a key has few of all facts, so that facts are better asked what they belong to than the other way round.
    tables_sql: common table expressions that keys_sql uses.
    depends: changes after which facts may belong to other keys.
    """

    key: str
    keys_sql: str
    weight_sql: str
    parts_sql: str | None = None
    restrict_sql: str | None = None
    people_sql: str = "SELECT unnest({keys})"
    looks_at: tuple[str, ...] = LINE
    turns_sql: str | None = None
    is_narrow: bool = False
    tables_sql: str = ""
    depends: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Population:
    """One population: a kind and the key of the member, the team, the set of companies (0 for the organization)."""

    kind: str
    key: int = 0


_KINDS: dict[str, PopulationKind] = {}


def register(kind: PopulationKind) -> None:
    """Called by an app when it starts."""
    _KINDS[kind.key] = kind


def population_kind(key: str) -> PopulationKind:
    try:
        return _KINDS[key]
    except KeyError as error:
        raise UnknownPopulation(f"There is no population “{key}”.") from error


TEAMS_UP = """teams_up AS (
    WITH RECURSIVE up (team_id, above_id) AS (
        SELECT id, id FROM tenants_team WHERE organization_id = {organization}
        UNION
        SELECT up.team_id, t.parent_id FROM up JOIN tenants_team t
        ON t.organization_id = {organization} AND t.id = up.above_id WHERE t.parent_id IS NOT NULL
    ) SELECT * FROM up)"""

# Somebody who is in two teams below a third counts for it once.
TEAM_PARTS = """
        SELECT DISTINCT c.line, teams_up.above_id AS team_id, c.share, c.member_id FROM credit c
        JOIN tenants_teammembership m ON m.organization_id = {organization} AND m.member_id = c.member_id
            AND m.first_on <= c.day AND (m.until IS NULL OR c.day < m.until)
        JOIN teams_up ON teams_up.team_id = m.team_id"""
TEAM_KEYS = (
    "SELECT once.line, once.team_id, sum(once.share) FROM (" + TEAM_PARTS + ") AS once GROUP BY once.line, once.team_id"
)

# Whoever was ever in one of the teams, or in a team below.
TEAM_PEOPLE = """
    WITH RECURSIVE below (id) AS (SELECT unnest({keys}) UNION SELECT t.id FROM tenants_team t JOIN below
        ON t.organization_id = {organization} AND t.parent_id = below.id)
    SELECT m.member_id FROM tenants_teammembership m JOIN below ON below.id = m.team_id
    WHERE m.organization_id = {organization}"""

COMPANY_SET_KEYS = """
    SELECT l.line, e.company_set_id, 1 FROM lines l
    JOIN metrics_companysetentry e ON e.organization_id = {organization} AND e.company_id = l.company_id"""


# For verification: each population once more, fact by fact.
PLAIN_MEMBER = """
    COALESCE((SELECT c.share FROM unnest(f.credit_members, f.credit_shares) AS c (member_id, share)
    WHERE c.member_id = {key}), CASE WHEN f.credit_members IS NULL AND f.owner_id = {key} THEN 1 ELSE 0 END)"""

PLAIN_TEAM = """
    (SELECT COALESCE(sum(c.share), 0) FROM (
        SELECT unnest(f.credit_members), unnest(f.credit_shares)
        UNION ALL SELECT f.owner_id, 1 WHERE f.credit_members IS NULL
    ) AS c (member_id, share) WHERE c.member_id IN (
        WITH RECURSIVE below (id) AS (SELECT {key}::bigint UNION SELECT t.id FROM tenants_team t JOIN below
        ON t.organization_id = {organization} AND t.parent_id = below.id)
        SELECT m.member_id FROM tenants_teammembership m JOIN below ON below.id = m.team_id
        WHERE m.organization_id = {organization} AND m.first_on <= {day} AND (m.until IS NULL OR {day} < m.until)))"""

PLAIN_COMPANY = "CASE WHEN {company} = {key} THEN 1 ELSE 0 END"

PLAIN_COMPANY_SET = """
    (SELECT count(*) FROM metrics_companysetentry e WHERE e.organization_id = {organization}
    AND e.company_set_id = {key} AND e.company_id = {company})"""


def register_own() -> None:
    """The populations that metrics knows by itself."""
    register(
        PopulationKind(
            key="member",
            keys_sql="SELECT line, member_id, share FROM credit",
            weight_sql=PLAIN_MEMBER,
            parts_sql="SELECT line, member_id, share, member_id FROM credit",
            restrict_sql="{credited}",
            looks_at=CREDIT,
            is_narrow=True,
        )
    )
    register(
        PopulationKind(
            key="team",
            keys_sql=TEAM_KEYS,
            weight_sql=PLAIN_TEAM,
            parts_sql=TEAM_PARTS,
            restrict_sql="{credited}",
            people_sql=TEAM_PEOPLE,
            looks_at=("day", *CREDIT),
            turns_sql="SELECT first_on FROM tenants_teammembership WHERE organization_id = {organization}"
            " UNION SELECT until FROM tenants_teammembership WHERE organization_id = {organization}",
            tables_sql=TEAMS_UP,
            depends=frozenset({"team"}),
        )
    )
    register(
        PopulationKind(
            key="companies",
            keys_sql=COMPANY_SET_KEYS,
            weight_sql=PLAIN_COMPANY_SET,
            restrict_sql="""{company} IN (SELECT e.company_id FROM metrics_companysetentry e
                WHERE e.organization_id = {organization} AND e.company_set_id = ANY ({keys}))""",
            looks_at=("company_id",),
            is_narrow=True,
        )
    )
    register(
        PopulationKind(
            key="company",
            keys_sql="SELECT line, company_id, 1 FROM lines",
            weight_sql=PLAIN_COMPANY,
            restrict_sql="{company} = ANY ({keys})",
            looks_at=("company_id",),
            is_narrow=True,
        )
    )
    register(PopulationKind(key="organization", keys_sql="SELECT line, 0, 1 FROM lines", weight_sql="1", looks_at=()))
