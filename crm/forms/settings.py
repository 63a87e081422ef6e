"""What administrators type about settings."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import RowForm
from crm.models import ActivityKind, Branch, Brand, CustomField, ExchangeRate, Family, Outcome, Pipeline, Stage
from crm.models.opportunities import StageKind
from crm.rules import PastedRate, read_rates
from lib.forms import DayField, NumberField
from lib.periods import Recurrence

ICONS = (
    "activity", "map-pin", "locate", "phone", "mail", "users", "handshake", "presentation", "message-circle", "video",
    "store", "truck", "package", "clipboard-check", "calendar-check", "coffee", "gift", "wrench", "file-text", "star",
)  # fmt: skip


class ShelfForm(RowForm):
    """A setting's own values; `parent` is the row to which it belongs, if to any."""

    def __init__(self, *args, organization, today, parent=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization, self.today, self.parent = organization, today, parent


class IconField(forms.ChoiceField):
    """One of the icons that a kind of activity can be shown by."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs):
        super().__init__(choices=[(name, name.replace("-", " ")) for name in ICONS], **kwargs)
        self.widget.template_name = "crm/widgets/icons.html"


class KindForm(ShelfForm):
    icon = IconField(label=_("Icon"), initial="activity")

    class Meta:
        model = ActivityKind
        fields = ("name", "needs_position", "icon")
        help_texts = {"needs_position": _("Then it can only be logged where the browser tells the position.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.icon not in ICONS:
            self.fields["icon"].choices = [(self.instance.icon, self.instance.icon), *self.fields["icon"].choices]


class OutcomeForm(ShelfForm):
    class Meta:
        model = Outcome
        fields = ("name",)


class PipelineForm(ShelfForm):
    class Meta:
        model = Pipeline
        fields = ("name",)


class StageForm(ShelfForm):
    probability_percent = NumberField(
        label=_("Probability, %"), digits=3, places=2, lowest=Decimal(0), required=False,
        help_text=_("What an opportunity gets that comes here. Won is always 100, lost always 0."),
    )  # fmt: skip

    class Meta:
        model = Stage
        fields = ("name", "kind", "probability_percent")

    def clean(self):
        cleaned = super().clean()
        certain = {StageKind.WON: Decimal(100), StageKind.LOST: Decimal(0)}
        percent = certain.get(cleaned.get("kind"), cleaned.get("probability_percent"))
        if percent is None and "probability_percent" not in self.errors:
            self.add_error("probability_percent", _("An open stage needs a probability."))
        elif percent is not None and percent > 100:
            self.add_error("probability_percent", _("A probability is at most 100%."))
        cleaned["probability_percent"] = percent
        return cleaned


class LinesField(forms.CharField):
    """One text a line, each once."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        if any(len(line) > 80 for line in lines):
            raise forms.ValidationError(_("A choice has at most 80 characters."))
        if any("\0" in line for line in lines):
            raise forms.ValidationError(_("A choice holds a character that no text can hold."))
        return list(dict.fromkeys(line for line in lines if line))


class OwnFieldForm(ShelfForm):
    choices = LinesField(
        label=_("Choices"), required=False, max_length=10_000,
        help_text=_("One a line; only for a field of the kind “choice”."),
    )  # fmt: skip

    class Meta:
        model = CustomField
        fields = ("record", "label", "kind", "choices", "is_required")
        labels = {"record": _("Of"), "label": _("Name")}
        help_texts = {
            "is_required": _("In forms only: what was imported or typed before stays as it is."),
            "kind": _("It stays as it is chosen here, because values are kept by it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("record", "kind"):
            self.fields[name].choices = CustomField._meta.get_field(name).choices
        if self.instance.pk:
            del self.fields["record"], self.fields["kind"]
            if self.instance.kind != CustomField.Kind.CHOICE:
                del self.fields["choices"]

    def clean_label(self):
        label = self.cleaned_data["label"]
        if not slugify(label):
            raise forms.ValidationError(_("A name needs a letter or a digit."))
        return label

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind") or self.instance.kind
        if kind == CustomField.Kind.CHOICE and not cleaned.get("choices") and "choices" not in self.errors:
            self.add_error("choices", _("A field of this kind needs choices."))
        if kind != CustomField.Kind.CHOICE and "choices" in self.fields:
            cleaned["choices"] = []
        return cleaned


class NamedForm(ShelfForm):
    """Brands, families, branches: by name and, for imports, by what the source calls them."""

    class Meta:
        fields = ("name", "external_id")
        help_texts = {"external_id": _("What imported files call it; leave it empty if there are none.")}


class BrandForm(NamedForm):
    class Meta(NamedForm.Meta):
        model = Brand


class FamilyForm(NamedForm):
    class Meta(NamedForm.Meta):
        model = Family


class BranchForm(NamedForm):
    class Meta(NamedForm.Meta):
        model = Branch


class CurrencyField(forms.CharField):
    """Three letters of ISO 4217, small or capital."""

    def __init__(self, **kwargs):
        super().__init__(min_length=3, max_length=3, **kwargs)

    def to_python(self, value):
        return super().to_python(value).upper()


class RateForm(ShelfForm):
    currency = CurrencyField(label=_("Currency"), help_text=_("Three letters, such as USD."))
    day = DayField(label=_("From"), help_text=_("It holds from this day on until the next rate."))
    rate = NumberField(label=_("Rate"), digits=10, places=10)

    class Meta:
        model = ExchangeRate
        fields = ("currency", "day", "rate")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = self.organization.currency
        self.fields["rate"].help_text = _("What one unit of the currency is worth in %s.") % own
        if not self.instance.pk and "day" in self.fields:
            self.fields["day"].initial = self.today

    def clean_rate(self):
        rate = self.cleaned_data["rate"]
        if rate <= 0:
            raise forms.ValidationError(_("A rate is above zero."))
        return rate


class PlanRateForm(RateForm):
    """A plan rate is asked by year and kept by the first day of that fiscal year."""

    year = forms.IntegerField(
        label=_("Fiscal year that begins in"), min_value=1990, max_value=2190,
        help_text=_("It holds from the first day of that year on until the rate of a later one."),
    )  # fmt: skip
    field_order = ("currency", "year", "rate")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["day"]
        day = self.instance.day or self.today
        self.initial["year"] = day.year

    def clean(self):
        cleaned = super().clean()
        if year := cleaned.pop("year", None):
            month, day = self.organization.fiscal_year_month, self.organization.fiscal_year_day
            cleaned["day"] = Recurrence.yearly(month, day).period_of(date(year, 12, 31)).first
        return cleaned


class PastedRatesForm(forms.Form):
    """Rates as lines of day, currency and rate, in whatever order of the three a line has them."""

    rates = forms.CharField(
        label=_("Rates"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("A line each: day, currency, rate, with blanks, tabs or semicolons between them."),
    )  # fmt: skip

    def clean_rates(self) -> list[PastedRate]:
        try:
            return read_rates(self.cleaned_data["rates"])
        except ValueError as error:
            raise forms.ValidationError(list(error.args)) from error
