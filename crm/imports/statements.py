"""The statements of one import, made from its kind and the columns that its file has.

    import_cell     the rows as they were written
    import_read     every cell as a value of its type, with what cannot be read
    import_share    who shares a fact, where the file says so
    import_row      whole rows as they will stand in the table, each new, changed, unchanged or wrong

Problems are texts `column:code:detail`. All are temporary tables of the transaction that checks or writes.
"""

from dataclasses import dataclass

from crm.imports.declare import MEMBERS, Column, Kind
from crm.imports.types import literal

BLANKS = r"E' \t\r\n\u00a0'"
MOST_PROBLEMS = 10_000

# {cells} is Layout.as_written()
KEEP_WRONG_ROWS = """
INSERT INTO crm_importrow (organization_id, run_id, row_number, cells)
SELECT %(organization)s, %(run)s, row_number, {cells}
FROM import_cell cell JOIN import_row row USING (row_number) WHERE row.problems <> '{{}}' ORDER BY row_number
"""
KEEP_PROBLEMS = """
INSERT INTO crm_importproblem (organization_id, run_id, row_number, "column", code, detail, original)
SELECT %(organization)s, %(run)s, row_number, CASE said[1] WHEN '*' THEN '' ELSE said[1] END, said[2],
    array_to_string(said[3:], ':'), coalesce(kept.cells[array_position(%(header)s::text[], said[1])], '')
FROM (SELECT row_number, place, string_to_array(problem, ':') AS said
      FROM import_row, unnest(problems) WITH ORDINALITY AS found (problem, place)
      ORDER BY row_number, place LIMIT %(most)s) AS found
JOIN crm_importrow kept USING (row_number)
WHERE kept.organization_id = %(organization)s AND kept.run_id = %(run)s
ORDER BY row_number, place
"""


