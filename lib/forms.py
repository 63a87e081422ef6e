"""How forms are drawn and read: one component for every field, exact numbers, real days."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from lib.numbers import parse_decimal

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class Renderer(TemplatesSetting):
    """Draws every field of every form through one component, so that all of them look and read alike."""

    field_template_name = "components/field.html"
    form_template_name = "components/form.html"


class NumberField(forms.CharField):
    """An exact number, read strictly: a point before the decimals, no exponent, no more places than are kept."""

    def __init__(self, *, digits: int = 14, places: int = 6, lowest: Decimal | None = None, **kwargs):
        self.digits, self.places, self.lowest = digits, places, lowest
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        """Without the zeros that say nothing: 12.500000 is typed as 12.5."""
        if not isinstance(value, Decimal):
            return value
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = parse_decimal(text, digits=self.digits, places=self.places)
        except ValueError as error:
            raise ValidationError(str(error), code="number") from error
        if self.lowest is not None and number < self.lowest:
            raise ValidationError(_("This number is too small."), code="lowest")
        return number

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != data


class DayField(forms.DateField):
    """A day, in the browser's own picker; sent and read as 2026-11-22."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value):
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(_("Choose a day between 1900 and 2199."), code="range")
        return day
