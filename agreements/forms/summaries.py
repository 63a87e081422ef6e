"""What is typed about summaries: how often they go out, and to whom, one recipient a row."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Recipient, SummarySchedule
from agreements.services.summaries import LONGEST_NAME, MOST_RECIPIENTS, RecipientTerms, check_recipients
from notifications.models import Interval
from tenants.refusals import Refused

SHOWN_ROWS = 5  # without asking for more

INTERVALS = [("", gettext_lazy("only by hand")), *Interval.choices]


class SummariesForm(forms.Form):
    """Rows without an address and a name are left out."""

    interval = forms.ChoiceField(
        label=gettext_lazy("How often they go out"), choices=INTERVALS, required=False,
        help_text=gettext_lazy("Counted from the first day of the agreement; the last one the day after it is over."),
    )  # fmt: skip
    with_pdf = forms.BooleanField(label=gettext_lazy("Attach the summary as a PDF, too"), required=False)

    def __init__(self, *args, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        for number in range(MOST_RECIPIENTS):
            label = {"number": number + 1}
            self.fields[f"address-{number}"] = forms.CharField(
                label=_("E-mail address %(number)d") % label, max_length=254, required=False,
                widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"name-{number}"] = forms.CharField(
                label=_("Name %(number)d") % label, max_length=LONGEST_NAME, required=False
            )
            self.fields[f"language-{number}"] = forms.ChoiceField(
                label=_("Language %(number)d") % label, choices=settings.LANGUAGES, required=False, initial=language
            )

    def rows(self) -> list[tuple]:
        """The fields of each recipient."""
        names = ("address", "name", "language")
        return [tuple(self[f"{name}-{number}"] for name in names) for number in range(MOST_RECIPIENTS)]

    def shown_rows(self) -> list[tuple]:
        return self.rows()[: self.shown_count]

    def further_rows(self) -> list[tuple]:
        return self.rows()[self.shown_count :]

    @property
    def shown_count(self) -> int:
        """All that hold something, and a few more."""
        filled = [number for number, row in enumerate(self.rows()) if row[0].value() or row[1].value()]
        return min(max(SHOWN_ROWS, (filled[-1] if filled else 0) + 2), MOST_RECIPIENTS)

    def clean(self):
        cleaned = super().clean()
        recipients: list[RecipientTerms] = []
        for number in range(MOST_RECIPIENTS):
            one = self._recipient(number)
            if one and one.address in {other.address for other in recipients}:
                self.add_error(f"address-{number}", _("This address is in the list twice."))
            recipients += [one] if one else []
        if cleaned.get("interval") and not recipients and not self.errors:
            self.add_error("address-0", _("Say who gets the summaries."))
        cleaned["recipients"] = recipients
        return cleaned

    def _recipient(self, number: int) -> RecipientTerms | None:
        address, name, language = (
            self.cleaned_data.get(f"{field}-{number}", "") for field in ("address", "name", "language")
        )
        if not address:
            if name and not self.errors.get(f"address-{number}"):
                self.add_error(f"address-{number}", _("A recipient has an address."))
            return None
        try:
            return check_recipients([RecipientTerms(address, name, language)])[0]
        except Refused as refusal:
            self.add_error(f"address-{number}", str(refusal))
            return None

    def values(self) -> dict:
        """As agreements.services.summaries.configure_summaries asks for it."""
        return {name: self.cleaned_data[name] for name in ("interval", "with_pdf", "recipients")}


class VersionedSummariesForm(SummariesForm):
    """Knows which state of the agreement it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def values(self) -> dict:
        return {**super().values(), "version": self.cleaned_data["version"]}


def initial_of(schedule: SummarySchedule | None, recipients: Sequence[Recipient]) -> dict:
    """What the form begins with."""
    values: dict = {"interval": schedule.interval, "with_pdf": schedule.with_pdf} if schedule else {}
    for number, row in enumerate(recipients):
        values |= {f"address-{number}": row.address, f"name-{number}": row.name, f"language-{number}": row.language}
    return values