@dataclass(frozen=True)
class Layout:
    """A kind together with the columns of one file, in the file's order."""

    kind: Kind
    columns: tuple[Column, ...]

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def stored(self) -> list[Column]:
        """Columns of the kind (in the file or not) that are fields of the table."""
        return [column for column in self.kind.columns if column.stored_in]

    @property
    def custom(self) -> list[Column]:
        return [column for column in self.columns if column.name.startswith("custom.")]

    @property
    def shared(self) -> bool:
        return any(column.type.name == "shares" for column in self.kind.columns)

    # --- import_cell ------------------------------------------------------------------------------------------

    @property
    def places(self) -> list[str]:
        return [f"c{place}" for place in range(len(self.columns))]

    def cells(self) -> str:
        """A row with more or fewer cells than the header is `odd` and has no others."""
        cells = ", ".join(f"{place} text" for place in self.places)
        return f"CREATE TEMP TABLE import_cell (row_number integer, odd text[], {cells}) ON COMMIT DROP"

    def as_written(self) -> str:
        return f"coalesce(odd, ARRAY[{', '.join(self.places)}])"

    # --- import_read ------------------------------------------------------------------------------------------

    def read(self) -> str:
        """Cells to values, in three steps so that each test of a cell is made once."""
        cells = ", ".join(
            f"nullif(btrim({place}, {BLANKS}), '') AS {quoted(column)}"
            for place, column in zip(self.places, self.columns, strict=True)
        )
        tests = ", ".join(
            f"{column.type.said_of('valid', 'cell.' + quoted(column))} AS {quoted(column, ' ok')}"
            for column in self.columns
        )
        values = ", ".join(
            f"CASE WHEN {quoted(column, ' ok')} THEN {column.type.said_of('value', quoted(column))} END"
            f" AS {quoted(column)}"
            for column in self.columns
        )
        problems = ", ".join(self.unreadable(column) for column in self.columns)
        absent = "".join(
            f", NULL::text AS {quoted(column)}" for column in self.kind.columns if column not in self.columns
        )
        count = f"'*:cell_count:' || cardinality(odd) || ' {len(self.columns)}'"
        return f"""
        CREATE TEMP TABLE import_read ON COMMIT DROP AS
        SELECT row_number, {values}{absent},
            CASE WHEN odd IS NOT NULL THEN ARRAY[{count}]
                 ELSE array_remove(ARRAY[{problems}]::text[], NULL) END AS problems
        FROM (SELECT *, {tests} FROM (SELECT row_number, odd, {cells} FROM import_cell OFFSET 0) cell
            OFFSET 0) tested
        """

    def unreadable(self, column: Column) -> str:
        missing = literal(f"{column.name}:required") if column.required else "NULL"
        reason = column.type.said_of("reason", quoted(column))
        return (
            f"CASE WHEN {quoted(column)} IS NULL THEN {missing}"
            f" WHEN NOT {quoted(column, ' ok')} THEN {literal(column.name + ':')} || {reason} END"
        )

    # --- import_share -----------------------------------------------------------------------------------------

    def shares(self) -> str:
        """`E1:60;E2:40` to members and their shares, for the rows that have any."""
        return f"""
        CREATE TEMP TABLE import_share ON COMMIT DROP AS
        SELECT row_number, array_agg(member_id ORDER BY place) AS members,
            array_agg((percent / 100)::numeric(9, 8) ORDER BY place) AS parts,
            CASE WHEN bool_or(percent IS NULL OR percent = 0) THEN 'shares:not_shares'
                 WHEN bool_or(member_id IS NULL)
                 THEN 'shares:unknown_member:' || min(who) FILTER (WHERE member_id IS NULL)
                 WHEN count(DISTINCT member_id) < count(*) THEN 'shares:shared_twice'
                 WHEN sum(percent) <> 100 THEN 'shares:shares_not_whole:' || trim_scale(sum(percent)) END AS problem
        FROM (SELECT row_number, place, who, member.id AS member_id,
                CASE WHEN percent ~ '^[0-9]{{1,3}}([.][0-9]{{1,6}})?$' THEN percent::numeric END AS percent
            FROM (SELECT row_number, place, btrim(substring(part from '^(.*):')) AS who,
                    btrim(substring(part from '[^:]*$')) AS percent
                FROM import_read, string_to_table(shares, ';') WITH ORDINALITY AS split(part, place)) split
            LEFT JOIN ({MEMBERS}) member ON member.key = who) named
        GROUP BY row_number
        """

    # --- import_row -------------------------------------------------------------------------------------------

    def resolve(self) -> str:
        """Values to whole rows: references found, empty cells filled, rows of the table recognized."""
        rules = ", ".join(
            f"CASE WHEN {rule.wrong} THEN {literal(f'{rule.column}:{rule.code}')} END" for rule in self.kind.rules
        )
        broken = f"array_remove(ARRAY[{rules}]::text[], NULL)" if rules else "'{}'::text[]"
        names = ", ".join(f"row.{name}" for name in ["row_number", "target_id", *self.fields(), *self.extras()])
        return f"""
        CREATE TEMP TABLE import_row ON COMMIT DROP AS
        SELECT *, CASE WHEN problems <> '{{}}' THEN 'wrong' WHEN target_id IS NULL THEN 'new'
                       WHEN differs THEN 'changed' ELSE 'unchanged' END AS change
        FROM (SELECT {names}, row.differs,
                CASE WHEN row.problems <> '{{}}' THEN row.problems ELSE {broken} END AS problems
            FROM ({self.rows()} OFFSET 0) AS row OFFSET 0) AS checked
        """

    def rows(self) -> str:
        fields = self.fields()
        chosen = [f"{value} AS {name}" for name, value in {**fields, **self.extras()}.items()]
        unlike = [f"({value}) IS DISTINCT FROM existing.{name}" for name, value in fields.items()]
        unlike += [f"(read.{quoted(c)} IS NOT NULL AND {c.name}_ref.id IS NULL)" for c in self.made if self.has(c.name)]
        return f"""
        SELECT read.row_number, {self.target()} AS target_id, {", ".join(chosen)}, {self.differs(unlike)} AS differs,
            read.problems || array_remove(ARRAY[{", ".join(self.mistaken())}]::text[], NULL) AS problems
        FROM import_read read {self.lookups()} {self.doubles()} {self.match()} {self.kind.joins}
        """

    def target(self) -> str:
        return "coalesce(existing.id, alias.company_id)" if self.kind.aliases else "existing.id"

    def differs(self, unlike: list[str]) -> str:
        """What has become part of another row is recognized and changes nothing there."""
        differs = " OR ".join(unlike)
        return f"(existing.id IS NOT NULL AND ({differs}))" if self.kind.aliases else differs

    @property
    def made(self) -> list[Column]:
        return [column for column in self.stored if column.reference and column.reference.made]

    def fields(self) -> dict[str, str]:
        """Field of the table -> its value as the row will stand."""
        found = {column.stored_in: self.standing(column) for column in self.stored} | self.kind.computed
        if self.shared:
            for name, part in (("credit_members", "share.members"), ("credit_shares", "share.parts")):
                found[name] = part if self.has("shares") else f"existing.{name}"
        if self.kind.custom:
            found["custom"] = self.custom_value()
        return found

    def extras(self) -> dict[str, str]:
        """What rules and later statements also want to see, beside the fields."""
        keys = {f"{column.stored_in}_key": f"read.{quoted(column)}" for column in self.made}
        return {**keys, **self.kind.seen}

    def standing(self, column: Column) -> str:
        """A cell, or what an empty cell means, or (no such column) what stands in the table."""
        written = f"{column.name}_ref.id" if column.reference else f"read.{quoted(column)}"
        if not self.has(column.name):
            return f"CASE WHEN existing.id IS NULL THEN {column.default} ELSE existing.{column.stored_in} END"
        return written if column.default == "NULL" else f"coalesce({written}, {column.default})"

    def custom_value(self) -> str:
        """The organization's own fields: those of the file are set or emptied, the others stay."""
        kept = "coalesce(existing.custom, '{}')"
        if not self.custom:
            return kept
        keys = [literal(column.name.removeprefix("custom.")) for column in self.custom]
        cells = [f"read.{quoted(column)}" for column in self.custom]
        pairs = ", ".join(f"{key}, {cell}" for key, cell in zip(keys, cells, strict=True))
        return f"({kept} - ARRAY[{', '.join(keys)}]) || jsonb_strip_nulls(jsonb_build_object({pairs}))"

    def identity(self, row: str = "read") -> list[str]:
        """The values that identify a row of the file, an empty cell standing for its default."""
        found = []
        for column in map(self.kind.column, self.kind.identity):
            if not self.has(column.name):
                found.append(column.default)
            elif column.default == "NULL":
                found.append(f"{row}.{quoted(column)}")
            else:
                found.append(f"coalesce({row}.{quoted(column)}, {column.default})")
        return found

    def mistaken(self) -> list[str]:
        """What is wrong with the references and the identity of a row."""
        found = ["CASE WHEN read.row_number > double.first_row THEN '*:duplicate:' || double.first_row END"]
        found += [
            f"CASE WHEN read.row_number > {name}_double.first_row"
            f" THEN {literal(name + ':duplicate:')} || {name}_double.first_row END"
            for name in self.kind.also_unique
            if self.has(name)
        ]
        for column in self.stored:
            if column.reference and not column.reference.made and self.has(column.name):
                within = column.reference.within
                asked = f" AND {within}_ref.id IS NOT NULL" if within else ""
                found.append(
                    f"CASE WHEN read.{quoted(column)} IS NULL OR {column.name}_ref.id IS NOT NULL THEN NULL"
                    f" WHEN {column.name}_ref.key IS NOT NULL THEN {literal(column.name + ':ambiguous_reference')}"
                    f" WHEN true{asked} THEN {literal(column.name + ':unknown_reference')} END"
                )
        return [*found, "share.problem"] if self.shared else found

    def lookups(self) -> str:
        joins = []
        for column in self.stored:
            if column.reference and self.has(column.name):
                name, within = f"{column.name}_ref", column.reference.within
                inside = f" AND {name}.within_id = {within}_ref.id" if within else ""
                joins.append(
                    f"LEFT JOIN ({column.reference.rows}) {name} ON {name}.key = read.{quoted(column)}{inside}"
                )
        if self.shared:
            joins.append("LEFT JOIN import_share share ON share.row_number = read.row_number")
        return " ".join(joins)

    def doubles(self) -> str:
        """Rows of the file that an earlier one has identified already."""
        found = [self.double("double", self.identity("twin"), self.identity())]
        found += [
            self.double(f"{name}_double", [f'twin."{name}"'], [f'read."{name}"'])
            for name in self.kind.also_unique
            if self.has(name)
        ]
        return " ".join(found)

    def double(self, name: str, theirs: list[str], ours: list[str]) -> str:
        keys = ", ".join(f"{key} AS k{number}" for number, key in enumerate(theirs))
        numbers = ", ".join(str(number) for number in range(1, len(theirs) + 1))
        alike = " AND ".join(f"{name}.k{number} = {key}" for number, key in enumerate(ours))
        return (
            f"LEFT JOIN (SELECT {keys}, min(row_number) AS first_row FROM import_read twin GROUP BY {numbers}"
            f" HAVING count(*) > 1) {name} ON {alike}"
        )

    def match(self) -> str:
        """The row of the table that a row of the file means."""
        same = ["existing.organization_id = %(organization)s"]
        if self.kind.has_source:
            same.append("existing.source = %(source)s")
        for name, value in zip(self.kind.identity, self.identity(), strict=True):
            column = self.kind.column(name)
            same.append(f"existing.{column.stored_in} = {f'{name}_ref.id' if column.reference else value}")
        found = f"LEFT JOIN {self.kind.table} existing ON {' AND '.join(same)}"
        if self.kind.aliases:
            found += f" LEFT JOIN {self.kind.aliases} alias ON {' AND '.join(same).replace('existing.', 'alias.')}"
        return found

    # --- writing ----------------------------------------------------------------------------------------------

    def lock(self) -> str:
        """Takes the rows that will change, in the order of their ids, so that two writers wait and never deadlock."""
        return (
            f"SELECT count(*) FROM (SELECT target.id FROM {self.kind.table} target JOIN import_row row"
            " ON row.target_id = target.id WHERE target.organization_id = %(organization)s AND row.change = 'changed'"
            " ORDER BY target.id FOR UPDATE OF target) taken"
        )

    def update(self) -> str:
        pairs = ", ".join(f"{name} = row.{name}" for name in self.fields())
        return (
            f"UPDATE {self.kind.table} target SET {pairs} FROM import_row row"
            " WHERE target.organization_id = %(organization)s AND target.id = row.target_id AND row.change = 'changed'"
        )

    def insert(self) -> str:
        fields = list(self.fields())
        extra = {"organization_id": "%(organization)s", **self.kind.once}
        if self.kind.has_source:
            extra["source"] = "%(source)s"
        return (
            f"INSERT INTO {self.kind.table} ({', '.join([*extra, *fields])})"
            f" SELECT {', '.join([*extra.values(), *(f'row.{name}' for name in fields)])}"
            " FROM import_row row WHERE row.change = 'new' ORDER BY row.row_number"
        )


def quoted(column: Column, more: str = "") -> str:
    return f'"{column.name}{more}"'
