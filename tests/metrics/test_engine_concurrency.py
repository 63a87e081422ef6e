"""Many at once: writers with slow commits and rollbacks, folders, recounts, auditors, on connections of their own."""

import random
import threading
from datetime import date, timedelta

import psycopg
from django.db import connection, connections
from django.db.models.functions import Now

from crm.models import SaleLine
from lib.periods import Period
from metrics import engine, figures, verify
from metrics.models import Change, Figure
from metrics.populations import Population
from tests import world

WRITERS, TRANSACTIONS = 3, 80
FIRST = date(2026, 1, 1)
INSERT = """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id,
    quantity, gross, net, currency) VALUES (%s, '', %s, %s, %s, %s, %s, 1, %s, %s, 'EUR')"""


class Storm:
    """The threads, and what went wrong in any of them."""

    def __init__(self, cast):
        self.cast, self.organization_id = cast, cast.organization.pk
        self.writing = threading.Event()
        self.errors: list[BaseException] = []
        self.audits = 0

    def run(self, *jobs) -> None:
        self.writing.set()
        writers = [threading.Thread(target=self.guarded, args=(self.write, n)) for n in range(WRITERS)]
        others = [threading.Thread(target=self.guarded, args=(job,)) for job in jobs]
        for thread in writers + others:
            thread.start()
        for thread in writers:
            thread.join()
        self.writing.clear()
        for thread in others:
            thread.join()
        assert self.errors == []

    def guarded(self, job, *arguments) -> None:
        try:
            job(*arguments)
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()

    def write(self, number: int) -> None:
        """Inserts, corrections and deletions of this writer's own lines; some commits are slow, some never come."""
        dice = random.Random(number)
        parameters = connection.get_connection_params()
        known = {k: parameters[k] for k in ("host", "port", "user", "password", "dbname") if parameters.get(k)}
        with psycopg.connect(**known) as writer:
            for step in range(TRANSACTIONS):
                writer.execute("SELECT set_config('app.organization_id', %s, true)", [str(self.organization_id)])
                self.change(writer, dice, f"W{number}", step)
                writer.execute("SELECT pg_sleep(%s)", [dice.choice([0, 0, 0.004, 0.02])])
                writer.rollback() if dice.random() < 0.15 else writer.commit()

    def change(self, writer, dice: random.Random, document: str, step: int) -> None:
        owner = dice.choice([self.cast.rita, self.cast.ravi]).pk
        day, net = FIRST + timedelta(days=dice.randrange(40)), dice.randrange(-50, 200)
        for n in range(dice.choice([1, 1, 5])):
            company = dice.choice([self.cast.alfreds, self.cast.bolido]).pk
            line = [self.organization_id, document, step * 10 + n, day, owner, company, net, net]
            writer.execute(INSERT, line)
        if dice.random() < 0.6:
            correct = "UPDATE crm_saleline SET owner_id = %s, day = %s, net = net + 1"
            which = "WHERE document = %s AND line_number %% 7 = %s"
            writer.execute(f"{correct} {which}", [owner, day, document, dice.randrange(7)])
        if dice.random() < 0.3:
            writer.execute("DELETE FROM crm_saleline WHERE document = %s AND line_number %% 11 = %s", [document, 3])

    def fold(self) -> None:
        while self.writing.is_set():
            engine.settle(self.organization_id)

    def recount(self) -> None:
        """Asks for recounts again and again, so that they run between the writers' commits."""
        while self.writing.is_set():
            with world.opened(self.cast):
                Figure.objects.update(stale_since=Now())
            engine.settle(self.organization_id)

    def audit(self) -> None:
        """What is kept plus what is pending equals the facts, in single snapshots, while all this goes on."""
        while self.writing.is_set():
            with verify.one_snapshot(self.organization_id):
                assert not Change.objects.exists()
                live = list(Figure.objects.filter(is_live=True).select_related("segment"))
                readings = figures.read([figure.pk for figure in live])
                for figure in live:
                    assert readings[figure.pk].value == verify.recount(figure)
                    self.audits += 1


def define_figures(cast) -> None:
    populations = [Population("member", cast.rita.pk), Population("team", cast.team.pk), Population("organization")]
    for population in [*populations, figures.company_set([cast.alfreds.pk])]:
        for measure, tree in [("sales_net", None), ("sale_lines", {"field": "net", "at_least": "50"})]:
            period = Period(FIRST, FIRST + timedelta(days=31))
            figures.define(measure=measure, segment=tree, population=population, period=period)


def test_figures_stay_exact_while_everybody_writes_folds_and_recounts(committed_northwind):
    with world.opened(committed_northwind):
        define_figures(committed_northwind)
    storm = Storm(committed_northwind)
    engine.settle(storm.organization_id)
    storm.run(storm.fold, storm.fold, storm.recount, storm.audit)
    engine.settle(storm.organization_id)
    with world.opened(committed_northwind):
        assert SaleLine.objects.count() > WRITERS * TRANSACTIONS / 2
        for figure in Figure.objects.select_related("segment"):
            assert figure.value == verify.recount(figure)
        assert Figure.objects.exclude(value=0).count() == 8
    assert storm.audits >= 16
