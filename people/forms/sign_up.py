"""Sign-up: who asks for what, and then how the new organization counts its days and its money."""

import calendar
import uuid

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lib.countries import Customs, all_zones, countries_with_holidays, country_names, currency_names, customs_of
from tenants.models import WEEKDAYS, Organization, SignUp, User

LEAP_YEAR = 2024


class NewPasswordField(forms.CharField):
    """A password that is being chosen; what must hold of it stands below it."""

    def __init__(self, **kwargs):
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        kwargs = {"label": _("Password"), "strip": False, "max_length": 200, "widget": widget} | kwargs
        super().__init__(
            help_text=_("At least 10 characters; not your name, and nothing that many people use."), **kwargs
        )


def check_new_password(form: forms.Form, user: User) -> None:
    """Adds to the form what is wrong with its password, if anything."""
    password = form.cleaned_data.get("password")
    try:
        validate_password(password, user) if password else None
    except ValidationError as error:
        form.add_error("password", error)


class SignUpForm(forms.ModelForm):
    """Everything that only the person knows; the country tells the rest."""

    field_order = ("name", "email", "password", "organization_name", "slug", "country")
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    password = NewPasswordField()
    slug = forms.CharField(label=_("Web address"), max_length=50, required=False)
    country = forms.ChoiceField(label=_("Country"))

    class Meta:
        model = SignUp
        fields = ("name", "email", "organization_name", "slug", "country")
        labels = {"name": _("Your name"), "organization_name": _("Organization")}

    def __init__(self, *args, user: User | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if user:
            for name in ("name", "email", "password"):
                del self.fields[name]
        else:
            self.fields["name"].widget.attrs["autocomplete"] = "name"
            self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["organization_name"].widget.attrs["autocomplete"] = "organization"
        self.fields["slug"].widget.attrs |= {"data-slug-of": "id_organization_name", "autocapitalize": "none"}
        self.fields["slug"].help_text = _("Your pages begin with %s/…/; left empty, it is made of the name.") % (
            settings.BASE_URL
        )
        names = country_names(get_language() or "en")
        self.fields["country"].choices = [("", _("Choose")), *names.items()]

    def clean(self):
        values = super().clean()
        values["slug"] = (values.get("slug") or slugify(values.get("organization_name", ""))[:50].strip("-")).lower()
        if not values["slug"] and "organization_name" in values and "slug" not in self.errors:
            self.add_error("slug", _("Type an address for your organization: small letters, digits and hyphens."))
        check_new_password(self, User(email=values.get("email", ""), name=values.get("name", "")))
        return values

    def _post_clean(self):
        """Django would put the values into a row here; the service makes it, and says whether the address is free."""

    def values(self) -> dict:
        person = {"name": self.user.name, "email": self.user.email, "password": ""} if self.user else {}
        return {**self.cleaned_data, **person}


class CustomsForm(forms.ModelForm):
    """How the new organization counts, as its country proposes; with the password where another browser asked."""

    field_order = ("password",)
    password = forms.CharField(
        label=_("The password you chose"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(label=_("Time zone"))
    currency = forms.ChoiceField(label=_("Currency"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    week_start = forms.TypedChoiceField(label=_("The week begins on"), coerce=int, choices=WEEKDAYS)
    working_weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"), coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    fiscal_year_month = forms.TypedChoiceField(label=_("The fiscal year begins in"), coerce=int, choices=MONTHS)
    fiscal_year_day = forms.IntegerField(label=_("on day"), min_value=1, max_value=31)
    holiday_country = forms.ChoiceField(label=_("Public holidays of"), required=False)

    class Meta:
        model = Organization
        fields = (
            "time_zone", "currency", "language", "week_start", "working_weekdays", "fiscal_year_month",
            "fiscal_year_day", "holiday_country",
        )  # fmt: skip

    def __init__(self, data=None, *, sign_up: SignUp, asks_password: bool):
        language = get_language() or "en"
        customs = customs_of(sign_up.country, dict(settings.LANGUAGES))
        super().__init__(data, initial=proposed(customs))
        self.sign_up = sign_up
        names = country_names(language)
        self.fields["time_zone"].choices = zone_choices(customs, names)
        self.fields["currency"].choices = [
            (code, f"{code} – {name}") for code, name in currency_names(language).items()
        ]
        known = [(code, name) for code, name in names.items() if code in countries_with_holidays()]
        self.fields["holiday_country"].choices = [("", _("No country")), *known]
        self.fields["time_zone"].widget.attrs["data-time-zone"] = ""
        if not asks_password:
            del self.fields["password"]

    def clean_password(self):
        if not check_password(self.cleaned_data["password"], self.sign_up.password):
            raise ValidationError(_("This is not the password that you chose when you signed up."))
        return self.cleaned_data["password"]

    def clean(self):
        values = super().clean()
        month, day = values.get("fiscal_year_month"), values.get("fiscal_year_day")
        if month and day and day > calendar.monthrange(LEAP_YEAR, month)[1]:
            self.add_error("fiscal_year_day", _("This month has fewer days."))
        return values

    def _post_clean(self):
        """Django would put the values into an organization here; the service makes it."""

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}


def proposed(customs: Customs) -> dict:
    """What the form shows first. Where a country's clocks differ no zone: the browser knows which, else the person
    chooses."""
    return {
        "time_zone": customs.time_zone,
        "currency": customs.currency,
        "language": customs.language,
        "week_start": customs.week_start,
        "working_weekdays": list(customs.working_weekdays),
        "fiscal_year_month": customs.fiscal_year_month,
        "fiscal_year_day": 1,
        "holiday_country": customs.holiday_country,
    }


def zone_choices(customs: Customs, names) -> list:
    """The country's time zones, then all others; one must be chosen where the country's clocks differ."""
    own = [(zone, zone.replace("_", " ")) for zone in customs.time_zones]
    others = [(zone, zone.replace("_", " ")) for zone in sorted(all_zones() - set(customs.time_zones))]
    choose = [] if customs.time_zone else [("", _("Choose"))]
    return [*choose, (names.get(customs.country, customs.country), own), (_("Elsewhere"), others)]
