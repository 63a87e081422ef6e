"""Who writes and reads while everything breaks: people at their browsers, a program with SQL, files, and a prober.

Each stream sends a fact again until it is acknowledged, as a person or a program would; so at the end every fact that
it counts must be there once.
"""

import csv
import http.client
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import psycopg

from ops import programs
from ops.state import ROOT
from tests.faults.installation import Installation

TOKEN = "a" * 32  # a form's token is right when the cookie says the same
FIRST = date(2026, 1, 1)
PATIENCE = 30.0  # seconds that a browser waits for an answer


@dataclass
class Stream:
    """A thread that goes on until it is told to stop, and what it met."""

    installation: Installation
    scene: dict
    seed: int
    stopping: threading.Event
    met: list[str] = field(default_factory=list)  # what nobody should meet
    heard: str = ""  # why something was not taken
    patience = 60  # seconds until a fact must be taken

    def start(self) -> threading.Thread:
        self.dice = random.Random(self.seed)
        thread = threading.Thread(target=self.guarded, name=type(self).__name__)
        thread.start()
        return thread

    def guarded(self) -> None:
        try:
            while not self.stopping.is_set():
                self.step()
        except Exception as error:
            self.met.append(f"{type(self).__name__}: {type(error).__name__}: {error}")

    def step(self) -> None:
        raise NotImplementedError

    def until_done(self, attempt: Callable[[], bool]) -> None:
        """Tries again until it is done, also after the stream was told to stop: a fact is not left in doubt."""
        until = time.monotonic() + self.patience
        while not attempt():
            assert time.monotonic() < until, f"nothing was taken for {self.patience} s; last heard: {self.heard}"
            time.sleep(0.1)


