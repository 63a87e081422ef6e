"""The fields that an organization adds of its own; their values stand in a row's `custom`."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import CustomField
from lib.forms import DayField, NumberField

PREFIX = "own_"
YES_NO = [("", "—"), ("true", _("yes")), ("false", _("no"))]


def read_day(value):
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def read_number(value):
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def form_field(own: CustomField) -> forms.Field:
    options = {"label": own.label, "required": own.is_required}
    match own.kind:
        case CustomField.Kind.NUMBER:
            return NumberField(**options)
        case CustomField.Kind.DAY:
            return DayField(**options)
        case CustomField.Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "—"), *((choice, choice) for choice in own.choices)], **options)
        case CustomField.Kind.YES_NO:
            empty = {"coerce": lambda text: text == "true", "empty_value": None}
            return forms.TypedChoiceField(choices=YES_NO, **empty, **options)
    return forms.CharField(max_length=200, **options)


def initial_value(own: CustomField, kept: dict):
    """What the row keeps, as the form shows it; a value that is not of the field's kind is shown as empty."""
    value = kept.get(own.key)
    match own.kind:
        case CustomField.Kind.NUMBER:
            return None if value is None else read_number(value)
        case CustomField.Kind.DAY:
            return read_day(value)
        case CustomField.Kind.YES_NO:
            return {True: "true", False: "false"}.get(value, "")
    return value


def kept_value(value):
    """How a typed value is kept: numbers and days as text, exactly; nothing typed is nothing kept."""
    if value in (None, ""):
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


class OwnFields:
    """A form with the organization's own fields behind its others; `custom` is what they make of the row's."""

    def add_own_fields(self, record: str) -> None:
        self.own_fields = list(CustomField.objects.filter(record=record, is_active=True))
        kept = self.instance.custom or {}
        for own in self.own_fields:
            self.fields[PREFIX + own.key] = form_field(own)
            self.initial[PREFIX + own.key] = initial_value(own, kept)

    def custom(self) -> dict:
        typed = {own.key: kept_value(self.cleaned_data.pop(PREFIX + own.key)) for own in self.own_fields}
        merged = {**(self.instance.custom or {}), **typed}
        return {key: value for key, value in merged.items() if value is not None}
