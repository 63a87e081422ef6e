"""What beat and the engine ask of goals. Messages carry ids only; each task may be lost or run twice without harm."""

from datetime import datetime
from zoneinfo import ZoneInfo

from celery import shared_task

from goals import closing, news, services
from metrics import engine
from tenants.doors import all_organization_ids
from tenants.models import Organization
from tenants.scope import open_organization

TOLD_TOGETHER = 500  # periods whose people are told in one transaction


def now_here() -> datetime:
    """The wall clock of the open organization."""
    return datetime.now(ZoneInfo(Organization.objects.get().time_zone))


@shared_task(name="goals.tasks.open_due_periods")
def open_due_periods() -> None:
    """Asks each organization apart, so that one that fails keeps no other from its periods."""
    for organization_id in all_organization_ids():
        open_due_periods_of.delay(organization_id)


@shared_task(name="goals.tasks.open_due_periods_of")
def open_due_periods_of(organization_id: int) -> None:
    with open_organization(organization_id):
        today = now_here().date()
        services.follow_calendar(on=today)
        services.open_due_periods(on=today)


@shared_task(name="goals.tasks.close_periods")
def close_periods() -> None:
    """Each organization closes by its own day."""
    for organization_id in all_organization_ids():
        close_periods_of.delay(organization_id)


@shared_task(name="goals.tasks.close_periods_of")
def close_periods_of(organization_id: int) -> None:
    """Figures are settled first: what is stale is counted by the engine, not one by one."""
    engine.settle(organization_id)
    is_more = True
    while is_more:
        with open_organization(organization_id):
            is_more = closing.close_periods(on=now_here().date()) == closing.BATCH


@shared_task(name="goals.tasks.tell_news")
def tell_news() -> None:
    """Finds the news that no hint has told of, and those that come by time alone."""
    for organization_id in all_organization_ids():
        tell_news_of.delay(organization_id)


@shared_task(name="goals.tasks.tell_news_of")
def tell_news_of(organization_id: int, figure_ids: list[int] | None = None) -> None:
    """Tells what is news: of goals whose figures have moved, without ids of all. A transaction for some at a time."""
    with open_organization(organization_id):
        at = now_here()
        found = news.turned_periods(on=at.date(), figure_ids=figure_ids)
    for start in range(0, len(found), TOLD_TOGETHER):
        with open_organization(organization_id):
            news.tell_news(found[start : start + TOLD_TOGETHER], on=at.date(), at=at)
