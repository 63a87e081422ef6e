"""What a kind of file is made of. A kind is declared once; reading, checking, writing and the docs follow it.

Texts in SQL may use these names: `read` is the row as it was read, `existing` the row of the table that it means (all
NULL when it is new), `<column>_ref` what a reference leads to, and in rules and checks `row`, the row as it will stand.
`%(organization)s`, `%(source)s`, `%(today)s`, `%(zone)s` and `%(currency)s` are bound.
"""

from dataclasses import dataclass, field

from crm.imports.types import Type


@dataclass(frozen=True)
class Reference:
    """Where a cell's text is looked up: a query of (key, id). The id is NULL where the key fits several rows.

    `within` narrows it to rows of another reference of the same row (a stage of the pipeline); its query has a third
    column `within_id`. What is `made` by the file itself may be missing: `Kind.before` makes it.
    """

    rows: str
    within: str = ""
    made: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the file. Empty and optional means `default`; a column that is not in the file changes nothing.

    `field` is the column of the table, "" where the cell only helps other columns.
    """

    name: str
    type: Type
    field: str | None = None
    required: bool = False
    default: str = "NULL"
    reference: Reference | None = None

    @property
    def stored_in(self) -> str:
        return self.name if self.field is None else self.field


@dataclass(frozen=True)
class Rule:
    """Something that must not be: where `wrong` holds, the column has the problem `code`."""

    column: str
    code: str
    wrong: str


@dataclass(frozen=True)
class Kind:
    """A kind of file. Rows are identified by `identity` (with the source, where the table knows sources)."""

    key: str
    table: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    has_source: bool = False
    is_large: bool = False  # files of many thousand rows are usual, so the table's statistics follow them
    also_unique: tuple[str, ...] = ()
    custom: str = ""  # the record whose fields of the organization's own may be columns: custom.<key>
    computed: dict[str, str] = field(default_factory=dict)  # fields made of others: field -> SQL on `read`
    once: dict[str, str] = field(default_factory=dict)  # fields that only a new row gets: field -> SQL
    joins: str = ""
    seen: dict[str, str] = field(default_factory=dict)  # names for rules: name -> SQL on `joins`
    rules: tuple[Rule, ...] = ()
    checks: tuple[str, ...] = ()  # queries of (row_number, problem), asked of all rows together
    before: tuple[str, ...] = ()  # made before the rows are written, out of `import_row`
    after: tuple[str, ...] = ()
    aliases: str = ""  # the table of ids by which rows were known that have become part of another: they change nothing

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


OF_ORGANIZATION = "organization_id = %(organization)s"


def by_external_id(table: str, *, made: bool = False) -> Reference:
    return Reference(f"SELECT external_id AS key, id FROM {table} WHERE {OF_ORGANIZATION}", made=made)


def by_source(table: str, *, more: str = "") -> Reference:
    """The row that the file's own source calls so; else the only one that any source does. `more` are further names:
    a query of (source, external_id, id)."""
    rows = f"SELECT source, external_id, id FROM {table} WHERE {OF_ORGANIZATION} AND external_id IS NOT NULL"
    named = f"({rows} UNION ALL {more}) named" if more else f"({rows}) named"
    return Reference(
        "SELECT external_id AS key, coalesce(min(id) FILTER (WHERE source = %(source)s),"
        f" CASE WHEN count(DISTINCT id) = 1 THEN min(id) END) AS id FROM {named} GROUP BY external_id"
    )


# A member is named by external id or by e-mail address.
MEMBERS = (
    "SELECT key, CASE WHEN count(DISTINCT id) = 1 THEN min(id) END AS id FROM ("
    f"SELECT external_id AS key, id FROM tenants_member WHERE {OF_ORGANIZATION} AND external_id IS NOT NULL"
    " UNION ALL SELECT person.email, member.id FROM tenants_member member JOIN tenants_user person"
    f" ON person.id = member.user_id WHERE member.{OF_ORGANIZATION}) named GROUP BY key"
)
MEMBER = Reference(MEMBERS)
# A company that has become part of another is still known by its ids.
MERGED = f"SELECT source, external_id, company_id FROM crm_companyalias WHERE {OF_ORGANIZATION}"
COMPANY = by_source("crm_company", more=MERGED)
