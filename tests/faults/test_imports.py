"""An import that is killed again and again comes to the end of one that nobody disturbed, and is applied once."""

import io
import random
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now

from audit.models import Entry
from crm import tasks
from crm.imports import work
from crm.imports.services import Order, accept, import_file, try_again
from crm.models import Import, ImportChunk, ImportState, SaleLine
from lib.periods import Period
from metrics import engine, figures, verify
from metrics.journal import journal_of
from metrics.populations import Population
from tenants.models import Member
from tenants.scope import open_organization
from tenants.services import create_organization
from tests.faults import importing
from tests.faults.lengths import IS_LONG, dice
from tests.faults.waiting import wait_for

AT = datetime(2026, 11, 20, 11, tzinfo=UTC)
LINES, KILLS = (4000, 50) if IS_LONG else (2000, 8)
WORDS = ("state", "row_count", "new_count", "changed_count", "unchanged_count", "wrong_count", "sha256", "byte_count")
CONTENTS = """
SELECT count(*), md5(string_agg(concat_ws('|', line.document, line.line_number, line.day, member.external_id,
    company.external_id, line.quantity, line.gross, line.net, line.cost, line.currency), E'\\n'
    ORDER BY line.document, line.line_number))
FROM crm_saleline line JOIN crm_company company ON company.id = line.company_id
LEFT JOIN tenants_member member ON member.id = line.owner_id
"""


@pytest.fixture
def two(transactional_db, monkeypatch):
    """Two organizations with the same people and companies: one to be disturbed, one to be left in peace. Hints to
    workers are lost: whoever works on an import is started by the test."""
    monkeypatch.setattr(tasks.run_import, "delay", lambda *ids: None)
    return [furnished(slug) for slug in ("disturbed", "quiet")]


def furnished(slug: str) -> int:
    organization_id = create_organization(slug=slug, name=slug, admin_email=f"admin@{slug}.example").pk
    people = "".join(f"p{n}@{slug}.example,Person {n},E{n}\n" for n in range(20))
    companies = "".join(f"C{n},Company {n}\n" for n in range(200))
    files = {"members": f"email,name,external_id\n{people}", "companies": f"external_id,name\n{companies}"}
    for kind, text in files.items():
        order, file = Order(kind, AT, file_name=f"{kind}.csv"), io.BytesIO(text.encode())
        assert import_file(actor=None, organization_id=organization_id, file=file, order=order).state == "applied"
    with open_organization(organization_id):
        year = Period(date(2026, 1, 1), date(2027, 1, 1))
        figures.define_many([figures.Definition("sales_net", None, Population("organization"), year)])
    return organization_id


