"""What administrators type about the organization as a whole."""

import calendar
from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import RowForm
from crm.forms.settings import ShelfForm
from lib.calendars import regions_of
from lib.countries import all_zones, countries_with_holidays, country_names, currency_names
from lib.forms import DayField, NumberField
from people.days_off import DayOff, read_days_off
from tenants.models import WEEKDAYS, Holiday, Organization

LEAP_YEAR = 2024
HIGHEST_PERCENT = 200


class OrganizationForm(RowForm):
    """Name, language and money."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("It can be changed until something is sold, targeted or converted in it.")
    )

    colour = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}\Z", label=_("Colour"), required=False, widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Of the mails and documents that go out in its name."),
        error_messages={"invalid": _("A colour is written as # and six digits: #3a4fd0.")},
    )  # fmt: skip

    class Meta:
        model = Organization
        fields = ("name", "language", "colour", "currency", "uses_plan_rates")
        labels = {"uses_plan_rates": _("Convert other currencies at the fiscal year's plan rate")}
        help_texts = {"uses_plan_rates": _("Otherwise at the rate of the day. Figures are counted anew at once.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = currency_names(get_language() or "en")
        known = {self.instance.currency: self.instance.currency} | names
        self.fields["currency"].choices = [(code, f"{code} – {known[code]}") for code in sorted(known)]

    def clean_colour(self) -> str:
        return self.cleaned_data["colour"].lower() or self.instance.colour


class CalendarForm(RowForm):
    """When the organization works. `chosen` is the country of the holidays that are shown, saved or not."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days of what happens from now on; what has happened keeps the day it was given."),
    )
    week_start = forms.TypedChoiceField(label=_("The week begins on"), coerce=int, choices=WEEKDAYS)
    working_weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"), coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    fiscal_year_month = forms.TypedChoiceField(
        label=_("The fiscal year begins in"), coerce=int, choices=list(MONTHS.items())
    )
    fiscal_year_day = forms.IntegerField(label=_("on day"), min_value=1, max_value=31)
    holiday_country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    holiday_region = forms.ChoiceField(label=_("Region"), required=False)

    class Meta:
        model = Organization
        fields = (
            "time_zone", "week_start", "working_weekdays", "fiscal_year_month", "fiscal_year_day", "holiday_country",
            "holiday_region",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = country_names(get_language() or "en")
        zones = sorted(all_zones() | {self.instance.time_zone})
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]
        known = [(code, name) for code, name in names.items() if code in countries_with_holidays()]
        self.fields["holiday_country"].choices = [("", _("No country")), *known]
        country = self["holiday_country"].value()
        self.chosen = country if country in countries_with_holidays() else ""
        regions = regions_of(self.chosen)
        self.fields["holiday_region"].choices = [("", _("The whole country")), *regions.items()]
        if not regions:
            self.fields["holiday_region"].widget = forms.HiddenInput()

    @property
    def chosen_region(self) -> str:
        region = self["holiday_region"].value()
        return region if region in regions_of(self.chosen) else ""

    def clean(self):
        cleaned = super().clean()
        month, day = cleaned.get("fiscal_year_month"), cleaned.get("fiscal_year_day")
        if month and day and day > calendar.monthrange(LEAP_YEAR, month)[1]:
            self.add_error("fiscal_year_day", _("This month has fewer days."))
        return cleaned


class ColoursForm(RowForm):
    """From which attainment a goal is green, from which it is orange, and whether teams see who is ahead."""

    green_percent = NumberField(label=_("Green from, %"), digits=3, places=2, lowest=Decimal("0.01"))
    orange_percent = NumberField(label=_("Orange from, %"), digits=3, places=2, lowest=Decimal("0.01"))

    class Meta:
        model = Organization
        fields = ("shows_leaderboard",)
        labels = {"shows_leaderboard": _("Show a leaderboard on the pages of teams")}
        help_texts = {
            "shows_leaderboard": _("Everybody in a team then sees the names, ranks and shares of the others in it.")
        }

    field_order = ("green_percent", "orange_percent", "shows_leaderboard")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["green_percent"] = self.instance.green_from * 100
        self.initial["orange_percent"] = self.instance.orange_from * 100

    def clean(self):
        cleaned = super().clean()
        green, orange = cleaned.get("green_percent"), cleaned.get("orange_percent")
        if green and green > HIGHEST_PERCENT:
            self.add_error("green_percent", _("Green starts at 200% at most."))
        if green and orange and orange >= green:
            self.add_error("orange_percent", _("Orange starts below green."))
        return cleaned

    def values(self) -> dict:
        values = super().values()
        green, orange = values.pop("green_percent"), values.pop("orange_percent")
        return {**values, "green_from": green / 100, "orange_from": orange / 100}


class HolidayForm(ShelfForm):
    day = DayField(label=_("Day"))

    class Meta:
        model = Holiday
        fields = ("day", "name")


class PastedDaysForm(forms.Form):
    """Days off as lines of day and name."""

    days = forms.CharField(
        label=_("Days off"), max_length=80_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("A line each, such as 2026-12-24 Christmas Eve."),
    )  # fmt: skip

    def clean_days(self) -> list[DayOff]:
        try:
            return read_days_off(self.cleaned_data["days"])
        except ValueError as error:
            raise forms.ValidationError(list(error.args)) from error
