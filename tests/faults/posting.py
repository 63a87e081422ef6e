"""Summaries that go out while everything breaks, to a mail server in a bad mood; and what must be true of them then."""

import hashlib
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from celery import Celery

from config.settings import celery_broker
from tests.faults.installation import Installation
from tests.faults.moods import Moody
from tests.faults.streams import Browser, Stream
from tests.faults.waiting import wait_for

MAILS = "SELECT kind, key, state FROM notifications_outgoingmail"
RUNS = "SELECT schedule_id, state, count(*) FROM agreements_summaryrun GROUP BY 1, 2"
# As if minutes had gone by: leases of the dead run out, mails that were refused for now are due again.
LATER = """UPDATE notifications_outgoingmail SET next_at = LEAST(next_at, now()), attempts = attempts %% 3,
    lease_until = LEAST(lease_until, now() - interval '1 second') WHERE state IN ('queued', 'sending') AND %s"""
OWED = """SELECT count(*) FROM notifications_outgoingmail WHERE state IN ('queued', 'sending')"""
DUE = "SELECT count(*) FROM agreements_summaryschedule WHERE next_at <= now()"
HELD = "UPDATE agreements_summaryschedule SET held_until = NULL WHERE next_at <= now() AND %s"
TICKS = ("agreements.tasks.run_due_summaries", "notifications.tasks.send_due")


@dataclass
class SummaryStream(Stream):
    """Somebody who sends summaries by hand; the form is sent again, with its key, until it is taken, and often once
    more."""

    keys: list[str] = field(default_factory=list)
    pause: float = 0.5

    def start(self):
        self.browser = Browser(self.installation.port, self.scene["cookie"], self.scene["sessions"]["nora"])
        return super().start()

    def step(self) -> None:
        key = str(uuid.uuid4())
        path = f"/northwind/agreements/{self.dice.choice(self.scene['agreements'])}/summaries/send/"
        self.until_done(lambda: self.sent(path, key))
        if self.dice.random() < 0.5:
            self.until_done(lambda: self.sent(path, key))
        self.keys.append(key)
        time.sleep(self.dice.uniform(0, 2 * self.pause))

    def sent(self, path: str, key: str) -> bool:
        try:
            status, _headers, body = self.browser.ask("POST", path, {"key": key})
        except OSError as error:
            self.heard = str(error)
            return False
        self.heard = f"{status} {body[-500:]!r}"
        if status not in (302, 503):
            self.met.append(f"summaries were answered with {status}: {body[:300]!r}")
        return status == 302


@dataclass
class Post:
    """The outbox of an installation and the server that takes its mails."""

    installation: Installation
    server: Moody
    scene: dict

    def empty(self, *, seconds: float) -> None:
        """Lets time pass until nothing is owed any more."""
        wait_for(self.nothing_is_owed, seconds=seconds, what="every summary has its fate")

    def nothing_is_owed(self) -> bool:
        """Asks for what beat asks for, so that nobody waits half a minute for it."""
        for statement in (LATER, HELD):
            self.installation.tell(statement, True)
        broker = celery_broker(self.installation.env["REDIS_URL"])
        with Celery(broker=broker, set_as_current=False) as app:  # tasks of tests that follow are not sent there
            for name in TICKS:
                app.send_task(name, queue="mail")
        time.sleep(0.5)
        return self.installation.ask(DUE) == self.installation.ask(OWED) == [(0,)]

    def told(self) -> Counter:
        """Checks each mail against what the server has taken; says how many have which state."""
        states = {self.message_id(key): (key, state) for _kind, key, state in self.installation.ask(MAILS)}
        taken = Counter(line.split()[1] for line in self.server.taken)
        assert set(taken) <= set(states), "a mail was sent of which nothing is known"
        for message_id, (key, state) in states.items():
            counts = {"sent": {1}, "failed": {0}, "unknown": {0, 1}}[state]
            assert taken[message_id] in counts, f"{key} is {state} and was taken {taken[message_id]} times"
        return Counter(state for _key, state in states.values())

    def message_id(self, key: str) -> str:
        """notifications.rendering.message_of: the same key always gives the same message."""
        number = hashlib.sha256(f"{self.scene['organization']}/{key}".encode()).hexdigest()[:32]
        return f"<{number}@localhost>"

    def turns(self) -> dict[str, Counter]:
        """By hand and by the calendar: each time that an agreement's summaries went out -> how many."""
        found: dict[str, Counter] = {"by hand": Counter(), "by the calendar": Counter()}
        for kind, key, _state in self.installation.ask(MAILS):
            if kind == "agreement_summary":
                _kind, agreement, *turn, _address = key.split("/")
                is_by_hand = turn[0] == "by-hand"
                found["by hand" if is_by_hand else "by the calendar"][turn[-1] if is_by_hand else agreement] += 1
        return found

    def runs(self) -> set[tuple[str, int]]:
        """What became of the turns of the calendar, for each schedule the same: state and how many."""
        return {(state, count) for _schedule, state, count in self.installation.ask(RUNS)}
