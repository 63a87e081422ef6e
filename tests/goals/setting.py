"""Goals as tests set them."""

from datetime import date
from decimal import Decimal

from goals import services
from goals.models import Goal
from lib.periods import Recurrence

TODAY = date(2026, 11, 18)


def set_goal(actor, *people, on: date = TODAY, **changes) -> list[Goal]:
    """A monthly goal of 10,000 net from this month on, unless said otherwise; for the actor, unless for others."""
    wanted = {
        "measure": "sales_net",
        "targets": Decimal(10_000),
        "recurrence": Recurrence.monthly(),
        "starts_on": on,
    }
    return services.create_goal(actor=actor, on=on, **{"people": list(people) or [actor]} | wanted | changes)
