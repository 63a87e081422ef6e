"""Everything breaks while people work: afterwards every fact is there once and every figure is exact."""

import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from ops.state import ROOT
from tests.faults.installation import Installation
from tests.faults.lengths import dice, rounds
from tests.faults.moods import Moody
from tests.faults.posting import Post, SummaryStream
from tests.faults.streams import ImportStream, Prober, SqlStream, Stream, WebStream
from tests.faults.waiting import wait_for

SETTLES_WITHIN = 60  # seconds: a hint that was lost is sent again, a worker that was killed is there again
SLACK = 4.0  # seconds that a page may take to come back after the database: the pool's patience and a second
TALKATIVE = 150  # lines that a program may say about one round of faults

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def lives(host: str) -> list[str]:
    """What docker-compose.yml asks its worker, asked of a worker of this machine."""
    asked = COMPOSE["worker"]["healthcheck"]["test"][1].replace("celery@$$HOSTNAME", host)
    return [sys.executable, *asked.split()[1:]]


OWED = """SELECT (SELECT count(*) FROM crm_saleline_journal) + (SELECT count(*) FROM crm_activity_journal)
    + (SELECT count(*) FROM crm_opportunity_journal) + (SELECT count(*) FROM crm_company_journal)
    + (SELECT count(*) FROM metrics_change) + (SELECT count(*) FROM metrics_engine WHERE is_stale)
    + (SELECT count(*) FROM metrics_figure WHERE is_live AND stale_since IS NOT NULL)"""

TODAY = "SELECT (now() AT TIME ZONE time_zone)::date FROM tenants_organization"


class Storm:
    """The installation, who writes and reads in it, and the faults."""

    def __init__(self, installation: Installation):
        self.installation = installation
        self.seed, self.dice = dice()
        self.stopping = threading.Event()
        self.scene = installation.run_script("scene")
        given = [installation, self.scene]
        self.web = [WebStream(*given, self.seed + 1, self.stopping, who=who) for who in ("rita", "ravi")]
        self.sql = SqlStream(*given, self.seed + 2, self.stopping)
        self.files = ImportStream(*given, self.seed + 3, self.stopping)
        self.summaries = SummaryStream(*given, self.seed + 5, self.stopping)
        self.prober = Prober(*given, self.seed + 4, self.stopping)

    @property
    def streams(self) -> list[Stream]:
        return [*self.web, self.sql, self.files, self.summaries, self.prober]

    @property
    def faults(self) -> list[Callable[[], None]]:
        return [
            self.kill_worker, self.kill_child, self.wipe_redis, self.kill_redis, self.restart_database,
            self.kill_beat, self.shift_clock,
        ]  # fmt: skip

    def blow(self) -> None:
        """Every fault in a random order, so many times, while the streams go on."""
        threads = [stream.start() for stream in self.streams]
        try:
            for _ in range(rounds(short=1)):
                for fault in self.dice.sample(self.faults, len(self.faults)):
                    time.sleep(self.dice.uniform(0.5, 2))
                    print(f"{time.monotonic():.1f} {fault.__name__}", flush=True)
                    fault()
                    self.installation.start_again()
            time.sleep(1)
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()
        self.installation.start_again()

    def kill_worker(self) -> None:
        name = self.dice.choice(["one", "two"])
        self.installation.kill(f"worker {name}")
        self.installation.start_worker(name)

    def kill_child(self) -> None:
        name = f"worker {self.dice.choice(['one', 'two'])}"
        wait_for(lambda: self.installation.kill_child(name), seconds=30, what="a process of the pool")

    def kill_beat(self) -> None:
        self.installation.kill("beat")
        self.installation.start_beat()

    def wipe_redis(self) -> None:
        self.installation.forget_redis()

    def kill_redis(self) -> None:
        self.installation.restart_redis(away=self.dice.uniform(0.5, 2))

    def restart_database(self) -> None:
        self.installation.restart_database(away=self.dice.uniform(0, 1.5))

    def shift_clock(self) -> None:
        """A worker whose clock is hours or a day wrong."""
        name = self.dice.choice(["one", "two"])
        self.installation.kill(f"worker {name}")
        self.installation.start_worker(name, shift=self.dice.choice([-7200, 7200, 86400]))

    def everything_is_settled(self) -> bool:
        return self.installation.ask(OWED) == [(0,)]

    def longest_gap_beyond_the_restart(self) -> float:
        """How many seconds a page stayed broken longer than the database was away."""
        longest = 0.0
        for began, ended in self.prober.gaps():
            away = [until - start for start, until in self.installation.outages if start < ended and began < until]
            longest = max(longest, ended - began - sum(away))
        return longest


@pytest.fixture
def mail_server() -> Iterator[Moody]:
    with Moody(dice()[1], silence=1.5) as server:
        yield server


@pytest.fixture
def installation(mail_server) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="attain-storm-") as folder:
        Path(folder).chmod(0o755)
        running = Installation(Path(folder), mail_port=mail_server.port)
        try:
            running.start()
            yield running
        finally:
            running.end()


def test_after_a_storm_every_fact_and_every_mail_is_there_once_and_every_figure_is_exact(installation, mail_server):
    storm = Storm(installation)
    began_on = installation.ask(TODAY)
    print(f"ATTAIN_FAULTS_SEED={storm.seed}")
    storm.blow()
    assert [met for stream in storm.streams for met in stream.met] == []
    assert installation.ended_by_themselves() == []
    assert installation.unreadable_lines() == []
    assert max(installation.lines_said().values()) < TALKATIVE * rounds(short=1), installation.lines_said()

    began = time.monotonic()
    wait_for(storm.everything_is_settled, seconds=SETTLES_WITHIN, what="journals, changes and stale figures to go")
    settled = time.monotonic() - began

    post = Post(installation, mail_server, storm.scene)
    post.empty(seconds=SETTLES_WITHIN)
    states, turns = post.told(), post.turns()
    assert set(turns["by hand"]) == set(storm.summaries.keys)
    assert {*turns["by hand"].values(), *turns["by the calendar"].values()} == {storm.scene["recipients"]}
    assert set(turns["by the calendar"]) == set(map(str, storm.scene["agreements"]))
    assert began_on != installation.ask(TODAY) or post.runs() == {("done", 1), ("skipped", 3)}

    logged = {key: member for stream in storm.web for key, member in stream.logged.items()}
    assert dict(installation.ask("SELECT external_id, owner_id FROM crm_activity")) == logged
    lines = installation.ask("SELECT line_number, owner_id, day, net FROM crm_saleline WHERE document = 'SQL'")
    assert {line[0]: line[1:] for line in lines} == storm.sql.lines and len(lines) == len(storm.sql.lines)
    loaded = "SELECT document, count(*) FROM crm_saleline WHERE document LIKE 'FILE-%' GROUP BY 1"
    assert dict(installation.ask(loaded)) == storm.files.documents

    installation.run(*lives(f"one@{socket.gethostname()}"))
    recounted = installation.run_script("recount")
    assert recounted == {"figures": 51, "wrong": []}
    gap = storm.longest_gap_beyond_the_restart()
    print(f"{dict(states)} mails, {dict(mail_server.moods)}")
    print(
        f"{len(logged)} visits by web, {storm.sql.number} lines by SQL, {sum(storm.files.documents.values())} by file;"
        f" {len(storm.prober.seen)} pages; settled after {settled:.1f} s; longest gap beyond a restart {gap:.1f} s"
    )
    assert min(len(logged), storm.sql.number, len(storm.files.documents), len(turns["by hand"])) > 0
    assert gap <= SLACK