class Browser:
    """Somebody who has signed in, without script."""

    def __init__(self, port: int, cookie: str, session: str):
        self.port, self.cookies = port, f"{cookie}={session}; csrftoken={TOKEN}"

    def ask(self, method: str, path: str, values: dict | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Raises OSError or HTTPException where no answer comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode({**values, "csrfmiddlewaretoken": TOKEN}) if values else None
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@dataclass
class WebStream(Stream):
    """A person who logs visits; a form is sent again, with its key, until it is taken."""

    who: str = "rita"
    logged: dict[str, int] = field(default_factory=dict)  # key of the form -> member

    def start(self):
        self.browser = Browser(self.installation.port, self.scene["cookie"], self.scene["sessions"][self.who])
        return super().start()

    def step(self) -> None:
        key = str(uuid.uuid4())
        day = FIRST + timedelta(days=self.dice.randrange(40))
        values = {"key": key, "company": self.dice.choice(self.scene["companies"]), "day": day, "note": ""}
        self.until_done(lambda: self.sent(values))
        self.logged[key] = self.scene["members"][self.who]
        time.sleep(self.dice.uniform(0.02, 0.15))

    def sent(self, values: dict) -> bool:
        status, _headers, body = self.browser.ask("POST", "/northwind/log/visit/", values)
        self.heard = f"{status} {body[-500:]!r}"
        if status not in (302, 503):
            self.met.append(f"a visit was answered with {status}: {body[:300]!r}")
        return status == 302


@dataclass
class SqlStream(Stream):
    """A program that writes with SQL: sale lines, corrections, deletions, companies that move; some transactions end in
    nothing."""

    lines: dict[int, tuple[int, date, Decimal]] = field(default_factory=dict)  # number -> owner, day, net
    number: int = 0

    def start(self):
        self.connection: psycopg.Connection | None = None
        return super().start()

    def step(self) -> None:
        self.number += 1
        owner = self.dice.choice(list(self.scene["members"].values()))
        day, net = FIRST + timedelta(days=self.dice.randrange(40)), Decimal(self.dice.randrange(-5000, 20000)) / 100
        self.until_done(lambda: self.written(INSERT, self.number, owner, day, net))
        self.lines[self.number] = (owner, day, net)
        older = self.dice.choice(list(self.lines))
        if self.dice.random() < 0.3:
            self.until_done(lambda: self.written(UPDATE, older, owner, day, net))
            self.lines[older] = (owner, day, net)
        elif self.dice.random() < 0.2:
            self.until_done(lambda: self.written(DELETE, older, owner, day, net))
            del self.lines[older]
        elif self.dice.random() < 0.3:
            self.written(UPDATE, older, owner, day + timedelta(days=1), net + 1, rolled_back=True)
        if self.dice.random() < 0.1:  # no fact changes, but what some figures count does
            self.until_done(lambda: self.written(MOVE, self.number, owner, day, net))
        time.sleep(self.dice.uniform(0, 0.05))

    def written(self, query: str, number: int, owner: int, day: date, net: Decimal, *, rolled_back=False) -> bool:
        values = {
            "organization": self.scene["organization"], "number": number, "owner": owner, "day": day, "net": net,
            "company": self.scene["companies"][number % 2],
        }  # fmt: skip
        try:
            if self.connection is None:
                self.connection = psycopg.connect(self.installation.env["DATABASE_URL"], connect_timeout=5)
            self.connection.execute(BIND, [str(self.scene["organization"])])
            self.connection.execute(query, values)
            self.connection.rollback() if rolled_back else self.connection.commit()
        except psycopg.OperationalError as error:
            self.connection, self.heard = None, str(error)
            return False
        return True


BIND = "SELECT set_config('app.organization_id', %s, true)"
INSERT = """INSERT INTO crm_saleline (organization_id, source, document, line_number, day, owner_id, company_id,
    quantity, gross, net, currency) VALUES (%(organization)s, '', 'SQL', %(number)s, %(day)s, %(owner)s, %(company)s, 1,
    %(net)s, %(net)s, 'EUR') ON CONFLICT DO NOTHING"""
UPDATE = """UPDATE crm_saleline SET owner_id = %(owner)s, day = %(day)s, net = %(net)s
    WHERE organization_id = %(organization)s AND document = 'SQL' AND line_number = %(number)s"""
MOVE = """UPDATE crm_company SET country = CASE country WHEN 'Germany' THEN 'Spain' ELSE 'Germany' END
    WHERE organization_id = %(organization)s AND id = %(company)s"""
DELETE = """DELETE FROM crm_saleline
    WHERE organization_id = %(organization)s AND document = 'SQL' AND line_number = %(number)s"""


@dataclass
class ImportStream(Stream):
    """Somebody who loads files of sale lines with the command, and again until it says that a file is applied."""

    documents: dict[str, int] = field(default_factory=dict)  # document -> lines
    rows: int = 400
    patience = 240  # a file is read anew whenever the database has been away

    def step(self) -> None:
        document = f"FILE-{len(self.documents) + 1}"
        file = self.installation.state.path / f"{document}.csv"
        with open(file, "w", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["document", "line", "day", "company", "person", "quantity", "gross", "net"])
            for line in range(1, self.rows + 1):
                day = FIRST + timedelta(days=self.dice.randrange(40))
                net = Decimal(self.dice.randrange(100, 99999)) / 100
                who, company = self.dice.choice(["E1", "E2", "E3"]), self.dice.choice(["ALFKI", "BOLID"])
                writer.writerow([document, line, day, company, who, 1, net, net])
        self.until_done(lambda: self.loaded(file))
        self.documents[document] = self.rows
        time.sleep(self.dice.uniform(0.5, 1.5))

    def loaded(self, file) -> bool:
        command = [sys.executable, "manage.py", "import_data", "--organization", "northwind", "--kind", "sale_lines"]
        done = subprocess.run(
            [*command, str(file)], cwd=ROOT, env={**self.installation.env, **programs.BEHIND}, capture_output=True,
            text=True,
        )  # fmt: skip
        self.heard = done.stdout[-1000:] + done.stderr[-1000:]
        return done.returncode == 0


@dataclass
class Prober(Stream):
    """Somebody who asks for pages all the time."""

    seen: list[tuple[float, float, str, int]] = field(default_factory=list)  # asked, answered, path, status
    paths: tuple[str, ...] = ("/northwind/", "/northwind/companies/", "/northwind/log/", "/healthz")

    def start(self):
        self.browser = Browser(self.installation.port, self.scene["cookie"], self.scene["sessions"]["marco"])
        return super().start()

    def step(self) -> None:
        for path in self.paths:
            asked = time.monotonic()
            status, headers, body = self.browser.ask("GET", path)
            self.seen.append((asked, time.monotonic(), path, status))
            if status not in (200, 503) or (path == "/healthz" and status != 200):
                self.met.append(f"{path} was answered with {status}: {body[:300]!r}")
            elif status == 503 and not (b"Back in a moment" in body and headers["Retry-After"]):
                self.met.append(f"{path} was refused without words: {body[:300]!r}")
        time.sleep(0.1)

    def gaps(self) -> list[tuple[float, float]]:
        """From asking for a page that was not whole to asking for the next that was; the last one may never end."""
        found: list[tuple[float, float]] = []
        broken = None
        for asked, _answered, path, status in self.seen:
            if path != "/healthz" and status != 200:
                broken = broken or asked
            elif path != "/healthz" and broken:
                found.append((broken, asked))
                broken = None
        return found if broken is None else [*found, (broken, float("inf"))]
