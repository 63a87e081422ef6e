"""The settings of the organization as a whole: name and money, calendar and days off, colours."""

from functools import partial

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.services.rows import fingerprint
from crm.views.answers import done, saved, sent, show_form
from crm.views.shelves import Page
from lib.calendars import public_holidays
from lib.dates import day_label
from people.forms.organization import CalendarForm, ColoursForm, HolidayForm, OrganizationForm, PastedDaysForm
from people.services.organization import Holidays, change_organization, take_days_off
from tenants.access import requires_role
from tenants.models import Holiday, Role

UPCOMING = 12


def form_of(request, form_class, **initial):
    organization = request.organization
    return form_class(sent(request), instance=organization, initial={"seen": fingerprint(organization), **initial})


def changes_of(request):
    return partial(change_organization, actor=request.member, organization=request.organization)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def organization(request, slug):
    """Name, language, currency and how others are converted."""
    form = form_of(request, OrganizationForm)
    if saved(form, changes_of(request)):
        return done(request, _("Saved."), "people:organization")
    return show_form(request, "people/organization.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def calendar(request, slug):
    """When the organization works, with the public holidays of the country that is chosen so far."""
    form = form_of(request, CalendarForm, **chosen_so_far(request))
    if saved(form, changes_of(request)):
        return done(request, _("Saved."), "people:calendar")
    coming = holidays_from(request.today, form.chosen, form.chosen_region)
    own = Holiday.objects.filter(day__gte=request.today).order_by("day")[:UPCOMING]
    return show_form(request, "people/calendar.html", form, coming=coming, own=own)


def chosen_so_far(request) -> dict:
    """What a page without script sends to be shown the regions and holidays of another country."""
    names = ("holiday_country", "holiday_region")
    return {name: request.GET[name] for name in names if name in request.GET}


def holidays_from(today, country: str, region: str) -> list[tuple]:
    """The public holidays of the twelve months from today on: (day, name)."""
    if not country:
        return []
    language = get_language() or "en"
    years = [public_holidays(country, region, year, language) for year in (today.year, today.year + 1)]
    until = today.replace(year=today.year + 1, day=min(today.day, 28))
    return [(day, name) for days in years for day, name in days.items() if today <= day < until]


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def colours(request, slug):
    """From which attainment a goal is green, and from which it is orange."""
    form = form_of(request, ColoursForm)
    if saved(form, changes_of(request)):
        return done(request, _("Saved. Every goal has its new colour."), "people:colours")
    return show_form(request, "people/colours.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def paste_days_off(request, slug):
    """Many days off at once."""
    form = PastedDaysForm(sent(request))
    taken = saved(form, partial(take_days_off, actor=request.member))
    if taken is not None:
        return done(request, _("%(new)d days added, %(corrected)d renamed.") % taken, "people:holidays")
    return show_form(request, "people/paste_days_off.html", form)


HOLIDAYS = Page(
    shelf=Holidays(), form=HolidayForm, at="settings/holidays/", name="holidays", noun="holiday", app="people",
    icon="calendar-off", is_long=True, note=lambda holiday: day_label(holiday.day, get_language() or "en"),
    title=gettext_lazy("Own days off"), add_label=gettext_lazy("Add a day off"),
    lead=gettext_lazy("Days on which nobody is expected to work here, beside the public holidays."),
    more=(("people:paste_days_off", gettext_lazy("Paste a list"), "clipboard-paste"),),
)  # fmt: skip
