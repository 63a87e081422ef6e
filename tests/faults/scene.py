"""Sets the scene of a storm in an installation: the cast, goals and figures of every kind, people signed in.

Run as a program in the installation's environment; says on its last line what the storm needs to know.
"""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from agreements.models import SummarySchedule  # noqa: E402
from agreements.services.summaries import RecipientTerms, configure_summaries  # noqa: E402
from lib.periods import Period  # noqa: E402
from metrics import engine, figures  # noqa: E402
from metrics.populations import Population  # noqa: E402
from notifications.rules import instant_of  # noqa: E402
from tests import world  # noqa: E402
from tests.agreements.setting import conclude  # noqa: E402
from tests.faults.lengths import IS_LONG  # noqa: E402

NOW = datetime.now(UTC)
AGREEMENTS, RECIPIENTS = (25, 20) if IS_LONG else (2, 10)
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
LARGE = {"field": "net", "at_least": "50"}
GERMAN = {"field": "company.country", "is": "Germany"}
COUNTED = [
    ("sales_net", None), ("sales_net", LARGE), ("sales_net", GERMAN), ("sale_lines", LARGE), ("visits", None),
    ("activities", None),
]  # fmt: skip


def main() -> None:
    cast = world.committed(world.northwind)
    with world.opened(cast):
        everybody = [Population("member", person.pk) for person in (cast.rita, cast.ravi, cast.marco)]
        teams = [Population("team", cast.team.pk), Population("team", cast.elsewhere.pk)]
        lists = [figures.company_set([cast.alfreds.pk]), figures.company_set([cast.alfreds.pk, cast.bolido.pk])]
        for population in [*everybody, *teams, *lists, Population("organization")]:
            for measure, segment in COUNTED:
                figures.define(measure=measure, segment=segment, population=population, period=JANUARY)
        agreements = [agreement(cast, number) for number in range(AGREEMENTS)]
    engine.settle(cast.organization.pk)
    people = ("rita", "ravi", "marco", "nora")
    print(
        json.dumps(
            {
                "organization": cast.organization.pk,
                "companies": [cast.alfreds.pk, cast.bolido.pk],
                "members": {name: cast.people[name].pk for name in people},
                "sessions": {name: session_of(cast.people[name].user) for name in people},
                "agreements": agreements,
                "recipients": RECIPIENTS,
                "cookie": settings.SESSION_COOKIE_NAME,
            }
        )
    )


def agreement(cast, number: int) -> int:
    """With recipients, and summaries that have been due every day for three days, while nobody was there to send them.
    Its id."""
    days = {"first_on": NOW.date() - timedelta(days=30), "last_on": NOW.date() + timedelta(days=30)}
    made = conclude(cast.nora, cast.alfreds, cast.bolido, description=f"Tea {number}", **days)
    readers = [RecipientTerms(f"reader{number}.{reader}@example.org") for reader in range(RECIPIENTS)]
    terms = {"version": made.version, "interval": "daily", "with_pdf": number == 0, "recipients": readers}
    configure_summaries(actor=cast.nora, agreement=made, at=NOW, **terms)
    zone = ZoneInfo(cast.organization.time_zone)
    due_at = instant_of(NOW.astimezone(zone).date() - timedelta(days=3), time(0), zone)
    SummarySchedule.objects.filter(agreement=made).update(local_time=time(0), next_at=due_at)
    return made.pk


def session_of(user) -> str:
    """The cookie of somebody who has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    main()