def write(path: Path, number: int) -> None:
    """The file of a round: half of its lines are those of the round before, some of them corrected; some are wrong."""
    rows = ["document,line,day,person,company,quantity,gross,net,cost"]
    for n in range(number * LINES // 2, number * LINES // 2 + LINES):
        net = f"{n % 977}.{number if n % 50 == 0 else 0}25"
        company = "NOBODY" if n % 400 == 7 else f"C{n % 200}"
        rows.append(f"INV-{n // 4},{n % 4 + 1},2026-{n % 12 + 1:02}-15,E{n % 20},{company},{n % 9 + 1},{net},{net},1.5")
    path.write_text("\n".join(rows))


class Disturbed:
    """The import of one file, and who kills whoever works on it."""

    def __init__(self, organization_id: int, path: Path, dice: random.Random):
        self.organization_id, self.path, self.dice = organization_id, path, dice
        self.database = connection.settings_dict["NAME"]
        self.order = Order("sale_lines", AT, file_name=path.name, valid_rows=True)
        self.killed: list[str] = []

    def run(self) -> Import | None:
        with open_organization(self.organization_id):
            return Import.objects.filter(file_name=self.path.name).first()

    def step(self, *, kill_within: float | None) -> None:
        """Does what is due as somebody would; kills the process at some point, unless it was faster."""
        run = self.run()
        state = run.state if run else None
        if state == ImportState.CHECKED:
            self.decide(accept, valid_rows=True)
        elif state == ImportState.FAILED:
            self.decide(try_again)
        else:
            process = self.start(run, state)
            process.join(None if kill_within is None else self.dice.uniform(0, kill_within))
            process.kill()
            process.join()
            assert process.exitcode in (0, -9)
            self.killed += [state or "begun"] * (process.exitcode == -9)
            self.let_time_pass()

    def start(self, run: Import | None, state: str | None):
        if run is None:
            return importing.start(self.database, importing.load, self.organization_id, self.path, self.order)
        if state == ImportState.RECEIVING:
            return importing.start(self.database, importing.resume, self.organization_id, run.pk, self.path)
        return importing.start(self.database, importing.carry_on, self.organization_id, run.pk)

    def decide(self, verb, **options) -> None:
        with open_organization(self.organization_id):
            run = Import.objects.get(file_name=self.path.name)
            if verb is try_again:
                assert run.problems.get().code == "broke_off"
            verb(actor=Member.objects.first(), run=run, **options)

    def let_time_pass(self) -> None:
        """Half a minute later leases are over; the database has noticed that a client died, and lets its locks go."""
        wait_for(self.nobody_works, seconds=30, what="the database notices that its client died")
        with open_organization(self.organization_id):
            owed = Import.objects.filter(state__in=work.OWED, lease_until__gt=Now())
            owed.update(lease_until=Now() - timedelta(seconds=1))

    def nobody_works(self) -> bool:
        with open_organization(self.organization_id):
            free = Import.objects.select_for_update(skip_locked=True).count()
            return free == Import.objects.count()


def contents(organization_id: int) -> tuple:
    with open_organization(organization_id), connection.cursor() as cursor:
        cursor.execute(CONTENTS)
        return cursor.fetchone()


def test_a_killed_import_ends_as_one_that_was_left_in_peace(two, tmp_path):
    disturbed, quiet = two
    seed, thrown = dice()
    killed, number = [], 0
    longest = 0.0
    while len(killed) < KILLS:
        path = tmp_path / f"round-{number}.csv"
        write(path, number)
        began = time.monotonic()
        clean = load_quietly(quiet, path)
        longest = max(longest, time.monotonic() - began)
        imported = Disturbed(disturbed, path, thrown)
        while (run := imported.run()) is None or run.state != ImportState.APPLIED:
            may_kill = len(killed) + len(imported.killed) < KILLS
            imported.step(kill_within=longest if may_kill else None)
        assert [getattr(run, word) for word in WORDS] == [getattr(clean, word) for word in WORDS]
        assert contents(disturbed) == contents(quiet)
        killed += imported.killed
        number += 1
    print(f"\nseed {seed}: {number} imports, {len(killed)} kills, by state: {dict(Counter(killed))}")
    for organization_id in two:
        check_what_is_left(organization_id, number)


def load_quietly(organization_id: int, path: Path) -> Import:
    with path.open("rb") as file:
        order = Order("sale_lines", AT, file_name=path.name, valid_rows=True)
        return import_file(actor=None, organization_id=organization_id, file=file, order=order)


def check_what_is_left(organization_id: int, number: int) -> None:
    """Each import is on the record once; nothing waits in the journal, no figure is wrong, no bytes stay behind."""
    engine.settle(organization_id)
    assert verify.compare(organization_id).wrong == []
    with open_organization(organization_id), connection.cursor() as cursor:
        for run in Import.objects.filter(kind="sale_lines"):
            assert Entry.objects.filter(action="imported", target_id=run.pk).count() == 1
            assert run.wrong_rows.count() == run.problems.count() == run.wrong_count > 0
        assert Entry.objects.filter(action="imported").count() == number + 2
        assert not ImportChunk.objects.exists()
        cursor.execute(f"SELECT count(*) FROM {journal_of(SaleLine._meta.db_table)}")
        assert cursor.fetchone() == (0,)
