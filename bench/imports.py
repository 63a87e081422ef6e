"""A file of sale lines through the product, beside raw COPY into the same table."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connection, connections

from bench import data
from crm.imports.services import Order, import_file
from crm.models import ImportState
from tenants.scope import open_organization

PEOPLE = 200
NAME = """
UPDATE tenants_member SET external_id = 'E' || id WHERE organization_id = {organization};
UPDATE crm_company SET external_id = 'C' || id WHERE organization_id = {organization};
UPDATE crm_product SET external_id = 'P' || id WHERE organization_id = {organization};
"""
# The same lines twice: as a table keeps them, and as a file names them. {more} corrects one line of a hundred.
LINES = """
SELECT {columns} FROM generate_series(0, {lines} - 1) g
JOIN (SELECT id, row_number() OVER () n FROM tenants_member
      WHERE organization_id = {organization} AND role = 'rep') m ON g % {people} + 1 = m.n
JOIN (SELECT id, row_number() OVER () n FROM crm_company
      WHERE organization_id = {organization}) c ON g % ({people} * 20) + 1 = c.n
JOIN (SELECT id, row_number() OVER () n FROM crm_product
      WHERE organization_id = {organization}) p ON g % 1000 + 1 = p.n
ORDER BY g
"""
SAID = """'INV-' || g / 4 AS document, g % 4 + 1 AS line, date '2024-01-01' + (g::bigint * 1096 / {lines})::int AS day,
'E' || m.id AS person, 'C' || c.id AS company, 'P' || p.id AS product, 1 + g % 9 AS quantity, g % 977 AS gross,
g % 977 * 0.9 + {more} AS net, g % 977 * 0.5 AS cost"""
KEPT = """{organization}, '', 'INV-' || g / 4, g % 4 + 1, date '2024-01-01' + (g::bigint * 1096 / {lines})::int, m.id,
c.id, p.id, 1 + g % 9, g % 977, g % 977 * 0.9 + {more}, g % 977 * 0.5, 'EUR'"""
FIELDS = """organization_id, source, document, line_number, day, owner_id, company_id, product_id, quantity, gross, net,
cost, currency"""
ONE_PERCENT = "CASE g % 100 WHEN 0 THEN 1 ELSE 0 END"
BLIND = f"""
INSERT INTO crm_saleline ({FIELDS}) SELECT {FIELDS} FROM again
ON CONFLICT (organization_id, source, document, line_number) DO UPDATE SET day = excluded.day,
owner_id = excluded.owner_id, company_id = excluded.company_id, product_id = excluded.product_id,
quantity = excluded.quantity, gross = excluded.gross, net = excluded.net, cost = excluded.cost
"""
SUMS = "SELECT count(*), sum(net), sum(quantity), max(day) FROM crm_saleline"


class ImportBench:
    """One organization, its file, and the clock. Empties the table of sale lines of the benchmark's database."""

    def __init__(self, *, lines: int):
        self.lines = lines

    def run(self) -> int:
        call_command("migrate", verbosity=0)
        few = -(-self.lines // 100)
        with TemporaryDirectory() as folder, self.organization():
            self.folder = Path(folder)
            said, changed = self.write("said", SAID, "0"), self.write("changed", SAID, ONE_PERCENT)
            kept, corrected = self.write("kept", KEPT, "0"), self.write("corrected", KEPT, ONE_PERCENT)
            print(f"\n{self.lines:,} sale lines, a file of {said.stat().st_size / 1e6:.0f} MB")
            limit = self.timed("COPY, indexes only", lambda: self.copy(kept, "plain"))
            raw = self.timed("COPY, indexes, foreign keys, triggers", lambda: self.copy(kept, "crm_saleline"))
            wanted = self.sums()
            self.empty()
            ours = self.timed("import: new", lambda: self.load(said, new=self.lines))
            same = self.sums() == wanted
            self.timed("import: the same file again", lambda: self.load(said, unchanged=self.lines))
            one = self.timed("import: 1 % changed", lambda: self.load(changed, changed=few, unchanged=self.lines - few))
            blind = self.timed("blind upsert of all, 1 % changed", lambda: self.upsert(corrected))
        print(f"{'import against COPY (indexes, keys, triggers)':<46}{raw / ours:>9.2f} of its rows/s")
        print(f"{'import against COPY (indexes only)':<46}{limit / ours:>9.2f} of its rows/s")
        print(f"{'1 % changed against a blind upsert':<46}{one / blind:>9.2f} of its time")
        print(f"the table {'is the same' if same else 'DIFFERS'} both ways")
        return 0 if same and raw / ours >= 1 / 3 else 1

    def timed(self, label: str, work) -> float:
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        print(f"{label:<46}{seconds:>9.1f} s{self.lines / seconds:>12,.0f} rows/s", flush=True)
        return seconds

    @contextmanager
    def organization(self):
        """One with people, companies and products; the owner's COPY is let past the policies of one table."""
        self.organization_id = data.make_organization(people=PEOPLE)
        self.owner = connections["owner"].cursor()
        with open_organization(self.organization_id), connection.cursor() as cursor:
            for statement in NAME.strip().split("\n"):
                cursor.execute(statement.format(organization=self.organization_id))
        self.owner.execute("ANALYZE")
        self.owner.execute("ALTER TABLE crm_saleline NO FORCE ROW LEVEL SECURITY")
        self.owner.execute("DROP TABLE IF EXISTS plain")
        self.owner.execute("CREATE TABLE plain (LIKE crm_saleline INCLUDING ALL)")
        self.empty()
        try:
            yield
        finally:
            self.empty()
            self.owner.execute("DROP TABLE plain")
            self.owner.execute("ALTER TABLE crm_saleline FORCE ROW LEVEL SECURITY")

    def empty(self) -> None:
        self.owner.execute("TRUNCATE plain, crm_saleline, crm_saleline_journal")
        self.owner.execute("VACUUM ANALYZE crm_company, crm_product, tenants_member, crm_saleline")

    def write(self, name: str, columns: str, more: str) -> Path:
        """Lines as a CSV file; those for COPY without a header."""
        path = self.folder / f"{name}.csv"
        values = {"lines": self.lines, "organization": self.organization_id, "people": PEOPLE}
        query = LINES.format(columns=columns.format(more=more, **values), **values)
        header = ", HEADER" if columns is SAID else ""
        with path.open("wb") as file, self.owner.copy(f"COPY ({query}) TO STDOUT (FORMAT csv{header})") as copy:
            for piece in copy:
                file.write(piece)
        return path

    def copy(self, path: Path, table: str) -> None:
        with path.open("rb") as file, self.owner.copy(f"COPY {table} ({FIELDS}) FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(1 << 16):
                copy.write(piece)

    def upsert(self, path: Path) -> None:
        self.owner.execute("BEGIN")
        self.owner.execute("CREATE TEMP TABLE again (LIKE crm_saleline) ON COMMIT DROP")
        self.owner.execute("ALTER TABLE again ALTER id DROP NOT NULL")
        self.copy(path, "again")
        self.owner.execute(BLIND)
        self.owner.execute("COMMIT")

    def load(self, path: Path, **wanted: int) -> None:
        order = Order("sale_lines", datetime.now(UTC), file_name=path.name)
        with path.open("rb") as file:
            run = import_file(actor=None, organization_id=self.organization_id, file=file, order=order)
        counts = {name: getattr(run, f"{name}_count") for name in ("new", "changed", "unchanged", "wrong")}
        expected = dict.fromkeys(counts, 0) | wanted
        if run.state != ImportState.APPLIED or counts != expected:
            raise RuntimeError(f"{run.state}: {counts}, not {expected}")

    def sums(self) -> tuple:
        self.owner.execute(SUMS)
        return self.owner.fetchone()
