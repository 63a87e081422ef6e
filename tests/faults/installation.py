"""A whole installation of its own as real processes: PostgreSQL, Valkey, web, two workers, beat. Made to be broken."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from ops import environment, programs, roles
from ops.ports import Ports
from ops.processes import Program, launch
from ops.services import Postgres, Valkey
from ops.state import ROOT, State
from tests.faults.waiting import wait_for

SHIFTED = ROOT / "tests/faults/shifted"
OWN = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "EMAIL_URL": "dummymail://",
    "LOG_LEVEL": "WARNING",
    "LOG_FORMAT": "json",
}


GAVE_UP = "Could not start worker processes"
SPEAKERS = ("web", "worker one", "worker two", "beat")


def is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Installation:
    """Its programs by name, and how each is started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    mail_port: int = 0  # of a mail server; none: mails go nowhere
    programs: dict[str, Program] = field(default_factory=dict)
    outages: list[tuple[float, float]] = field(default_factory=list)  # when the database was away

    def __post_init__(self):
        self.state = State("storm", root=self.folder)
        self.state.claim()
        self.postgres, self.valkey = Postgres(self.state, durable=True), Valkey(self.state)
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Everything up and answering, tables made; nothing in them."""
        self.programs["postgres"] = self.postgres.start()
        addresses = roles.provision(self.postgres.superuser_url, passwords=None)
        self.programs["valkey"] = self.valkey.start()
        addresses["REDIS_URL"] = self.valkey.url
        given = environment.product(self.state, addresses, Ports.beside(self.port))
        own = {**OWN, "BASE_URL": f"http://127.0.0.1:{self.port}", "ALLOWED_HOSTS": "127.0.0.1"}
        if self.mail_port:
            own["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail_port}"
        self.env = {**os.environ, **given, **own}
        self.run(*programs.migrate(sys.executable))
        self.run_program("web", programs.web(sys.executable, host="127.0.0.1", port=self.port), programs.WEB)
        for name in ("one", "two"):
            self.start_worker(name)
        self.start_beat()
        wait_for(self.answers, seconds=30, what="the web server's first answer")

    def run(self, *command: str, **given: str) -> str:
        """Runs a program to its end and answers with its output; the test fails where the program does."""
        done = subprocess.run(command, cwd=ROOT, env={**self.env, **given}, capture_output=True, text=True)
        assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def run_script(self, name: str) -> dict:
        """What a script beside this file says on its last line, as JSON."""
        said = self.run(sys.executable, "-m", f"tests.faults.{name}", **programs.BEHIND)
        return json.loads(said.splitlines()[-1])

    def run_program(self, name: str, command: list[str], own: dict[str, str]) -> None:
        with open(self.log(name), "ab") as log:
            env = {**self.env, **own, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
            self.programs[name] = launch(name, command, env=env, output=log, orphan_signal=signal.SIGKILL)

    def start_worker(self, name: str, *, shift: float = 0) -> None:
        """A worker; `shift` is how many seconds its clock is wrong."""
        clock = {"PYTHONPATH": str(SHIFTED), "ATTAIN_TEST_SHIFT": str(shift)} if shift else {}
        self.run_program(f"worker {name}", programs.worker(sys.executable, name=name), {**programs.BEHIND, **clock})

    def start_beat(self) -> None:
        self.run_program("beat", programs.beat(sys.executable, schedule=self.state.path / "beat"), programs.BEHIND)

    def log(self, name: str) -> Path:
        return self.state.path / f"{name}.log"

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def start_again(self) -> None:
        """As docker-compose.yml does: a worker gives up by itself if one of its processes is killed while it starts."""
        for name in ("one", "two"):
            log = self.log(f"worker {name}")
            if not self.programs[f"worker {name}"].is_running() and GAVE_UP in log.read_text()[-2000:]:
                self.start_worker(name)

    def ended_by_themselves(self) -> list[str]:
        """Programs that nobody has ended; each with its last words."""
        ended = [name for name, program in self.programs.items() if not program.is_running()]
        return [f"{name}: {self.log(name).read_text()[-2000:]}" for name in ended]

    def unreadable_lines(self) -> list[str]:
        """What a program said that is no JSON."""
        return [line for name in SPEAKERS for line in self.log(name).read_text().splitlines() if not is_json(line)]

    def lines_said(self) -> dict[str, int]:
        """How much each program has said so far."""
        return {name: len(self.log(name).read_text().splitlines()) for name in SPEAKERS}

    def kill(self, name: str) -> None:
        """Kill -9 of the program and everything it started."""
        self.programs[name].kill()
        self.programs[name].process.wait()

    def kill_child(self, name: str) -> bool:
        """Kill -9 of one process that the program started; False where it has none just now."""
        pid = self.programs[name].process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            return False
        os.kill(int(children[0]), signal.SIGKILL)
        return True

    def restart_database(self, *, away: float) -> None:
        """`pg_ctl -m immediate`, so many seconds of nothing, and up again."""
        began = time.monotonic()
        program = self.programs["postgres"]
        program.process.send_signal(signal.SIGQUIT)
        program.process.wait(20)
        time.sleep(away)
        self.programs["postgres"] = self.postgres.start()
        self.outages.append((began, time.monotonic()))

    def forget_redis(self) -> None:
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()

    def restart_redis(self, *, away: float) -> None:
        self.kill("valkey")
        time.sleep(away)
        self.programs["valkey"] = self.valkey.start()

    def ask(self, query: str, *values) -> list[tuple]:
        """What the superuser sees, past every wall."""
        with psycopg.connect(f"{self.postgres.superuser_url.replace('/postgres?', '/attain?')}") as connection:
            return connection.execute(query, values or None).fetchall()

    def tell(self, statement: str, *values) -> None:
        """Changes rows as the superuser, past every wall."""
        with psycopg.connect(f"{self.postgres.superuser_url.replace('/postgres?', '/attain?')}") as connection:
            connection.execute(statement, values or None)

    def end(self) -> None:
        for name in reversed(self.programs):
            self.programs[name].end(5)
        self.programs.clear()
