"""When an organization works."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lib.calendars import WorkingCalendar
from tenants.models import Holiday, Organization


def calendar_of(organization: Organization) -> WorkingCalendar:
    """The open organization's working week, its own days off and the public holidays of its country; one query."""
    return WorkingCalendar(
        weekdays=frozenset(organization.working_weekdays),
        holidays=frozenset(Holiday.objects.values_list("day", flat=True)),
        country=organization.holiday_country,
        subdivision=organization.holiday_region,
    )


def local_day(organization: Organization, at: datetime) -> date:
    """The day that an instant is on in the organization's time zone."""
    return at.astimezone(ZoneInfo(organization.time_zone)).date()
