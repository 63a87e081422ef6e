"""Sets the scene of a storm in an installation: the cast, goals and figures of every kind, people signed in.

Run as a program in the installation's environment; says on its last line what the storm needs to know.
"""

import json
from datetime import date

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from lib.periods import Period  # noqa: E402
from metrics import engine, figures  # noqa: E402
from metrics.populations import Population  # noqa: E402
from tests import world  # noqa: E402

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
    engine.settle(cast.organization.pk)
    people = ("rita", "ravi", "marco", "nora")
    print(
        json.dumps(
            {
                "organization": cast.organization.pk,
                "companies": [cast.alfreds.pk, cast.bolido.pk],
                "members": {name: cast.people[name].pk for name in people},
                "sessions": {name: session_of(cast.people[name].user) for name in people},
                "cookie": settings.SESSION_COOKIE_NAME,
            }
        )
    )


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
